#!/bin/bash
# Runs every test and ends with `N passed, N failed[, N skipped]`. usage: run.sh BUILD-FOLDER
# A test program or script speaks TAP; a failing one has its output shown whole.
cd "$(dirname "$0")/.." || exit 2
b=${1:-build/release}
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT

tap() { # tap NAME COMMAND...: counts the TAP lines of COMMAND
	local name=$1 rc ok bad skip
	shift
	timeout 900 "$@" >"$log" 2>&1
	rc=$?
	# cmocka says `not ok N # SKIP` of what it skips
	skip=$(grep -ciE '^(not )?ok .*# *skip' "$log")
	bad=$(grep -E '^not ok' "$log" | grep -vciE '# *skip')
	ok=$(grep -E '^ok' "$log" | grep -vciE '# *skip')
	if [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	if [ "$rc" -eq 0 ] && [ $((ok + bad + skip)) -eq 0 ]; then bad=1; fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	if [ "$bad" -gt 0 ]; then
		printf 'FAIL %s (exit %s)\n' "$name" "$rc"
		sed 's/^/     /' "$log" | tail -n 60
	else
		printf 'ok   %-32s %3d passed%s\n' "$name" "$ok" "${skip:+$([ "$skip" -gt 0 ] && echo ", $skip skipped")}"
	fi
}

one() { # one NAME COMMAND...: a single test, good when COMMAND exits 0
	local name=$1
	shift
	if timeout 900 "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok   %s\n' "$name"
	else
		failed=$((failed + 1))
		printf 'FAIL %s\n' "$name"
		sed 's/^/     /' "$log" | tail -n 60
	fi
}

export LEAKAUDIT=$PWD/$b/leakaudit BUILD=$PWD/$b CMOCKA_MESSAGE_OUTPUT=TAP
# real files of many formats, where a developer has them; their tests skip otherwise
: "${LEAKAUDIT_CORPUS=}"
if [ -z "$LEAKAUDIT_CORPUS" ] && [ -d ../shared/corpus ]; then
	LEAKAUDIT_CORPUS=$(cd ../shared/corpus && pwd)
fi
export LEAKAUDIT_CORPUS

for t in tests/lint/*.sh; do one "lint/$(basename "$t" .sh)" "$t" "$b"; done
for t in "$b"/tests/unit/test_*; do
	case $t in *.o | *.d) continue ;; esac
	tap "unit/$(basename "$t")" "$t"
done
for d in tests/cases/*/; do
	[ -e "$d/expected" ] && one "cases/$(basename "$d")" tests/cases/run.sh "$b" "$d"
done
for f in "$b"/tests/fuzz/fuzz_*; do
	case $f in *.o | *.d) continue ;; esac
	n=$(basename "$f")
	n=${n#fuzz_}
	seeds=tests/fuzz/seeds/${n#extract_}
	[ -d "$seeds" ] && one "fuzz/replay-$n" "$f" "$seeds"
done
for t in tests/e2e/test_*.sh; do [ -e "$t" ] && tap "e2e/$(basename "$t" .sh)" bash "$t"; done

printf '\n'
if [ "$skipped" -gt 0 ]; then
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
	printf '%d passed, %d failed\n' "$passed" "$failed"
fi
[ "$failed" -eq 0 ]
