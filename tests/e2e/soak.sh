#!/bin/bash
# leakauditd under random weather for LEAKAUDIT_SOAK minutes (make check-long: three), see soak.py.
# LEAKAUDIT_KILLS: so many kills -9 of the daemon at least.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
[ -x "$BUILD/leakauditd" ] || skip_all 'leakauditd is not built'
[ -x "$BUILD/tests/tools/store-lines" ] || skip_all 'no store-lines (make tools)'
minutes=${LEAKAUDIT_SOAK:-3}
[ "$(stat -f -c %T /dev/shm)" = tmpfs ] && S=$(mktemp -d /dev/shm/leakaudit-soak-XXXXXX) || S=$T
trap 'rm -rf "$T" "$S"' EXIT
ok "exactly the expected findings after $minutes min and ${LEAKAUDIT_KILLS:-0} kills" \
	python3 "$HERE/soak.py" "$BUILD" "$S/soak" "$((minutes * 60))" "${LEAKAUDIT_KILLS:-0}"
sed 's/^/# /' "$T/.tap"
done_testing
