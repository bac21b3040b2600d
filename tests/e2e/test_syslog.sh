#!/bin/bash
# Lines of the log through a real journald and a real rsyslogd, which are away, stopped and started anew
# while the daemon is killed: no number is missing. All in namespaces: nothing reaches the log of this
# machine. $LEAKAUDIT_SYSLOG_LINES: how many lines (4,000; the long form has 120,000).
if [ "$1" != inside ]; then
	. "$(dirname "$0")/lib.sh"
	[ -x "$(dirname "$LEAKAUDIT")/leakauditd" ] || skip_all 'leakauditd is not built'
	[ -x "$BUILD/tests/tools/store-fill" ] || skip_all 'no store-fill (make tools)'
	command -v python3 >/dev/null || skip_all 'no python3'
	[ "$(id -u)" -eq 0 ] || skip_all 'a /dev of our own needs root'
	unshare --mount --pid --fork true 2>/dev/null || skip_all 'no new namespaces are allowed here'
	export LEAKAUDIT BUILD
	timeout 800 unshare --mount --pid --fork --kill-child --mount-proc bash "$0" inside
	exit
fi
. "$(dirname "$0")/lib.sh"
LINES_WANTED=${LEAKAUDIT_SYSLOG_LINES:-4000}
# slow enough for all that is done while they are on their way
RATE=$((LINES_WANTED / 12 + 300))
D=$(dirname "$LEAKAUDIT")/leakauditd
JOURNALD=/lib/systemd/systemd-journald

# --- a /dev, /run and /etc of our own ----------------------------------------------------------
mount --make-rprivate /
mkdir -p "$T/dev" "$T/etc"
mount -t tmpfs -o mode=755 tmpfs "$T/dev"
for n in null zero full random urandom tty kmsg; do
	[ -e /dev/$n ] || continue
	touch "$T/dev/$n"
	mount --bind /dev/$n "$T/dev/$n"
done
mkdir "$T/dev/shm"
mount --move "$T/dev" /dev
mount -t tmpfs -o mode=755 tmpfs /run
cp -a /etc/. "$T/etc/"
mount --bind "$T/etc" /etc
od -An -tx1 -N16 /dev/urandom | tr -d ' \n' >/etc/machine-id
mkdir -p "$T/state"

