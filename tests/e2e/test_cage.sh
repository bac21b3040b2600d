#!/bin/bash
# The cage as the kernel sees it: the real worker in the middle of a scan, and told to break out.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
command -v python3 >/dev/null || skip_all 'no python3'
root=$([ "$(id -u)" -eq 0 ] && echo yes)
tools=$BUILD/tests/tools
rules=$HERE/../../config/rules
umask 022
mkdir "$T/d"
echo 'SSN: 862-43-5549' >"$T/d/one.txt"
"$tools/make-big" line "$T/d/big.txt" 60 >/dev/null

# --- in the middle of a scan -----------------------------------------------------------
cd "$T" || exit 2
ulimit -c unlimited 2>/dev/null
export LEAKAUDIT_TEST_SECRET=in-the-environment
start "$T/out" scan -v -j1 -f jsonl "$T/d"
w=$(worker_at "$PID" "$T/d/big.txt")
ok 'a worker is at the large file' [ -n "$w" ]
st() { field "$w" "$1"; }
for id in $(st Uid) $(st Gid); do [ "$id" -ne 0 ] || bad_id=1; done
is 'neither uid nor gid is 0, be it real, effective, saved or of files' "$bad_id" ''
for c in CapInh CapPrm CapEff CapAmb; do is "$c is empty" "$(st $c)" 0000000000000000; done
is 'no new privileges' "$(st NoNewPrivs)" 1
is 'seccomp filter' "$(st Seccomp)" 2
is 'one thread' "$(st Threads)" 1
lim() { sed -n "s/^Max $1  *\([^ ]*\)  *\([^ ]*\).*/\1 \2/p" "/proc/$w/limits"; }
is 'no core file' "$(lim 'core file size')" '0 0'
is 'no byte written to a file' "$(lim 'file size')" '0 0'
is 'no process' "$(lim processes)" '0 0'
is 'address space' "$(lim 'address space')" '1073741824 1073741824'
n=$(lim 'open files')
ok 'between 64 and 256 descriptors' [ "${n% *}" -ge 64 -a "${n% *}" -le 256 ]
if [ -n "$root" ]; then
	is 'groups' "$(st Groups)" ''
	is 'bounding set' "$(st CapBnd)" 0000000000000000
	is 'uid' "$(st Uid)" '65534 65534 65534 65534'
	for i in 0 1 2; do is "descriptor $i is null" "$(readlink "/proc/$w/fd/$i")" /dev/null; done
	ok 'descriptor 3 is the socket' sh -c "readlink /proc/$w/fd/3 | grep -q '^socket:'"
	is 'nothing else is open but what was handed in' \
		"$(for f in /proc/"$w"/fd/*; do readlink "$f"; done | grep -vE "^/dev/null$|^socket:" | sort | tr '\n' ' ')" \
		"$T/d/big.txt "
	is 'the file is open for reading only' \
		"$(for f in /proc/"$w"/fdinfo/*; do
			[ "$(readlink "${f/fdinfo/fd}")" = "$T/d/big.txt" ] && sed -n 's/^flags:.*\(.\)$/\1/p' "$f"
		done)" 0
	is 'environment' "$(tr '\0' '\n' <"/proc/$w/environ" | sort | tr '\n' ' ')" \
		'LC_ALL=C.UTF-8 OMP_THREAD_LIMIT=1 TZ=UTC0 '
	not_ok 'no executable page can be written to' grep -qE '^[0-9a-f-]+ .wx' "/proc/$w/maps"
	not_ok 'another process of its uid cannot look into it' \
		setpriv --reuid=65534 --regid=65534 --clear-groups cat "/proc/$w/environ"
else
	skip 12 'root sees that'
fi
kill -SEGV "$w"
kill -CONT "$w"
wait "$PID"
is 'a worker killed by a signal: the scan goes on' $? 1
ok 'its file is a gap, the other is found' json "$T/out" \
	'[g["reason"] for g in G if g["path"].endswith("big.txt")]==["crashed"] and [f["rule"] for f in F]==["us-ssn"] and S[0]["complete"]'
is 'no core file is left' "$(find "$T" -name 'core*')" ''
like '-v names the uid' "$T/err" "confinement: uid $([ -n "$root" ] && echo 65534 || id -u), no capabilities, no new privileges, not dumpable, seccomp filter, Landlock (ABI [1-9]|absent)"
like '-v: a worker was replaced' "$T/err" 'workers replaced: 1'

