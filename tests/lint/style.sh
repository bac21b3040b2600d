#!/bin/sh
# clang-format 14 decides; no file over 500 lines; only mains and audit.c print or exit.
cd "$(dirname "$0")/../.." || exit 2
bad=0
cf=$(command -v clang-format-14 || command -v clang-format) || cf=
if [ -n "$cf" ] && "$cf" --version | grep -q ' 14\.'; then
	git ls-files 'scanners/*.[ch]' 'auditd/*.[ch]' 'tests/*.[ch]' ':!tests/cases' | xargs "$cf" --dry-run --Werror 2>&1 | grep -E 'error:' | cut -d: -f1 |
		sort | uniq -c | grep . && bad=1
fi
for f in $(git ls-files 'scanners/*.[ch]' 'auditd/*.[ch]'); do
	n=$(wc -l <"$f")
	[ "$n" -le 500 ] || { echo "$f has $n lines: the house says 500 at most"; bad=1; }
done
grep -nE '\b(f?printf|perror|syslog|exit|abort)\(' scanners/*.c scanners/*/*.c | grep -v snprintf && {
	echo 'scanners/ never logs and never exits'
	bad=1
}
exit $bad
