/*
 * A volume's first sector, or the second KiB of it, has a mark of two bytes at the most; the fields round it
 * must make sense too, or a file of any kind would be one now and then.
 */
#include "ident_disk.h"

#include "base/poison.h"

/* The superblock of ext2, 3 and 4: some inodes, blocks of 1 to 64 KiB. */
bool
disk_is_ext(struct span h)
{
	return h.n >= 2048 && le32(h.p + 1024) != 0 && le32(h.p + 1028) != 0 &&
		le32(h.p + 1048) <= 6 && le16(h.p + 1082) <= 7;
}

bool
disk_is_squashfs(struct span h)
{
	return h.n >= 96 && le16(h.p + 28) == 4;
}

/* A partition table whose entries make sense. */
bool
disk_is_mbr(struct span h)
{
	unsigned used = 0;

	for (size_t at = 446; h.n >= 512 && at < 510; at += 16) {
		if (h.p[at] & 0x7F)
			return false;
		if (h.p[at + 4] && (le32(h.p + at + 8) == 0 || le32(h.p + at + 12) == 0))
			return false;
		used += h.p[at + 4] != 0;
	}
	return used > 0;
}

/* The first sector of a FAT, exFAT or NTFS volume. */
bool
disk_is_boot(struct span h)
{
	unsigned sector = h.n >= 512 ? le16(h.p + 11) : 0;

	if (h.n < 512 || (h.p[0] != 0xEB && h.p[0] != 0xE9))
		return false;
	return span_has(h, 3, "EXFAT   ", 8) || span_has(h, 3, "NTFS    ", 8) ||
		((sector == 512 || sector == 1024 || sector == 2048 || sector == 4096) &&
			(span_has(h, 54, "FAT", 3) || span_has(h, 82, "FAT32", 5)));
}
