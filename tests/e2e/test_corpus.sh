#!/bin/bash
# Real and hostile files of many formats, where there are any: $LEAKAUDIT_CORPUS. Each ends as read or
# as a gap that says what was not, in bounded time and memory, and nothing is left running.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -n "$LEAKAUDIT_CORPUS" ] && [ -d "$LEAKAUDIT_CORPUS" ] || skip_all 'LEAKAUDIT_CORPUS names no folder'
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
tools=$BUILD/tests/tools
js() { ok "$1" json "$T/out" "$2"; }
scan() { # scan FOLDER: $rc, $own, $theirs, $secs; no process of ours is left
	"$tools/peak" "$T/peak" "$LEAKAUDIT" scan -v -f jsonl "$1" >"$T/out" 2>"$T/err" </dev/null
	rc=$?
	read -r own theirs secs _ <"$T/peak"
	printf '# %s: %s s, leakaudit %s KiB, worker %s KiB, %s\n' "${1##*/}" "$secs" "$own" "$theirs" \
		"$(grep -o 'workers replaced.*' "$T/err")"
}

workers() { pgrep -u 65534 -P 1 leakaudit-worke; }
before=$(workers)
scan "$LEAKAUDIT_CORPUS"
ok 'the whole corpus: status 1 or 3' grep -qxE '1|3' <<<"$rc"
is 'no worker is left' "$(workers)" "$before"
n=$(find "$LEAKAUDIT_CORPUS" -type f | wc -l)
js 'complete, with every file' "S[0]['complete'] is True and S[0]['files']==$n"
js 'the summary counts what is there' 'S[0]["gaps"]==len(G) and S[0]["findings"]==len(F) and S[0]["hidden"]==sum(g["hides"] for g in G)'
js 'no gap of the cage or of changed files' 'not [g for g in G if g["reason"] in ("sandbox","changed","io-error","denied","busy")]'
js 'every gap says what' 'all(g["detail"] for g in G)'
js 'no finding twice' 'len({o["id"] for o in F})==len(F)'
ok 'within 120 s on a busy machine (20 of CPU are one file that loops)' python3 -c "import sys; sys.exit($secs > 120)"
ok 'leakaudit within 64 MiB' [ "$own" -le 65536 ]
ok 'no worker beyond 1 GiB' [ "$theirs" -le 1048576 ]
# read to its end in spite of its name: what it declares is one member of four bytes
quiet=rar_unbound_staticdata.rar
for f in "$LEAKAUDIT_CORPUS"/hostile/*; do
	[ -e "$f" ] && [ "${f##*/}" != $quiet ] || continue
	js "${f##*/}: not silent" "[o for o in F+G if o['path']=='''$f''']"
done
done_testing
