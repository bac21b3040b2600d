#!/bin/bash
# The same lists and notes in every format that is read: what is found is what is found in plain text,
# as often and as surely. Where it differs, the line below says why.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"

mkdir "$T/f"
"$BUILD/tests/tools/make-formats" "$T/f" 6 || exit 1
"$LEAKAUDIT" scan -f jsonl --min-confidence low --without password-file "$T/f" >"$T/out"

# What is found in a file, one "rule confidence count/unique" each.
found() {
	grep -F '"type":"finding"' "$T/out" | grep -F "/$1\"" |
		sed -E 's/.*"rule":"([^"]*)".*"confidence":"([^"]*)".*"count":([0-9]+),"unique":([0-9]+).*/\1 \2 \3\/\4/' |
		sort
}

alike() { # alike FILE WANTED
	local got
	got=$(found "$1")
	same "$got" "$2"
}

for what in ssn cards logins salaries ibans prose notes key mrz; do
	want=$(found "$what-x.txt")
	ok "$what: plain text" test -n "$want"
	for f in "$T/f/$what"-*; do
		f=${f##*/}
		[ "$f" = "$what-x.txt" ] || ok "$f" alike "$f" "$want"
	done
done
is 'every number of a list' "$(found ssn-x.txt)" 'us-ssn high 412/412'
unlike 'nothing stayed unread' "$T/out" '"hides":true'
done_testing
