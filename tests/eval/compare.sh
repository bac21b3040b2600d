#!/bin/bash
# compare.sh FOLDER: what clamscan's structured-data detection and ripgrep with the obvious regexes
# say of a set of make-eval's, as rows of a table: files of the kind found, ordinary files reported.
# Neither is asked for more than it offers: archives and documents as they open them by themselves.
set=${1:?usage: compare.sh FOLDER}
t=$(mktemp -d) || exit 2
trap 'rm -rf "$t"' EXIT
rows() { # rows TOOL RULE FILE-OF-PATHS
	python3 - "$set" "$1" "$2" "$3" <<'P'
import json, os, sys
folder, tool, rule, found = sys.argv[1:]
found = {os.path.relpath(l.strip(), folder) for l in open(found, encoding="utf-8") if l.strip()}
docs = [json.loads(l) for l in open(folder + ".labels", encoding="utf-8")]
planted = {d["path"] for d in docs if any(p["rule"] == rule for p in d["plants"])}
other = {d["path"] for d in docs if rule not in d["also"]} - planted
hit, false = len(planted & found), len(other & found)
print("| %s | %s | %d | %.1f | %.1f | %d |" % (tool, rule, len(planted),
      100.0 * hit / max(1, hit + false), 100.0 * hit / max(1, len(planted)), false))
P
}
grep_for() { # grep_for RULE REGEX
	rg -l --no-ignore --hidden -e "$2" "$set" >"$t/rg"
	rows ripgrep "$1" "$t/rg"
}
echo '| tool | rule | files | precision | recall | files reported wrongly |'
echo '|---|---|--:|--:|--:|--:|'
if command -v clamscan >/dev/null; then
	printf 'd41d8cd98f00b204e9800998ecf8427f:1:none\n' >"$t/none.hdb"
	clamscan -r --no-summary --infected -d "$t/none.hdb" --detect-structured=yes \
		--structured-ssn-format=2 --structured-ssn-count=1 --structured-cc-count=1 \
		--allmatch "$set" >"$t/clam" 2>/dev/null
	grep 'Structured.SSN' "$t/clam" | sed 's/: [^:]* FOUND$//' | sort -u >"$t/ssn"
	grep 'Structured.CreditCard' "$t/clam" | sed 's/: [^:]* FOUND$//' | sort -u >"$t/card"
	rows clamscan us-ssn "$t/ssn"
	rows clamscan payment-card "$t/card"
fi
grep_for us-ssn '\b\d{3}-\d{2}-\d{4}\b'
grep_for payment-card '\b(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2})[ -]?\d{4}[ -]?\d{4}[ -]?\d{3,4}\b'
grep_for iban '\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b'
grep_for password-assignment '(?i)(?:password|passwd|pwd|passwort|pass)\s*[:=]\s*\S+'
grep_for private-key 'BEGIN [A-Z ]*PRIVATE KEY'
grep_for token 'gh[pousr]_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|xox[abp]-|sk_live_'
