#!/bin/bash
# Findings by way of the daemon: the same as its store's, logged, in pages; what is expected where it lies;
# a rescan that survives.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
. "$HERE/daemon.sh"

make_files "$T/share" 5000
for n in 1176 1177 1178; do printf 'ssn\n512-38-4444\n' >"$T/share/512-38-$n.csv"; done
printf 'db password: Xk29!vbQ-owl7\n' >"$T/share/app.conf"
printf 'name,ssn\n' >"$T/share/many.csv"
for i in $(seq 10 30); do printf 'John Smith,512-38-11%s\n' "$i"; done >>"$T/share/many.csv"
hr="shares: [{path: $T/share, name: hr, schedule: {hours: always}}]"
config "$hr"
up
ok 'the share is scanned' soon 30 sj 'H["complete"]'
by() { # by VERB ARG...: asked of the daemon
	local verb=$1
	shift
	"$LEAKAUDIT" "$verb" --socket "$T/ctl" "$@" 2>&1
}
agree() { # agree VERB ARG...: the daemon says what its store says
	local verb=$1
	shift
	"$LEAKAUDIT" "$verb" --state "$T/state" "$@" >"$T/stored" 2>&1
	echo $? >>"$T/stored"
	"$LEAKAUDIT" "$verb" --socket "$T/ctl" "$@" >"$T/asked" 2>&1
	echo $? >>"$T/asked"
	cmp "$T/stored" "$T/asked"
}
ok 'findings: three pages, in the order of the store' agree findings
is '... all of them' "$(by findings | wc -l)" 5005
for sort in path count first last; do
	ok "... by $sort" agree findings --sort $sort
	ok "... by $sort, the other way round" agree findings --sort $sort -r -f jsonl
done
ok '... as CSV, with a limit' agree findings -f csv -n 2500
ok '... by rule and severity' agree findings --rule us-ssn --min-severity medium
ok '... by path' agree findings --path '*09.csv' --sort path
ok '... by a share that is not' agree findings --share nothing
ok 'gaps' agree gaps
id=$(by findings -f jsonl --path '512-38-1176.csv' | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | head -1)
ok 'show' agree show "$id"
by show "$id" >"$T/shown"
like '... names the file' "$T/shown" '^file .*/share/512-38-1176.csv'
ok 'no such finding' agree show 0123456789abcdef
is 'no such reason: exit status 2' "$(by gaps --reason nonsense >/dev/null; echo $?)" 2
is 'nobody answers: exit status 2' "$("$LEAKAUDIT" findings --socket "$T/none" >/dev/null 2>&1; echo $?)" 2
before=$(grep -c 'reads: findings' "$T/log")
by findings >/dev/null
is 'a reading of many pages is logged once' "$(($(grep -c 'reads: findings' "$T/log") - before))" 1
like '... with who and what' "$T/log" "user $(id -u), process [0-9]+ reads: findings .*path=\*##.csv"
like 'so is each look at one' "$T/log" "reads: show .*id=$id"
unlike 'no name stands in the log' "$T/log" '512-38-1176'
by findings | head -1 >/dev/null
ok 'who stops reading does no harm' sj 'S["state"]'

# --- hostile questions --------------------------------------------------------------------------
python3 - "$T/ctl" >"$T/hostile" <<'PY'
import os, random, socket, sys
def ask(data, parts=True):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect(sys.argv[1])
    s.settimeout(10)
    s.send(data)
    out = b""
    while parts:
        m = s.recv(65536)
        if not m:
            return "closed"
        out += m[1:]
        if m[:1] != b"+":
            return m[:1].decode()
    s.close()
    return "left"
r = random.Random(4)
got = {}
def count(x):
    got[x] = got.get(x, 0) + 1
words = [b"findings", b"gaps", b"show", b"type=0", b"type=9", b"after=4096", b"after=9223372036854775807", b"id=1",
         b"states=15", b"share=hr", b"path=[", b"path=" + b"*a" * 900, b"reason=denied", b"since=1", b"=", b"", b"rows=9"]
for i in range(1500):
    q = b"\0".join(r.choice(words) for _ in range(r.randint(1, 6))) + b"\0"
    if i % 5 == 0:
        q = bytes(r.randrange(256) for _ in range(r.randint(1, 400)))
    count(ask(q, i % 7 != 0))
for i in range(200):
    count(ask(b"findings\0", False))  # asks for a page and leaves
print(sorted(got))
PY
like 'hostile questions get an answer or an end' "$T/hostile" "^\['0', '2', 'left'\]|^\['0', '2', 'closed', 'left'\]"
ok 'after them all is as before' agree findings

# --- a rescan that was asked for ----------------------------------------------------------------
rm "$T/share/staff0001.csv"
ctl pause >/dev/null
ctl rescan hr >/dev/null
kill -KILL "$PID"
wait "$PID" 2>/dev/null
up
ok 'a rescan that was asked for is known after a kill' grep -q "'hr' is to be scanned, as was asked before" "$T/log"
ctl resume >/dev/null
ok '... and done' soon 30 sj 'sum(H["open"].values()) == 5003 + 1'
ok '... once' [ ! -e "$T/state/rescan" ]

# --- what is expected where it lies ----------------------------------------------------------------
is 'high before' "$(by findings --path app.conf --min-severity high | wc -l)" 1
printf '%s\n' "$hr" 'throttle: {bytes: off, io-pressure: off, cpu-pressure: off}' \
	"expect: [{path: $T/share/*.conf, categories: [credential], reach: group}, {path: $T/share/many.csv, categories: [pay], reach: group}]" >"$T/c.yaml"
kill -HUP "$PID"
ok 'after a reload it is graded anew' soon 10 grep -q 'configuration reloaded' "$T/log"
ctl rescan hr >/dev/null
read0=$(grep -c ', 0 bytes read' "$T/log")
expected() { by findings --path app.conf --severity low -f jsonl | grep -q '"why":.*expected here'; }
ok 'what is expected is low, and says why' soon 30 expected
without_reading() { [ "$(grep -c ', 0 bytes read' "$T/log")" -gt "$read0" ]; }
ok '... without a file being read again' soon 10 without_reading
is 'another category is graded in full' "$(by findings --path many.csv --min-severity high | wc -l)" 1
ok 'show says it' grep -q 'expected here' <(by show "$(by findings --path app.conf -f jsonl | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')")
printf '%s\n' "$hr" 'throttle: {bytes: off, io-pressure: off, cpu-pressure: off}' 'log_known: true' >"$T/c.yaml"
kill -HUP "$PID"
ok 'after another reload it is expected no longer' soon 10 eval '[ "$(grep -c "configuration reloaded" "$T/log")" = 2 ]'
ctl rescan hr >/dev/null
alarm() { [ "$(by findings --path app.conf --min-severity high | wc -l)" = 1 ]; }
ok '... and high again' soon 30 alarm
not_ok '... and does not say why it was not' grep -q 'expected here' <(by findings --path app.conf -f jsonl)
down
"$BUILD/tests/tools/store-lines" "$T/state" | grep '/app.conf' >"$T/lines"
is 'a line act=regraded tells of each' "$(grep -c '"act":"regraded"' "$T/lines")" 2
is '... and none calls it known' "$(grep -c '"act":"known"' "$T/lines")" 0
done_testing
