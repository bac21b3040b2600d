#!/bin/bash
# scan --state: a second scan reads only what changed and tells the same; findings, gaps and show; a
# state that cannot be written; kill -9 at any moment ($LEAKAUDIT_KILLS rounds of it).
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
root=$([ "$(id -u)" -eq 0 ] && echo yes)
tools=$BUILD/tests/tools
js() { ok "$1" json "$2" "$3"; }
S=$T/share
export HOME=$T/home
unset XDG_CONFIG_HOME
mkdir "$HOME"
mkdir "$T/share" "$T/hid"
"$tools/make-share" "$S" >/dev/null
echo 'nothing' >"$T/hid/a.txt"
printf 'PK\003\004\024\000\001\000\010\000aaaaaaaaaaaaaaaaaaaa' >"$T/hid/b.zip"
sleep 2.1 # what is younger is never taken for unchanged
same_records() { # same_records A B: findings and gaps are the same, in any order
	diff <(grep -E '^\{"type":"(finding|gap)"' "$1" | sort) <(grep -E '^\{"type":"(finding|gap)"' "$2" | sort)
}

# --- the second scan ------------------------------------------------------------------------
run scan --state "$T/st" -f jsonl -o "$T/1" "$S"
is 'first scan: status' "$RC" 1
is 'the folder is ours alone' "$(stat -c %a "$T/st" "$T/st/findings.db" "$T/st/cache.db" | tr '\n' ' ')" '700 600 600 '
run scan --state "$T/st" -f jsonl -o "$T/2" "$S"
is 'second scan: status' "$RC" 1
ok 'it tells the same' same_records "$T/1" "$T/2"
js 'and has read no file again' "$T/2" 'S[0]["unchanged"]==S[0]["files"]>20 and S[0]["bytes"]==0 and S[0]["complete"]'
js 'and counts the same files, findings, gaps' "$T/2" 'S[0]["findings"]==len(F) and S[0]["gaps"]==len(G) and {k:v["copies"] for k,v in S[0]["values"].items()}=={k:v["copies"] for k,v in [json.loads(l) for l in open(sys.argv[1][:-1]+"1")][-1]["values"].items()}'
is 'the key lies apart, for its owner alone' "$(stat -c %a "$HOME/.config/leakaudit/fingerprint.key")" 600
js 'distinct values are exact' "$T/2" 'S[0]["values"]==[json.loads(l) for l in open(sys.argv[1][:-1]+"1")][-1]["values"]'
HOME=/nowhere run scan --state "$T/st" -f jsonl -o "$T/2" "$S"
js 'without the key, a number that is not exact says so' "$T/2" 'all(v.get("at_least") or v["unique"]==[json.loads(l) for l in open(sys.argv[1][:-1]+"1")][-1]["values"][k]["unique"] for k,v in S[0]["values"].items())'
run scan --state "$T/st" "$S"
like 'text says it too' "$T/out" 'files are as before and not read again'
run scan --state "$T/st" -q -f jsonl --min-severity high "$S"
js 'filters hold for what is remembered' "$T/out" 'F and all(f["severity"] in ("high","critical") for f in F)'
run scan --state "$T/st2" -q -f jsonl --min-severity critical "$S"
run scan --state "$T/st2" -q -f jsonl "$S"
ok 'what a filter hid is remembered all the same' same_records "$T/1" "$T/out"
run scan --state "$T/st2" -q -f jsonl --without credential "$S"
js 'with other rules everything is read again' "$T/out" 'S[0]["unchanged"]==0 and all(f["category"]!="credential" for f in F)'
f=$(cd "$S" && find . -name 'wires.txt' | head -n 1)
echo 'nothing' >"$S/$f"
run scan --state "$T/st" -f jsonl "$S"
js 'a changed file is read again, and it alone' "$T/out" 'S[0]["files"]-S[0]["unchanged"]==1 and not any("wires" in f["path"] for f in F)'
run findings --state "$T/st" --state resolved -f jsonl
js 'its finding is resolved' "$T/out" '[(f["rule"],f["cause"]) for f in L]==[("iban","clean")]'
status 'only gaps: status' 3 scan --state "$T/st3" -q "$T/hid"
status 'only gaps, remembered: status' 3 scan --state "$T/st3" -q "$T/hid"
status 'a list of files works with a state' 1 scan --state "$T/st4" -q --files-from <(find "$S" -type f)
status 'and again' 1 scan --state "$T/st4" -q --files-from <(find "$S" -type f)

mkdir -p "$T/two/a" "$T/two/b"
for i in $(seq 10 21); do echo "SSN: 862-43-55$i" | tee "$T/two/a/$i" >"$T/two/b/$i"; done
status 'two roots' 1 scan --state "$T/st6" -q "$T/two/a" "$T/two/b"
rm "$T/two/a/10" "$T/two/b/11"
run scan --state "$T/st6" -q "$T/two/a"
run findings --state "$T/st6" --state resolved -f jsonl
js 'each is a share of its own' "$T/out" '[(f["path"].split("/")[-2:],f["share"].split("/")[-1]) for f in L]==[(["a","10"],"a")]'

run scan --state "$T/st7" -q "$T/two/a" "$T/two/a"
run scan --state "$T/st7" -q "$T/two/a/" "$T/two/a"
run findings --state "$T/st7" --state all -f jsonl
js 'a path given twice is one share' "$T/out" 'len(L)==11 and all(f["state"]=="known" for f in L)'

