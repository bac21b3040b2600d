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
words 'verbs' 'config control findings gaps help resend rules scan show status version ' ''
words 'a verb' 'scan ' sc
words 'formats' 'json jsonl ' scan -f js
words 'a format behind =' 'csv ' scan --format = c
words 'all formats behind =' 'csv json jsonl text ' scan --format =
words 'severities' 'critical high low medium ' scan --min-severity ''
words 'ids and categories' 'us-bank-account us-itin us-ssn ' scan --only us-
words 'the second of a list' 'us-ssn,us-itin ' scan --only us-ssn,us-it
words 'an option' '--max-depth --max-file ' scan --max-
words 'a state' 'changed ' findings --state ch
words 'reasons' 'encrypted excluded ' gaps --reason e
words 'options of one verb only' '--severity --share --since --socket --sort --state ' findings --s
words '... and of another' '--share --since --socket --sort --state ' gaps --s
words 'what to control' 'reload rescan resume ' control re
words 'options of control' '--confirm ' control rescan --c
words 'config' 'check show suggest ' config ''
words 'rules show' 'iban ' rules show ib
mkdir "$T/d" "$T/d/a folder"
: >"$T/d/a file.txt"
cd "$T/d" || exit 2
words 'names with blanks' "$(printf '%s ' 'a file.txt' 'a folder')" scan a
words 'behind -o as well' 'a file.txt ' scan -o 'a fi'
words 'nothing' ' ' scan -j ''

options() { # options VERB: those that are completed, and those of the help
	COMP_WORDS=("$LEAKAUDIT" "$1" --)
	COMP_CWORD=2
	COMPREPLY=()
	_leakaudit
	printf '%s\n' "${COMPREPLY[@]}" | grep -vx -- --help | sort >"$T/completed"
	"$LEAKAUDIT" help "$1" | grep -oE '(^ +|, )--[a-z-]+' | grep -oE -- '--[a-z-]+' | grep -vx -- --help |
		sort -u >"$T/helped"
}
manual() { # manual FROM TO: options of the sections between two headings
	sed -n "/^\.Ss $1/,/^\.S[sh] $2/p" "$HERE/../../auditd/leakaudit.1" | grep '^\.It Fl' |
		grep -oE ' -[a-z][a-z-]+' | sed 's/^ -/--/' | sort -u
}
for verb in scan findings gaps show status control config resend; do
	options $verb
	is "$verb: completion and help agree" "$(comm -3 "$T/completed" "$T/helped" | tr -d '\t')" ''
	[ $verb != scan ] || cp "$T/helped" "$T/scan"
	case $verb in findings | gaps) cat "$T/helped" >>"$T/review" ;; esac
done
manual 'Output of scan' 'Options of findings' >"$T/manual"
is 'scan: so does the manual' "$(comm -3 "$T/scan" "$T/manual" | tr -d '\t')" ''
manual 'Options of findings' STATE >"$T/manual"
is 'findings and gaps: so does the manual' "$(comm -3 <(sort -u "$T/review") "$T/manual" | tr -d '\t')" ''
done_testing
