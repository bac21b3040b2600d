#!/bin/bash
# Makes a small Debian 12 with a real systemd and the libraries of our programs: make-root.sh FOLDER
# Needs root, debootstrap and a package mirror (that of apt's own sources, or $LEAKAUDIT_MIRROR).
# Two minutes; done once and kept, so it stands outside the repository or in build/.
set -e
root=${1:?usage: make-root.sh FOLDER}
[ -e "$root/.complete" ] && exit 0
packages=systemd,systemd-sysv,dbus,rsyslog,logrotate,procps,libvectorscan5,libpcre2-8-0,libarchive13
packages=$packages,libmagic1,libexpat1,libgmime-3.0-0,libsodium23,libseccomp2,libyaml-0-2
packages=$packages,libpoppler-glib8,poppler-data,libsqlite3-0,zlib1g
mirror=${LEAKAUDIT_MIRROR:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
	sed -n -e 's/^URIs:[[:space:]]*\([^[:space:]]*\/debian\)\/\{0,1\}$/\1/p' \
		-e 's/^deb[[:space:]].*\(https\{0,1\}:[^[:space:]]*\/debian\)\/\{0,1\}[[:space:]].*/\1/p' | head -n 1)}
rm -rf "$root.part"
mkdir -p "$root.part"
debootstrap --variant=minbase --include="$packages" bookworm "$root.part" \
	"${mirror:-http://deb.debian.org/debian}"
rm -rf "$root.part/var/cache/apt/archives/"*.deb
# nothing of these has a device or a network to wait for
for u in getty@tty1.service console-getty.service systemd-networkd-wait-online.service \
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer; do
	ln -sf /dev/null "$root.part/etc/systemd/system/$u"
done
touch "$root.part/.complete"
rm -rf "$root"
mv "$root.part" "$root"
