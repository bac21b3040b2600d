/* The walk where a tree resists: long paths, things that vanish, doors that are shut, leases, mounts. */
#include "walking.h"

#include "base/poison.h"

/* Directories one below the other by descriptor, so that the path may become as long as it likes. */
static void
make_chain(int depth, size_t name_n)
{
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[256] = {0};

	memset(name, 'd', name_n);
	for (int i = 0; i < depth; i++) {
		int next, file;

		assert_int_equal(mkdirat(fd, name, 0755), 0);
		next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		file = openat(fd, "z", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		/* behind the directory of the chain: read only after coming up again */
		assert_int_equal(mkdirat(fd, "e", 0755), 0);
		(void)close(file);
		file = openat(fd, "e/y", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(next >= 0 && file >= 0);
		(void)close(file);
		(void)close(fd);
		fd = next;
	}
	(void)close(fd);
}

static unsigned
open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
long_paths(void **state)
{
	const char *root = top;
	char error[512];
	struct walk_event e;
	struct walk *w;
	size_t longest = 0;
	unsigned files = 0, before = open_fds(), most = 0;

	(void)state;
	make_chain(300, 200);
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1}, &w, error), 0);
	while (walk_next(w, &e) > 0) {
		assert_int_equal(e.type, WALK_FILE);
		(void)close(e.fd);
		longest = e.path_n > longest ? e.path_n : longest;
		most = open_fds() > most ? open_fds() : most;
		files++;
	}
	assert_true(walk_done(w));
	walk_free(w);
	assert_int_equal(files, 600);
	assert_true(longest > 299 * 201);
	assert_true(most - before <= 130);
	assert_int_equal(open_fds(), before);
}

static void
few_descriptors(void **state)
{
	struct rlimit was, few;

	(void)state;
	make_chain(500, 3);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	run_top();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_int_equal(stats.files, 1000);
	assert_false(has("gap"));
}

/*
 * Folders are moved away while those above them are closed: the upper ones are found again from
 * the root if they can be; what cannot is a gap, and the walk goes on above it.
 */
static void
moved_away(void **state)
{
	const char *root = top;
	char error[512];
	struct walk_event e;
	struct walk *w;
	unsigned files = 0, gaps = 0;
	bool moved = false;

	(void)state;
	make_chain(300, 3);
	make_dir("else");
	make_file("else/x");
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1}, &w, error), 0);
	while (walk_next(w, &e) > 0) {
		if (e.type == WALK_FILE)
			(void)close(e.fd);
		files += e.type == WALK_FILE;
		gaps += e.type == WALK_GAP && e.reason == GAP_CHANGED;
		if (!moved && e.path_n > strlen(top) + 290 * 4) {
			moved = true;
			assert_int_equal(rename(at("ddd/ddd/ddd/ddd/ddd"), at("else/k")), 0);
			assert_int_equal(rename(at("ddd/ddd/ddd"), at("else/m")), 0);
			assert_int_equal(rename(at("ddd/ddd"), at("else/n")), 0);
		}
	}
	assert_true(walk_done(w));
	walk_free(w);
	assert_true(moved);
	/* the fourth, third and second: neither from below nor from the root is there a way */
	assert_int_equal(gaps, 3);
	assert_true(files > 596);
}

static void
vanished(void **state)
{
	const char *root = top;
	char error[512];
	struct walk_event e;
	struct walk *w;

	(void)state;
	make_file("a");
	make_file("b");
	make_file("c");
	make_dir("d");
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1}, &w, error), 0);
	assert_int_equal(walk_next(w, &e), 1);
	(void)close(e.fd);
	/* the names are read already */
	assert_int_equal(unlink(at("b")), 0);
	assert_int_equal(rmdir(at("d")), 0);
	assert_int_equal(unlink(at("c")), 0);
	assert_int_equal(symlink("a", at("c")), 0);
	assert_int_equal(walk_next(w, &e), 0);
	assert_int_equal(walk_stats(w)->links, 1);
	walk_free(w);
}

static void
many_entries(void **state)
{
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "a-file-with-a-longer-name-%05d", i);
		assert_int_equal(mknodat(fd, name, S_IFREG | 0644, 0), 0);
	}
	(void)close(fd);
	run_top();
	assert_int_equal(stats.files, 5000);
}

