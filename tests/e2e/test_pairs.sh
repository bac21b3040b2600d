#!/bin/bash
# Workbooks of many makers beside what Excel wrote of them as CSV, where there are any, in the folder
# pairs of $LEAKAUDIT_CORPUS: every cell's text is in what we read.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
pairs=$LEAKAUDIT_CORPUS/pairs
[ -n "$LEAKAUDIT_CORPUS" ] && [ -d "$pairs" ] || skip_all 'LEAKAUDIT_CORPUS has no folder pairs'
command -v python3 >/dev/null || skip_all 'no python3'
dump=$BUILD/tests/tools/extract-dump
ok 'every cell of the CSV, but for the known ones' python3 "$HERE/pairs.py" "$dump" "$pairs" "$HERE/pairs.known"
sed 's/^/# /' "$T/.tap"

# the comparison itself: a cell that is not there is seen
mkdir "$T/p"
printf 'a,b\n1,2\n' >"$T/p/x.csv"
printf 'a,b\n1,2\n' >"$T/p/x.csv.0.csv"
ok 'equal ones are equal' python3 "$HERE/pairs.py" "$dump" "$T/p" /dev/null
printf 'a,b\n1,3\n' >"$T/p/x.csv.0.csv"
not_ok 'a missing cell is seen' python3 "$HERE/pairs.py" "$dump" "$T/p" /dev/null
done_testing
