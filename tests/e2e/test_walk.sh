#!/bin/bash
# The walk over what a share may hold: things that must not be opened, cannot be, or change.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
root=$([ "$(id -u)" -eq 0 ] && echo yes)
tools=$BUILD/tests/tools
umask 022
fresh() { rm -rf "$T/w" && mkdir "$T/w" && cd "$T/w" || exit 2; }
secret() { echo "SSN: 862-43-55${1:-49}" >"${2:-f.txt}"; }
# scan NAME STATUS ARG...: as jsonl to $T/out; at most 60 s, or it hangs
scan() {
	local name=$1 wanted=$2
	shift 2
	timeout 60 "$tools/peak" "$T/peak" "$LEAKAUDIT" scan -v -f jsonl "$@" >"$T/out" 2>"$T/err" </dev/null
	is "$name" $? "$wanted"
}
js() { ok "$1" json "$T/out" "$2"; }

# --- what is not a file ------------------------------------------------------------------
fresh
secret
mkfifo fifo
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
mkdir sub
ln -s . loop
ln -s ../.. sub/up
ln -s f.txt link
ln -s gone dangling
ln -s /dev/zero zero
n=3
[ -n "$root" ] && mknod null c 1 3 && mknod disk b 7 0 && n=4
scan 'FIFO, socket, devices, links: the file is found, nothing hangs' 1 .
js 'nothing is said of them' 'len(F)==1 and not G and S[0]["files"]==1 and S[0]["complete"]'
like 'they are counted' "$T/err" "left out: 0 snapshot folders, .* 5 links, $([ $n = 4 ] && echo 4 || echo 2) special files"
scan 'a FIFO as PATH' 0 fifo
scan 'a link as PATH is followed' 1 link
scan 'a loop of links as PATH' 1 loop
ln -s b a && ln -s a b
scan 'links that lead round in a circle: no such path' 2 a

# --- names and paths ----------------------------------------------------------------------
fresh
mkdir "$(printf 'd\351')"
secret 49 "$(printf 'd\351/caf\351.txt')"
secret 50 "$(printf 'tab\there\nand newline.txt')"
secret 51 "$(printf '\033[31mred.txt')"
secret 52 '-n.txt'
secret 53 "$(python3 -c 'print("a"*251)').txt"
scan 'hostile names' 1 .
js 'all five are found' 'len(F)==5 and not G'
js 'bytes that are not UTF-8 stand in path_b64, exact' '[__import__("base64").b64decode(f["path_b64"])[len(sc[0]["roots"][0]):] for f in F if "path_b64" in f]==[b"/d\xe9/caf\xe9.txt"]'
js 'and are U+FFFD in path' 'any(f["path"].endswith("/d\ufffd/caf\ufffd.txt") for f in F)'
js 'control bytes come through JSON' 'any(f["path"].endswith("/tab\there\nand newline.txt") for f in F)'
"$LEAKAUDIT" scan . >"$T/out" 2>&1
not_ok 'the terminal gets no control byte' grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$T/out"
is 'a name does not break the line' "$(grep -c '^and newline' "$T/out")" 0
fresh
python3 - <<'P'
import os
fd = os.open(".", os.O_RDONLY)
for i in range(60):
    os.mkdir("x" * 100, dir_fd=fd)
    n = os.open("x" * 100, os.O_RDONLY, dir_fd=fd); os.close(fd); fd = n
f = os.open("f.txt", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd)
os.write(f, b"SSN: 862-43-5549\n")
P
scan 'a path longer than PATH_MAX' 1 .
js 'is found, whole' 'len(F)==1 and not G and len(F[0]["path"])>6000'

# --- who may not ----------------------------------------------------------------------------
fresh
secret
secret 50 closed.txt
chmod 000 closed.txt
mkdir shut
secret 51 shut/g.txt
chmod 000 shut
if [ -n "$root" ]; then
	public "$T/pub"
	(cd / && timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups "$PUB" scan -v -f jsonl "$T/w") >"$T/out" 2>"$T/err"
	is 'not root: the readable file is found' $? 1
