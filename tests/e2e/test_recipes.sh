#!/bin/bash
# The recipes of docs/examples: taken by the programs they are for, and the alert by what it does.
. "$(dirname "$0")/lib.sh"
X=$(cd "$HERE/../../docs/examples" && pwd)

if command -v rsyslogd >/dev/null; then
	mkdir -p "$T/tls"
	for c in file direct; do
		{ echo 'module(load="imuxsock")'; cat "$X/rsyslog-$c.conf"; echo '*.* /dev/null'; } >"$T/$c.conf"
		rsyslogd -N1 -f "$T/$c.conf" >"$T/$c.out" 2>&1
		ok "rsyslogd takes rsyslog-$c.conf" [ $? -eq 0 ]
		unlike '... without a word' "$T/$c.out" 'error|warning'
	done
	if ls /usr/lib/*/rsyslog/lmnsd_gtls.so >/dev/null 2>&1; then
		sed "s|/etc/rsyslog.d/tls|$T/tls|" "$X/rsyslog-tls.conf" >"$T/tls.conf"
		touch "$T/tls/ca.pem" "$T/tls/cert.pem" "$T/tls/key.pem"
		rsyslogd -N1 -f "$T/tls.conf" >"$T/tls.out" 2>&1
		ok 'rsyslogd takes rsyslog-tls.conf' [ $? -eq 0 ]
		unlike '... without a word' "$T/tls.out" 'error|warning|not known|invalid'
	else
		skip 2 'no rsyslog-gnutls'
	fi
else
	skip 6 'no rsyslogd (package rsyslog)'
fi

# --- lines through both, to a server with certificates ---------------------------------------
if [ "$(id -u)" -eq 0 ] && command -v rsyslogd >/dev/null && command -v certtool >/dev/null &&
	command -v python3 >/dev/null && ls /usr/lib/*/rsyslog/lmnsd_gtls.so >/dev/null 2>&1; then
	(
		cd "$T/tls" || exit
		printf 'cn = "ca"\nca\ncert_signing_key\nexpiration_days = 2\n' >ca.cfg
		printf 'cn = "logs.example.org"\ndns_name = "logs.example.org"\ntls_www_server\ntls_www_client\nexpiration_days = 2\n' >cert.cfg
		certtool --generate-privkey --key-type=ecdsa --outfile cakey.pem
		certtool --generate-self-signed --load-privkey cakey.pem --template ca.cfg --outfile ca.pem
		certtool --generate-privkey --key-type=ecdsa --outfile key.pem
		certtool --generate-certificate --load-privkey key.pem --load-ca-certificate ca.pem \
			--load-ca-privkey cakey.pem --template cert.cfg --outfile cert.pem
	) >"$T/certtool" 2>&1
	port=$((20000 + $$ % 12000))
	mkdir -p "$T/s1" "$T/s2"
	cat >"$T/server.conf" <<CONF
global(workDirectory="$T/s1" defaultNetstreamDriverCAFile="$T/tls/ca.pem"
	defaultNetstreamDriverCertFile="$T/tls/cert.pem" defaultNetstreamDriverKeyFile="$T/tls/key.pem")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
	streamDriver.authMode="x509/name" permittedPeer="logs.example.org")
