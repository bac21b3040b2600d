#!/bin/bash
# Large inputs with a known number of numbers in them: exact counts in bounded memory. Scaled down;
# LEAKAUDIT_BIG=1 for full size.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
tools=$BUILD/tests/tools
big=${LEAKAUDIT_BIG:+yes}
size() { [ -n "$big" ] && echo "$2" || echo "$1"; } # size SCALED FULL
cd "$T" || exit 2
scan() { # scan NAME ARG...
	local name=$1
	shift
	"$tools/peak" "$T/peak" "$LEAKAUDIT" scan -v -f jsonl "$@" >"$T/out" 2>"$T/err" </dev/null
	read -r own theirs secs rc <"$T/peak"
	printf '# %s: %s s, leakaudit %s KiB, worker %s KiB\n' "$name" "$secs" "$own" "$theirs"
	is "$name: found" "$rc" 1
	ok "$name: leakaudit stays below 64 MiB" [ "$own" -le 65536 ]
}
js() { ok "$1" json "$T/out" "$2"; }
worker_48() { ok "$1: the worker stays below 48 MiB" [ "$theirs" -le 49152 ]; }

# --- one line -------------------------------------------------------------------------------
mib=$(size 300 2048)
read -r n u < <("$tools/make-big" line line.txt "$mib")
scan "one line of $mib MiB" line.txt
js "all $n numbers, at both ends and across cuts" "[(f['count'],f['unique']) for f in F]==[($n,$u)] and not G"
js 'the first place is exact' 'F[0]["at"][0]=={"line":1,"col":6}'
worker_48 'one line'
rm line.txt

# --- a tar of many members --------------------------------------------------------------------
m=$(size 20000 100000)
read -r n u < <("$tools/make-big" tar many.tar "$m")
scan "tar of $m members" many.tar
js "all $n numbers, each in its member" "len(F)==$n and sum(f['count'] for f in F)==$n and not G and S[0]['items']==$m+1"
js 'the values of all' "S[0]['values']['us-ssn']=={'unique':$u,'copies':$n,'files':1}"
rm many.tar

# --- the same values again and again --------------------------------------------------------------
l=$(size 200000 1000000) k=$(size 70001 350003)
read -r n u < <("$tools/make-big" repeats again.txt "$l" "$k")
cp again.txt copy.txt
scan "$l numbers, $k different, twice" again.txt copy.txt
js 'count and unique are exact' "[(f['count'],f['unique']) for f in F]==[($n,$u)]*2 and not G"
js 'and over both files' "S[0]['values']['us-ssn']=={'unique':$u,'copies':2*$n,'files':2}"
worker_48 'many values'
rm copy.txt

# --- 412 in every wrapping -------------------------------------------------------------------------
head -n 412 again.txt >four.txt
mkdir w
python3 - <<'P'
import bz2, gzip, io, lzma, tarfile, zipfile, os
text = open("four.txt").read()
def put(name, data):
    with open("w/" + name, "wb") as f:
        f.write(data)
raw = text.encode()
put("plain.txt", raw)
put("crlf.txt", text.replace("\n", "\r\n").encode())
put("one-line.txt", text.replace("\n", " ; ").encode())
put("bom8.txt", b"\xef\xbb\xbf" + raw)
for e in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
    put(e + ".txt", ("\ufeff" + text).encode(e))
put("utf-16-le-no-bom.txt", text.encode("utf-16-le"))
put("cp1252.txt", ("Gr\xfc\xdfe \x80\n" + text).encode("latin-1"))
put("log.bin", b"\x00\x01\x02\x03" + raw + b"\x00\xff\xfe")
numbers = [l.split()[1] for l in text.split("\n") if l]
for sep, ext in ((",", "csv"), (";", "csv"), ("\t", "tsv")):
    put("table%d.%s" % (ord(sep), ext), ("Name%sSSN\n" % sep + "".join("Jan Probe%s%s\n" % (sep, v) for v in numbers)).encode())
