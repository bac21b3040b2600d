/*
 * The steps stand in the order in which each still has the right to be taken. RLIMIT_CPU is left
 * alone on purpose: a worker lives for thousands of files and may read one archive of 100 GB to
 * its end; a hang is ended by the heart-beat in the shared note, and an item by its CPU budget.
 */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "limits.h"
#include "sandbox_priv.h"

#include "base/poison.h"

#define NOBODY	    65534
#define SANDBOX_FDS 128 /* a batch of 32, the socket, and what libraries hold open */

#ifdef SANITIZED
#define ADDRESS_SPACE RLIM_INFINITY /* the shadow memory alone is terabytes */
#else
#define ADDRESS_SPACE LIMIT_WORKER_AS
#endif

/* Kernel headers may be older than the kernel: the layout and bits are ABI, named here. */
struct landlock_attr {
	uint64_t fs, net, scoped;
};
#define LANDLOCK_VERSION_FLAG 1u
#define LANDLOCK_BENEATH      1
#define LANDLOCK_READ_FILE    (1u << 2)
struct landlock_beneath {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

static void
miss(struct confinement *c, const char *what)
{
	size_t n = strlen(c->missing);

	(void)snprintf(c->missing + n, sizeof c->missing - n, "%s%s", n ? "; " : "", what);
}

static int
close_limits(void)
{
	static const struct {
		__rlimit_resource_t what;
		rlim_t to;
	} limits[] = {
		{RLIMIT_AS, ADDRESS_SPACE},
		{RLIMIT_NOFILE, SANDBOX_FDS},
		{RLIMIT_FSIZE, 0}, /* writes nothing, whatever descriptor it holds */
		{RLIMIT_CORE, 0}, /* a core file would hold what was scanned */
		{RLIMIT_NPROC, 0},
		{RLIMIT_MSGQUEUE, 0},
	};

	/* A write to a file then fails with EFBIG instead of killing. */
	(void)signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit l;

		if (getrlimit(limits[i].what, &l) < 0)
			return -errno;
		if (l.rlim_max > limits[i].to)
			l.rlim_max = limits[i].to;
		if (l.rlim_cur > l.rlim_max || limits[i].what == RLIMIT_NOFILE)
			l.rlim_cur = l.rlim_max;
		if (setrlimit(limits[i].what, &l) < 0)
			return -errno;
	}
	return 0;
}

/* Only a process that may is able to; for any other the set can no longer be reached anyway. */
static void
drop_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return;
	}
}

/*
 * In a user namespace that maps no other uid there is nobody to become: EINVAL, and root there is
 * but the user who made it.
 */
static int
become_nobody(struct confinement *c)
{
	int groups = setgroups(0, NULL) < 0 ? -errno : 0;
	int deathsig = 0;

	(void)prctl(PR_GET_PDEATHSIG, &deathsig);
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0) {
		if (errno != EINVAL)
			return -errno;
		miss(c, "unprivileged uid (none is mapped in this user namespace)");
		return 0;
	}
	if (groups < 0)
		return groups;
	if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return -errno;
	/* A change of uid clears it. */
	if (deathsig && prctl(PR_SET_PDEATHSIG, deathsig) < 0)
		return -errno;
	return setuid(0) == 0 ? -EPERM : 0;
}

static bool
has_capabilities(const struct __user_cap_data_struct *d)
{
	return d[0].effective | d[0].permitted | d[0].inheritable | d[1].effective |
		d[1].permitted | d[1].inheritable;
}

/* A process that has none asks for nothing: capset() may be denied to it by a service's filter. */
static int
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}}, now[2] = {{0}};

	/* A kernel without ambient capabilities has none to clear. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	if (syscall(SYS_capget, &head, now) < 0)
		return -errno;
	if (!has_capabilities(now))
		return 0;
	if (syscall(SYS_capset, &head, none) < 0 || syscall(SYS_capget, &head, now) < 0)
		return -errno;
	return has_capabilities(now) ? -EPERM : 0;
}

/* Rights a kernel of that ABI can deny: any other bit would be refused. */
static struct landlock_attr
landlock_rights(int abi)
{
	struct landlock_attr a = {.fs = (1u << 13) - 1};

	if (abi >= 2)
		a.fs |= 1u << 13; /* refer */
	if (abi >= 3)
		a.fs |= 1u << 14; /* truncate */
	if (abi >= 4)
		a.net = 3; /* bind and connect of TCP */
	if (abi >= 5)
		a.fs |= 1u << 15; /* ioctl of devices */
	if (abi >= 6)
		a.scoped = 3; /* abstract sockets and signals outside */
	return a;
}

/* Files below the one folder can be read, if it is there. */
static int
allow_reads(int ruleset, struct confinement *c)
{
	_cleanup_close_ int fd = open(SANDBOX_READS, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct landlock_beneath b = {.rights = LANDLOCK_READ_FILE, .fd = fd};

#ifndef HAVE_POPPLER
	return 0;
#endif
	if (fd < 0)
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_BENEATH, &b, 0) < 0)
		return -errno;
	c->reads_poppler = true;
	return 0;
}

/* But for that one folder nothing of the file system can be opened any more. */
static int
close_landlock(struct confinement *c)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
	struct landlock_attr a;
	_cleanup_close_ int fd = -1;
	size_t size;
	int r;

	if (abi <= 0) {
		miss(c,
			errno == EOPNOTSUPP ? "Landlock (switched off in this kernel)"
					    : "Landlock (not in this kernel)");
		return 0;
	}
	a = landlock_rights((int)abi);
	size = abi >= 6 ? sizeof a : abi >= 4 ? 2 * sizeof a.fs : sizeof a.fs;
	fd = (int)syscall(SYS_landlock_create_ruleset, &a, size, 0);
	if (fd < 0)
		return -errno;
	r = allow_reads(fd, c);
	if (r < 0)
		return r;
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return -errno;
	c->landlock_abi = (int)abi;
	return 0;
}

int
sandbox_close(struct confinement *ret_c)
{
	int r;

	*ret_c = (struct confinement){.uid = getuid()};
	r = close_limits();
	if (r < 0)
		return r;
	drop_bounding_set();
	if (geteuid() == 0 || getuid() == 0) {
		r = become_nobody(ret_c);
		if (r < 0)
			return r;
	}
	ret_c->uid = getuid();
	ret_c->unprivileged_uid = getuid() != 0 && geteuid() != 0;
	r = drop_capabilities();
	if (r < 0)
		return r;
	ret_c->no_caps = true;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	ret_c->no_new_privs = true;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	ret_c->not_dumpable = true;
	r = close_landlock(ret_c);
	if (r < 0)
		return r;
#ifdef SANITIZED
	miss(ret_c, "address-space limit (sanitizer build)");
#endif
	r = sandbox_filter(ret_c->reads_poppler);
	if (r == -ENOSYS) {
		miss(ret_c, "seccomp (not in this kernel)");
		return 0;
	}
	ret_c->seccomp = r == 0;
	return r;
}