input(type="imtcp" port="$port" address="127.0.0.1")
action(type="omfile" file="$T/at-server" template="RSYSLOG_FileFormat")
CONF
	{
		printf 'global(workDirectory="%s")\ninput(type="imuxsock" socket="%s/in" ratelimit.interval="0")\n' "$T/s2" "$T" |
			cat <(echo 'module(load="imuxsock" SysSock.Use="off")') -
		sed -e "s|/etc/rsyslog.d/tls|$T/tls|" -e "s|target=\"logs.example.org\" port=\"6514\"|target=\"127.0.0.1\" port=\"$port\"|" "$X/rsyslog-tls.conf"
		sed -e "s|/var/log/leakaudit.log|$T/at-home|" "$X/rsyslog-file.conf"
	} >"$T/client.conf"
	rsyslogd -n -f "$T/server.conf" -i "$T/s1.pid" >"$T/s1.log" 2>&1 &
	S1=$!
	# a client that finds no server waits for half a minute
	listening=$(printf ':%04X 00000000:0000 0A' "$port")
	for ((i = 0; i < 200; i++)); do grep -q "$listening" /proc/net/tcp && break; sleep 0.1; done
	rsyslogd -n -f "$T/client.conf" -i "$T/s2.pid" >"$T/s2.log" 2>&1 &
	S2=$!
	trap 'kill $S1 $S2 2>/dev/null; rm -rf "$T"' EXIT
	for ((i = 0; i < 100; i++)); do [ -S "$T/in" ] && break; sleep 0.1; done
	python3 - "$T/in" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(sys.argv[1])
for i in range(1, 51):
    s.send(b'<82>Nov 22 05:00:00 leakaudit[7]: v=1 event=finding store=5e1f0a2b seq=%d ts=2026-11-21T22:10:04Z sev=crit file="/a \\"b\\"" why="%s"' % (i, b"w" * 1500))
PY
	for ((i = 0; i < 200; i++)); do [ "$(grep -c seq= "$T/at-server" 2>/dev/null)" = 50 ] && break; sleep 0.1; done
	ok 'all lines arrive at a server with TLS, whole' python3 "$HERE/syslog_lines.py" "$T/at-server" 50
	ok '... and in a file of their own' python3 "$HERE/syslog_lines.py" "$T/at-home" 50
	like '... in the form that lnav is told' "$T/at-home" '^[0-9-]+T[^ ]+ [^ ]+ leakaudit\[7\]: v=1 event=finding'
	is '... for the group adm' "$(stat -c %a "$T/at-home")" 640
	kill $S1 $S2
	wait $S1 $S2 2>/dev/null
else
	skip 4 'no rsyslog-gnutls, certtool or python3, or not root, who alone can give a file to adm'
fi

if command -v logrotate >/dev/null; then
	cp "$X/logrotate" "$T/logrotate"
	chmod 644 "$T/logrotate"
	logrotate -d -s "$T/logrotate.state" "$T/logrotate" >"$T/out" 2>&1
	ok 'logrotate takes its file' [ $? -eq 0 ]
	unlike '... without a word' "$T/out" 'error'
else
	skip 2 'no logrotate'
fi

if command -v python3 >/dev/null; then
	python3 - "$X/lnav-leakaudit.json" >"$T/out" <<'PY'
import json, re, sys
f = json.load(open(sys.argv[1]))["leakaudit_log"]
for s in f["sample"]:
    m = None
    for r in f["regex"].values():
        m = m or re.match(r["pattern"].replace("(?<", "(?P<"), s["line"])
    level = next((l for l, p in f["level"].items() if m[f["level-field"]] and re.match(p, m[f["level-field"]])), "info")
    assert level == s["level"], (level, s)
    assert m["event"] and set(f["value"]) <= set(m.groupdict()), m.groupdict()
print("good")
PY
	ok 'the lnav format fits its samples' grep -q good "$T/out"
else
	skip 1 'no python3'
fi
if command -v lnav >/dev/null; then
	mkdir -p "$T/lnav"
	lnav_() { HOME=$T/lnav XDG_CONFIG_HOME=$T/lnav TERM=dumb lnav "$@" </dev/null; }
	ok 'lnav takes its format' lnav_ -i "$X/lnav-leakaudit.json"
	ok '... whose samples it reads as they are meant' lnav_ -C
	python3 - "$X/lnav-leakaudit.json" >"$T/lnav.log" <<'PY'
import json, sys
for s in json.load(open(sys.argv[1]))["leakaudit_log"]["sample"]:
    print(s["line"])
