#!/bin/bash
# The command line as the contract has it: usage, exit status, outputs, signals.
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"

# --- usage: no worker is needed -----------------------------------------------------
status 'no verb is bad usage' 2
like 'no verb prints usage' "$T/err" '^usage: leakaudit VERB'
status '--help' 0 --help
like '--help lists scan' "$T/out" '^ +scan '
status '-h' 0 -h
status 'help scan' 0 help scan
like 'help scan lists options' "$T/out" '--min-severity'
status 'scan --help' 0 scan --help
status 'unknown verb' 2 sacn
like 'nearest verb' "$T/err" 'did you mean scan\?'
for v in ack unack report; do
	status "$v is later" 2 "$v"
	like "$v says so" "$T/err" "^leakaudit $v: not available in this version"
done
for o in '--try-keys' '--ocr all' '-f html'; do
	# shellcheck disable=SC2086
	status "scan $o is later" 2 scan $o .
	like "scan $o says so" "$T/err" 'not available in this version'
done
status 'no PATH' 2 scan
status 'unknown severity' 2 scan --min-severity x .
like 'severities are named' "$T/err" \
	"^leakaudit scan: unknown severity 'x': expected low, medium, high or critical"
status 'unknown option' 2 scan --exclud-from x .
like 'nearest option' "$T/err" 'did you mean --exclude-from'
printf 'share: []\n' >"$T/bad.yaml"
status 'bad configuration' 2 scan -c "$T/bad.yaml" .
like 'place of the mistake' "$T/err" "bad.yaml:1:1: unknown key 'share'"
status 'no such configuration' 2 scan -c "$T/none.yaml" .
like 'missing file is named' "$T/err" "none.yaml': No such file"

# --- the rest needs the whole program ---------------------------------------------
"$LEAKAUDIT" rules >"$T/rules" 2>"$T/err" || {
	skip 1 "no worker or rules: $(head -c 200 "$T/err" | tr '\n#' '  ')"
	done_testing
}
D=$T/share
mkdir -p "$D/clean" "$D/sub"
echo 'Nothing to see here.' >"$D/clean/a.txt"
{
	echo 'Name,SSN'
	for i in $(seq 101 120); do
		printf 'Person %d,%03d-%02d-%04d\n' "$i" $((200 + i)) $((10 + i % 80)) $((4000 + i * 7))
	done
} >"$D/staff.csv"
"$BUILD/tests/tools/make-share" "$T/made"
cp "$T/made/IT/keys/build host.pem" "$D/sub/id_test.pem"

like 'rules are listed in columns' "$T/rules" '^us-ssn +identity +persons +[^ ]'
status 'rules show' 0 rules show us-ssn
like 'rules show explains' "$T/out" '^How severe'
status 'rules show of none' 2 rules show us-snn
like 'nearest rule' "$T/err" 'did you mean us-ssn'
status 'rules check' 0 rules check
like 'rules check counts' "$T/out" '^[1-9][0-9]* rules, 0 examples failed'
printf 'rules:\n  - id: [\n' >"$T/badrule.yaml"
status 'rules check of a bad file' 2 rules check "$T/badrule.yaml"
like 'bad rule has a place' "$T/err" 'badrule.yaml:[0-9]+:[0-9]+: '
status 'scan with a bad rule file' 2 scan --rules "$T/badrule.yaml" "$D"
status 'version' 0 version
like 'version' "$T/out" '^leakaudit [0-9]+\.[0-9]+'
like 'version names the libraries' "$T/out" '^libraries: .*libarchive [0-9].*expat.*nettle [0-9].*SQLite [0-9]'
like 'version has the digest' "$T/out" '^rules: [0-9]+, sha256 [0-9a-f]{64}'
like 'version has the confinement' "$T/out" 'no_new_privs yes.*seccomp yes'

status 'clean: 0' 0 scan "$D/clean"
status 'found: 1' 1 scan "$D"
status 'no such path: 2' 2 scan "$D/none"
head -c 65536 /dev/zero | tr '\0' 'x' >"$D/clean/big.txt"
status 'unread: 3' 3 scan --max-file 1K "$D/clean"
rm "$D/clean/big.txt"
status 'found beats unread' 1 scan --max-file 2K "$D"

