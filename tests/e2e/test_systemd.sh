#!/bin/bash
# leakauditd under a real systemd: it starts, tells, reloads, is watched, reads /home, and is caged.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/systemd/lib.sh"

# --- what can be said of the units without one ------------------------------------------
if command -v systemd-analyze >/dev/null; then
	for u in "$HERE"/../../systemd/*.service; do
		systemd-analyze security --offline=true --no-pager "$u" >"$T/score" 2>&1
		score=$(sed -n 's/^.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p' "$T/score")
		ok "exposure of $(basename "$u") is at most 0.8 ($score)" \
			python3 -c "import sys; sys.exit(not 0 < float('${score:-99}') <= 0.8)"
	done
	# programs and manuals are not installed here: only other words count
	systemd-analyze verify "$HERE"/../../systemd/leakauditd.service 2>&1 |
		grep -v -e 'is not executable' -e "Command 'man " >"$T/verify"
	ok 'systemd-analyze verify has nothing to say' [ ! -s "$T/verify" ]
else
	skip 3 'no systemd-analyze'
fi

why=$(sd_why)
if [ -n "$why" ]; then
	skip 1 "$why"
	done_testing
fi

# --- installed as a package would ---------------------------------------------------------
sd_install || exit 1
mkdir -p "$SD_UP/etc/leakaudit" "$SD_UP/srv/hr" "$SD_UP/home/jdoe/private" "$SD_UP/root"
cat >"$SD_UP/etc/leakaudit/leakaudit.yaml" <<'YAML'
shares:
  - {path: /srv/hr, name: hr, schedule: {hours: always}}
  - {path: /home, name: home, schedule: {hours: always}}
throttle: {bytes: off, io-pressure: off, cpu-pressure: off}
YAML
head -c 32 /dev/urandom >"$SD_UP/etc/leakaudit/fingerprint.key"
chmod 600 "$SD_UP/etc/leakaudit/fingerprint.key"
printf 'name,ssn\nJohn Smith,457-55-5462\n' >"$SD_UP/srv/hr/staff.csv"
printf 'db password: Xk29!vbQ-owl7\n' >"$SD_UP/srv/hr/app.conf"
printf 'name,ssn\nAnn Bell,512-38-1176\n' >"$SD_UP/home/jdoe/private/own.csv"
# whom only root, or who may read all, can read
chown -R 1000:1000 "$SD_UP/home/jdoe"
chmod 700 "$SD_UP/home/jdoe" "$SD_UP/home/jdoe/private"
chmod 600 "$SD_UP/home/jdoe/private/own.csv"

ok 'a systemd boots' sd_boot
sd systemd-sysusers
ok 'user and groups are there' sd sh -c 'getent passwd leakaudit && getent group leakaudit leakaudit-review'
show() { sd systemctl show -P "$1" leakauditd; }
active() { [ "$(show ActiveState)" = active ]; }
ok 'it starts, and says READY' sd systemctl start leakauditd
ok 'it is active' active
js() { # js EXPRESSION over the status
	sd leakaudit status --json | python3 -c '
import json, sys
S = json.load(sys.stdin); H = {s["name"]: s for s in S["shares"]}
sys.exit(0 if eval(sys.argv[1]) else "false: " + json.dumps(S))' "$1"
}
ok 'the share is scanned' until_true 30 js 'H["hr"]["complete"] and sum(H["hr"]["open"].values()) == 2'
ok '/home is scanned, where only its owner may read' until_true 30 js 'H["home"]["complete"] and sum(H["home"]["open"].values()) == 1 and H["home"]["gaps"] == 0'
status_says() { show StatusText | grep -q "$1"; }
ok 'STATUS is shown' until_true 10 status_says '^Idle; next .*open: '
pid=$(show MainPID)
ok 'it runs as leakaudit' sd sh -c "[ \"\$(stat -c %U /proc/$pid)\" = leakaudit ] || grep -q \"^Uid:.*\$(id -u leakaudit)\" /proc/$pid/status"
sd cat "/proc/$pid/status" >"$T/status"
is 'it may read all and nothing else' "$(sed -n 's/^CapPrm:[[:space:]]*//p' "$T/status")" 0000000000000004
is 'its bounding set is the same' "$(sed -n 's/^CapBnd:[[:space:]]*//p' "$T/status")" 0000000000000004
like 'it can gain nothing' "$T/status" '^NoNewPrivs:[[:space:]]*1'
like 'its system calls are filtered' "$T/status" '^Seccomp:[[:space:]]*2'
is 'its state is its own' "$(sd stat -c '%U %a' /var/lib/leakaudit)" 'leakaudit 700'
sd journalctl -u leakauditd --no-pager >"$T/journal"
like 'its words are in the journal' "$T/journal" "leakauditd.*share 'home': complete"
unlike 'and nothing went wrong' "$T/journal" 'cannot|denied|bad system call'

