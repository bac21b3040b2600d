#!/bin/bash
# leakauditd by hand: what it tells systemd, reload, stop, kill and restart, the control socket.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC1091
. "$HERE/daemon.sh"

# --- a share is scanned ----------------------------------------------------------------
make_files "$T/share" 40
hr="shares: [{path: $T/share, name: hr, schedule: {hours: always}}]"
config "$hr"
WATCHDOG_USEC=400000 up
ok 'READY is said, with a STATUS' grep -q 'READY=1|STATUS=' "$T/told"
ok 'the share is scanned' soon 20 sj 'H["complete"] and H["open"]["low"] == 40'
ok 'STATUS says what is found' soon 10 grep -q '^STATUS=Idle; next .hr.*40 low' "$T/told"
sleep 1
ok 'the watchdog is told that all is well' [ "$(grep -c 'WATCHDOG=1' "$T/told")" -ge 3 ]
unlike 'systemd is told no file name' "$T/told" 'staff|/share'
is 'the key is 32 bytes, for its owner only' "$(stat -c '%a %s' "$T/key")" '600 32'
is 'the state is for its owner only' "$(stat -c '%a' "$T/state")" 700
is 'status: findings are open' "$(st >/dev/null; echo $?)" 1
cp "$T/key" "$T/former"
NOTIFY_SOCKET='' "$D" -f -c "$T/c.yaml" --state "$T/state" -s "$T/other" -k "$T/key" >"$T/second" 2>&1
is 'a second daemon on the same state gives up' $? 2
like '... and says why' "$T/second" 'cannot start: .'

# --- reload ------------------------------------------------------------------------------
make_files "$T/more" 7
config "shares: [{path: $T/share, name: hr, schedule: {hours: always}}, {path: $T/more, schedule: {hours: always}}]"
kill -HUP $PID
ok 'SIGHUP: the new share is scanned' soon 20 sj '[s for s in S["shares"] if s["name"] == "more" and s["open"]["low"] == 7]'
ok 'systemd is told of the reload' grep -q 'RELOADING=1|MONOTONIC_USEC=' "$T/told"
printf 'shares: []\nworkers: many\n' >"$T/c.yaml"
kill -HUP $PID
ok 'a bad one is refused with its place' soon 10 grep -q "not reloaded, the former one stays: $T/c.yaml:2:10: workers: expected" "$T/log"
ok 'the former one stays' sj 'len(S["shares"]) == 2 and "c.yaml:2:10" in S["config_error"]'
ok 'systemd is told that it is ready again' soon 5 grep -q 'the configuration is bad' "$T/told"
not_ok 'control reload says what is wrong' ctl reload
config "$hr"
ok 'a good one is taken again' ctl reload
ok '... and the mistake forgotten' soon 10 sj 'len(S["shares"]) == 1 and S["config_error"] == ""'
is 'what was found stays' "$(st >/dev/null; echo $?)" 1

# --- control -------------------------------------------------------------------------------
rm "$T/share/staff0000.csv"
# rules that somebody is writing badly: the former ones go on
mkdir "$T/rules"
printf 'rules:\n  - id: our-word\n    category: business\n    title: Our word\n' >"$T/rules/ours.yaml"
cp "$T/c.yaml" "$T/c.good"
echo "rules: [$T/rules]" >>"$T/c.yaml"
ctl reload >"$T/why" 2>&1
is 'bad rules are refused by control reload' $? 2
like '... with their place' "$T/why" 'rules/ours.yaml:[0-9]+:[0-9]+: '
kill -HUP "$PID"
ok '... and by SIGHUP' soon 10 grep -q 'not reloaded, the former one stays: .*rules/ours.yaml:[0-9]*:[0-9]*: ' "$T/log"
rescans=$(grep -c "'hr': complete" "$T/log")
ctl rescan hr >/dev/null
again() { [ "$(grep -c "'hr': complete" "$T/log")" -gt "$rescans" ]; }
ok 'scans go on with the former rules' soon 20 again
rm "$T/rules/ours.yaml"
not_ok 'a folder of rules that is empty is refused too' ctl reload
mv "$T/c.good" "$T/c.yaml"
printf '%s\n' 'expect: [{path: /srv, categories: [nosuch], reach: group}]' >>"$T/c.yaml"
ctl reload >"$T/why" 2>&1
is 'an id that no rule has is refused' $? 2
like '... with its place' "$T/why" "c.yaml:[0-9]+:[0-9]+: .*'nosuch'"
sed -i '$d' "$T/c.yaml"
ok 'without them it is taken' ctl reload
ok '... and all is well' soon 10 sj 'S["config_error"] == ""'
ok 'rescan, whatever was done today' ctl rescan hr
ok '... sees that a file has gone' soon 20 sj 'H["open"]["low"] == 39'
not_ok 'no such share' ctl rescan nonsense
not_ok 'no such word' ctl restart
ok 'pause' ctl pause
ok 'it is paused' sj 'S["state"] == "paused"'
down
is 'SIGTERM: exit status 0' "$STATUS" 0
ok 'the socket is taken away' [ ! -e "$T/ctl" ]
ok 'systemd is told that it stops' grep -q 'STOPPING=1' "$T/told"
up
ok 'a pause stays over a restart' sj 'S["state"] == "paused"'
ok 'the key stays' cmp "$T/key" "$T/former"
ok 'resume' ctl resume
ok 'what was found is known after a restart' sj 'H["open"]["low"] == 39 and H["complete"]'
not_ok 'what is not due is not scanned' sj 'S["scan"]'
if [ "$(id -u)" -eq 0 ]; then
	public "$T/pub"
	chmod 755 "$T"
	not_ok 'a stranger is sent away' nobody "$PUB" status --socket "$T/ctl"
	nobody "$PUB" status --socket "$T/ctl" 2>"$T/why"
	like '... with a word' "$T/why" 'neither group'
