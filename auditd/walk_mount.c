/*
 * What lies on another machine, in the kernel, or on a tape. Magic numbers are those of
 * linux/magic.h and, where that has none, of the file systems' own headers. FUSE has one number
 * for all: the mount table tells whether a network lies behind it. A stub is believed to be one
 * only when two things agree, no blocks and a mark: a sparse file has no mark.
 */
#include "walk_in.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define FUSE_MAGIC	  0x65735546u
#define ATTRIBUTE_OFFLINE 0x00001000u
#define RECALL_ON_OPEN	  0x00040000u
#define RECALL_ON_ACCESS  0x00400000u

static const uint32_t network_magic[] = {
	0x00006969, /* nfs */
	0x0000517B, /* smb */
	0xFE534D42, /* smb2 */
	0xFF534D42, /* cifs */
	0x00C36400, /* ceph */
	0x5346414F, /* afs */
	0x6B414653, /* kafs */
	0x01021997, /* 9p */
	0x73757245, /* coda */
	0x0000564C, /* ncp */
	0x0BD00BD0, /* lustre */
	0x47504653, /* gpfs */
	0x20030528, /* orangefs */
};

static const uint32_t pseudo_magic[] = {
	0x00009FA0, /* proc */
	0x62656572, /* sysfs */
	0x0027E0EB, /* cgroup */
	0x63677270, /* cgroup2 */
	0x64626720, /* debugfs */
	0x74726163, /* tracefs */
	0x00001CD1, /* devpts */
	0x73636673, /* securityfs */
	0xCAFE4A11, /* bpf */
	0x6165676C, /* pstore */
	0xDE5E81E4, /* efivarfs */
	0x19800202, /* mqueue */
	0x958458F6, /* hugetlbfs */
	0x62656570, /* configfs */
	0xF97CFF8C, /* selinux */
	0x43415D53, /* smack */
	0x42494E4D, /* binfmt_misc */
	0x65735543, /* fusectl */
	0x6E736673, /* nsfs */
	0x67596969, /* rpc_pipefs */
	0x6E667364, /* nfsd */
};

static bool
listed(const uint32_t *magic, size_t n, uint32_t type)
{
	for (size_t i = 0; i < n; i++) {
		if (magic[i] == type)
			return true;
	}
	return false;
}

static bool
fuse_network(const char *type)
{
	static const char *const types[] = {"sshfs", "glusterfs", "rclone", "s3fs", "davfs",
		"davfs2", "curlftpfs", "ceph", "ceph-fuse", "gcsfuse", "goofys", "juicefs",
		"mount-s3", "smbnetfs", "gvfsd-fuse", "google-drive-ocamlfuse", "onedriver",
		"blobfuse", "blobfuse2", "hdfs", "beegfs", "moosefs", "mfs", "lizardfs"};

	if (strncmp(type, "fuse.", 5) != 0)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type + 5, types[i]) == 0)
			return true;
	}
	return false;
}

/* A line of mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - fuse.sshfs host: rw" */
static bool
mount_line(const char *line, dev_t dev, char ret_type[64])
{
	const char *dash = strstr(line, " - ");
	unsigned major_no, minor_no;

	return dash && sscanf(line, "%*u %*u %u:%u", &major_no, &minor_no) == 2 &&
		makedev(major_no, minor_no) == dev && sscanf(dash + 3, "%63s", ret_type) == 1;
}

static bool
fuse_is_network(dev_t dev)
{
	_cleanup_free_ char *line = NULL;
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char type[64];
	bool network = false;
	size_t cap = 0;

	if (!f)
		return false;
	while (!network && getline(&line, &cap, f) > 0)
		network = mount_line(line, dev, type) && fuse_network(type);
	(void)fclose(f);
	return network;
}

enum mount_kind
mount_kind(int fd, dev_t dev)
{
	struct statfs fs;
	uint32_t type;

	if (fstatfs(fd, &fs) < 0)
		return MOUNT_LOCAL;
	type = (uint32_t)fs.f_type;
	if (listed(pseudo_magic, sizeof(pseudo_magic) / 4, type))
		return MOUNT_PSEUDO;
	if (listed(network_magic, sizeof(network_magic) / 4, type))
		return MOUNT_NETWORK;
	return type == FUSE_MAGIC && fuse_is_network(dev) ? MOUNT_NETWORK : MOUNT_LOCAL;
}

/*
 * Samba writes either the number in text ("0x1020") or, since 3.5, NDR: an empty string padded to
 * two bytes, the version twice, padding to eight, then for version 1 the bits, for 2 to 5 a word
 * that says what is valid (1: the bits) and the bits.
 */
uint32_t
dosattrib_parse(struct span blob)
{
	char text[16] = {0};
	uint16_t version;

	if (span_has(blob, 0, "0x", 2) && blob.n < sizeof(text)) {
		memcpy(text, blob.p, blob.n);
		return (uint32_t)strtoul(text + 2, NULL, 16);
	}
	if (blob.n < 12 || blob.p[0] != 0)
		return 0;
	version = le16(blob.p + 2);
	if (version == 1)
		return le32(blob.p + 8);
	if (version < 2 || version > 5 || blob.n < 16)
		return 0;
	return version == 2 || (le32(blob.p + 8) & 1) ? le32(blob.p + 12) : 0;
}

static bool
hsm_named(int fd)
{
	static const char *const marks[] = {
		"trusted.hsm", "lustre.hsm", "trusted.SGI_DMI_", "dmapi.", "system.dmapi"};
	char names[4096];
	ssize_t n = flistxattr(fd, names, sizeof(names) - 1);

	if (n <= 0)
		return false;
	names[n] = 0;
	for (const char *p = names; p < names + n; p += strlen(p) + 1) {
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (strncmp(p, marks[i], strlen(marks[i])) == 0)
				return true;
		}
	}
	return false;
}

bool
file_offline(int fd, const struct stat *st)
{
	const uint32_t offline = ATTRIBUTE_OFFLINE | RECALL_ON_OPEN | RECALL_ON_ACCESS;
	uint8_t blob[256];
	ssize_t n;

	if (st->st_size == 0 || st->st_blocks != 0)
		return false;
	n = fgetxattr(fd, "user.DOSATTRIB", blob, sizeof(blob));
	if (n > 0 && (dosattrib_parse(span_of(blob, (size_t)n)) & offline))
		return true;
	n = fgetxattr(fd, "user.cifs.dosattrib", blob, sizeof(blob));
	if (n == 4 && (le32(blob) & offline))
		return true;
	return hsm_named(fd);
}
