#!/bin/sh
# The programs with rights link no parser; the program with parsers links no logger and no network.
# libsqlite3 in the worker is a parser like the others: scanners/extract/sqlite_vfs.c gives it one item
# to read and no way to open or write anything; layers.sh keeps it out of the worker's other files.
# usage: links.sh BUILD-FOLDER
b=${1:-build/release}
bad=0
need() { readelf -d "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
for p in leakaudit leakauditd; do
	[ -e "$b/$p" ] || continue
	hits=$(need "$b/$p" | grep -E '^lib(archive|magic|hs|pcre2|xml2|expat|poppler|gmime)') || continue
	echo "$p links a parser: $hits"
	bad=1
done
[ -e "$b/leakaudit-worker" ] || { echo "links.sh: no $b/leakaudit-worker"; exit 2; }
hits=$(need "$b/leakaudit-worker" | grep -E '^lib(systemd|curl|ssl|nss)') && {
	echo "leakaudit-worker links a logger or a network library: $hits"
	bad=1
}
exit $bad