else
	skip 2 'needs root to be somebody else'
fi
down

# --- hours ---------------------------------------------------------------------------------
h=$(date +%-H)
closed=$(printf '%02d:00-%02d:00' $(((h + 3) % 24)) $(((h + 5) % 24)))
rm -rf "$T/state"
config "shares: [{path: $T/share, name: hr, schedule: {hours: \"$closed\"}}]"
up
sleep 1.5
ok 'outside its hours nothing is scanned' sj 'S["state"] == "idle" and not H["complete"] and H["next"]'
ok '... unless asked for' ctl rescan
ok '... then it is' soon 20 sj 'H["complete"] and H["open"]["low"] == 39'
down INT
is 'SIGINT: exit status 0' "$STATUS" 0

# --- nothing named, nothing there -------------------------------------------------------------
config 'shares: []'
up
ok 'no share is named: it says so' grep -q 'STATUS=Idle; no share is named' "$T/told"
down
config "shares: [{path: $T/gone, schedule: {hours: always}}, {path: $T/more, schedule: {hours: always}}]"
up
ok 'a share that is missing is an error of its own' soon 10 sj 'H["error"]'
ok '... and the others are scanned' soon 20 sj 'S["shares"][1]["open"]["low"] == 7'
down
printf 'shares: [\n' >"$T/c.yaml"
NOTIFY_SOCKET='' "$D" -c "$T/c.yaml" --state "$T/state" -s "$T/ctl" -k "$T/key" >"$T/log" 2>&1
is 'a bad configuration at the start: exit status 2' $? 2
like '... with its place' "$T/log" 'c.yaml:2:1: expected YAML'

# --- stopped at any moment, killed at any moment ------------------------------------------------
make_files "$T/many" 400
rm -rf "$T/state"
many="shares: [{path: $T/many, name: many, schedule: {hours: always}}]"
slow 20 "$many"
worst=0 bad=0
for ((i = 0; i < 12; i++)); do
	up || bad=1
	sleep "0.$((RANDOM % 9))"
	if [ $((i % 3)) -eq 2 ]; then
		kill -KILL "$PID"
		wait "$PID" 2>/dev/null
	else
		down
		[ "$STATUS" -eq 0 ] || bad=1
		[ "$TOOK" -gt "$worst" ] && worst=$TOOK
	fi
done
is 'stopped at 8 moments, each with exit status 0' "$bad" 0
ok "... the slowest within 5 s ($worst ms)" [ "$worst" -lt 5000 ]
config "$many"
up
ok 'after them the share gets done' soon 30 sj 'H["complete"] and H["open"]["low"] == 400'
ok "what was read before is not read again" soon 5 grep -qE "'many': complete; 400 files, [1-9][0-9]* of them as before" "$T/log"
grep "complete;" "$T/log" | sed "s/^/# /"
down

# a stop while one large file is at work
rm -rf "$T/state"
mkdir -p "$T/large"
python3 -c '
import sys
line = b"nothing of interest stands in this line of text, but there are many of it\n"
with open(sys.argv[1], "wb") as f:
    for i in range(40):
        f.write(line * 70000)' "$T/large/big.txt"
config "shares: [{path: $T/large, schedule: {hours: always}}]"
up
sleep 0.4
down
is 'a stop in the middle of a large file: exit status 0' "$STATUS" 0
ok "... at once ($TOOK ms)" [ "$TOOK" -lt 5000 ]
ok 'no worker is left' gone $(pgrep -P 1 -f "$(dirname "$D")/leakaudit-worker" 2>/dev/null)

# --- slow machine, and its throttle -------------------------------------------------------------
rm -rf "$T/state"
slow 50 "$many"
up
sleep 3
ok 'files a second are kept to' sj 'S["scan"] and 20 < S["scan"]["files"] < 300'
down
done_testing
