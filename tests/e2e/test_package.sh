#!/bin/bash
# The Debian package in a small Debian with a real systemd: installed, scans, logs, upgraded, removed,
# purged. Needs `make deb` (or $LEAKAUDIT_DEB) and what tests/e2e/systemd/lib.sh needs.
# $LEAKAUDIT_SYSLOG_LINES: how many lines go through the journal (12,000: more than journald takes of a
# service in its 30 s by default).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/systemd/lib.sh"
DEB=${LEAKAUDIT_DEB:-$(ls "$HERE"/../../build/deb/leakaudit_*.deb 2>/dev/null | head -n 1)}
[ -f "$DEB" ] || skip_all 'no package at $LEAKAUDIT_DEB or build/deb (make deb)'
command -v dpkg-deb >/dev/null || skip_all 'no dpkg-deb'
command -v python3 >/dev/null || skip_all 'no python3'
LINES_WANTED=${LEAKAUDIT_SYSLOG_LINES:-12000}

# --- what can be said of the package without a machine ---------------------------------------------
if command -v lintian >/dev/null; then
	lintian --fail-on error --allow-root "$DEB" >"$T/lintian" 2>&1
	ok 'lintian finds no error' [ $? -eq 0 ]
	sed 's/^/# /' "$T/lintian" | head -n 20
else
	skip 1 'no lintian'
fi
dpkg-deb -c "$DEB" >"$T/content"
dpkg-deb -f "$DEB" >"$T/control"
like 'manuals are in it' "$T/content" 'usr/share/man/man8/leakauditd.8.gz'
like 'completion is in it' "$T/content" 'usr/share/bash-completion/completions/leakaudit'
like 'recipes are in it' "$T/content" 'usr/share/doc/leakaudit/examples/rsyslog'
like 'the catalog is in it' "$T/content" 'usr/lib/systemd/catalog/leakaudit.catalog'
like 'libraries are depended on' "$T/control" '^Depends: .*libsqlite3-0'
dpkg-deb -e "$DEB" "$T/DEBIAN"
is 'the configuration is a conffile' "$(grep -c '^/etc/leakaudit/leakaudit.yaml$' "$T/DEBIAN/conffiles")" 1
not_ok 'the key is not in the package' grep -q fingerprint "$T/content"

why=$(sd_why)
if [ -n "$why" ]; then
	skip 1 "$why"
	done_testing
fi
version=$(dpkg-deb -f "$DEB" Version)

# --- installed ------------------------------------------------------------------------------------------
mkdir -p "$SD_UP/pkg" "$SD_UP/srv/hr" "$SD_UP/var/lib/leakaudit-fill"
cp "$DEB" "$SD_UP/pkg/one.deb"
dpkg-deb -R "$DEB" "$T/repack"
sed -i "s/^Version: .*/Version: $version+1/" "$T/repack/DEBIAN/control"
dpkg-deb --root-owner-group -b "$T/repack" "$SD_UP/pkg/two.deb" >/dev/null
cp "$BUILD/tests/tools/store-fill" "$SD_UP/pkg/"
python3 - "$SD_UP/srv/hr" <<'PY'
import random, sys
r = random.Random(7)
with open(sys.argv[1] + "/staff \"2014\".csv", "w") as f:
    f.write("name,ssn\n")
    for i in range(1200):
        f.write("Person %d,%03d-%02d-%04d\n" % (i, r.randint(300, 650), r.randint(10, 99), r.randint(1000, 9999)))
with open(sys.argv[1] + "/app.conf", "w") as f:
    f.write("db password: Xk29!vbQ-owl7\n")
PY
ok 'a systemd boots' sd_boot
show() { sd systemctl show -P "$1" leakauditd; }
active() { [ "$(show ActiveState)" = active ]; }
sd env DEBIAN_FRONTEND=noninteractive dpkg -i /pkg/one.deb >"$T/dpkg" 2>&1
ok 'it is installed' [ $? -eq 0 ]
sed 's/^/# /' "$T/dpkg" | tail -n 20
ok 'the daemon runs' until_true 20 active
is '... and is enabled' "$(sd systemctl is-enabled leakauditd)" enabled
is 'the key is for its owner only' "$(sd stat -c '%U %a %s' /etc/leakaudit/fingerprint.key)" 'leakaudit 600 32'
is 'the state is for its owner only' "$(sd stat -c '%U %a' /var/lib/leakaudit)" 'leakaudit 700'
idle() { show StatusText | grep -q 'no share is named'; }
ok 'nothing is scanned until a share is named' until_true 10 idle
ok 'its configuration is good' sd leakaudit config check
sd dpkg --verify leakaudit >"$T/verify"
ok 'all files are as packaged' [ ! -s "$T/verify" ]

# --- a share ---------------------------------------------------------------------------------------------
nsenter -t "$SD_PID" --mount --root --wd -- sh -c 'cat >/etc/leakaudit/conf.d/hr.yaml' <<'YAML'
shares:
  - {path: /srv/hr, name: hr, schedule: {hours: always}}
