#!/bin/sh
# Includes point one way: auditd -> scanners -> scanners/base. Prints each line that does not.
cd "$(dirname "$0")/../.." || exit 2
bad=0
deny() { # deny WHY INCLUDE-REGEX FILE...
	why=$1 what=$2
	shift 2
	hits=$(grep -HnE "^#[[:space:]]*include[[:space:]]+$what" "$@" 2>/dev/null) || return 0
	echo "$hits" | sed "s|\$|    <- $why|"
	bad=1
}
audit='(walk|pool|ipc|wire|conf|store|sink|sandbox|control|audit|record|spool|values|args)[a-z_]*\.h'
top='(scan|item|ident|rules|budget|finding|tally|chunker|fold|fpset)\.h'
rights=$(ls auditd/*.[ch] | grep -v -e '/leakaudit-worker\.c$')
deny 'base includes only base' "\"($top|limits\.h|extract/|match/|detect/|classify/)" scanners/base/*.[ch]
deny 'a check is pure: base only' "\"($top|extract/|match/|classify/)" scanners/detect/*.[ch]
deny 'extract knows item and budget only' '"((scan|rules|finding|tally|chunker)\.h|match/|detect/|classify/)' scanners/extract/*.[ch]
deny 'match knows rules and checks only' '"((scan|item|ident|tally|chunker)\.h|extract/|classify/)' scanners/match/*.[ch]
deny 'classify knows item, rules and match' '"((scan|ident|tally|chunker)\.h|extract/)' scanners/classify/*.[ch]
deny 'rules know checks only' '"((scan|item|ident|tally|chunker)\.h|extract/|match/|classify/)' scanners/rules*.[ch]
deny 'scanners never sees auditd' "\"$audit" scanners/*.[ch] scanners/*/*.[ch]
deny 'scanners knows no system' '<(syslog|sys/socket|pwd|grp)\.h>' scanners/*.[ch] scanners/*/*.[ch]
# SQLite is a format to be read there, never a store
others=$(ls scanners/*.[ch] scanners/*/*.[ch] | grep -v '^scanners/extract/sqlite[a-z_]*\.[ch]$')
# shellcheck disable=SC2086
deny 'sqlite is for its extractor only' '<sqlite3\.h>' $others
others=$(ls auditd/*.[ch] | grep -v '^auditd/store[a-z_]*\.[ch]$')
# shellcheck disable=SC2086
deny 'the database is for the store only' '(<sqlite3\.h>|"store_(sql|in)\.h")' $others
deny 'the worker keeps no store' '(<sqlite3\.h>|"store[a-z_]*\.h")' auditd/leakaudit-worker.c \
	auditd/sandbox*.[ch] auditd/selftest.[ch] auditd/serve.[ch] auditd/ipc.[ch] auditd/bundle.[ch] auditd/wire*.[ch]
# shellcheck disable=SC2086
deny 'the side with rights scans nothing' '"((scan|ident|rules)\.h|extract/|match/|detect/|classify/)' $rights
# shellcheck disable=SC2086
deny 'the side with rights parses nothing' '<(archive|archive_entry|magic|hs|hs/hs|pcre2|expat)\.h>' $rights
exit $bad
