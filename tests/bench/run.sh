#!/bin/bash
# Speed and memory of `leakaudit scan` with all rules beside other tools, in one run on the same
# generated data. CPU seconds (user + system, all processes), page cache warm, one worker.
# usage: run.sh BUILD-FOLDER   BENCH_MB=500 BENCH_FILES=100000 BENCH_RUNS=3 set the sizes.
# Prints a table and writes build/bench/bench.json. Tools that are not installed are left out.
cd "$(dirname "$0")/../.." || exit 2
b=${1:-build/release}
mb=${BENCH_MB:-500} files=${BENCH_FILES:-100000} runs=${BENCH_RUNS:-3}
# where the data is: a tmpfs (/dev/shm/x) where the page cache does not keep a gigabyte
d=${BENCH_DIR:-build/bench}
la=$b/leakaudit
mk=$b/tests/tools/make-corpus
mkdir -p "$d"

re='\b\d{3}-\d{2}-\d{4}\b|\b\d{13,16}\b|\b\d{4}[- ]\d{4}[- ]\d{4}[- ]\d{4}\b|password\s*[:=]\s*\S{4,}|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}'

# greps stop at the first match when they see that nobody reads what they print
through=(sh -c '"$@" | cat' sh)

have() { command -v "$1" >/dev/null 2>&1; }
corpus() { # corpus KIND AMOUNT [NAME]
	[ -e "$d/${3:-$1}/.done-$2" ] && return
	rm -rf "$d/${3:-$1}"
	"$mk" "$1" "$d/${3:-$1}" "$2" && touch "$d/${3:-$1}/.done-$2"
}
q=$((mb / 4))
mkdir -p "$d/mixed"
for k in prose csv log source; do corpus "$k" "$q" "mixed/$k"; done
corpus small "$files"
corpus digits 100
corpus line 100
corpus xlsx 100
corpus zip 100
printf 'Social Security number: 862-43-5549\n' >"$d/one.txt"

# clamscan counts cards and both forms of Social Security numbers. It ends with a file at the number
# of them that makes an alert, so that number is set out of reach: it reads every file to its end. It
# needs a database to start at all. None comes with it and none is fetched: one has a single line that
# matches nothing, so that hardly more than checksums and the count is left to do; one has 50,000
# made-up body signatures for any file; and one is as large as the published ones together and of
# their sorts (make-clamdb.c). To load that takes longer than to scan, so the time for an empty file
# is taken off, and a sample of the mixed text is enough. BENCH_CLAMDB=0 leaves it out: it takes 0.6 GB
# of the data's folder while it is used, and clamscan 1.5 GB of memory.
clam() { # clam DATABASE DATA
	echo "clamscan -r --no-summary --infected --database=$d/$1 --detect-structured=yes \
--structured-ssn-format=2 --structured-ssn-count=2000000000 --structured-cc-count=2000000000 \
--max-filesize=2000M --max-scansize=2000M --max-scantime=0 $d/$2"
}
if have clamscan; then
	mkdir -p "$d/clamdb" "$d/clamdb50k"
	printf '%032d:1:none\n' 1 >"$d/clamdb/none.hdb"
	awk 'BEGIN { srand(7); for (i = 0; i < 50000; i++) {
		s = ""; for (k = 0; k < 12; k++) s = s sprintf("%04x", int(rand() * 65536));
		printf "Made.Up-%d:0:*:%s\n", i, s } }' >"$d/clamdb50k/made.ndb"
fi

