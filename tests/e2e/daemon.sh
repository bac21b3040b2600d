# For tests of leakauditd by hand: source it behind lib.sh. up and down, status and control, files to scan,
# and a listener in systemd's place.
D=$(dirname "$LEAKAUDIT")/leakauditd
[ -x "$D" ] || skip_all 'leakauditd is not built'
command -v python3 >/dev/null || skip_all 'no python3 to stand in for systemd'

make_files() { # make_files FOLDER N: small files with one number each
	mkdir -p "$1"
	python3 - "$1" "$2" <<'PY'
import sys, random
r = random.Random(5)
for i in range(int(sys.argv[2])):
    with open(f"{sys.argv[1]}/staff{i:04}.csv", "w") as f:
        f.write("name,ssn\nJohn Smith,%03d-%02d-%04d\n" % (r.randint(300, 650), r.randint(10, 99), r.randint(1000, 9999)))
PY
}
config() { # config TEXT...: the configuration; machines that are busy do not slow the test
	printf '%s\n' "$@" 'throttle: {bytes: off, io-pressure: off, cpu-pressure: off}' >"$T/c.yaml"
}
slow() { # as config, with so many files a second
	local n=$1
	shift
	printf '%s\n' "$@" "throttle: {bytes: off, files: $n, io-pressure: off, cpu-pressure: off}" >"$T/c.yaml"
}
# what stands in systemd's place: a line for each message
python3 - "$T/notify" >"$T/told" <<'PY' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(65536).decode().replace("\n", "|"), flush=True)
PY
LISTENER=$!
trap 'kill $LISTENER $PID 2>/dev/null; rm -rf "$T"' EXIT

up() { # up ARG...: starts the daemon; waits for READY
	: >"$T/told"
	NOTIFY_SOCKET=$T/notify WATCHDOG_USEC=${WATCHDOG_USEC:-} "$D" -f -c "$T/c.yaml" --state "$T/state" \
		-s "$T/ctl" -k "$T/key" "$@" >"$T/log" 2>&1 </dev/null &
	PID=$!
	soon 10 grep -q 'READY=1' "$T/told"
}
soon() { # soon SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] && kill -0 "$PID" 2>/dev/null || return 1
		sleep 0.05
	done
}
down() { # stops it; $STATUS and $TOOK (ms)
	local a
	a=$(date +%s%N)
	kill -"${1:-TERM}" "$PID"
	wait "$PID"
	STATUS=$?
	TOOK=$((($(date +%s%N) - a) / 1000000))
	PID=
}
st() { "$LEAKAUDIT" status --json --socket "$T/ctl"; }
sj() { # sj EXPRESSION: true of the status S, with H its first share
	st | python3 -c '
import json, sys
S = json.load(sys.stdin); H = S["shares"][0] if S["shares"] else {}
sys.exit(0 if eval(sys.argv[1]) else "false: " + json.dumps(S))' "$1"
}
ctl() { "$LEAKAUDIT" control --socket "$T/ctl" "$@"; }
for ((i = 0; i < 100; i++)); do [ -S "$T/notify" ] && break; sleep 0.05; done