# --- looking by hand ------------------------------------------------------------------------------
status 'findings' 1 findings --state "$T/st"
is 'each is a line' "$(wc -l <"$T/out")" "$(($(grep -c '"type":"finding"' "$T/1") - 1))"
ok 'the worst first' [ "$(head -n 1 "$T/out" | cut -d' ' -f1)" != low ]
status 'findings of a rule' 1 findings --state "$T/st" --rule us-ssn -f jsonl
js 'no other' "$T/out" 'L and all(f["rule"]=="us-ssn" and f["state"]=="known" and f["share"] for f in L)'
status 'findings of none' 3 findings --state "$T/st" --rule no-such
is 'are none' "$(wc -c <"$T/out")" 0
status 'findings by path' 1 findings --state "$T/st" --path '*.csv' -f csv
is 'csv has a head' "$(head -n 1 "$T/out" | cut -d, -f1-3)" 'type,id,state'
ok 'and only those' [ "$(tail -n +2 "$T/out" | grep -vc '\.csv')" -eq 0 ]
status 'findings by severity' 1 findings --state "$T/st" --severity low -f jsonl -n 1
js 'one of them' "$T/out" 'len(L)==1 and L[0]["severity"]=="low"'
status 'none is younger than a minute ahead' 3 findings --state "$T/st" --since 2099-01-01
status 'gaps' 3 gaps --state "$T/st"
like 'with their reason' "$T/out" '^encrypted .*board\.xlsx'
status 'gaps of another reason' 0 gaps --state "$T/st" --reason corrupt
status 'no such reason' 2 gaps --state "$T/st" --reason nonsense
id=$("$LEAKAUDIT" findings --state "$T/st" --rule password-file -f jsonl -n 1 | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
run findings --state "$T/st" --rule password-file
unlike 'a name that matched is masked in the list' "$T/out" 'server passwords'
status 'show' 0 show --state "$T/st" "$id"
like 'there it is whole' "$T/out" '^file .*server passwords\.csv'
like 'with what to do' "$T/out" '^to do '
status 'show of nothing' 2 show --state "$T/st" 0123456789abcdef
status 'show without an id' 2 show --state "$T/st"
status 'no store' 2 findings --state "$T/nowhere"
like 'said' "$T/err" "nowhere': No such file"
status 'findings of a state that is a folder' 1 findings --state "$T/st" --state new,known

# --- a state that cannot be had -----------------------------------------------------------------
status 'no folder for it' 2 scan --state "$T/no/where" -q "$S"
exec 9>"$T/st/lock"
flock 9
status 'somebody else is at work with it' 2 scan --state "$T/st" -q "$S"
like 'said' "$T/err" 'another process'
exec 9>&-
if [ -n "$root" ] && mkdir "$T/small" && mount -t tmpfs -o size=200k none "$T/small" 2>/dev/null; then
	status 'a disk that fills up' 1 scan --state "$T/small/st" -f jsonl -o "$T/3" "$S"
	like 'said' "$T/err" 'No space left on device'
	ok 'everything is reported all the same' same_records <(grep -v wires "$T/1") "$T/3"
	umount "$T/small"
	mount -t tmpfs -o size=16m none "$T/small" && cp -r "$T/st" "$T/small/" && mount -o remount,ro "$T/small"
	status 'a state that is read-only' 1 scan --state "$T/small/st" -f jsonl -o "$T/3" "$S"
	like 'said' "$T/err" 'Read-only file system'
	ok 'everything is reported all the same' same_records <(grep -v wires "$T/1") "$T/3"
	status 'it can be looked at' 1 findings --state "$T/small/st"
	umount "$T/small"
else
	skip 7 'no mounts'
fi
if [ -n "$root" ]; then
	public "$T/pub"
	mkdir -m 0755 "$T/theirs"
	chmod -R go+rX "$S"
	nobody "$PUB" scan --state "$T/theirs/st" -q -f jsonl "$S" >"$T/3" 2>"$T/err"
	is 'a state nobody may make: status' $? 1
	like 'said' "$T/err" 'Permission denied'
	ok 'everything is reported all the same' same_records <(grep -v wires "$T/1") "$T/3"
else
	skip 3 'not root'
fi

# --- a state on another disk -------------------------------------------------------------------------
mkdir "$T/disk"
ln -s disk "$T/linked"
run scan --state "$T/linked" -q "$T/hid"
ok 'a state behind a symbolic link' [ -s "$T/disk/findings.db" ]
is '... without a word' "$(wc -c <"$T/err")" 0
run gaps --state "$T/linked" -f jsonl
ok "... and read there" grep -q '"type":"gap"' "$T/out"
ln -s nowhere "$T/dangling"
run scan --state "$T/dangling" -q "$T/hid"
like 'a link to nowhere is said' "$T/err" "dangling': No such file or directory"

# --- stopped and killed ------------------------------------------------------------------------------
rm -rf "$T/st5"
for i in $(seq 30 54); do echo "SSN: 862-43-55$i" >"$T/hid/n$i.txt"; done
run scan --state "$T/st5" -q "$T/hid"
rm "$T/hid/n54.txt"
"$tools/make-big" line "$T/hid/a0.txt" 400 >/dev/null
start "$T/out" scan --state "$T/st5" -q "$T/hid"
W=$(worker_at "$PID" "$T/hid/a0.txt") # and is held there
sleep 0.3
kill -INT "$PID"
wait "$PID"
is 'interrupted: status' $? 130
run findings --state "$T/st5" --state resolved
is 'an interrupted scan resolves nothing that it did not read' "$(wc -l <"$T/out")" 0
rm "$T/hid/a0.txt"
run scan --state "$T/st5" -q "$T/hid"
run findings --state "$T/st5" --state resolved -f jsonl
js 'a complete one does' "$T/out" '[f["cause"] for f in L]==["deleted"]'
ok "killed ${LEAKAUDIT_KILLS:=20} times" timeout 800 python3 "$HERE/state_kill.py" "$LEAKAUDIT" \
	"$tools/store-lines" "$T/kill" "$LEAKAUDIT_KILLS"
done_testing