# --- helpers -------------------------------------------------------------------------------------
soon() { # soon SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] || return 1
		sleep 0.1
	done
}
config() { # config SYSLOG: what stands under `syslog`
	printf 'shares: []\nsyslog: {%s}\n' "$1" >"$T/c.yaml"
}
up() {
	"$D" -f -c "$T/c.yaml" --state "$T/state" -s "$T/ctl" -k "$T/key" >>"$T/daemon" 2>&1 </dev/null &
	PID=$!
	soon 10 st
}
down() { # down [SIGNAL]
	kill -"${1:-TERM}" "$PID" 2>/dev/null
	wait "$PID" 2>/dev/null
	PID=
}
st() { "$LEAKAUDIT" status --json --socket "$T/ctl" >"$T/st" 2>&1; [ $? -ne 2 ]; }
stat_of() { st && python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$T/st" "$1"; }
drained() { [ "$(stat_of sent)" = "$(stat_of seq)" ]; }
in_trouble() { [ -n "$(stat_of log_error)" ]; }
fill() { LAST=$("$BUILD/tests/tools/store-fill" "$T/state" "$1" "$2"); }
moving() { [ "$(stat_of sent)" -gt "$1" ]; }

# Kills and stops while lines are on their way; $1: the logger's process.
hardships() {
	local i at
	for i in 1 2 3; do
		up
		at=$(stat_of sent)
		soon 10 moving "${at:-0}"
		down KILL
	done
	kill -STOP "$1"
	up
	sleep 1.5
	ok 'a logger that stands still holds up nobody' st
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	up
	kill -CONT "$1"
	ok 'all lines are sent' soon $((60 + LINES_WANTED / 500)) drained
}

# --- journald ----------------------------------------------------------------------------------------
if [ -x $JOURNALD ] && command -v journalctl >/dev/null; then
	mkdir -p /run/systemd/journald.conf.d "$T/journal" "$T/catalog"
	mkdir -p /var/log/journal 2>/dev/null
	mount --bind "$T/journal" /var/log/journal
	printf '[Journal]\nStorage=persistent\nSystemMaxUse=3G\nForwardToSyslog=no\nReadKMsg=no\nAudit=no\n' \
		>/run/systemd/journald.conf.d/test.conf
	catalog=lib/systemd/catalog # its texts lie in usr, what is made of them in var
	mkdir -p "$T/root/usr/$catalog" "$T/root/var/$catalog"
	cp "$HERE/../../systemd/leakaudit.catalog" "$T/root/usr/$catalog/"
	journalctl --update-catalog --root="$T/root" >"$T/catalog.log" 2>&1
	fill 0 "$LINES_WANTED"
	config "rate: $RATE"
	up
	ok 'without any logger lines wait' soon 10 in_trouble
	is 'none counts as sent' "$(stat_of sent)" 0
	$JOURNALD >"$T/journald.log" 2>&1 &
	JPID=$!
	ln -s /run/systemd/journal/dev-log /dev/log
	soon 10 moving 0
	down KILL
	hardships $JPID
	is 'they went to the journal' "$(stat_of log)" journal
	journalctl --sync 2>/dev/null
	journalctl -t leakaudit -o json --no-pager >"$T/lines" 2>/dev/null
	ok "journald has all $LAST" python3 "$HERE/syslog_lines.py" "$T/lines" "$LAST"
	sed 's/^/# /' "$T/.tap"
	is 'fields can be asked for' "$(journalctl -t leakaudit LEAKAUDIT_EVENT=finding LEAKAUDIT_SEVERITY=high LEAKAUDIT_SEQ=2 -o cat --no-pager | grep -c 'event=finding .*seq=2 ')" 1
	is 'what is not there is not found' "$(journalctl -t leakaudit LEAKAUDIT_SEVERITY=low -o cat --no-pager -q | wc -l)" 0
	# each kind of event is explained
	mount --bind "$T/root/var/$catalog" "/var/$catalog"
	journalctl -t leakaudit LEAKAUDIT_EVENT=scan-start -x --no-pager -n 1 >"$T/x"
	like 'journalctl -x explains' "$T/x" 'leakaudit\(1\)|man:leakaudit'
	journalctl --catalog-path=/dev/null --list-catalog >/dev/null 2>&1
	for id in $(sed -n 's/^-- \([0-9a-f]\{32\}\)$/\1/p' "$HERE/../../systemd/leakaudit.catalog"); do
		grep -q "\"$id\"" "$HERE/../../auditd/outlet_message.c" || echo "$id"
	done >"$T/strangers"
	ok 'every entry of the catalog is of an event' [ ! -s "$T/strangers" ]
	is 'every event has one' "$(grep -c '^-- [0-9a-f]\{32\}$' "$HERE/../../systemd/leakaudit.catalog")" \
		"$(grep -c '\[STORE_[A-Z_]*\] = "[0-9a-f]\{32\}"' "$HERE/../../auditd/outlet_message.c")"

	# a reader that saw a hole asks for the lines again
	"$LEAKAUDIT" resend --from 3 --to 5 --socket "$T/ctl" >"$T/out"
	like 'resend says what it does' "$T/out" 'lines 3 to 5 are sent again'
	again() { [ "$(journalctl -t leakaudit LEAKAUDIT_RESENT=1 -o cat --no-pager -q | grep -c 'seq=[345] .* resent=1')" = 3 ]; }
	ok '... and they come' soon 10 again
	not_ok 'a line that never was' "$LEAKAUDIT" resend --from 99999999 --socket "$T/ctl"
	down
	ok 'resend without a daemon' "$LEAKAUDIT" resend --from 6 --to 7 --socket "$T/ctl" --state "$T/state" -c "$T/c.yaml"
	again2() { [ "$(journalctl -t leakaudit LEAKAUDIT_RESENT=1 -o cat --no-pager -q | grep -c 'seq=[67] .* resent=1')" = 2 ]; }
	ok '... and they come as well' soon 10 again2
	kill $JPID
	wait $JPID 2>/dev/null
	rm -rf "$T/state"/* /run/systemd/journal /dev/log
	umount /var/log/journal
	rm -rf "$T/journal"
else
	skip 14 'no systemd-journald'
fi

# --- rsyslogd ------------------------------------------------------------------------------------------
command -v rsyslogd >/dev/null || {
	skip 8 'no rsyslogd (package rsyslog)'
	done_testing
}
mkdir -p "$T/spool"
cat >"$T/rsyslog.conf" <<CONF
module(load="imuxsock" SysSock.RateLimit.Interval="0")
global(workDirectory="$T/spool" maxMessageSize="8k")
if \$programname == "leakaudit" then {
	action(type="omfile" file="$T/received" template="RSYSLOG_TraditionalFileFormat")
	stop
}
CONF
rsyslog_up() {
	rsyslogd -n -f "$T/rsyslog.conf" -i "$T/rsyslog.pid" >>"$T/rsyslog.log" 2>&1 &
	RPID=$!
	soon 10 [ -S /dev/log ]
}
fill 0 "$LINES_WANTED"
config "rate: $RATE, facility: local5"
up
ok 'without /dev/log lines wait' soon 10 in_trouble
rsyslog_up
soon 10 moving 0
down KILL
hardships $RPID
is 'they went to /dev/log' "$(stat_of log)" /dev/log
have_last() { grep -q " seq=$LAST " "$T/received"; }
ok 'the last one is there' soon 30 have_last
ok "rsyslogd has all $LAST" python3 "$HERE/syslog_lines.py" "$T/received" "$LAST"
sed 's/^/# /' "$T/.tap"

# away while there is something to tell, and back
kill $RPID
wait $RPID 2>/dev/null
down
fill "$LINES_WANTED" 500
up
ok 'rsyslogd is away: lines wait' soon 10 in_trouble
rsyslog_up
ok 'it is back: they are sent' soon 20 drained
ok 'the last one is there' soon 30 have_last
ok "none of $LAST is missing" python3 "$HERE/syslog_lines.py" "$T/received" "$LAST"
down
kill $RPID
wait $RPID 2>/dev/null
done_testing