# --- its workers, caught at work: one large file --------------------------------------------
sd python3 -V >/dev/null 2>&1
python3 -c '
import sys
line = b"nothing of interest stands in this line of text, but there are many of it\n"
for i in range(60): sys.stdout.buffer.write(line * 70000)' >"$T/big"
nsenter -t "$SD_PID" --mount --root --wd -- sh -c 'cat >/srv/hr/big.txt' <"$T/big"
sd leakaudit control rescan hr >/dev/null
worker_caught() {
	local w
	for w in $(sd cat "/proc/$pid/task/$pid/children"); do
		sd cat "/proc/$w/status" >"$T/worker" 2>/dev/null
		grep -q '^Seccomp_filters:[[:space:]]*[2-9]\|^Seccomp_filters:[[:space:]]*[1-9][0-9]' "$T/worker" && return 0
	done
	return 1
}
ok 'a worker is confined beyond the unit' until_true 20 worker_caught
is 'a worker has no rights' "$(sed -n 's/^CapPrm:[[:space:]]*//p' "$T/worker")" 0000000000000000
is '... of no kind' "$(sed -n 's/^CapAmb:[[:space:]]*//p' "$T/worker")" 0000000000000000

# --- stop in the middle of it -----------------------------------------------------------------
a=$(date +%s%N)
ok 'it stops' sd systemctl stop leakauditd
took=$((($(date +%s%N) - a) / 1000000))
ok "within 5 s ($took ms)" [ "$took" -lt 5000 ]
is 'as told' "$(show Result)" success
sd rm /srv/hr/big.txt

# --- reload --------------------------------------------------------------------------------------
sd systemctl start leakauditd
sd sh -c 'echo "workers: many" >>/etc/leakaudit/leakaudit.yaml'
sd systemctl reload leakauditd
ok 'a bad configuration is said in the journal' until_true 10 sh -c "nsenter -t $SD_PID --mount --uts --ipc --net --pid --cgroup --root --wd -- journalctl -u leakauditd --no-pager | grep -q 'not reloaded.*leakaudit.yaml:5:10: workers: expected'"
ok 'the daemon goes on with the former one' js 'len(S["shares"]) == 2 and S["config_error"]'
sd sh -c 'sed -i "s/many/1/" /etc/leakaudit/leakaudit.yaml'
ok 'systemctl reload' sd systemctl reload leakauditd
ok '... takes a good one' until_true 10 js 'not S["config_error"]'

# --- who may ask ---------------------------------------------------------------------------------
sd useradd -M ops -G leakaudit
sd useradd -M stranger
# something is open: 1
is 'a member of leakaudit may ask' \
	"$(sd setpriv --reuid=ops --regid=ops --init-groups leakaudit status >/dev/null; echo $?)" 1
is 'somebody else may not' \
	"$(sd setpriv --reuid=stranger --regid=stranger --init-groups leakaudit status 2>/dev/null; echo $?)" 2

