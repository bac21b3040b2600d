/*
 * fuse-share TYPE DIR LOG COMMAND [ARG...]: mounts a share whose files misbehave on DIR, in a mount
 * namespace of its own, runs the command and ends with its exit status. TYPE is what the mount table
 * calls it: fuse.plain, fuse.sshfs. LOG gets "opens reads NAME" for each file. Exit status 77: it
 * cannot be mounted here. The kernel's protocol (linux/fuse.h) is spoken without a library.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REQUEST	   (256u * 1024)
#define CANNOT	   77
#define TRICKLE_MS 150
#define SECRET	   "SSN: 862-43-5549\n"

enum trick {
	PLAIN,
	OPEN_FAILS, /* with .error */
	READ_FAILS, /* with .error, from .from on */
	READ_TRICKLES, /* every answer comes late, but it comes */
	READ_HANGS, /* no answer, ever */
	READ_ENDS, /* the file ends at .from although it said to be longer */
	READ_GROWS, /* there is always more */
	LIST_FAILS, /* a folder: with .error */
	LIST_NO_TYPE /* a folder: entries have no type */
};

struct node {
	const char *name;
	uint32_t up; /* number of its folder */
	bool dir, stub, direct; /* stub: no blocks; direct: not through the page cache */
	enum trick trick;
	int error;
	size_t size, from; /* 0: just the secret */
	const char *xattr, *value;
	size_t value_n;
};

/* Number 0 is nothing, 1 the root, as the protocol has it. */
static const struct node nodes[] = {
	[1] = {"", 1, .dir = true},
	{"plain.txt", .up = 1},
	{"caf\xE9.txt", .up = 1},
	{"noblocks.txt", 1, .stub = true},
	{"openfails.txt", 1, .trick = OPEN_FAILS, .error = EIO},
	{"vanishes.txt", 1, .trick = OPEN_FAILS, .error = ENOENT},
	{"stale.txt", 1, .trick = OPEN_FAILS, .error = ESTALE},
	{"leased.txt", 1, .trick = OPEN_FAILS, .error = EWOULDBLOCK},
	{"readfails.txt", 1, .trick = READ_FAILS, .error = EIO},
	{"late.txt", 1, .trick = READ_FAILS, .error = EIO, .size = 600000, .from = 300000},
	{"timesout.txt", 1, .trick = READ_FAILS, .error = ETIMEDOUT},
	{"shrinks.txt", 1, .trick = READ_ENDS, .size = 600000, .from = 5000},
	{"shrinks-direct.txt", 1, .trick = READ_ENDS, .size = 600000, .from = 5000, .direct = true},
	{"grows.txt", 1, .trick = READ_GROWS, .size = 5000, .direct = true},
	{"trickles.txt", 1, .trick = READ_TRICKLES, .size = 400000, .direct = true},
	{"offline-text.txt", 1, .stub = true, .xattr = "user.DOSATTRIB", .value = "0x1020",
		.value_n = 6},
	{"offline-ndr.txt", 1, .stub = true, .xattr = "user.DOSATTRIB",
		.value = "\0\0\3\0\3\0\0\0\1\0\0\0\x20\x10\0\0", .value_n = 16},
	{"offline-recall.txt", 1, .stub = true, .xattr = "user.cifs.dosattrib",
		.value = "\0\0\x40\0", .value_n = 4},
	{"offline-hsm.txt", 1, .stub = true, .xattr = "trusted.hsm", .value = "x", .value_n = 1},
	{"hidden-not-offline.txt", 1, .stub = true, .xattr = "user.DOSATTRIB", .value = "0x22",
		.value_n = 4},
	{"shut", 1, .dir = true, .trick = OPEN_FAILS, .error = EACCES},
	{"unlistable", 1, .dir = true, .trick = LIST_FAILS, .error = EIO},
	{"squashed", 1, .dir = true},
	{"one.txt", 23, .trick = OPEN_FAILS, .error = EACCES},
	{"two.txt", 23, .trick = OPEN_FAILS, .error = EACCES},
	{"three.txt", 23, .trick = OPEN_FAILS, .error = EACCES},
	{"untyped", 1, .dir = true, .trick = LIST_NO_TYPE},
	{"below.txt", .up = 27},
	{"folder", 27, .dir = true},
	{"deeper.txt", .up = 29},
	{"hung", 1, .dir = true, .trick = LIST_NO_TYPE},
	{"hangs.txt", 31, .trick = READ_HANGS, .direct = true},
	{"behind.txt", .up = 31},
};
#define NODES ((uint32_t)(sizeof nodes / sizeof *nodes))