# --- the real worker, told to break out --------------------------------------------------
"$tools/cage-try" "$BUILD/leakaudit-worker" "$T/d/one.txt" "$rules"/*.yaml >"$T/tried" 2>&1
is 'no hole in the cage' $? 0
for what in socket connect exec fork wx protect ptrace write; do
	like "$what kills the worker, a fresh one reads the file" "$T/tried" \
		"^$what signal=31 findings=1 gaps=0 replaced=1 "
	like "$what each time: the file is a gap" "$T/tried" \
		"^$what always .*findings=0 gaps=1 .*gap sandbox hides the reader tried a forbidden system call"
done
like 'open is refused' "$T/tried" '^open exit=70 findings=1 gaps=0 '

# what a user sees of it, by the scripted worker in the real one's place
public "$T/seen"
rm "$T/seen/config/rules"/*
echo rule-a >"$T/seen/config/rules/a.yaml"
cp "$tools/test-worker" "$T/seen/build/release/leakaudit-worker"
mkdir "$T/s"
for what in socket connect exec fork wx; do
	printf 'member 1 %s\nmember 2 find 0\n' $what >"$T/s/$what"
done
printf 'open\n' >"$T/s/open"
"$PUB" scan "$T/s" >"$T/out" 2>"$T/err"
is 'what was found beside it counts' $? 1
for what in socket connect exec fork wx; do
	like "text: $what" "$T/out" "s/$what!m1|s/$what > m1|$what.*m1"
done
like 'text: in words' "$T/out" 'the reader tried a forbidden'
"$PUB" scan -f jsonl "$T/s" >"$T/out" 2>"$T/err"
ok 'jsonl: a gap sandbox for each, naming the member' json "$T/out" \
	'sorted((g["path"].split("/")[-1],g["inner"]) for g in G if g["reason"]=="sandbox" and g["hides"])==[(n,["m1"]) for n in ("connect","exec","fork")]+[("open",[]),("socket",["m1"]),("wx",["m1"])] and len(F)==5'
rm "$T"/s/*
printf 'socket\n' >"$T/s/a"
"$PUB" scan -f jsonl "$T/s" >"$T/out" 2>"$T/err"
is 'nothing but that: content stayed unread' $? 3

# --- without rights, without parts of the kernel ------------------------------------------
public "$T/pub"
if [ -n "$root" ]; then
	nobody "$PUB" scan -v -f jsonl "$T/d/one.txt" >"$T/out" 2>"$T/err"
	is 'as nobody: found' $? 1
	like 'as nobody: the same cage' "$T/err" \
		'confinement: uid 65534, no capabilities, no new privileges, not dumpable, seccomp filter, Landlock'
	nobody "$tools/cage-try" "$T/pub/build/release/leakaudit-worker" "$T/d/one.txt" \
		"$T/pub/config/rules"/*.yaml >"$T/tried" 2>&1
	is 'as nobody: no hole' $? 0
	is 'as nobody: as many ends' "$(grep -c signal=31 "$T/tried")" 16
	if unshare -Ur true 2>/dev/null; then
		nobody unshare -Ur "$PUB" scan -v "$T/d/one.txt" >"$T/out" 2>"$T/err"
		is 'in a user namespace: found' $? 1
		like 'in a user namespace: what is missing is said' "$T/err" \
			'missing: unprivileged uid|uid 65534'
	else
		skip 2 'no user namespaces'
	fi
else
	skip 6 'for root'
fi
"$tools/without" landlock_create_ruleset "$LEAKAUDIT" scan -v "$T/d/one.txt" >"$T/out" 2>"$T/err"
is 'no Landlock: found' $? 1
like 'no Landlock: said' "$T/err" 'Landlock absent.*missing: Landlock \(not in this kernel\)'
"$tools/without" landlock_create_ruleset:95 "$LEAKAUDIT" scan -v "$T/d/one.txt" >"$T/out" 2>"$T/err"
like 'Landlock switched off: said' "$T/err" 'missing: Landlock \(switched off in this kernel\)'
"$tools/without" landlock_restrict_self:1 "$LEAKAUDIT" scan "$T/d/one.txt" >"$T/out" 2>"$T/err"
is 'a cage that cannot be closed: no scan' $? 2
like 'and why' "$T/err" 'the sandbox could not be closed: Operation not permitted'
"$tools/without" openat2:1 "$LEAKAUDIT" scan "$T/d" >"$T/out" 2>"$T/err"
is 'openat2 refused, as systemd does: found' $? 1
"$tools/without" openat2,close_range,pidfd_open,memfd_create:38 "$LEAKAUDIT" scan "$T/d/one.txt" >"$T/out" 2>"$T/err"
is 'no memfd: it says that it cannot' $? 2
done_testing
