#!/bin/sh
# Every number that bounds input stands in scanners/limits.h, with its reason. Found by their names:
# what says MAX, KEEP, DEEP and the like and is a number, but not the facts of a format listed here.
cd "$(dirname "$0")/../.." || exit 2
bad=0
facts='base/utf8\.h|detect/(mrz|password|pem|ppk)\.c|match/(anchors|cores|guard_regex|show)\.[ch]|detect/check\.h|classify/password_pairs\.c|extract/(cfb|compressed|entities|mail_head|noise|numfmt|pdf_head|pdf_table|records|xmlfast)\.[ch]|extract/(cards|owner)\.c'
grep -nE '^#define[ 	]+[A-Z0-9_]*(MAX|LIMIT|DEEP|DEPTH|KEEP|KEPT|LEVELS|TRIES|HOLD|HELD|COLUMNS|ATTS|MOST)[A-Z0-9_]*[ 	]+\(?[0-9]' \
	scanners/*.[ch] scanners/*/*.[ch] | grep -vE "^scanners/limits\.h:|^scanners/($facts):" && {
	echo 'bounds of input belong in scanners/limits.h'
	bad=1
}
# each with a reason, each used
grep -nE '^#define[ 	]+[A-Z0-9_]+[ 	]' scanners/limits.h | grep -vE '/\*|(KIB|MIB|GIB)[ 	]' && {
	echo 'a bound without its reason'
	bad=1
}
for name in $(sed -nE 's/^#define[ 	]+([A-Z0-9_]+)[ 	].*/\1/p' scanners/limits.h); do
	case $name in KIB | MIB | GIB) continue ;; esac
	grep -rqwE "$name" --include='*.[ch]' --exclude=limits.h scanners auditd || {
		echo "$name bounds nothing"
		bad=1
	}
done
exit $bad