/* Runs `what` without root's rights. */
static void
as_nobody(void (*what)(void))
{
	bool root = geteuid() == 0;

	if (root)
		assert_int_equal(setegid(65534) | seteuid(65534), 0);
	what();
	if (root)
		assert_int_equal(seteuid(0) | setegid(0), 0);
}

static void
denied(void **state)
{
	(void)state;
	make_dir("shut");
	make_file("shut/x");
	make_dir("squashed");
	make_file("squashed/a");
	make_file("squashed/b");
	make_file("squashed/c");
	make_dir("mixed");
	make_file("mixed/a");
	make_file("mixed/b");
	make_file("mixed/c");
	make_dir("one");
	make_file("one/a");
	assert_int_equal(chmod(at("squashed/a"), 0), 0);
	assert_int_equal(chmod(at("squashed/b"), 0), 0);
	assert_int_equal(chmod(at("squashed/c"), 0), 0);
	assert_int_equal(chmod(at("mixed/a"), 0), 0);
	assert_int_equal(chmod(at("mixed/c"), 0), 0);
	assert_int_equal(chmod(at("one/a"), 0), 0);
	assert_int_equal(chmod(at("shut"), 0), 0);
	as_nobody(run_top);
	assert_int_equal(chmod(at("shut"), 0755), 0);
	expect("file /mixed/b\n"
	       "gap denied hides /mixed/a (Permission denied)\n"
	       "gap denied hides /mixed/c (Permission denied)\n"
	       "gap denied hides /one/a (Permission denied)\n"
	       "gap denied hides /shut (Permission denied)\n"
	       "gap denied hides /squashed (3 files, none of them readable)\n");
	if (geteuid() == 0)
		assert_false(stats.atime_kept);
}

static void
denied_many(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "f%03d", i);
		make_file(name);
		assert_int_equal(chmod(at(name), i == 90 ? 0644 : 0), 0);
	}
	as_nobody(run_top);
	assert_true(has("file /f090\ngap denied hides /f000 (Permission denied)\n"));
	assert_true(has("/f063 (Permission denied)\ngap denied hides  (26 more files)\n"));
	assert_true(has("/f099 (Permission denied)\n"));
	assert_false(has("/f064"));
}

static void
access_times(void **state)
{
	const struct timespec old[2] = {{1000000, 0}, {2000000, 0}};
	const char *root = top;
	struct walk_event e;
	struct walk *w;
	struct stat st;
	char error[512], c;

	(void)state;
	make_file("a");
	assert_int_equal(utimensat(AT_FDCWD, at("a"), old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, top, old, 0), 0);
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1}, &w, error), 0);
	assert_int_equal(walk_next(w, &e), 1);
	assert_int_equal(read(e.fd, &c, 1), 1);
	(void)close(e.fd);
	assert_int_equal(walk_next(w, &e), 0);
	assert_true(walk_stats(w)->atime_kept);
	walk_free(w);
	assert_int_equal(stat(at("a"), &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000000);
	assert_int_equal(stat(top, &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000000);
}

/* Access times are kept for one's own files although somebody else's were refused before. */
static void
own_access_time(void)
{
	const struct timespec old[2] = {{1000000, 0}, {2000000, 0}};
	const char *root = top;
	struct walk_event e;
	struct walk *w;
	struct stat st;
	char error[512], c;

	assert_int_equal(utimensat(AT_FDCWD, at("mine"), old, 0), 0);
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1}, &w, error), 0);
	while (walk_next(w, &e) > 0) {
		assert_int_equal(read(e.fd, &c, 1), 1);
		(void)close(e.fd);
	}
	assert_false(walk_stats(w)->atime_kept);
	walk_free(w);
	assert_int_equal(stat(at("mine"), &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000000);
}

static void
other_owners(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_file("his");
	make_file("mine");
	assert_int_equal(chown(at("mine"), 65534, 65534), 0);
	as_nobody(own_access_time);
}

/* A child holds a write lease; it gives it up when asked, unless it is stubborn. */
static pid_t
lease(const char *path, bool stubborn)
{
	int tell[2];
	char c = 0;
	pid_t pid;

	assert_int_equal(pipe(tell), 0);
	pid = fork();
	if (pid == 0) {
		sigset_t set;
		int sig, fd = open(path, O_RDWR | O_CLOEXEC);

		(void)sigemptyset(&set);
		(void)sigaddset(&set, SIGIO);
		(void)sigprocmask(SIG_BLOCK, &set, NULL);
		c = fd >= 0 && fcntl(fd, F_SETLEASE, F_WRLCK) == 0 ? 'y' : 'n';
		(void)!write(tell[1], &c, 1);
		if (!stubborn && sigwait(&set, &sig) == 0)
			_exit(0);
		pause();
		_exit(0);
	}
	assert_int_equal(read(tell[0], &c, 1), 1);
	(void)close(tell[0]);
	(void)close(tell[1]);
	assert_int_equal(c, 'y');
	return pid;
}

