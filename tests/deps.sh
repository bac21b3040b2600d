#!/bin/sh
# Installs the Debian packages named as arguments that are missing: as root or through sudo;
# otherwise prints the line to run and stops.
missing=
for p in "$@"; do
	case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
	*' installed') ;;
	*)
		# the other maker of libhs will do as well
		if [ "$p" = libvectorscan-dev ] &&
			dpkg-query -W -f '${Status}' libhyperscan-dev 2>/dev/null | grep -q ' installed'; then
			continue
		fi
		missing="$missing $p"
		;;
	esac
done
[ -z "$missing" ] && exit 0
command -v apt-get >/dev/null || {
	echo "leakaudit needs these packages (names of Debian 12):$missing" >&2
	exit 1
}
line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
	run=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	run=sudo
else
	printf 'These packages are missing. Run as root, then try again:\n\n  %s\n\n' "$line" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$run $line >/dev/null 2>&1 || { $run apt-get update -q >/dev/null && $run $line; } || {
	echo "could not install:$missing" >&2
	exit 1
}
