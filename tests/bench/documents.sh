#!/bin/bash
# Office documents, PDF and web pages beside the tools that turn them into text. CPU seconds (user +
# system, all processes) of the real program with all rules, one worker, beside the tool alone, on
# documents that LibreOffice made of our generators' data; COPIES of each, so that reading the rules
# (once a run) does not hide what a file costs. Peak memory is the worker's.
# usage: documents.sh BUILD-FOLDER   BENCH_ROWS=8000 BENCH_COPIES=8 BENCH_RUNS=3
# Prints a table and writes build/bench/documents.json. Tools that are not installed are left out.
cd "$(dirname "$0")/../.." || exit 2
b=${1:-build/release}
rows=${BENCH_ROWS:-8000} copies=${BENCH_COPIES:-16} runs=${BENCH_RUNS:-3}
d=${BENCH_DIR:-build/bench}/documents
home=$(realpath -m "$d")
la=$b/leakaudit
have() { command -v "$1" >/dev/null 2>&1; }
have soffice || {
	echo 'documents: no soffice, nothing to measure'
	exit 0
}
mkdir -p "$d/src"

# made NAME FORMAT SOURCE: $d/FORMAT holds the copies
made() {
	local i
	[ -e "$d/$2/.done-$rows-$copies" ] && return
	rm -rf "${d:?}/$2" "$d/src/$1.$2"
	mkdir -p "$d/$2"
	HOME=$home timeout 600 soffice "-env:UserInstallation=file://$home/lo" --headless \
		--convert-to "$2" --outdir "$d/src" "$3" >/dev/null 2>&1
	[ -s "$d/src/$1.$2" ] || return
	for ((i = 0; i < copies; i++)); do cp "$d/src/$1.$2" "$d/$2/$i.$2"; done
	touch "$d/$2/.done-$rows-$copies"
}
"$b/tests/tools/make-documents" "$d/src" "$rows" || exit 2
cp "$d/src/staff.xlsx" "$d/src/sheet.xlsx"
mkdir -p "$d/src/pages"
"$b/tests/tools/make-documents" "$d/src/pages" $((rows / 5)) || exit 2
"$b/tests/tools/make-corpus" prose "$d/src/prose" 2 && cat "$d"/src/prose/* >"$d/src/prose.txt"
made sheet xls "$d/src/sheet.xlsx"
made sheet html "$d/src/sheet.xlsx"
made staff pdf "$d/src/pages/staff.xlsx"
made prose doc "$d/src/prose.txt"
made prose rtf "$d/src/prose.txt"

json="" last=0
row() { # row FORMAT TOOL COMMAND...
	local format=$1 tool=$2 mb cpu wall rss
	shift 2
	mb=$(find "$d/$format" -name "*.$format" -printf '%s\n' | awk '{ s += $1 } END { printf "%.2f", s / 1e6 }')
	read -r cpu wall rss < <("$b/tests/tools/run-time" "$runs" "$@")
	[ "$cpu" = - ] && return 1
	speed=$(awk -v a="$mb" -v c="$cpu" 'BEGIN { printf "%.1f", (c > 0 ? a / c : 0) }')
	printf '%-6s %-20s %8s s %9s MB/s %9s KiB\n' "$format" "$tool" "$cpu" "$speed" "$rss"
	json="$json${json:+,}
 {\"data\":\"$format\",\"tool\":\"$tool\",\"mb\":$mb,\"cpu_s\":$cpu,\"wall_s\":$wall,\"rss_kib\":$rss}"
	last=$cpu memory=$rss
}
verdict() { # verdict TEXT VALUE OP BOUND
	local word=NO
	awk -v a="$2" -v b="$4" "BEGIN { exit !(a $3 b) }" && word=yes
	verdicts="$verdicts$(printf '%-44s %8s %s %-6s %s' "$1" "$2" "$3" "$4" "$word")
"
}
# beside FORMAT TIMES KIB TOOL [ARG...]: ours, then TOOL's, which gets each file behind its arguments
beside() {
	local format=$1 times=$2 kib=$3 ours
	shift 3
	[ -e "$d/$format/.done-$rows-$copies" ] || return
	row "$format" leakaudit "$la" scan -q -j1 --fail-on critical -f jsonl -o "$d/out.jsonl" "$d/$format" || return
	ours=$last
	verdict "$format: memory of the worker, KiB" "$memory" '<=' "$kib"
	if [ $# -eq 0 ]; then
		verdict "$format: MB a second" "$speed" '>=' "$times"
	elif have "$1"; then
		# shellcheck disable=SC2016
		row "$format" "$1" sh -c 'd=$1 f=$2; shift 2; for i in "$d"/*."$f"; do
			case $1 in pdftotext) "$@" "$i" - ;; *) "$@" "$i" ;; esac; done' \
			sh "$d/$format" "$format" "$@" || return
		verdict "$format: times $1" "$(awk -v a="$ours" -v c="$last" 'BEGIN { printf "%.2f", (c > 0 ? a / c : 0) }')" \
			'<=' "$times"
	fi
}
printf '%-6s %-20s %10s %14s %13s\n' data tool 'CPU time' 'per second' 'peak memory'
beside xls 1.0 65536 xls2csv
beside doc 1.5 65536 catdoc
beside pdf 2.0 262144 pdftotext -layout
beside rtf 0.1 65536 unrtf --text
beside html 100 65536
printf '\n%s' "$verdicts"
printf '{"rows":%s,"copies":%s,"results":[%s\n]}\n' "$rows" "$copies" "$json" >"${d%/*}/documents.json"