sd useradd -M auditor -G leakaudit-review
as() { # as USER ARG...: leakaudit by somebody
	local who=$1
	shift
	sd setpriv --reuid="$who" --regid="$who" --init-groups leakaudit "$@" 2>&1
}
is 'a member of leakaudit-review reads findings' "$(as auditor findings | wc -l)" 3
is '... and one in full' "$(as auditor show "$(as auditor findings -n 1 -f jsonl | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')" | grep -c '^file ')" 1
is '... but not the status' "$(as auditor status >/dev/null; echo $?)" 2
is 'a member of leakaudit may not read findings' "$(as ops findings | grep -c 'only for root and group leakaudit-review')" 1
is '... nor may somebody else' "$(as stranger findings | grep -c 'neither group')" 1
is '... nor read the store itself' "$(as auditor findings --state /var/lib/leakaudit >/dev/null; echo $?)" 2
sd journalctl -u leakauditd --no-pager >"$T/journal"
like 'who read is in the journal' "$T/journal" "user $(sd id -u auditor), process [0-9]+ reads: findings"

# --- what is shared here ---------------------------------------------------------------------------
sd sh -c 'mkdir -p /var/lib/samba/usershares /srv/nfs /srv/pub /srv/user
	printf "/srv/nfs *(ro,sync)\n/home *(rw)\n" >/etc/exports
	printf "#VERSION 2\npath=/srv/user\ncomment=\nusershare_acl=Everyone:R\nguest_ok=y\n" >/var/lib/samba/usershares/user
	printf "#!/bin/sh\nprintf \"[global]\\n[pub]\\n\\tpath = /srv/pub\\n[homes]\\n\\tbrowseable = No\\n\"\n" >/usr/bin/testparm
	chmod +x /usr/bin/testparm'
sd leakaudit config suggest >"$T/suggested"
like 'config suggest: of Samba' "$T/suggested" '^  - path: "?/srv/pub"?$'
like '... of usershares' "$T/suggested" '^  - path: "?/srv/user"?$'
like '... of the NFS server' "$T/suggested" '^  - path: "?/srv/nfs"?$'
unlike '... never /home' "$T/suggested" '^  - path: "?/home'
nsenter -t "$SD_PID" --mount --root --wd -- sh -c 'cat >/tmp/suggested.yaml' <"$T/suggested"
ok '... and it is a good configuration' sd leakaudit config check /tmp/suggested.yaml

# --- watchdog --------------------------------------------------------------------------------------
sd mkdir -p /etc/systemd/system/leakauditd.service.d
sd sh -c 'printf "[Service]\nWatchdogSec=2\nRestartSec=0\n" >/etc/systemd/system/leakauditd.service.d/test.conf'
sd systemctl daemon-reload
sd systemctl restart leakauditd
sleep 5
is 'with a watchdog of 2 s it lives on' "$(show NRestarts)" 0
sd sh -c "kill -STOP $(show MainPID)"
restarted() { [ "$(show NRestarts)" -ge 1 ] && active; }
ok 'a daemon that is stuck is killed and started anew' until_true 20 restarted
ok '... and knows what was found' until_true 10 js 'sum(H["hr"]["open"].values()) == 2'
sd journalctl -u leakauditd --no-pager >"$T/journal"
like '... by the watchdog' "$T/journal" 'Watchdog timeout'

# --- a scan beside the daemon ------------------------------------------------------------------------
ok 'leakaudit-scan@ reads a folder; that it finds something is no failure' sd systemctl start leakaudit-scan@srv-hr.service
sd cat /var/lib/leakaudit-scan/srv-hr.jsonl >"$T/report"
ok '... and leaves a report' grep -q '"type":"finding".*us-ssn' "$T/report"
is '... for its owner' "$(sd stat -c '%U %a' /var/lib/leakaudit-scan/srv-hr.jsonl)" 'leakaudit 600'
ok 'its timer can be enabled' sd systemctl start leakaudit-scan@srv-hr.timer
sd_halt
done_testing
