#!/bin/bash
# The main job on a generated share: everything planted is found with exact counts, decoys stay
# silent, and no planted value stands in any output.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
t=$T
"$BUILD/tests/tools/make-share" "$t/share"

"$LEAKAUDIT" scan -f jsonl "$t/share" >"$t/out.jsonl" 2>"$t/err"
is 'exit status says that something was found' "$?" 1

while IFS=$'\t' read -r where rule count unique; do
	path=${where%%!*} inner=
	[ "$path" != "$where" ] && inner=${where#*!}
	hits=$(grep -F "\"path\":\"$t/share/$path\"" "$t/out.jsonl")
	if [ -n "$inner" ]; then
		hits=$(grep -F "\"inner\":[\"${inner//!/\",\"}\"]" <<<"$hits")
	else
		hits=$(grep -F '"inner":[]' <<<"$hits")
	fi
	case $rule in
	gap:*)
		grep -qF "\"reason\":\"${rule#gap:}\"" <<<"$hits"
		is "gap ${rule#gap:}: $where" "$?" 0
		continue
		;;
	esac
	hits=$(grep -F '"type":"finding"' <<<"$hits" | grep -F "\"rule\":\"$rule\"")
	[ -n "$hits" ]
	is "found: $rule in $where" "$?" 0
	if [ "$count" -gt 0 ]; then
		is "count: $rule in $where" "$(grep -o '"count":[0-9]*' <<<"$hits")" "\"count\":$count"
		is "unique: $rule in $where" "$(grep -o '"unique":[0-9]*' <<<"$hits" | head -1)" "\"unique\":$unique"
	fi
done <"$t/share.planted"

is 'decoys stay silent' "$(grep -F '"type":"finding"' "$t/out.jsonl" | grep -cF "$t/share/Decoys/")" 0
is 'one summary' "$(grep -c '"type":"summary"' "$t/out.jsonl")" 1
grep -q '"complete":true' "$t/out.jsonl"
is 'the walk reached its end' "$?" 0

for f in text jsonl json csv; do
	"$LEAKAUDIT" scan -v -f "$f" --min-severity low --min-confidence low "$t/share" >"$t/o.$f" 2>"$t/e.$f"
	is "no value in the output ($f)" "$(cat "$t/o.$f" "$t/e.$f" | grep -cFf "$t/share.values")" 0
done

"$LEAKAUDIT" scan -f jsonl -j1 "$t/share" 2>/dev/null | grep -F '"type":"finding"' | sort >"$t/one"
"$LEAKAUDIT" scan -f jsonl -j3 "$t/share" 2>/dev/null | grep -F '"type":"finding"' | sort >"$t/three"
cmp -s "$t/one" "$t/three"
is 'one worker and three say the same' "$?" 0
is 'no finding twice' "$(wc -l <"$t/one")" "$(sort -u "$t/one" | wc -l)"
done_testing