throttle: {bytes: off, io-pressure: off, cpu-pressure: off}
syslog: {rate: 5000}
YAML
ok 'a share is named' sd leakaudit config check
ok '... and the daemon told' sd leakaudit control reload
in_journal() { sd journalctl -t leakaudit --no-pager -q -o cat "$@" >"$T/journal" 2>&1 && [ -s "$T/journal" ]; }
ok 'the finding is in the journal' until_true 30 in_journal LEAKAUDIT_EVENT=finding LEAKAUDIT_SEVERITY=critical
like '... as one line' "$T/journal" '^v=1 event=finding store=[0-9a-f]{8} seq=[0-9]+ ts=[^ ]+ id=[0-9a-f]{16} act=new sev=crit .*rule=us-ssn .*count=1[0-9]{3} .*share=hr file="/srv/hr/staff \\"2014\\".csv" owner=root mode=0644'
ok '... with its priority' in_journal -p crit LEAKAUDIT_RULE=us-ssn
ok 'the password is there' in_journal LEAKAUDIT_EVENT=finding LEAKAUDIT_RULE=password-assignment
unlike '... and no value' "$T/journal" 'Xk29|owl7'
sd journalctl -t leakaudit -x --no-pager LEAKAUDIT_SEVERITY=critical >"$T/journal" 2>&1
like 'journalctl -x explains' "$T/journal" 'A file of a share holds data of the kind us-ssn'
in_authlog() { sd cat /var/log/auth.log >"$T/auth" 2>/dev/null && grep -q 'leakaudit\[[0-9]*\]: v=1 event=finding .*rule=us-ssn' "$T/auth"; }
if sd systemctl is-active rsyslog >/dev/null; then
	ok 'rsyslog has it too, once' until_true 10 in_authlog
	is '... once' "$(grep -c 'event=finding .*rule=us-ssn' "$T/auth")" 1
else
	skip 2 'no rsyslog in that root'
fi

# --- more than journald takes of a service that sets nothing --------------------------------------------
sd systemctl stop leakauditd
LAST=$(sd setpriv --reuid=leakaudit --regid=leakaudit --clear-groups /pkg/store-fill /var/lib/leakaudit 0 "$LINES_WANTED")
sd systemctl start leakauditd
sent() { sd leakaudit status --json | python3 -c 'import json,sys; s=json.load(sys.stdin); sys.exit(s["sent"] < int(sys.argv[1]))' "$LAST"; }
ok 'all lines are sent' until_true $((60 + LINES_WANTED / 1000)) sent
sd journalctl --sync
sd journalctl -t leakaudit -o json --no-pager >"$T/lines"
sd sh -c "leakaudit status --json" >"$T/st"
end=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["sent"])' "$T/st")
ok "the journal has all $end, by the limits of the unit" python3 "$HERE/syslog_lines.py" "$T/lines" "$end"

# --- upgraded ---------------------------------------------------------------------------------------------
sd sh -c 'echo "# ours" >>/etc/leakaudit/leakaudit.yaml'
sd sha256sum /etc/leakaudit/fingerprint.key >"$T/key1"
pid=$(show MainPID)
sd env DEBIAN_FRONTEND=noninteractive dpkg -i /pkg/two.deb >"$T/dpkg" 2>&1
ok 'it is upgraded' [ $? -eq 0 ]
ok 'the daemon runs again' until_true 20 active
not_ok '... as another process' [ "$(show MainPID)" = "$pid" ]
is 'the version is new' "$(sd dpkg-query -W -f '${Version}' leakaudit)" "$version+1"
sd sha256sum /etc/leakaudit/fingerprint.key >"$T/key2"
ok 'the key stays' cmp "$T/key1" "$T/key2"
ok 'our change of the configuration stays' sd grep -q '^# ours' /etc/leakaudit/leakaudit.yaml
sd leakaudit findings --rule us-ssn -f jsonl >"$T/findings"
like 'what was found stays' "$T/findings" 'us-ssn'

# --- removed ------------------------------------------------------------------------------------------------
ok 'it is removed' sd dpkg -r leakaudit
not_ok 'no daemon runs' active
ok 'state, key and configuration stay' sd sh -c 'test -e /var/lib/leakaudit/findings.db -a -e /etc/leakaudit/fingerprint.key -a -e /etc/leakaudit/leakaudit.yaml'
sd rm -f /etc/leakaudit/conf.d/hr.yaml
ok 'it is purged' sd dpkg -P leakaudit
not_ok 'nothing of it is left' sd sh -c 'ls -d /var/lib/leakaudit /etc/leakaudit /run/leakaudit /lib/systemd/system/leakaud* /etc/systemd/system/*.wants/leakaud* 2>/dev/null | grep .'
is 'no unit has failed' "$(sd systemctl --failed --no-legend | grep -c leakaudit)" 0
ok 'it can be installed again' sd env DEBIAN_FRONTEND=noninteractive dpkg -i /pkg/one.deb
ok '... and runs' until_true 20 active
sd_halt
done_testing
