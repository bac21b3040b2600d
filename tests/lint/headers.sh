#!/bin/sh
# Every header compiles alone.
cd "$(dirname "$0")/../.." || exit 2
bad=0
for h in scanners/*.h scanners/*/*.h auditd/*.h tests/lib/*.h; do
	case $h in */bitscan_kernel.h | */poison.h) continue ;; esac
	echo "#include \"$h\"" | ${CC:-cc} -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -Iscanners \
		-Iauditd -Itests/lib -fsyntax-only -x c - || bad=1
done
exit $bad