json="" # rows
row() { # row DATA TOOL AMOUNT UNIT COMMAND...
	local data=$1 tool=$2 amount=$3 unit=$4 cpu wall rss speed times=$runs
	shift 4
	[ "$1" = clamscan ] && times=1
	read -r cpu wall rss < <("$b/tests/tools/run-time" "$times" "$@")
	[ "${cpu:--}" = - ] && return 1
	speed=$(awk -v a="$amount" -v c="$cpu" 'BEGIN { printf "%.1f", (c > 0 ? a / c : 0) }')
	printf '%-16s %-24s %9s s %12s %-12s %8s KiB\n' "$data" "$tool" "$cpu" "$speed" "$unit" "$rss"
	json="$json${json:+,}
 {\"data\":\"$data\",\"tool\":\"$tool\",\"cpu_s\":$cpu,\"wall_s\":$wall,\"rss_kib\":$rss,\"per_cpu_s\":$speed,\"unit\":\"$unit\"}"
	last=$cpu
}
size() { find "$@" -type f ! -name '.done-*' -printf '%s\n' | awk '{ s += $1 } END { printf "%.1f", s / 1e6 }'; }
scan() { echo "$la scan -q -j1 --fail-on critical -f jsonl -o $d/out.jsonl"; }

printf '%-16s %-24s %11s %25s %12s\n' data tool 'CPU time' 'per CPU second' 'peak memory'
verdicts="" judged=""
verdict() { # verdict TEXT VALUE OP BOUND
	local ok
	ok=$(awk -v v="$2" -v b="$4" -v op="$3" 'BEGIN { print ((op == ">=" ? v + 0 >= b + 0 : v + 0 <= b + 0) ? "yes" : "NO") }')
	verdicts="$verdicts$(printf '  %-3s %-64s %10s (%s %s)' "$ok" "$1" "$2" "$3" "$4")
"
	judged="$judged${judged:+,}
 {\"what\":\"$1\",\"value\":$2,\"bound\":\"$3 $4\",\"met\":$([ "$ok" = yes ] && echo true || echo false)}"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }

beside_clamscan() { # beside_clamscan DATA AMOUNT UNIT OURS
	have clamscan || return
	# shellcheck disable=SC2046
	row "$1" 'clamscan, no signatures' "$2" "$3" $(clam clamdb "$1") &&
		verdict "$1: times clamscan without signatures" "$(ratio "$last" "$4")" '>=' 10
	# shellcheck disable=SC2046
	row "$1" 'clamscan, 50,000' "$2" "$3" $(clam clamdb50k "$1") &&
		verdict "$1: times clamscan with 50,000 signatures" "$(ratio "$last" "$4")" '>=' 10
}

beside_full_clamscan() { # beside_full_clamscan OUR-SPEED
	local m load
	have clamscan && [ "${BENCH_CLAMDB:-1}" != 0 ] || return
	rm -rf "$d/clamdbfull" "$d/sample"
	mkdir -p "$d/clamdbfull" "$d/sample"
	"$b/tests/tools/make-clamdb" "$d/clamdbfull" && : >"$d/empty.txt"
	for k in prose csv log source; do cp "$d/mixed/$k"/000[01].* "$d/sample/"; done
	m=$(size "$d/sample")
	# shellcheck disable=SC2046
	row 'empty file' 'clamscan, 8.7 million' 1 loads/s $(clam clamdbfull empty.txt) && load=$last
	# shellcheck disable=SC2046
	row sample 'clamscan, 8.7 million' "$m" MB/s $(clam clamdbfull sample) &&
		verdict 'mixed: times clamscan with 8.7 million, without loading' \
			"$(awk -v m="$m" -v t="$last" -v l="$load" -v our="$1" \
				'BEGIN { printf "%.1f", (t > l ? our / (m / (t - l)) : 0) }')" '>=' 10
	rm -rf "$d/clamdbfull" "$d/sample" "$d/empty.txt"
}

for data in mixed mixed/prose mixed/csv mixed/log mixed/source digits line; do
	m=$(size "$d/$data")
	# shellcheck disable=SC2046
	row "$data" leakaudit "$m" MB/s $(scan) "$d/$data"
	ours=$last
	[ "$data" = mixed ] && mixed_speed=$(ratio "$m" "$ours")
	[ "$data" = digits ] && verdict 'digit groups, MB/s' "$(ratio "$m" "$ours")" '>=' 100
	have rg && row "$data" 'ripgrep, 7 alternatives' "$m" MB/s rg -j1 --no-ignore -a -c -e "(?-u)(?i:$re)" "$d/$data" &&
		[ "$data" = mixed/prose ] && verdict 'prose: CPU time, ours / ripgrep' "$(ratio "$ours" "$last")" '<=' 1
	case $data in
	mixed)
		beside_clamscan mixed "$m" MB/s "$ours"
		beside_full_clamscan "$mixed_speed"
		;;
	mixed/prose | mixed/csv)
		have ugrep && row "$data" 'ugrep -z -P' "$m" MB/s "${through[@]}" ugrep -J1 -z -r -P -c -e "$re" "$d/$data"
		row "$data" 'grep -P' "$m" MB/s "${through[@]}" grep -r -a -P -c -e "$re" "$d/$data"
		beside_clamscan "$data" "$m" MB/s "$ours"
		;;
	esac