static int fuse;
static unsigned opens[NODES], reads[NODES];
static struct late {
	uint64_t unique, due_ms;
	uint32_t node;
	uint64_t off;
	uint32_t size;
} late[64];
static size_t n_late;

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
answer(uint64_t unique, int error, const void *p, size_t n)
{
	static uint8_t out[sizeof(struct fuse_out_header) + REQUEST];
	struct fuse_out_header h = {.error = -error, .unique = unique};

	h.len = (uint32_t)(sizeof h + (error ? 0 : n));
	memcpy(out, &h, sizeof h);
	if (!error && n)
		memcpy(out + sizeof h, p, n);
	if (write(fuse, out, h.len) < 0 && errno != ENOENT)
		perror("fuse-share: write");
}

static size_t
size_of(const struct node *d)
{
	return d->dir ? 0 : d->size ? d->size : strlen(SECRET);
}

static struct fuse_attr
attr_of(uint32_t node)
{
	const struct node *d = &nodes[node];
	struct fuse_attr a = {.ino = node, .size = size_of(d), .nlink = 1, .blksize = 4096};

	a.blocks = d->stub ? 0 : (a.size + 511) / 512;
	a.mode = d->dir ? S_IFDIR | 0755 : S_IFREG | 0644;
	return a;
}

static void
on_lookup(uint64_t unique, uint32_t up, const char *name)
{
	for (uint32_t i = 2; i < NODES; i++) {
		if (nodes[i].up == up && strcmp(nodes[i].name, name) == 0) {
			const struct fuse_entry_out o = {.nodeid = i, .attr = attr_of(i)};

			answer(unique, 0, &o, sizeof o);
			return;
		}
	}
	answer(unique, ENOENT, NULL, 0);
}

static void
on_open(uint64_t unique, uint32_t node)
{
	const struct node *d = &nodes[node];
	const struct fuse_open_out o = {.open_flags = d->direct ? FOPEN_DIRECT_IO : 0};

	opens[node]++;
	answer(unique, d->trick == OPEN_FAILS ? d->error : 0, &o, sizeof o);
}

/* The content: the secret, then words without end. */
static void
content(uint64_t off, uint8_t *p, size_t n)
{
	static const char words[] = "nothing to see here but words and more words\n";

	for (size_t i = 0; i < n; i++) {
		uint64_t at = off + i;

		p[i] = (uint8_t)(at < strlen(SECRET) ? SECRET[at] : words[at % (sizeof words - 1)]);
	}
}

static void
give(uint64_t unique, uint32_t node, uint64_t off, uint32_t size)
{
	static uint8_t out[REQUEST];
	const struct node *d = &nodes[node];
	uint64_t end = d->trick == READ_GROWS ? 50000 + 5000 * (uint64_t)reads[node]
		: d->trick == READ_ENDS	      ? d->from
					      : size_of(d);
	size_t n = off < end ? (size_t)(end - off) : 0;

	n = n < size ? n : size;
	n = n < REQUEST ? n : REQUEST;
	content(off, out, n);
	answer(unique, 0, out, n);
}

static void
on_read(uint64_t unique, uint32_t node, const struct fuse_read_in *in)
{
	const struct node *d = &nodes[node];

	reads[node]++;
	if (d->trick == READ_FAILS && in->offset + in->size > d->from) {
		answer(unique, d->error, NULL, 0);
	} else if (d->trick == READ_HANGS || d->trick == READ_TRICKLES) {
		uint64_t due = d->trick == READ_HANGS ? UINT64_MAX : now_ms() + TRICKLE_MS;

		if (n_late < sizeof late / sizeof *late)
			late[n_late++] = (struct late){unique, due, node, in->offset, in->size};
	} else {
		give(unique, node, in->offset, in->size);
	}
}

static void
on_readdir(uint64_t unique, uint32_t node, const struct fuse_read_in *in)
{
	static uint8_t out[65536];
	const struct node *d = &nodes[node];
	size_t n = 0;

	if (d->trick == LIST_FAILS) {
		answer(unique, d->error, NULL, 0);
		return;
	}
	for (uint32_t i = (uint32_t)in->offset < 2 ? 2 : (uint32_t)in->offset; i < NODES; i++) {
		struct fuse_dirent e = {.ino = i, .off = i + 1};
		size_t whole;

		if (nodes[i].up != node)
			continue;
		e.namelen = (uint32_t)strlen(nodes[i].name);
		e.type = d->trick == LIST_NO_TYPE ? 0
			: nodes[i].dir		  ? S_IFDIR >> 12
						  : S_IFREG >> 12;
		whole = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + e.namelen);
		if (n + whole > in->size || n + whole > sizeof out)
			break;
		memset(out + n, 0, whole);
		memcpy(out + n, &e, FUSE_NAME_OFFSET);
		memcpy(out + n + FUSE_NAME_OFFSET, nodes[i].name, e.namelen);
		n += whole;
	}
	answer(unique, 0, out, n);
}

