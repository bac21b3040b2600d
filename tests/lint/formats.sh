#!/bin/sh
# Every extractor of table.c is fuzzed from seeds of its own with a dictionary and is said in docs/formats.md.
# Prints what lacks.
cd "$(dirname "$0")/../.." || exit 2
bad=0
lacks() {
	echo "$1: no $2"
	bad=1
}
for x in $(sed -n 's/^\t&extract_\([a-z0-9_]*\),$/\1/p' scanners/extract/table.c); do
	[ -s "tests/fuzz/$x.dict" ] || lacks "$x" "tests/fuzz/$x.dict"
	[ -n "$(ls "tests/fuzz/seeds/$x" 2>/dev/null)" ] || lacks "$x" "seed in tests/fuzz/seeds/$x"
	awk -F'|' -v x="$x" '{ n = split($3, w, /[ ,]+/); for (i = 1; i <= n; i++) if (w[i] == x) f = 1 }
		END { exit !f }' docs/formats.md || lacks "$x" 'row in docs/formats.md that names it as the reader'
done
exit $bad
