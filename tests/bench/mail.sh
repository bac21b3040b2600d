#!/bin/bash
# Mailboxes and databases: CPU seconds (user + system, all processes) of the real program with all rules,
# one worker, and its peak memory; Outlook stores beside readpst, which only writes their text.
# usage: mail.sh BUILD-FOLDER   BENCH_MB=100 BENCH_RUNS=3 BENCH_DIR=folder for the data
# Prints a table and writes build/bench/mail.json. What needs a tool that is not installed is left out.
cd "$(dirname "$0")/../.." || exit 2
b=${1:-build/release}
mb=${BENCH_MB:-100} runs=${BENCH_RUNS:-3}
d=${BENCH_DIR:-build/bench}/mail
la=$b/leakaudit
have() { command -v "$1" >/dev/null 2>&1; }
mkdir -p "$d"

json="" verdicts="" last=0 memory=0 speed=0
row() { # row DATA TOOL FILE COMMAND...
	local data=$1 tool=$2 size cpu wall
	size=$(stat -c %s "$3" | awk '{ printf "%.1f", $1 / 1e6 }')
	shift 3
	read -r cpu wall memory < <("$b/tests/tools/run-time" "$runs" "$@")
	[ "${cpu:--}" = - ] && return 1
	speed=$(awk -v a="$size" -v c="$cpu" 'BEGIN { printf "%.1f", (c > 0 ? a / c : 0) }')
	printf '%-8s %-12s %8s MB %8s s %9s MB/s %9s KiB\n' "$data" "$tool" "$size" "$cpu" "$speed" "$memory"
	json="$json${json:+,}
 {\"data\":\"$data\",\"tool\":\"$tool\",\"mb\":$size,\"cpu_s\":$cpu,\"wall_s\":$wall,\"rss_kib\":$memory}"
	last=$cpu
}
verdict() { # verdict TEXT VALUE OP BOUND
	local word=NO
	awk -v a="$2" -v b="$4" "BEGIN { exit !(a $3 b) }" && word=yes
	verdicts="$verdicts$(printf '%-44s %8s %s %-6s %s' "$1" "$2" "$3" "$4" "$word")
"
}
ours() { # ours DATA FILE
	row "$1" leakaudit "$2" "$la" scan -q -j1 --fail-on critical -f jsonl -o "$d/out.jsonl" "$2" &&
		verdict "$1: memory of the worker, KiB" "$memory" '<=' 65536
}

# rows of made-up people; every hundredth has a number
make_sqlite() {
	sqlite3 "$1" "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, street TEXT, note TEXT, number TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
INSERT INTO people SELECT i, 'Made Person ' || i, (i * 7919 % 997) || ' Example Street',
 'a note about order and delivery of part ' || (i * 104729 % 65521) || ' in the usual words',
 CASE WHEN i % 100 = 0 THEN printf('%03d-%02d-%04d', 1 + i * 31 % 600, 1 + i % 99, 1 + i * 17 % 9999) END FROM n"
}

[ -e "$d/box-$mb.mbox" ] || "$b/tests/tools/make-mailbox" "$d/box-$mb.mbox" "$mb" >/dev/null
ours mbox "$d/box-$mb.mbox" && verdict 'mbox: MB a second' "$speed" '>=' 100

if have sqlite3; then
	[ -e "$d/people-$mb.db" ] || make_sqlite "$d/people-$mb.db" $((mb * 8500))
	ours sqlite "$d/people-$mb.db" && verdict 'sqlite: MB a second' "$speed" '>=' 80
fi

[ -e "$d/store-$mb.pst" ] || "$b/tests/tools/make-pst" "$d/store-$mb.pst" "$mb" >/dev/null
if ours pst "$d/store-$mb.pst" && have readpst; then
	mine=$last
	mkdir -p "$d/read"
	row pst readpst "$d/store-$mb.pst" readpst -q -o "$d/read" "$d/store-$mb.pst" &&
		verdict 'pst: times readpst' "$(awk -v a="$mine" -v c="$last" 'BEGIN { printf "%.2f", (c > 0 ? a / c : 0) }')" \
			'<=' 1.5
	rm -rf "$d/read"
fi
printf '\n%s' "$verdicts"
printf '{"v":1,"mb":%s,"results":[%s\n]}\n' "$mb" "$json" >"${d%/*}/mail.json"
