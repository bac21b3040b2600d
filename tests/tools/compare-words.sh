#!/bin/bash
# compare-words.sh FORMAT [FOLDER]: for developers. Words that another tool finds in the files of that
# format (doc, xls, ppt, rtf, pdf) below $LEAKAUDIT_CORPUS/FORMAT and extract-dump does not. A word is
# three letters or digits or more, in lower case. One line a file: words of theirs, how many of them
# are not ours, how many of ours are not theirs, and some of the first.
# shellcheck disable=SC2086
format=$1
folder=${2:-$LEAKAUDIT_CORPUS/$format}
here=$(cd "$(dirname "$0")/../.." && pwd)
dump=${BUILD:-$here/build/release}/tests/tools/extract-dump
[ -d "$folder" ] && [ -x "$dump" ] || {
	echo 'usage: LEAKAUDIT_CORPUS=... compare-words.sh doc|xls|ppt|rtf|pdf [FOLDER]' >&2
	exit 2
}
case $format in
pdf) tools='pdftotext' ;;
doc) tools='antiword catdoc soffice' ;;
xls) tools='xls2csv soffice' ;;
ppt) tools='catppt' ;;
rtf) tools='unrtf soffice' ;;
*) exit 2 ;;
esac
export LC_ALL=C.UTF-8
t=$(mktemp -d) || exit 2
trap 'rm -rf "$t"' EXIT

theirs() { # theirs TOOL FILE
	case $1 in
	pdftotext) timeout 30 pdftotext -layout "$2" - ;;
	antiword) timeout 30 antiword -m UTF-8.txt "$2" ;;
	unrtf) timeout 30 unrtf --text "$2" | sed '/^###/d' ;;
	soffice)
		local to=txt:Text
		[ $format = xls ] && to=csv
		HOME=$t timeout 60 soffice "-env:UserInstallation=file://$t/lo" --headless \
			--convert-to "$to" --outdir "$t/o" "$2" >&2
		cat "$t/o"/* && rm -rf "$t/o"
		;;
	*) timeout 30 "$1" -d utf-8 "$2" ;;
	esac 2>/dev/null
}
words='
import re,sys,unicodedata
text=sys.stdin.buffer.read().decode("utf-8","replace")
if sys.argv[1:]: text=re.sub(r"\\x[0-9a-f]{2}|\\[ntr]"," ",text)
text=unicodedata.normalize("NFKC",text).casefold()
sys.stdout.write("\n".join(sorted(set(re.findall(r"[^\W_]{3,}",text)))))'

printf '%-10s %-40s %7s %7s %7s\n' tool file theirs missing extra
for tool in $tools; do
	command -v $tool >/dev/null || {
		echo "$tool: not installed"
		continue
	}
	for f in "$folder"/*; do
		[ -f "$f" ] || continue
		timeout 60 "$dump" "$f" 2>/dev/null | python3 -c "$words" x >"$t/ours"
		theirs $tool "$f" | python3 -c "$words" >"$t/theirs"
		python3 - "$t/ours" "$t/theirs" $tool "${f##*/}" <<'EOF'
import sys
a,b=(set(open(p,encoding="utf-8").read().split()) for p in sys.argv[1:3])
lost=sorted(b-a)
print("%-10s %-40s %7d %7d %7d  %s"%(sys.argv[3],sys.argv[4][:40],len(b),len(lost),len(a-b)," ".join(lost[:8])))
EOF
	done
done