static void
leased(void **state)
{
	pid_t yields, stubborn;

	(void)state;
	make_dir("d");
	make_file("d/yields");
	make_file("d/stubborn");
	make_file("free");
	yields = lease(at("d/yields"), false);
	stubborn = lease(at("d/stubborn"), true);
	run_top();
	(void)kill(stubborn, SIGKILL);
	assert_int_equal(waitpid(stubborn, NULL, 0), stubborn);
	assert_int_equal(waitpid(yields, NULL, 0), yields);
	expect("file /free\nfile /d/yields\n"
	       "gap busy hides /d/stubborn (leased by another program)\n");
}

static void
offline(void **state)
{
	static const uint8_t ndr[] = {0, 0, 3, 0, 3, 0, 0, 0, 0x11, 0, 0, 0, 0x20, 0x10, 0, 0};
	static const uint8_t none[] = {0, 0, 3, 0, 3, 0, 0, 0, 0x10, 0, 0, 0, 0x20, 0x10, 0, 0};
	static const uint8_t one[] = {0, 0, 1, 0, 1, 0, 0, 0, 0, 0x10, 0, 0};

	(void)state;
	assert_int_equal(dosattrib_parse(span_of(ndr, sizeof(ndr))), 0x1020);
	assert_int_equal(dosattrib_parse(span_of(none, sizeof(none))), 0);
	assert_int_equal(dosattrib_parse(span_of(one, sizeof(one))), 0x1000);
	assert_int_equal(dosattrib_parse(span_of("0x1020", 7)), 0x1020);
	for (size_t n = 0; n < sizeof(one); n++)
		assert_int_equal(dosattrib_parse(span_of(one, n)), 0);
	make_file("full");
	make_file("sparse");
	make_file("stub");
	assert_int_equal(truncate(at("sparse"), 0) | truncate(at("sparse"), 1 << 20), 0);
	assert_int_equal(truncate(at("stub"), 0) | truncate(at("stub"), 1 << 20), 0);
	if (setxattr(at("stub"), "user.DOSATTRIB", ndr, sizeof(ndr), 0) < 0)
		skip();
	assert_int_equal(setxattr(at("full"), "user.DOSATTRIB", ndr, sizeof(ndr), 0), 0);
	run_top();
	expect("file /full\nfile /sparse\n"
	       "gap offline hides /stub (its content lies elsewhere; not recalled)\n");
}

static void
mounts(void **state)
{
	const char *root = top;

	(void)state;
	make_dir("m");
	make_dir("loop");
	if (geteuid() != 0 || mount("none", at("m"), "tmpfs", 0, "size=1m") < 0)
		skip();
	make_file("m/x");
	make_dir("p");
	if (mount("proc", at("p"), "proc", 0, NULL) < 0) {
		(void)umount2(at("m"), MNT_DETACH);
		skip();
	}
	assert_int_equal(mount(top, at("loop"), NULL, MS_BIND, NULL), 0);
	make_dir("sub");
	make_dir("sub/loop");
	assert_int_equal(mount(at("sub"), at("sub/loop"), NULL, MS_BIND, NULL), 0);
	run_top();
	expect("file /m/x\ngap excluded /sub/loop (a folder that holds itself)\n");
	assert_int_equal(stats.pruned_pseudo, 1);
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .one_file_system = true});
	expect("gap excluded /sub/loop (a folder that holds itself)\n");
	assert_int_equal(stats.excluded, 2);
	(void)umount2(at("sub/loop"), MNT_DETACH);
	(void)umount2(at("loop"), MNT_DETACH);
	(void)umount2(at("p"), MNT_DETACH);
	(void)umount2(at("m"), MNT_DETACH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(long_paths),
		TEST(few_descriptors),
		TEST(moved_away),
		TEST(vanished),
		TEST(many_entries),
		TEST(denied),
		TEST(denied_many),
		TEST(access_times),
		TEST(other_owners),
		TEST(leased),
		TEST(offline),
		TEST(mounts),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&got);
	return r;
}
