#!/bin/bash
# The main job on a generated share: everything planted is found with exact counts, decoys stay
# silent, and no planted value stands in any output.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
t=$(mktemp -d) || exit 2
trap 'rm -rf "$t"' EXIT
"$BUILD/tests/tools/make-share" "$t/share"

"$LEAKAUDIT" scan -f jsonl "$t/share" >"$t/out.jsonl" 2>"$t/err"
is "$?" 1 'exit status says that something was found'

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
		is "$?" 0 "gap ${rule#gap:}: $where"
		continue
		;;
	esac
	hits=$(grep -F '"type":"finding"' <<<"$hits" | grep -F "\"rule\":\"$rule\"")
	[ -n "$hits" ]
	is "$?" 0 "found: $rule in $where"
	if [ "$count" -gt 0 ]; then
		is "$(grep -o '"count":[0-9]*' <<<"$hits")" "\"count\":$count" "count: $rule in $where"
		is "$(grep -o '"unique":[0-9]*' <<<"$hits" | head -1)" "\"unique\":$unique" "unique: $rule in $where"
	fi
done <"$t/share.planted"

is "$(grep -F '"type":"finding"' "$t/out.jsonl" | grep -cF "$t/share/Decoys/")" 0 'decoys stay silent'
is "$(grep -c '"type":"summary"' "$t/out.jsonl")" 1 'one summary'
grep -q '"complete":true' "$t/out.jsonl"
is "$?" 0 'the walk reached its end'

for f in text jsonl json csv; do
	"$LEAKAUDIT" scan -v -f "$f" --min-severity low --min-confidence low "$t/share" >"$t/o.$f" 2>"$t/e.$f"
	is "$(cat "$t/o.$f" "$t/e.$f" | grep -cFf "$t/share.values")" 0 "no value in the output ($f)"
done

"$LEAKAUDIT" scan -f jsonl -j1 "$t/share" 2>/dev/null | grep -F '"type":"finding"' | sort >"$t/one"
"$LEAKAUDIT" scan -f jsonl -j3 "$t/share" 2>/dev/null | grep -F '"type":"finding"' | sort >"$t/three"
cmp -s "$t/one" "$t/three"
is "$?" 0 'one worker and three say the same'
is "$(wc -l <"$t/one")" "$(sort -u "$t/one" | wc -l)" 'no finding twice'
done_testing