status 'jsonl' 1 scan -f jsonl "$D"
cp "$T/out" "$T/first.jsonl"
ok 'order: scan first, summary last' json "$T/first.jsonl" 'L[0]["type"]=="scan" and L[-1]["type"]=="summary" and len(sc)==len(S)==1'
ok 'scan record' json "$T/first.jsonl" 'sc[0]["v"]==1 and sc[0]["roots"]==["'"$D"'"] and len(sc[0]["rules"])==64 and sc[0]["started"].endswith("Z")'
ok 'twenty numbers' json "$T/first.jsonl" 'any(f["rule"]=="us-ssn" and f["count"]==20 and f["unique"]==20 and f["severity"]=="high" and f["inner"]==[] and f["path"]=="'"$D"'/staff.csv" for f in F)'
ok 'keys of a finding' json "$T/first.jsonl" 'all(set(f)>={"id","rule","category","severity","confidence","score","path","inner","mime","count","unique","why","at","sample","via","reach","owner","mode","size","mtime"} for f in F)'
ok 'ids' json "$T/first.jsonl" 'all(len(f["id"])==16 for f in F) and len({f["id"] for f in F})==len(F)'
ok 'summary' json "$T/first.jsonl" 'S[0]["complete"] is True and S[0]["findings"]==len(F) and S[0]["gaps"]==len(G) and S[0]["files"]==3 and S[0]["values"]["us-ssn"]=={"unique":20,"copies":20,"files":1}'
unlike 'no raw value' "$T/first.jsonl" '30[0-9]-[0-9]{2}-[0-9]{4}'
run scan -f jsonl "$D"
ok 'ids stay from scan to scan' same "$(grep -o '"id":"[0-9a-f]*"' "$T/out" | sort)" "$(grep -o '"id":"[0-9a-f]*"' "$T/first.jsonl" | sort)"
cp "$D/staff.csv" "$D/sub/copy.csv"
run scan -f jsonl --only us-ssn "$D"
ok 'distinct over files' json "$T/out" 'S[0]["values"]["us-ssn"]=={"unique":20,"copies":40,"files":2}'
status 'baseline: only what is new' 1 scan -f jsonl --baseline "$T/first.jsonl" "$D"
ok 'the copy alone' json "$T/out" 'F and all(f["path"].endswith("/sub/copy.csv") for f in F)'
rm "$D/sub/copy.csv"
status 'baseline: nothing new' 0 scan --baseline "$T/first.jsonl" "$D"
echo hello >"$T/nobase"
status 'baseline that is none' 2 scan --baseline "$T/nobase" "$D"
like 'its line' "$T/err" 'nobase:1: expected'
for f in json csv text; do status "format $f" 1 scan -f "$f" "$D"; done

status '--only' 1 scan -f jsonl --only us-ssn "$D"
ok '--only: that rule alone' json "$T/out" '{f["rule"] for f in F}=={"us-ssn"}'
status '--only a category' 1 scan -f jsonl --only credential "$D"
ok 'that category alone' json "$T/out" '{f["category"] for f in F}=={"credential"}'
status '--without' 1 scan -f jsonl --without us-ssn "$D"
ok '--without: not that rule' json "$T/out" 'F and all(f["rule"]!="us-ssn" for f in F)'
status 'unknown rule' 2 scan --only us-snn "$D"
like 'nearest ids' "$T/err" "unknown rule or category 'us-snn': did you mean .*us-ssn"
evil=$(printf 'a\033[31m\nb')
for word in "scan $evil" "scan --only $evil ." "scan -f $evil ." "scan --rules $evil ." "$evil" "rules show $evil" "scan --exclude-from $evil ."; do
	IFS=' ' read -r -d '' -a words <<<"$word"
	words[-1]=${words[-1]%$'\n'}
	status "no such thing: $(printf %q "$word")" 2 "${words[@]}"
	like 'its control bytes are shown as such' "$T/err" 'a\\x1b\[31m\\x0ab'
	not_ok 'and do not reach the terminal' grep -q "$(printf '\033')" "$T/err"
