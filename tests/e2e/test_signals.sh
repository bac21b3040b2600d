#!/bin/bash
# Interrupted, killed, cut off: what was found is written, nothing is left running, nothing is lost.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
root=$([ "$(id -u)" -eq 0 ] && echo yes)
tools=$BUILD/tests/tools
js() { ok "$1" json "$2" "$3"; }
D=$T/d
mkdir "$D"
for i in $(seq 10 59); do echo "SSN: 862-43-55$i" >"$D/a$i.txt"; done
"$tools/make-big" line "$D/z.txt" 300 >/dev/null
cd "$T" || exit 2

# A worker is held at the large file, so the scan is surely in its middle and the small ones done.
midway() { # midway OUT ARG...: $PID and $W
	start "$@"
	W=$(worker_at "$PID" "$D/z.txt")
	sleep 0.7
	KIDS=$(children "$PID")
}
ended() { # ended NAME STATUS: it ends soon, with that, and leaves nothing
	local i rc
	for ((i = 0; i < 100; i++)); do
		[ "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$PID/status" 2>/dev/null)" != Z ] && [ -d "/proc/$PID" ] || break
		sleep 0.05
	done
	kill -0 "$PID" 2>/dev/null && [ "$i" -ge 100 ] && kill -KILL "$PID"
	wait "$PID"
	rc=$?
	is "$1: status" $rc "$2"
	ok "$1: it took less than 5 s" [ "$i" -lt 100 ]
	for ((i = 0; i < 40; i++)); do
		# shellcheck disable=SC2086
		gone $KIDS >/dev/null && break
		sleep 0.05
	done
	# shellcheck disable=SC2086
	ok "$1: no process is left" gone $KIDS
}

for sig in INT TERM HUP; do
	n=$((128 + $(kill -l $sig)))
	midway "$T/out" scan -f jsonl -j2 "$D"
	ok "SIG$sig: a worker is at the large file" [ -n "$W" ]
	kill -$sig "$PID"
	ended "SIG$sig" "$n"
	js "SIG$sig: every line is whole, the summary says incomplete" "$T/out" 'S[0]["complete"] is False and L[-1]["type"]=="summary"'
	js "SIG$sig: what was found so far is there" "$T/out" 'len(F)==50 and S[0]["findings"]==50'
	midway /dev/null scan -f jsonl -j2 -o "$T/o.jsonl" "$D"
	kill -$sig "$PID"
	ended "SIG$sig with -o" "$n"
	js "SIG$sig: -o has it too" "$T/o.jsonl" 'S[0]["complete"] is False and len(F)==50'
	is "SIG$sig: nothing beside it" "$(echo "$T"/o.jsonl*)" "$T/o.jsonl"
	rm -f "$T/o.jsonl"
done
for f in text json csv; do
	midway "$T/out" scan -f $f -j2 "$D"
	kill -INT "$PID"
	ended "SIGINT, $f" 130
	ok "SIGINT, $f: found so far" [ "$(grep -c 'a[1-5][0-9]\.txt' "$T/out")" -ge 50 ]
	[ $f = json ] && ok 'json is whole' python3 -c 'import json,sys; d=json.load(open(sys.argv[1]))' "$T/out"
done
midway "$T/out" scan -f jsonl "$D"
kill -INT "$PID"
kill -INT "$PID"
ended 'SIGINT twice' 130
midway "$T/out" scan -f jsonl "$D"
kill -KILL "$PID"
ended 'SIGKILL of the program' 137

# --- a worker is killed ----------------------------------------------------------------------
midway "$T/out" scan -f jsonl -j2 "$D"
kill -KILL "$W"
ended 'SIGKILL of a worker' 1
js 'nothing is lost: its file is read again' "$T/out" 'len(F)==51 and not G and S[0]["complete"]'
midway "$T/out" scan -f jsonl -j2 "$D"
for k in $KIDS; do kill -KILL "$k"; done
ended 'SIGKILL of every worker' 1
js 'nothing is lost' "$T/out" 'len(F)==51 and not G and S[0]["files"]==51'
midway "$T/out" scan -f jsonl -j2 "$D"
kill -KILL "$W"
sleep 0.05
W=$(worker_at "$PID" "$D/z.txt")
kill -KILL "$W"
ended 'SIGKILL of a worker twice at one file' 1
js 'the file is a gap, the others are found' "$T/out" 'len(F)==50 and [(g["path"].split("/")[-1],g["reason"],g["hides"]) for g in G]==[("z.txt","memory",True)] and S[0]["complete"] and S[0]["hidden"]==1'
mkdir "$T/t"
"$tools/make-big" tar "$T/t/a.tar" 30000 >/dev/null
start "$T/out" scan -f jsonl -j1 "$T/t"
for i in 1 2 3 4; do
	W=$(worker_at "$PID" "$T/t/a.tar")
	kill -CONT "$W"
	sleep 0.05
	[ $i -eq 1 ] && kill -KILL "$W" || kill -SEGV "$W"
done 2>/dev/null
wait "$PID"
is 'a worker killed again and again inside an archive' $? 1
js 'each planted number is found, or a gap says why not' "$T/out" 'S[0]["complete"] and len({f["id"] for f in F})==len(F) and (len(F)+len(G)>=30 or any(g["inner"]==[] for g in G))'

# --- nobody takes the output ------------------------------------------------------------------
D=$T/d
for f in text jsonl json csv; do
	"$LEAKAUDIT" scan -f $f "$D" >/dev/full 2>"$T/err"
	is "$f to a full disk: status" $? 2
	like "$f to a full disk: said" "$T/err" 'No space left on device'
	set -o pipefail
	"$LEAKAUDIT" scan -f $f "$D" 2>"$T/err" | true
	is "$f into a closed pipe: quiet, status 0" "$? $(wc -c <"$T/err")" '0 0'
	set +o pipefail
done
"$LEAKAUDIT" scan "$D" >&- 2>"$T/err"
is 'standard output closed' $? 2
"$LEAKAUDIT" scan -q -f jsonl -o "$T/o" "$D" >&- 2>&- <&-
is 'everything closed, -o' $? 1
js '-o is whole' "$T/o" 'S[0]["complete"] is True and len(F)==51'
if [ -n "$root" ] && mkdir "$T/small" && mount -t tmpfs -o size=16k none "$T/small" 2>/dev/null; then
	status '-o on a full disk' 2 scan -f jsonl -o "$T/small/o" "$D"
	like 'said' "$T/err" 'No space left on device'
	is 'nothing is left there' "$(ls "$T/small")" ''
	TMPDIR=$T/small status 'no room for counting' 1 scan "$D"
	umount "$T/small"
else
	skip 4 'no mounts'
fi
done_testing
