# A real systemd as process 1 of namespaces of its own, booted from a cached Debian root in some
# two seconds. Source it after ../lib.sh:
#   why=$(sd_why); [ -z "$why" ] || skip_all "$why"
#   ... put files into $SD_UP, which lies over the root ...
#   sd_boot && sd systemctl status; sd_halt
# The root is $LEAKAUDIT_SYSTEMD_ROOT, else build/systemd-root; make-root.sh makes it.

SD_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SD_ROOT=${LEAKAUDIT_SYSTEMD_ROOT:-$SD_HERE/../../../build/systemd-root}
SD=$T/sd
SD_UP=$SD/upper
mkdir -p "$SD_UP"

sd_why() { # why it cannot be done here, or nothing
	local p
	[ "$(id -u)" -eq 0 ] || { echo 'booting a systemd needs root'; return; }
	[ -e "$SD_ROOT/.complete" ] || {
		echo "no Debian root at \$LEAKAUDIT_SYSTEMD_ROOT or build/systemd-root (make check-system)"
		return
	}
	for p in unshare nsenter pivot_root; do
		command -v $p >/dev/null || { echo "no $p"; return; }
	done
	[ -n "$(sd_cgroup)" ] || { echo 'no cgroup2 hierarchy that can be written'; return; }
	grep -q overlay /proc/filesystems || { echo 'no overlay file system'; return; }
	unshare --pid --mount --uts --ipc --net --cgroup --fork true 2>/dev/null ||
		echo 'no new namespaces are allowed here'
}
sd_cgroup() {
	local c
	for c in /sys/fs/cgroup/unified /sys/fs/cgroup; do
		[ -e $c/cgroup.procs ] && [ -w $c/cgroup.procs ] && [ ! -d $c/memory ] && echo $c && return
	done
}

sd_boot() { # boots; fails when it does not come up
	local i u
	SD_CG=$(sd_cgroup)/leakaudit-test-$$
	mkdir -p "$SD_CG" || return 1
	(
		echo $BASHPID >"$SD_CG/cgroup.procs"
		exec setsid unshare --pid --mount --uts --ipc --net --cgroup --fork --kill-child \
			"$SD_HERE/boot.sh" "$(cd "$SD_ROOT" && pwd)" "$SD" >"$SD/boot.log" 2>&1 </dev/null
	) &
	u=$!
	SD_PID=
	for ((i = 0; i < 1200; i++)); do
		SD_PID=$(cat "/proc/$u/task/$u/children" 2>/dev/null)
		SD_PID=${SD_PID%% *}
		[ -n "$SD_PID" ] && grep -q '^systemd$' "/proc/$SD_PID/comm" 2>/dev/null && break
		sleep 0.05
	done
	for ((i = 0; i < 900; i++)); do
		case $(sd systemctl is-system-running 2>/dev/null) in running | degraded) return 0 ;; esac
		sleep 0.1
	done
	cat "$SD/boot.log" >&2
	return 1
}

sd() { # sd COMMAND...: inside
	nsenter -t "$SD_PID" --mount --uts --ipc --net --pid --cgroup --root --wd -- "$@"
}

sd_halt() {
	local i
	[ -n "$SD_PID" ] && kill -9 "$SD_PID" 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		find "$SD_CG" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$SD_CG" ] || break
		sleep 0.05
	done
	SD_PID=
}
trap 'sd_halt; rm -rf "$T"' EXIT

sd_install() { # our programs, units and users as `make install` puts them
	(cd "$SD_HERE/../../.." && make -s -o all install DESTDIR="$SD_UP" MODE="$(basename "$BUILD")")
}

until_true() { # until_true SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}
