#!/bin/bash
# leakauditd when its state cannot be written: disk full, file system read-only. Nothing found is lost.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all 'needs root to mount'
. "$HERE/daemon.sh"
mkdir "$T/state"
mount -t tmpfs -o size=6m tmpfs "$T/state" 2>/dev/null || {
	kill $LISTENER
	skip_all 'may not mount a tmpfs'
}
trap 'kill $LISTENER $PID 2>/dev/null; umount -l "$T/state"; rm -rf "$T"' EXIT
chmod 700 "$T/state"

open_are() { sj "sum(H['open'].values()) == $1 and not S['scan']"; }
outbox_whole() { # no hole, and every open finding in it
	"$BUILD/tests/tools/store-lines" "$T/state" | python3 -c '
import json, sys
lines = [json.loads(l) for l in sys.stdin]
assert [l["seq"] for l in lines] == list(range(1, len(lines) + 1)), "holes"
is_open = {}
for l in lines:
    if l["id"]:
        is_open[l["id"]] = l["event"] != "resolved"
assert sum(is_open.values()) == int(sys.argv[1]), sum(is_open.values())' "$1"
}
mkdir "$T/share"
config "shares: [{path: $T/share, name: hr, schedule: {hours: always}}]"
up
ok 'an empty share is scanned' soon 20 sj 'H["complete"]'
make_files "$T/share" 60
ctl rescan >/dev/null
ok 'with room all is well' soon 20 open_are 60

# --- full ----------------------------------------------------------------------------------------
cat /dev/zero >"$T/state/filler" 2>/dev/null
make_files "$T/share" 900
ctl rescan >"$T/answer"
like 'full: who asks for a rescan is told that it is not written down' "$T/answer" 'not after a restart.*No space left'
ok 'the daemon says so' soon 20 grep -qE "state '.*': .*No space left" "$T/log"
ok '... lives, and answers' soon 20 sj 'not S["scan"]'
kill -KILL "$PID"
wait "$PID" 2>/dev/null
NOTIFY_SOCKET='' timeout 3 "$D" -f -c "$T/c.yaml" --state "$T/state" -s "$T/ctl" -k "$T/key" >"$T/again" 2>&1
r=$?
ok "killed and started on a full disk it runs, or says why not (exit status $r)" sh -c "[ $r -eq 0 ] || grep -q 'No space left' '$T/again'"
rm "$T/state/filler"
up
ctl rescan >/dev/null
ok 'with room again everything is found' soon 30 open_are 900
down
ok '... and the outbox has all of it' outbox_whole 900

# --- read-only -------------------------------------------------------------------------------------
up
soon 20 sj 'not S["scan"]'
rm "$T/share/staff0000.csv"
printf 'ssn\n512-38-4444\n' >"$T/share/new.csv"
# what is open for writing keeps a file system from being made read-only; a bind mount does not ask
mount --bind "$T/state" "$T/state" && mount -o remount,ro,bind "$T/state"
down
NOTIFY_SOCKET='' timeout 3 "$D" -f -c "$T/c.yaml" --state "$T/state" -s "$T/ctl" -k "$T/key" >"$T/again" 2>&1
is 'read-only: it does not start' $? 2
like '... and says why' "$T/again" 'cannot start: .*[Rr]ead-only'
umount "$T/state"
up
ctl rescan >/dev/null
found() { "$LEAKAUDIT" findings --socket "$T/ctl" | grep -q "$1"; }
ok 'writable again: what changed is found' soon 30 found new.csv
ok '... and what is gone is resolved' soon 20 open_are 900
down
ok 'the outbox has all of it' outbox_whole 900
done_testing
