#!/bin/bash
# No planted value leaves the scan: not by any output, message, log line or temporary file.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
tools=$BUILD/tests/tools
"$tools/make-share" "$T/share"
# what is looked for: each value as it stands, and numbers without what stands between their digits
{
	cat "$T/share.values"
	grep -E '^[0-9 -]+$' "$T/share.values" | tr -d ' -'
	grep -E '^[A-Z]{2}[0-9]{2}' "$T/share.values" | tr -d ' '
} | awk 'length >= 6' | sort -u >"$T/values"
ok 'there are many' [ "$(wc -l <"$T/values")" -ge 500 ]
silent() { # silent NAME FILE...: no value in them
	local name=$1
	shift
	is "$name" "$(cat -- "$@" | grep -aoFf "$T/values" | sort -u | head -n 3)" ''
}
is 'the search finds them where they are' "$(grep -caFf "$T/values" "$T/share/HR/payroll run.csv")" 60
low='--min-severity low --min-confidence low'
mkdir "$T/tmp"
for f in text jsonl json csv; do
	for more in '' '--show masked' '--show none' '--mask-names'; do
		# shellcheck disable=SC2086
		TMPDIR=$T/tmp "$LEAKAUDIT" scan -v --progress always --color always -f $f $low $more "$T/share" >"$T/o" 2>"$T/e"
		silent "$f $more" "$T/o" "$T/e"
	done
done
"$LEAKAUDIT" scan -f jsonl $low "$T/share" -o "$T/base" 2>/dev/null
"$LEAKAUDIT" scan -f jsonl --baseline "$T/base" "$T/share" >"$T/o" 2>"$T/e"
silent 'a baseline' "$T/base" "$T/o" "$T/e"
# people write values into headers: of a header the rule's own words are shown, nothing else
mkdir "$T/head"
{
	echo 'Login,SSN (was Winterreise),Password Harbourmaster'
	for i in 1 2 3 4 5 6; do echo "jprobe$i,862-43-554$i,Kx7#mQ2v$i"; done
} >"$T/head/a.csv"
for f in text jsonl csv; do
	# shellcheck disable=SC2086
	"$LEAKAUDIT" scan -v -f $f $low "$T/head" >>"$T/heads" 2>&1
done
like 'the words of a header are shown' "$T/heads" 'column header .{1,3}SSN'
like 'of a table of passwords as well' "$T/heads" 'column header .{1,3}Password'
unlike 'what was written behind them is not' "$T/heads" 'Winterreise|Harbourmaster'
# ... and into names of sheets
cat >"$T/head/b.fods" <<'E'
<?xml version="1.0"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
<table:table table:name="Of 862-43-5541"><table:table-row><table:table-cell><text:p>SSN</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>862-43-5542</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>
E
for f in text jsonl csv; do
	# shellcheck disable=SC2086
	"$LEAKAUDIT" scan -v -f $f $low "$T/head/b.fods" >>"$T/sheets" 2>&1
done
like 'a sheet is named' "$T/sheets" '"sheet":"Of .{3}-.{2}-5541","row":2'
unlike 'a number in its name is not shown' "$T/sheets" '862-43'
is 'nothing in TMPDIR' "$(ls -A "$T/tmp")" ''
"$LEAKAUDIT" rules check >"$T/o" 2>"$T/e"
silent 'rules check' "$T/o" "$T/e"

# every byte the side with rights is given or writes, into files without a name too
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	"$tools/make-big" repeats "$T/many.txt" 60000 60000 >/dev/null
	mkdir "$T/two" && mv "$T/many.txt" "$T/share" "$T/two/"
	# shellcheck disable=SC2086
	TMPDIR=$T/tmp strace -qq -s 200000 -o "$T/trace" \
		-e trace=read,recvmsg,recvfrom,pread64,write,writev,pwrite64,sendmsg,sendto \
		"$LEAKAUDIT" scan -v -f jsonl $low "$T/two" >"$T/o" 2>"$T/e"
	ok 'the trace has messages of workers' [ "$(grep -c '^recvmsg' "$T/trace")" -gt 20 ]
	grep -o '200-1[0-9]-[0-9]*' "$T/two/many.txt" | head -n 20000 >>"$T/values"
	silent 'no value comes over or goes out' "$T/trace"
else
	skip 2 'no strace'
fi

# syslog, as it reaches /dev/log, in a mount namespace of our own
cat >"$T/log.py" <<'P'
import os, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
s.bind("/dev/log")
p = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
s.settimeout(0.2)
with open(sys.argv[1], "wb") as out:
    while True:
        try:
            out.write(s.recv(65536) + b"\n")
        except socket.timeout:
            if p.poll() is not None:
                break
sys.exit(p.returncode)
P
own_dev() { # a /dev of ours: the true one's null and a place for the socket
	unshare -m sh -c 'mkdir "$0/dev" && mount -t tmpfs none "$0/dev" && : >"$0/dev/null" &&
		mount --bind /dev/null "$0/dev/null" && mount --rbind "$0/dev" /dev && exec "$@"' "$T" "$@"
}
if [ "$(id -u)" -eq 0 ] && command -v python3 >/dev/null && own_dev true 2>/dev/null; then
	rmdir "$T/dev" 2>/dev/null
	share=$T/share
	[ -d "$T/two" ] && share=$T/two/share
	# shellcheck disable=SC2086
	own_dev python3 "$T/log.py" "$T/syslog" "$LEAKAUDIT" scan --syslog $low "$share"
	is '--syslog: found' $? 1
	ok 'findings reach /dev/log' [ "$(grep -c 'event=finding' "$T/syslog")" -ge 10 ]
	silent 'no value in syslog' "$T/syslog"
	is 'no line is longer than 2048 bytes' "$(awk 'length > 2048 + 64' "$T/syslog")" ''
	not_ok 'no control byte in a line' grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$T/syslog"
else
	skip 5 'no mount namespace'
fi
done_testing
