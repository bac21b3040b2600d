#!/bin/bash
# The evaluation's small set: each rule is as good as it was, in every layer; and the gate that says
# so fails when the program is made worse on purpose.
. "$(dirname "$0")/lib.sh"
R=$HERE/../..
command -v python3 >/dev/null || skip_all "no python3"
[ -x "$BUILD/tests/eval/make-eval" ] || skip_all "no make-eval in $BUILD"

make_eval() { "$BUILD/tests/eval/make-eval" "$@" "$R"/tests/eval/scenarios/*.txt; }
score() { # score OPTION...
	python3 "$R/tests/eval/score.py" "$BUILD" "$T/set" --against "$R/tests/eval/small.md" "$@"
}
lost() { # lost RULE OPTION...: the gate fails, and for that rule
	local rule=$1
	shift
	if score --quick "$@" >"$T/lost"; then
		echo 'the gate saw nothing' && return 1
	fi
	grep "^LOST $rule: " "$T/lost" || { grep LOST "$T/lost" && return 1; }
}
# mutant NAME RULE FILE SED: a copy of the rules, one file of it changed
mutant() {
	rm -rf "$T/rules" && cp -r "$T/shipped" "$T/rules"
	sed -E -i "$4" "$T/rules/$3"
	not_ok "$1: is a change" cmp -s "$T/shipped/$3" "$T/rules/$3"
	ok "$1: the gate fails" lost "$2" --rules "$T/rules"
}
of_rule() { printf '/^- id: %s$/,/^- id:/ %s' "$1" "$2"; }

# the shipped rules, and a site's list of terms
cp -r "$R/config/rules" "$T/shipped"
cp "$R/tests/eval/terms.yaml" "$T/shipped/zz-terms.yaml"

ok 'the set is made' make_eval "$T/set" 1 1
ok 'a second time the same' make_eval "$T/again" 1 1
ok 'byte for byte' diff -r "$T/set" "$T/again"
ok 'and so are its labels' diff "$T/set.labels" "$T/again.labels"
ok 'no rule lost anything' score --rules "$T/shipped"

mutant 'SSN without its headers' us-ssn identity.yaml \
	"$(of_rule us-ssn '{s/^      ssn, ss#, social.*/      zz,/; s/^      ss number, ssn number.*/      zzz/; s/header: high/header: low/g}')"
mutant 'SSN without its words' us-ssn identity.yaml \
	"$(of_rule us-ssn 's/near: \{words: .ssn, within: 300\}/near: {words: [zzz], within: 300}/')"
mutant 'SSN in a narrower shape' us-ssn identity.yaml "$(of_rule us-ssn '{/shape: digits9/d}')"
mutant 'SSN of nine bare digits by themselves' us-ssn identity.yaml \
	"$(of_rule us-ssn '{/shape: digits9/s/alone: none, near: medium/alone: medium, near: medium/}')"
mutant 'NINO in a narrower shape' uk-nino identity.yaml "$(of_rule uk-nino 's/header: high/header: low/; s/near: high/near: low/')"
mutant 'salaries without their words' salary-sheet pay.yaml \
	"s/salary/zalary/g; s/gross/zross/g; s/gehalt/zehalt/g; s/pay/zay/g"
mutant 'one service of many is forgotten' token token.yaml 's/rubygems_/rubygemz_/g'
mutant 'a site has another list' watch-term zz-terms.yaml 's/Kormoran|Ferry|Avranches|brücke|Tibúrcio|Peña/Other/g'

for m in card-unchecked:payment-card iban-unchecked:iban sin-unchecked:ca-sin ssn-any-area:us-ssn \
	docx-unread:private-key td1-unread:passport-mrz sums-unchecked:token; do
	ok "${m%:*}: the gate fails" lost "${m#*:}" --rules "$T/shipped" \
		--scan-case "$BUILD/tests/eval/mutants/${m%:*}"
done
done_testing
