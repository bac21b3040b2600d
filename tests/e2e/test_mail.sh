#!/bin/bash
# Mailboxes with known contents, through the confined workers: every number is found, once, whether
# the mailbox is a file, compressed, or a folder of mails.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
make=$BUILD/tests/tools/make-mailbox

count() { # count FILE KEY: the sum over us-ssn findings
	grep -F '"rule":"us-ssn"' "$1" | grep -o "\"$2\":[0-9]*" | awk -F: '{ n += $2 } END { print n + 0 }'
}

mkdir -p "$T/m/dir"
like 'the generator says what it planted' <("$make" -n 412 "$T/m/box.mbox" 2) '^[0-9]+ mails, 412 numbers$'
"$make" -n 100 -s 2 -m "$T/m/dir" 1 >/dev/null

"$LEAKAUDIT" scan -f jsonl "$T/m/box.mbox" >"$T/out"
is 'a mailbox: exit status' "$?" 1
is 'a mailbox: every number' "$(count "$T/out" count)" 412
is 'a mailbox: no number twice' "$(count "$T/out" unique)" 412
like 'a mail is named by hash and date' "$T/out" '"inner":\["mail-[0-9a-f]{8}-2014-11-[0-3][0-9]","staff.xlsx"\]'
unlike 'nothing stayed unread' "$T/out" '"type":"gap"'
unlike 'no subject in a name' "$T/out" '"inner":\["mail [0-9]'
like 'it was read to its end' "$T/out" '"complete":true'

gzip -c "$T/m/box.mbox" >"$T/box.gz"
"$LEAKAUDIT" scan -f jsonl "$T/box.gz" >"$T/gz"
is 'compressed: every number' "$(count "$T/gz" count)" 412
is 'compressed: the same names' \
	"$(grep -o '"mail-[^"]*"' "$T/gz" | sort)" "$(grep -o '"mail-[^"]*"' "$T/out" | sort)"

"$LEAKAUDIT" scan -f jsonl "$T/m/dir" >"$T/dir"
is 'a maildir: every number' "$(count "$T/dir" count)" 100
like 'a maildir: a mail is a file' "$T/dir" '"inner":\["staff.xlsx"\]'
unlike 'a maildir: nothing stayed unread' "$T/dir" '"type":"gap"'
done_testing
