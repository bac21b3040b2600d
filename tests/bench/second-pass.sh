#!/bin/bash
# A second scan of an unchanged tree beside a bare stat walk (find -printf with size and change time), in
# CPU seconds, and what the state takes on disk and in memory.
# usage: second-pass.sh BUILD-FOLDER [FILES [FOLDER]]: folders of 100 files, 1,000,000 by default; one
# file of each folder has something in it, the others are empty, so that millions fit anywhere
b=$(cd "${1:-build/release}" && pwd) || exit 2
files=${2:-1000000} where=${3:-/dev/shm}
t=$(mktemp -d -p "$where") || exit 2
trap 'rm -rf "$t"' EXIT
python3 - "$t/tree" "$files" <<'PY'
import os, sys
top, files = sys.argv[1], int(sys.argv[2])
for d in range((files + 99) // 100):
    folder = "%s/%03d/%03d" % (top, d // 1000, d % 1000)
    os.makedirs(folder)
    for i in range(min(100, files - d * 100)):
        fd = os.open("%s/file %02d.txt" % (folder, i), os.O_CREAT | os.O_WRONLY, 0o644)
        if i == 0:
            os.write(fd, b"%d" % d)
        os.close(fd)
PY
sleep 2.1
cpu() { # cpu NAME COMMAND...: user and system seconds of its process tree, the best of three
	local name=$1 best='' x
	shift
	for _ in 1 2 3; do
		x=$({ TIMEFORMAT='%U %S'; time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }')
		best=$(printf '%s\n' $best "$x" | sort -n | head -n 1)
	done
	eval "$name=$best"
}
LEAK=("$b/leakaudit" scan --state "$t/state" -q -j1 "$t/tree")
{ TIMEFORMAT='%U %S'; time "${LEAK[@]}"; } 2>"$t/first"
cpu walk find "$t/tree" -printf '%s %C@\n'
cpu ours "${LEAK[@]}"
"$b/tests/tools/peak" "$t/peak" "${LEAK[@]}" >/dev/null 2>&1
"$b/leakaudit" scan --state "$t/state" -f jsonl -j1 "$t/tree" 2>/dev/null | tail -n 1 |
	grep -q "\"unchanged\":$files," || { echo "second-pass.sh: files were read again"; exit 1; }
size=$(cat "$t"/state/*.db* | wc -c)
awk -v n="$files" -v o="$ours" -v w="$walk" -v s="$size" -v f="$(cat "$t/first")" 'BEGIN {
	split(f, a, " ")
	printf "%d files: first scan %.2f s, second %.2f s, stat walk %.2f s of CPU: %.2f times\n",
		n, a[1] + a[2], o, w, o / w
	printf "state: %.0f bytes a file\n", s / n
}'
awk '{ printf "memory: %.0f MB, of a worker %.0f MB\n", $1 / 1024, $2 / 1024 }' "$t/peak"