done
verdict 'mixed text, MB/s with all rules' "$mixed_speed" '>=' 300

# Hostile text: each anchor of the rules again and again, with other letters between each time.
if [ -x "$b/tests/bench/bench_match" ]; then
	"$b/tests/bench/bench_match" 1 anchors config/rules/*.yaml >"$d/anchors.txt"
	while read -r speed _ what; do
		printf '%-16s %-52s %12s MB/s\n' hostile "${what:0:52}" "$speed"
		what=${what//\\/\\\\}
		json="$json${json:+,}
 {\"data\":\"hostile\",\"tool\":\"leakaudit\",\"text\":\"${what//\"/\\\"}\",\"per_cpu_s\":$speed,\"unit\":\"MB/s\"}"
	done < <(grep "'" "$d/anchors.txt")
	verdict 'each anchor again and again, slowest, MB/s' "$(awk 'NR == 1 { print $1 }' "$d/anchors.txt")" '>=' 10
fi

# shellcheck disable=SC2046
row small leakaudit "$files" files/s $(scan) "$d/small"
ours=$last
verdict 'small files a second, confined' "$(ratio "$files" "$last")" '>=' 20000
beside_clamscan small "$files" files/s "$ours"
have rg && row small 'ripgrep, 7 alternatives' "$files" files/s rg -j1 --no-ignore -a -c -e "(?-u)(?i:$re)" "$d/small"

# shellcheck disable=SC2046
row xlsx leakaudit 100 workbooks/s $(scan) "$d/xlsx"
verdict 'workbooks of 2,000 rows a second' "$(ratio 100 "$last")" '>=' 80
have ugrep && row xlsx 'ugrep -z, SSN only' 100 workbooks/s "${through[@]}" ugrep -J1 -z -r -c '[0-9]{3}-[0-9]{2}-[0-9]{4}' "$d/xlsx"

# shellcheck disable=SC2046
row zip leakaudit 100 MB/s $(scan) "$d/zip"
ours=$last
have bsdtar && row zip 'bsdtar -xO' 100 MB/s bsdtar -xOf "$d/zip/text.zip" &&
	verdict 'zip: speed, ours / bsdtar -xO' "$(ratio "$last" "$ours")" '>=' 0.7

# shellcheck disable=SC2046
row 'one line' leakaudit 1 scans/s $(scan) "$d/one.txt"
one=$("$b/tests/tools/run-time" 9 $(scan) "$d/one.txt" | awk '{ print $2 * 1000 }')
verdict 'one-line file: start to end, ms wall' "$one" '<=' 60
rss=$("$b/tests/tools/run-time" 1 $(scan) "$d/line" | awk '{ print $3 / 1024 }')
verdict 'most memory of a process on one line of 100 MB, MiB' "$rss" '<=' 48

printf '\n%s' "$verdicts"
printf '{"v":1,"mb":%s,"files":%s,"rows":[%s\n],"verdicts":[%s\n]}\n' "$mb" "$files" "$json" "$judged" >"$d/bench.json"
printf '\nwritten: %s\n' "$d/bench.json"
