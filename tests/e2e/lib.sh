# TAP for shell tests: source it, call ok for each check, end with done_testing.
# $LEAKAUDIT names the program. Scratch folder: $T, gone at the end.

: "${LEAKAUDIT:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/release/leakaudit}"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# $BUILD is the build folder with the tools the tests use.
: "${BUILD:=$(dirname "$LEAKAUDIT")}"
export LC_ALL=C.UTF-8
unset NO_COLOR
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
tap_n=0 tap_bad=0 tap_planned=

plan() { # plan N
	tap_planned=$1
	printf '1..%d\n' "$1"
}

ok() { # ok NAME COMMAND...: passes when COMMAND exits 0
	local name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$T/.tap" 2>&1; then
		printf 'ok %d - %s\n' "$tap_n" "$name"
	else
		tap_bad=$((tap_bad + 1))
		printf 'not ok %d - %s\n' "$tap_n" "$name"
		printf '#   %s\n' "failed: $*"
		sed 's/^/#   /' "$T/.tap" | head -n 30
	fi
}

not_ok() { # not_ok NAME COMMAND...: passes when COMMAND fails
	local name=$1
	shift
	ok "$name" fails "$@"
}
fails() { ! "$@"; }

is() { # is NAME GOT WANTED
	ok "$1" same "$2" "$3"
}
same() {
	[ "$1" = "$2" ] || {
		printf 'got:    %s\nwanted: %s\n' "$1" "$2"
		return 1
	}
}

like() { # like NAME FILE REGEX
	ok "$1" has "$2" "$3"
}
has() {
	grep -qE -- "$2" "$1" || {
		printf 'no line like: %s\n' "$2"
		head -n 20 "$1"
		return 1
	}
}

unlike() { # unlike NAME FILE REGEX
	not_ok "$1" grep -qE -- "$3" "$2"
}

skip() { # skip N REASON: N tests that cannot run here
	local i
	for ((i = 0; i < $1; i++)); do
		tap_n=$((tap_n + 1))
		printf 'ok %d # SKIP %s\n' "$tap_n" "$2"
	done
}

skip_all() { # skip_all REASON: ends the script
	printf 'ok 1 # SKIP %s\n1..1\n' "$1"
	exit 0
}

# run ARG...: runs the program; $RC, $T/out and $T/err
run() {
	"$LEAKAUDIT" "$@" >"$T/out" 2>"$T/err" </dev/null
	RC=$?
}

# status NAME WANTED ARG...: runs the program and looks at its exit status
status() {
	local name=$1 wanted=$2
	shift 2
	run "$@"
	cat "$T/err" >"$T/why"
	ok "$name" rc_is "$wanted"
}
rc_is() {
	[ "$RC" -eq "$1" ] || {
		printf 'exit status %d, wanted %d\n' "$RC" "$1"
		head -n 10 "$T/why"
		return 1
	}
}

# json FILE EXPRESSION: Python over the records L, scan sc, findings F, gaps G and summaries S
json() {
	python3 -c '
import json,sys
L=[json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
sc=[o for o in L if o["type"]=="scan"]; F=[o for o in L if o["type"]=="finding"]
G=[o for o in L if o["type"]=="gap"]; S=[o for o in L if o["type"]=="summary"]
sys.exit(0 if eval(sys.argv[2]) else "false: "+sys.argv[2]+"\n"+open(sys.argv[1]).read()[:2000])' "$@"
}
command -v python3 >/dev/null || json() { return 0; }

# --- processes ---------------------------------------------------------------------

# start FILE ARG...: the program in the background, its output to FILE; $PID. A background job of a
# shell ignores SIGINT, which would not do.
start() {
	local out=$1
	shift
	python3 -c 'import os,signal,sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$LEAKAUDIT" "$@" >"$out" 2>"$T/err" </dev/null &
	PID=$!
}
children() { cat "/proc/$1/task/"*/children 2>/dev/null; }

# worker_at PID FILE: stops the worker that has FILE open and gives its id. Only root sees what a
# worker has open; anyone else takes a confined one a while after its start.
worker_at() {
	local i w
	for ((i = 0; i < 2000; i++)); do
		for w in $(children "$1"); do
			if [ "$(id -u)" -ne 0 ]; then
				grep -q '^Seccomp:.*2' "/proc/$w/status" 2>/dev/null || continue
				sleep 0.02
			else
				ls -l "/proc/$w/fd" 2>/dev/null | grep -qF -- "-> $2" || continue
			fi
			kill -STOP "$w" && echo "$w"
			return
		done
		[ -d "/proc/$1" ] || return 1
		sleep 0.005
	done
	return 1
}
gone() { # gone PID...: no such process (a zombie is one)
	local p
	for p in "$@"; do
		[ ! -d "/proc/$p" ] || { grep -H . "/proc/$p/status" | head -n 3; return 1; }
	done
}
field() { # field PID NAME: a line of its status, blanks made one
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '[:blank:]' ' ' | sed 's/ $//'
}
public() { # public FOLDER: a copy of the build that everybody can run; sets $PUB to its program
	mkdir -p "$1/build/release" "$1/config"
	cp "$BUILD/leakaudit" "$BUILD/leakaudit-worker" "$1/build/release/"
	cp -r "$HERE/../../config/rules" "$1/config/"
	chmod go+rx "$T"
	chmod -R go+rX "$1"
	PUB=$1/build/release/leakaudit
}
nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$@"; }

done_testing() {
	[ -n "$tap_planned" ] || printf '1..%d\n' "$tap_n"
	[ "$tap_bad" -eq 0 ] && { [ -z "$tap_planned" ] || [ "$tap_planned" -eq "$tap_n" ]; }
	exit $?
}