done
# shellcheck disable=SC2086
status 'more ids than there can be' 2 scan --without "$(seq -s, 1100)" "$D"
like 'are refused' "$T/err" 'more than 1000 ids'
status '--min-severity' 0 scan --min-severity critical "$D"
status '--fail-on above' 0 scan --fail-on critical "$D"
status '--fail-on below' 1 scan --fail-on medium "$D"
run scan -f jsonl --min-confidence high "$D"
ok '--min-confidence' json "$T/out" 'all(f["confidence"]=="high" for f in F)'
run scan -f jsonl --show none "$D"
ok '--show none' json "$T/out" 'F and all(not f["sample"] for f in F)'
printf '%s\0' "$D/staff.csv" >"$T/list"
status '--files-from -0' 1 scan -f jsonl --files-from "$T/list" -0
ok 'one file' json "$T/out" 'S[0]["files"]==1'
status '--exclude' 0 scan --exclude '*.csv' --exclude sub "$D"
status '-v' 1 scan -v "$D"
like '-v: confinement' "$T/err" 'confinement: uid'
like '-v: access times' "$T/err" 'access times'

# --- -o ------------------------------------------------------------------------------
(umask 0; run scan -f jsonl -o "$T/o.jsonl" "$D"; [ "$RC" -eq 1 ] && [ ! -s "$T/out" ])
is '-o: status and silence' $? 0
is '-o: mode' "$(stat -c %a "$T/o.jsonl")" 600
ok '-o: whole' json "$T/o.jsonl" 'S[0]["complete"] is True'
is '-o: nothing beside it' "$(echo "$T"/o.jsonl*)" "$T/o.jsonl"
echo old >"$T/o2"
run scan -f nonsense -o "$T/o2" "$D"
is '-o: a scan that cannot run leaves the old file' "$(cat "$T/o2")" old
run scan -f jsonl -o "$T/o2" "$D/none"
is '-o: nor does a missing path' "$(echo "$T"/o2*) $(cat "$T/o2")" "$T/o2 old"
status '-o into no folder' 2 scan -o "$T/no/o" "$D"
if [ -w /dev/full ]; then
	"$LEAKAUDIT" scan "$D" >/dev/full 2>"$T/err"
	is 'a full disk is status 2' $? 2
fi

# --- a closed pipe, signals ----------------------------------------------------------
mkdir "$D/many"
for i in $(seq 2000); do echo "$D/staff.csv" >"$D/many/$i.txt"; cat "$D/staff.csv" >>"$D/many/$i.txt"; done
set -o pipefail
"$LEAKAUDIT" scan -f jsonl "$D" 2>"$T/err" | head -n 1 >"$T/out"
is 'a closed pipe ends quietly' "$? $(wc -c <"$T/err")" '0 0'
set +o pipefail
mkfifo "$T/fifo"
for sig in INT TERM; do
	n=$([ $sig = INT ] && echo 130 || echo 143)
	rm -f "$T/int.jsonl"
	# the paths come through a pipe that stays open, so the scan is surely at work
	(cd "$D/many" && exec 9<>"$T/fifo" && ls -d "$PWD"/* | head -n 300 >&9 && sleep 2) &
	feeder=$!
	# a background job of a shell ignores SIGINT: python3 puts that right
	python3 -c 'import os,signal,sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$LEAKAUDIT" scan -f jsonl -o "$T/int.jsonl" --files-from "$T/fifo" 2>"$T/err" &
	pid=$!
	sleep 1
	kids=$(cat /proc/$pid/task/*/children 2>/dev/null)
	kill -$sig $pid
	wait $pid
	is "SIG$sig: status" $? "$n"
	wait $feeder
	ok "SIG$sig: what was found is written" json "$T/int.jsonl" 'S[0]["complete"] is False'
	left=
	for k in $kids; do [ -d "/proc/$k" ] && left="$left $k"; done
	is "SIG$sig: no worker is left" "$left" ''
done
done_testing
