#!/bin/bash
# Bash completion, and that it, the help and the manual know the same options.
# shellcheck disable=SC1091,SC2034
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
"$LEAKAUDIT" rules >/dev/null 2>&1 || skip_all 'no worker'
. "$HERE/../../config/leakaudit.bash"

words() { # words NAME WANTED WORD...: what completes the last word, sorted
	local name=$1 wanted=$2
	shift 2
	COMP_WORDS=("$LEAKAUDIT" "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_leakaudit 2>"$T/err"
	is "$name" "$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')$(cat "$T/err")" "$wanted"
}
words 'verbs' 'help rules scan version ' ''
words 'a verb' 'scan ' sc
words 'formats' 'json jsonl ' scan -f js
words 'a format behind =' 'csv ' scan --format = c
words 'all formats behind =' 'csv json jsonl text ' scan --format =
words 'severities' 'critical high low medium ' scan --min-severity ''
words 'ids and categories' 'us-bank-account us-itin us-ssn ' scan --only us-
words 'the second of a list' 'us-ssn,us-itin ' scan --only us-ssn,us-it
words 'an option' '--max-depth --max-file ' scan --max-
words 'rules show' 'iban ' rules show ib
mkdir "$T/d" "$T/d/a folder"
: >"$T/d/a file.txt"
cd "$T/d" || exit 2
words 'names with blanks' "$(printf '%s ' 'a file.txt' 'a folder')" scan a
words 'behind -o as well' 'a file.txt ' scan -o 'a fi'
words 'nothing' ' ' scan -j ''

COMP_WORDS=("$LEAKAUDIT" scan --)
COMP_CWORD=2
COMPREPLY=()
_leakaudit
printf '%s\n' "${COMPREPLY[@]}" | sort >"$T/completed"
"$LEAKAUDIT" scan --help | grep -oE '(^ +|, )--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u >"$T/helped"
grep '^\.It Fl' "$HERE/../../auditd/leakaudit.1" | grep -oE ' -[a-z][a-z-]+' | sed 's/^ -/--/' |
	sort -u >"$T/manual"
is 'completion and help agree' "$(comm -3 "$T/completed" "$T/helped" | tr -d '\t' | grep -vx -- --help)" ''
is 'so does the manual' "$(comm -3 "$T/helped" "$T/manual" | tr -d '\t')" ''
done_testing