PY
	lnav_ -n -c ";SELECT log_level || ' ' || event || ' ' || seq || ' ' || coalesce(rule, '-') AS row FROM leakaudit_log" \
		-c ':write-csv-to -' "$T/lnav.log" >"$T/out" 2>&1
	is '... and asks by SQL' "$(tr '\n' '|' <"$T/out")" 'row|critical finding 812 us-ssn|info summary 813 -|'
	if [ -s "$T/at-home" ]; then
		is '... of what rsyslog wrote' "$(lnav_ -n -c ";SELECT count(*) AS n FROM leakaudit_log WHERE sev='crit'" \
			-c ':write-csv-to -' "$T/at-home" 2>&1 | tr '\n' '|')" 'n|50|'
	else
		skip 1 'no file of rsyslog (see above)'
	fi
else
	skip 4 'no lnav'
fi

# --- the alert -----------------------------------------------------------------------------------
mkdir -p "$T/bin"
printf '#!/bin/sh\ncat %s/new 2>/dev/null; : >%s/new; echo x >"$1"\n' "$T" "$T" >"$T/bin/reader"
printf '#!/bin/sh\n[ ! -e %s/broken ] || exit 1\n{ echo "$1"; cat; } >>%s/mails\n' "$T" "$T" >"$T/bin/sender"
printf '#!/bin/sh\necho "$*" >>%s/asked\n' "$T" >"$T/bin/leakaudit"
chmod +x "$T/bin/"*
alert() {
	LEAKAUDIT_ALERT_READ=$T/bin/reader LEAKAUDIT_ALERT_SEND=$T/bin/sender LEAKAUDIT_ALERT_STATE=$T/alert \
		PATH=$T/bin:$PATH "$X/leakaudit-alert"
}
line() { # line SEQ [SEV] [MORE]
	printf 'v=1 event=finding store=5e1f0a2b seq=%d ts=2026-11-21T22:10:04Z id=9f2c41d07a3be655 act=new sev=%s score=93 rule=us-ssn file="/a event=error sev=crit"%s\n' \
		"$1" "${2:-high}" "${3:+ $3}" >>"$T/new"
}
mails() { cat "$T/mails" 2>/dev/null; : >"$T/mails"; }
line 40
line 41
alert
is 'the first run only learns' "$(mails)" ''
line 42
line 43 crit
alert
mails >"$T/out"
like 'a critical finding is mailed' "$T/out" '^leakaudit on .*: 1 critical findings$'
like '... with its line' "$T/out" '^v=1 event=finding .* seq=43 '
is '... and no other' "$(grep -c seq= "$T/out")" 1
line 43 crit
alert
is 'a repeat is not mailed again' "$(mails)" ''
line 44
line 48
alert
is 'a hole is first asked for' "$(mails)" ''
is '... from its beginning to its end' "$(cat "$T/asked")" 'resend --from 45 --to 47'
line 45 high resent=1
line 46 crit resent=1
line 47 high resent=1
alert
mails >"$T/out"
like 'what came late is mailed too' "$T/out" 'seq=46 '
alert
is 'a hole that was filled is none' "$(mails)" ''
line 50
alert
alert
mails >"$T/out"
like 'a hole that stays is mailed' "$T/out" '^line 49 of store 5e1f0a2b is missing'
alert
is '... once' "$(mails)" ''
line 51 crit
touch "$T/broken"
not_ok 'when no mail can be sent it fails' alert
rm "$T/broken"
line 51 crit
alert
mails >"$T/out"
like '... and tells the next time' "$T/out" 'seq=51 '
printf 'v=1 event=error store=5e1f0a2b seq=52 ts=2026-11-21T22:10:04Z share=hr detail="is empty"\n' >>"$T/new"
alert
mails >"$T/out"
like 'an error is mailed' "$T/out" 'cannot do its work'
sed -i "s/^T .*/T $(($(date +%s) - 27 * 3600))/" "$T/alert/seen"
alert
mails >"$T/out"
like 'silence is mailed' "$T/out" '^no line for 27 hours'
alert
is '... not every five minutes' "$(mails)" ''
done_testing