else
	"$LEAKAUDIT" scan -v -f jsonl . >"$T/out" 2>"$T/err"
	is 'not root: the readable file is found' $? 1
fi
js 'file and folder are gaps' 'sorted((g["path"].split("/")[-1],g["reason"],g["hides"]) for g in G)==[("closed.txt","denied",True),("shut","denied",True)] and len(F)==1'
if [ -n "$root" ]; then
	like 'access times of files of others cannot be kept: said' "$T/err" 'access times not kept'
	scan 'root reads them' 1 .
	js 'all of them' 'len(F)==3 and not G'
else
	skip 3 'for root'
fi
chmod 700 shut

# --- access times ------------------------------------------------------------------------
fresh
mkdir sub
secret 49 sub/f.txt
(cd sub && zip -q z.zip f.txt) 2>/dev/null || cp sub/f.txt sub/z.zip
touch -a -d 2001-02-03 sub/* sub
before=$(stat -c '%X %n' sub sub/*)
scan 'a scan' 1 .
is 'access times are as they were' "$(stat -c '%X %n' sub sub/*)" "$before"
like 'and -v says so' "$T/err" 'access times kept'

# --- many names of one file, many roots ----------------------------------------------------
fresh
mkdir a b a/in
secret 49 a/f.txt
for i in 1 2 3; do ln a/f.txt "b/l$i.txt"; done
secret 50 a/in/g.txt
scan 'hard links' 1 .
js 'read once' 'len(F)==2 and S[0]["files"]==2'
like 'counted' "$T/err" ' 3 further names of one file'
scan 'roots one inside the other' 1 . a a/in a/in/g.txt ./a/../a
js 'each file once' 'len(F)==2 and S[0]["files"]==2 and len({f["id"] for f in F})==2'
scan 'the same, innermost first' 1 a/in/g.txt a/in a .
js 'each file once again' 'len(F)==2 and S[0]["files"]==2'

# --- lists -----------------------------------------------------------------------------------
printf '%s\n' a/f.txt no/such a/in/g.txt gone.txt '' a "$T/w/a/in/g.txt" >"$T/list"
scan '--files-from' 1 --files-from "$T/list"
js 'missing ones are gaps' 'sorted(g["path"].split("/")[-1] for g in G if g["reason"]=="io-error" and g["hides"])==["gone.txt","such"]'
js 'the others are read' '{f["path"].split("/")[-1] for f in F}=={"f.txt","g.txt"}'
printf 'a/f.txt\0a/in/g.txt\0' | timeout 60 "$LEAKAUDIT" scan -f jsonl --files-from - -0 >"$T/out" 2>"$T/err"
is '--files-from - -0' $? 1
js 'both' 'len(F)==2'
printf '%s\n' b/../a/f.txt ./b/../a/in/g.txt b/../no.txt nowhere/../a/f.txt >"$T/list"
"$LEAKAUDIT" scan -f jsonl a >"$T/a.out" 2>/dev/null
scan '--files-from with ..' 1 --files-from "$T/list"
js 'paths and ids are those of a walk' "{(f['path'],f['id']) for f in F}=={(o['path'],o['id']) for o in map(__import__('json').loads,open('$T/a.out')) if o['type']=='finding'}"
js 'what is not there is' 'sorted(g["path"].split("/")[-1] for g in G)==["f.txt","no.txt"]'
status '--files-from that is not there' 2 scan --files-from "$T/nolist"

# --- what is left out ---------------------------------------------------------------------------
fresh
for d in .snapshot .zfs .snapshots @GMT-2014.11.24-08.00.00 .recycle keep; do
	mkdir "$d" && secret 49 "$d/f.txt"
done
secret 50 keep/x.log
scan 'snapshot folders' 1 .
js 'are not entered' '{f["path"].split("/")[-2] for f in F}=={"keep"}'
like 'are counted' "$T/err" 'left out: 5 snapshot folders'
scan '--no-default-excludes' 1 --no-default-excludes .
js 'enters them' 'len(F)==7'
scan '--exclude' 1 --exclude '*.log' .
js 'leaves out' '[f["path"].split("/")[-1] for f in F]==["f.txt"]'
like 'counts' "$T/err" ' 1 by patterns'
scan '--exclude with !' 1 --exclude 'keep/*' --exclude '!keep/x.log' .
js 'takes back' '[f["path"].split("/")[-1] for f in F]==["x.log"]'
scan '--max-depth' 0 --max-depth 1 .
if [ -n "$root" ] && mkdir mnt && mount -t tmpfs none mnt 2>/dev/null; then
	secret 51 mnt/m.txt
	scan 'a mount' 1 .
	js 'is entered' 'any(f["path"].endswith("mnt/m.txt") for f in F)'
	scan '-x' 1 -x .
	js 'is not' 'F and not any(f["path"].endswith("mnt/m.txt") for f in F)'
	like 'is counted' "$T/err" ' 1 by patterns, --max-depth or -x,'
	umount mnt
	mount -t proc proc mnt
	scan 'what the kernel makes up' 1 .
	like 'is left out and counted' "$T/err" ' 1 kernel file systems,'
	umount mnt
else
	skip 7 'no mounts'
fi

# --- what changes -------------------------------------------------------------------------------
fresh
secret
secret 50 leased.txt
python3 -c '
import fcntl, os, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open("leased.txt", os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("ready", flush=True)
time.sleep(30)' >"$T/lease" 2>&1 &
holder=$!
for i in $(seq 100); do [ -s "$T/lease" ] && break; sleep 0.05; done
if grep -q ready "$T/lease"; then
	scan 'a leased file' 1 .
	js 'is a gap busy, the other is found' '[(g["path"].split("/")[-1],g["reason"],g["hides"]) for g in G]==[("leased.txt","busy",True)] and len(F)==1'
	(sleep 0.4; kill $holder) &
	scan 'a lease given up in time' 1 .
	js 'is read' 'len(F)==2 and not G'
else
	skip 4 "no leases: $(tail -n 1 "$T/lease")"
fi
kill $holder 2>/dev/null
fresh
"$tools/make-big" names . 3000 >/dev/null
secret 49 zz.txt
(for d in 1 2 0 9 5; do rm -f ./*"$d.txt"; done) &
gone=$!
scan 'files that vanish' 1 .
wait $gone
js 'are nothing; the rest is read' 'len(F)==1 and S[0]["complete"] and not G'
fresh
secret
python3 -c '
import os, sys
ppid = os.getppid()
f = os.open("grow.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
block = (b"nothing to see here, only words and more words\n" * 1500)
n = 0
while os.getppid() == ppid and n < 40000 and not os.path.exists("stop"):
    os.write(f, block); n += 1
    if n % 1000 == 0: os.ftruncate(f, 1 << 20)' &
writer=$!
sleep 0.2
scan 'a file that grows and is cut short all the time' 1 .
js 'no crash: read, or a gap' 'len(F)==1 and S[0]["complete"] and all(g["reason"] in ("changed","io-error","timeout") for g in G)'
touch stop
wait $writer
like 'no worker was lost' "$T/err" 'workers replaced: 0'

# --- many and large ------------------------------------------------------------------------------
fresh
"$tools/make-big" names . 100000 >/dev/null
secret 49 zz.txt
scan '100,000 entries in one folder' 1 .
js 'all of them' 'S[0]["files"]==100001 and len(F)==1'
read -r own theirs secs _ <"$T/peak"
printf '# 100,001 files: %s s, leakaudit %s KiB, worker %s KiB\n' "$secs" "$own" "$theirs"
ok 'in bounded memory: 64 MiB' [ "$own" -le 65536 ]
fresh
planted=$("$tools/make-big" sparse sparse.bin 10240)
scan 'a sparse file of 10 GiB' 1 .
js "$planted numbers in it are found, at their offsets" '[(f["count"],f["rule"]) for f in F]==[('"${planted% *}"',"us-ssn")] and len(F[0]["at"])==3'
read -r own theirs secs _ <"$T/peak"
printf '# 10 GiB sparse: %s s, leakaudit %s KiB, worker %s KiB\n' "$secs" "$own" "$theirs"
ok 'at 1 GB/s and more' python3 -c "import sys; sys.exit($secs > 10.7)"
cd /
done_testing