put("quoted.csv", ('"Name","SSN"\r\n' + "".join('"Probe, Jan","%s"\r\n' % v for v in numbers)).encode())
put("bare.csv", ("Name,SSN\n" + "".join("Jan Probe,%s\n" % v.replace("-", "") for v in numbers)).encode())
put("page.html", ("<html><body><table>" + "".join("<tr><td>SSN</td><td>%s</td></tr>\n" % v for v in numbers) + "</table></body></html>").encode())
put("data.json", ("[" + ",\n".join('{"ssn": "%s"}' % v for v in numbers) + "]").encode())
put("data.xml", ("<?xml version=\"1.0\"?><all>" + "".join("<p><ssn>%s</ssn></p>\n" % v for v in numbers) + "</all>").encode())
put("t.gz", gzip.compress(raw))
put("t.bz2", bz2.compress(raw))
put("t.xz", lzma.compress(raw))
put("t.lzma", lzma.compress(raw, format=lzma.FORMAT_ALONE))
def tar(mode, fmt):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode=mode, format=fmt) as t:
        i = tarfile.TarInfo("in/four.txt"); i.size = len(raw)
        t.addfile(i, io.BytesIO(raw))
    return b.getvalue()
for name, fmt in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
    put(name + ".tar", tar("w", fmt))
for c in ("gz", "bz2", "xz"):
    put("tar." + c, tar("w:" + c, tarfile.PAX_FORMAT))
def zipped(method, data=raw, name="in/four.txt"):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", method) as z:
        z.writestr(name, data)
    return b.getvalue()
for name, m in (("stored", 0), ("deflated", 8), ("bzip2", 12), ("lzma", 14)):
    put(name + ".zip", zipped(m))
nest = raw
for i in range(8):
    nest = zipped(8, nest, "four.txt" if i == 0 else "n%d.zip" % i)
put("eight-deep.zip", nest)
put("mixed.tar.gz.zip", zipped(8, tar("w:gz", tarfile.GNU_FORMAT), "a.tar.gz"))
P
command -v 7z >/dev/null && (cd w && 7z a -bd -y seven.7z ../four.txt && 7z a -bd -y -ms=off -m0=ppmd ppmd.7z ../four.txt) >/dev/null
command -v zstd >/dev/null && zstd -q four.txt -o w/t.zst
command -v lz4 >/dev/null && lz4 -q four.txt w/t.lz4
command -v cpio >/dev/null && echo four.txt | cpio -o -H newc 2>/dev/null >w/a.cpio
command -v ar >/dev/null && ar rc w/a.a four.txt
command -v bsdtar >/dev/null && for f in cpio iso9660 xar 7zip shar; do bsdtar -cf "w/bsd.$f" --format $f four.txt 2>/dev/null; done
rm -f w/bsd.shar
"$tools/make-share" "$T/share"
cp "$T/share/HR/Staff 2014.xlsx" w/staff.xlsx
cp "$T/share/HR/old/benefits.ods" w/staff.ods
cp "$T/share/Backup/2014.tar.gz" w/share.tar.gz
printf 'SSN 200-10-0001\n' >w/not-412.txt
scan '412 in every wrapping' --only us-ssn w
python3 - "$T/out" <<'P' >"$T/wrapped"
import json, os, sys
L = [json.loads(l) for l in open(sys.argv[1])]
got = {}
for o in L:
    if o["type"] == "finding":
        got.setdefault(os.path.basename(o["path"]), []).append((o["count"], o["unique"]))
gaps = {os.path.basename(o["path"]): o["reason"] + " " + o["detail"] for o in L if o["type"] == "gap"}
for n in sorted(os.listdir("w")):
    print(n.replace(" ", "_"), *("%d/%d" % g for g in got.get(n, [])), gaps.get(n, ""))
P
while read -r name counts rest; do
	[ "$name" = not-412.txt ] && continue
	is "412 of 412: $name" "$counts $rest" '412/412 '
done <"$T/wrapped"
cd /
done_testing
