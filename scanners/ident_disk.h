/* ident_disk: is this the head of a disk or a volume, whose mark in the table fits? */
#ifndef IDENT_DISK_H
#define IDENT_DISK_H

#include "base/span.h"

bool disk_is_mbr(struct span head); /* a partition table */
bool disk_is_boot(struct span head); /* FAT, exFAT or NTFS */
bool disk_is_ext(struct span head); /* ext2, 3, 4 */
bool disk_is_squashfs(struct span head);

#endif