static void
on_xattr(uint64_t unique, const char *value, size_t n, uint32_t room)
{
	const struct fuse_getxattr_out o = {.size = (uint32_t)n};

	if (room == 0)
		answer(unique, 0, &o, sizeof o);
	else
		answer(unique, n > room ? ERANGE : 0, value, n);
}

static void
on_getxattr(uint64_t unique, const struct node *d, const struct fuse_getxattr_in *in)
{
	if (d->xattr && strcmp(d->xattr, (const char *)(in + 1)) == 0)
		on_xattr(unique, d->value, d->value_n, in->size);
	else
		answer(unique, ENODATA, NULL, 0);
}

static void
on_request(const struct fuse_in_header *h, const void *body)
{
	const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_write = 65536,
		.max_background = 16,
		.congestion_threshold = 12,
		.time_gran = 1};
	const struct fuse_statfs_out fs = {.st = {.bsize = 4096, .frsize = 4096, .namelen = 255}};
	uint32_t node = h->nodeid < NODES ? (uint32_t)h->nodeid : 0;
	const struct node *d = &nodes[node];
	const struct fuse_attr_out attr = {.attr = attr_of(node ? node : 1)};

	switch (h->opcode) {
	case FUSE_INIT:
		answer(h->unique, 0, &init, sizeof init);
		return;
	case FUSE_LOOKUP:
		on_lookup(h->unique, node, body);
		return;
	case FUSE_GETATTR:
		answer(h->unique, 0, &attr, sizeof attr);
		return;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		on_open(h->unique, node);
		return;
	case FUSE_READ:
		on_read(h->unique, node, body);
		return;
	case FUSE_READDIR:
		on_readdir(h->unique, node, body);
		return;
	case FUSE_GETXATTR:
		on_getxattr(h->unique, d, body);
		return;
	case FUSE_LISTXATTR:
		on_xattr(h->unique, d->xattr ? d->xattr : "", d->xattr ? strlen(d->xattr) + 1 : 0,
			((const struct fuse_getxattr_in *)body)->size);
		return;
	case FUSE_STATFS:
		answer(h->unique, 0, &fs, sizeof fs);
		return;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		answer(h->unique, 0, NULL, 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return; /* they want no answer; who hangs does not heed an interrupt either */
	default:
		answer(h->unique, ENOSYS, NULL, 0);
	}
}

static void
answer_late(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < n_late; i++) {
		if (late[i].due_ms <= now_ms())
			give(late[i].unique, late[i].node, late[i].off, late[i].size);
		else
			late[kept++] = late[i];
	}
	n_late = kept;
}

/* Until the command ends; its exit status. */
static int
serve(pid_t pid)
{
	static _Alignas(8) uint8_t in[REQUEST];
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		struct pollfd f = {.fd = fuse, .events = POLLIN};
		struct fuse_in_header h;
		ssize_t n;

		answer_late();
		if (poll(&f, 1, 10) <= 0)
			continue;
		n = read(fuse, in, sizeof in);
		if (n < (ssize_t)sizeof h)
			continue;
		memcpy(&h, in, sizeof h);
		on_request(&h, in + sizeof h);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
write_log(const char *path)
{
	FILE *f = fopen(path, "we");

	for (uint32_t i = 2; f && i < NODES; i++) {
		if (!nodes[i].dir)
			fprintf(f, "%u %u %s\n", opens[i], reads[i], nodes[i].name);
	}
	if (f)
		(void)fclose(f);
}

static int
mount_share(const char *type, const char *dir)
{
	char options[128];

	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0)
		return -errno;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	(void)snprintf(options, sizeof options,
		"fd=%d,rootmode=40755,user_id=%u,group_id=%u,allow_other", fuse, (unsigned)getuid(),
		(unsigned)getgid());
	return mount("share", dir, type, MS_NOSUID | MS_NODEV, options) < 0 ? -errno : 0;
}

int
main(int argc, char **argv)
{
	pid_t pid;
	int r;

	if (argc < 5) {
		fprintf(stderr, "usage: fuse-share TYPE DIR LOG COMMAND [ARG...]\n");
		return 2;
	}
	r = mount_share(argv[1], argv[2]);
	if (r < 0) {
		fprintf(stderr, "fuse-share: %s\n", strerror(-r));
		return CANNOT;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[4], argv + 4);
		_exit(127);
	}
	r = serve(pid);
	write_log(argv[3]);
	(void)close(fuse);
	return r;
}
