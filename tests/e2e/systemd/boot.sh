#!/bin/bash
# Becomes the systemd of a Debian root in namespaces that unshare(1) has just made: boot.sh ROOT WORK
# Nothing is written into ROOT: WORK/upper lies over it. See lib.sh.
set -e
root=$1 work=$2 r=$2/root
mount --make-rprivate /
mkdir -p "$work/upper" "$work/scratch" "$r"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/scratch" "$r"
mount -t proc proc "$r/proc"
mount -t sysfs -o ro sysfs "$r/sys" || mount --rbind /sys "$r/sys"
umount -R "$r/sys/fs/cgroup" 2>/dev/null || true
mount -t cgroup2 cgroup2 "$r/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$r/dev"
for n in null zero full random urandom tty; do
	touch "$r/dev/$n"
	mount --bind "/dev/$n" "$r/dev/$n"
done
mkdir -p "$r/dev/pts" "$r/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$r/dev/pts"
ln -s pts/ptmx "$r/dev/ptmx"
mount -t tmpfs tmpfs "$r/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$r/run"
mount -t tmpfs tmpfs "$r/tmp"
cd "$r"
mkdir -p .before
pivot_root . .before
umount -l /.before
exec env -i container=leakaudit-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system
