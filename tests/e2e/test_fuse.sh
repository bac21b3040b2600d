#!/bin/bash
# A share whose server misbehaves: errors, stubs, files that change, answers that never come.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
tools=$BUILD/tests/tools
mkdir "$T/m"
share() { # share TYPE COMMAND...: with the share on $T/m; who opened and read what in $T/log
	local type=$1
	shift
	timeout -s KILL 100 "$tools/fuse-share" "$type" "$T/m" "$T/log" "$@"
}
share fuse.plain true 2>"$T/err" || skip_all "no FUSE: $(head -n 1 "$T/err")"
scan() { # scan NAME STATUS TYPE ARG...: as jsonl to $T/out
	local name=$1 wanted=$2 type=$3
	shift 3
	share "$type" "$LEAKAUDIT" scan -v -f jsonl "$@" >"$T/out" 2>"$T/err" </dev/null
	is "$name" $? "$wanted"
}
js() { ok "$1" json "$T/out" "$2"; }
gap() { # gap NAME FILE REASON: it hides content, once
	js "$1" "[(g['reason'],g['hides']) for g in G if g['path'].startswith('$T/m/$2')]==[('$3',True)]"
}
found() { # found NAME FILE: its number, and no gap
	js "$1" "sum(f['path']=='$T/m/$2' for f in F)==1 and not any(g['path']=='$T/m/$2' for g in G)"
}

scan 'a share that misbehaves, to its end' 1 fuse.plain --exclude hung "$T/m"
js 'is complete' 'S[0]["complete"]'
found 'an ordinary file' plain.txt
js 'a name that is not UTF-8' 'any(f.get("path_b64") and __import__("base64").b64decode(f["path_b64"]).endswith(b"/caf\xe9.txt") for f in F)'
gap 'opening fails' openfails.txt io-error
gap 'reading fails' readfails.txt io-error
gap 'reading times out' timesout.txt io-error
js 'reading fails in the middle: what was before counts, and a gap' "[f['path'][-8:] for f in F if f['path'].endswith('late.txt')]==['late.txt'] and [g['reason'] for g in G if g['path'].endswith('/late.txt')]==['io-error']"
js 'a file that vanished is nothing' "not any('vanishes' in o['path'] for o in F+G)"
gap 'a handle that went stale' stale.txt changed
gap 'a lease that is not given up' leased.txt busy
is 'tried again, three times' "$(awk '$3=="leased.txt"{print $1}' "$T/log")" 4
for f in shrinks.txt shrinks-direct.txt; do
	gap "$f: cut short meanwhile" $f changed
	js "$f: what is left of it is read" "any(f['path'].endswith('/$f') for f in F)"
done
js 'grows.txt: read, and a gap that hides nothing but what came later' "any(f['path'].endswith('/grows.txt') for f in F) and all(g['reason']=='changed' and not g['hides'] for g in G if g['path'].endswith('/grows.txt'))"
found 'a slow disk is waited for' trickles.txt
gap 'a folder that may not be opened' shut denied
gap 'a folder that cannot be listed' unlistable io-error
js 'a folder of files closed to us: one gap' "[g['path'] for g in G if '/squashed' in g['path']]==['$T/m/squashed']"
found 'entries without a type: a file' untyped/below.txt
found 'entries without a type: a folder' untyped/folder/deeper.txt
found 'no blocks, but no mark of a stub either' noblocks.txt
found 'attributes, but not that of a stub' hidden-not-offline.txt
for f in offline-text.txt offline-ndr.txt offline-recall.txt; do
	gap "$f: a stub" $f offline
done
# trusted.* is shown to root only
if [ "$(id -u)" -eq 0 ]; then gap 'offline-hsm.txt: a stub' offline-hsm.txt offline; else skip 1 'for root'; fi
not_ok 'no stub is recalled: not a byte of one was read' grep -E '^[0-9]+ [1-9][0-9]* offline-(text|ndr|recall)' "$T/log"

scan 'a network share as PATH is read' 1 fuse.sshfs --exclude hung "$T/m"
found 'its files' plain.txt
scan 'a network share below PATH' 0 fuse.sshfs "$T"
js 'is not entered' 'not F and not G'
like 'is counted' "$T/err" 'left out: 0 snapshot folders, 1 network file systems'
is 'not one file of it was opened' "$(awk '$1>0' "$T/log")" ''
scan '--no-default-excludes' 1 fuse.sshfs --no-default-excludes --exclude hung "$T"
found 'enters it' plain.txt
scan 'another kind of FUSE below PATH' 1 fuse.plain --exclude hung "$T"
found 'is entered' plain.txt

# A read that is never answered: nobody can kill who waits for it, and nobody is to wait for him.
SECONDS=0
share fuse.plain timeout -s INT 2 "$LEAKAUDIT" scan -f jsonl "$T/m/hung" >"$T/out" 2>"$T/err" </dev/null
is 'interrupted while a disk does not answer' $? 124
ok 'ends soon' [ "$SECONDS" -le 15 ]
js 'with what was found' 'len(F)==1 and S[0]["complete"] is False'
done_testing
