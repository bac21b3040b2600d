/* The walk over trees made for the purpose, hostile ones among them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "idset.h"
#include "walk_in.h"

#include "base/poison.h"

static char top[64];
static struct buf got; /* one line an event: "file PATH", "gap REASON[ hides] PATH (DETAIL)" */
static struct walk_stats stats;
static bool plain_openat; /* as on a kernel without openat2() */

static void
note(const struct walk_event *e)
{
	size_t n = strlen(top);
	const char *path = strncmp(e->path, top, n) == 0 ? e->path + n : e->path;
	struct stat st;

	assert_int_equal(strlen(e->path), e->path_n);
	if (e->type == WALK_GAP) {
		assert_int_equal(e->fd, -1);
		buf_printf(&got, "gap %s%s %s (%s)\n", gap_name(e->reason),
			e->hides ? " hides" : "", path, e->detail);
		return;
	}
	assert_int_equal(fstat(e->fd, &st), 0);
	assert_int_equal(st.st_ino, e->st.st_ino);
	buf_printf(&got, "file %s\n", path);
	(void)close(e->fd);
}

static void
run(const struct walk_options *o)
{
	struct walk_event e;
	struct walk *w = NULL;
	char error[512];
	int r = walk_new(o, &w, error);

	if (r < 0)
		fail_msg("walk_new: %s", error);
	if (plain_openat)
		w->opener.openat2 = false;
	buf_clear(&got);
	while ((r = walk_next(w, &e)) > 0)
		note(&e);
	assert_int_equal(r, 0);
	assert_true(walk_done(w));
	stats = *walk_stats(w);
	walk_free(w);
}

static void
run_top(void)
{
	const char *root = top;

	run(&(struct walk_options){.roots = &root, .n_roots = 1});
}

static void
expect(const char *want)
{
	assert_string_equal(buf_cstr(&got), want);
}

static bool
has(const char *line)
{
	return strstr(buf_cstr(&got), line) != NULL;
}

/* path below top, in a buffer that the second call after this one reuses */
static const char *
at(const char *path)
{
	static char text[2][512];
	static unsigned turn;

	turn ^= 1;
	(void)snprintf(text[turn], sizeof(text[turn]), "%s/%s", top, path);
	return text[turn];
}

static void
make_dir(const char *path)
{
	assert_int_equal(mkdir(at(path), 0755), 0);
}

static void
make_file(const char *path)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "text\n", 5), 5);
	(void)close(fd);
}

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(top, sizeof(top), "/tmp/test_walk.XXXXXX");
	return mkdtemp(top) && chmod(top, 0755) == 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", top, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static void
kinds(void **state)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	make_dir("d");
	make_file("a");
	make_file("d/b");
	make_file("n\xFFx");
	assert_int_equal(mkfifo(at("fifo"), 0644), 0);
	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/sock", top);
	assert_int_equal(bind(s, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(symlink("a", at("link")), 0);
	assert_int_equal(symlink("..", at("d/up")), 0);
	assert_int_equal(symlink("nowhere", at("d/dangling")), 0);
	alarm(10);
	run_top();
	alarm(0);
	(void)close(s);
	expect("file /a\nfile /n\xFFx\nfile /d/b\n");
	assert_int_equal(stats.files, 3);
	assert_int_equal(stats.dirs, 2);
	assert_int_equal(stats.links, 3);
	assert_int_equal(stats.specials, 2);
	assert_true(stats.atime_kept);
}

static void
without_openat2(void **state)
{
	plain_openat = true;
	kinds(state);
	plain_openat = false;
}

static void
roots(void **state)
{
	const char *given[5], *two[2];
	char cwd[512], error[512];
	struct walk *w;

	(void)state;
	make_dir("d");
	make_dir("d/e");
	make_file("d/e/x");
	make_file("d/f");
	assert_int_equal(symlink("d", at("link")), 0);
	assert_int_equal(symlink("f", at("d/file")), 0);
	/* one inside the other, one twice, one by a link: all read once */
	given[0] = strdup(at("d"));
	given[1] = strdup(at("d/e/"));
	given[2] = strdup(at("./d//."));
	given[3] = strdup(at("link"));
	given[4] = strdup(at("d/f"));
	run(&(struct walk_options){.roots = given, .n_roots = 5});
	expect("file /d/e/x\nfile /d/f\n");
	/* what an outer root does not reach is read by the inner one */
	run(&(struct walk_options){.roots = given, .n_roots = 2, .max_depth = 1});
	expect("file /d/f\nfile /d/e/x\n");
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(top), 0);
	two[0] = "link";
	two[1] = "d/../d/file";
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = two, .n_roots = 2}, &w, error), 0);
	assert_int_equal(chdir(cwd), 0);
	assert_string_equal(walk_root(w, 0), at("link"));
	assert_string_equal(walk_root(w, 1), at("d/f"));
	assert_null(walk_root(w, 2));
	walk_free(w);
	run(&(struct walk_options){.roots = &given[3], .n_roots = 1});
	expect("file /link/f\nfile /link/e/x\n");
	two[0] = at("nothing");
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = two, .n_roots = 1}, &w, error), -ENOENT);
	assert_non_null(strstr(error, "nothing': No such file or directory"));
	for (int i = 0; i < 5; i++)
		free((char *)given[i]);
}

static void
hard_links(void **state)
{
	(void)state;
	make_file("a");
	make_dir("d");
	assert_int_equal(link(at("a"), at("b")), 0);
	assert_int_equal(link(at("a"), at("d/c")), 0);
	run_top();
	expect("file /a\n");
	assert_int_equal(stats.hardlinks, 2);
}

static void
id_set(void **state)
{
	struct idset s = {0};

	(void)state;
	for (ino_t i = 1; i <= 100000; i++)
		assert_true(idset_add(&s, i % 3, i << 20));
	for (ino_t i = 1; i <= 100000; i++) {
		assert_false(idset_add(&s, i % 3, i << 20));
		assert_false(idset_has(&s, i % 3 + 5, i << 20));
	}
	assert_int_equal(s.n, 100000);
	assert_true(s.cap <= 262144);
	idset_free(&s);
}

static void
excludes(void **state)
{
	static const char *const no[] = {"*.iso", "/top/", "!keep.iso", "sub/deep"};
	static const char *const yes[] = {"*.txt", "docs/"};
	const char *root = top;

	(void)state;
	make_dir("top");
	make_dir("sub");
	make_dir("sub/top");
	make_dir("sub/deep");
	make_dir("docs");
	make_dir(".snapshot");
	make_dir("@GMT-2020.01.01-00.00.00");
	make_file(".snapshot/x");
	make_file("a.iso");
	make_file("keep.iso");
	make_file("top/x");
	make_file("sub/top/x.txt");
	make_file("sub/deep/x");
	make_file("docs/y");
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .excludes = no, .n_excludes = 4});
	expect("file /keep.iso\nfile /docs/y\nfile /sub/top/x.txt\n");
	assert_int_equal(stats.excluded, 3);
	assert_int_equal(stats.pruned_snapshot, 2);
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .includes = yes, .n_includes = 2});
	expect("file /docs/y\nfile /sub/top/x.txt\n");
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .no_default_excludes = true});
	assert_true(has("file /.snapshot/x\n"));
	assert_int_equal(stats.pruned_snapshot, 0);
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .max_depth = 1});
	expect("file /a.iso\nfile /keep.iso\n");
	run(&(struct walk_options){.roots = &root, .n_roots = 1, .max_file = 4, .max_depth = 1});
	assert_true(has("gap too-big hides /a.iso (larger than --max-file)\n"));
	assert_int_equal(stats.files, 0);
}

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
list(void **state)
{
	static const char *const no[] = {"*.iso"};
	char name[128], nul[128];
	FILE *f;

	(void)state;
	make_file("a");
	make_file("b.iso");
	make_dir("d");
	make_file("d/c");
	assert_int_equal(symlink("a", at("l")), 0);
	assert_int_equal(mkfifo(at("p"), 0644), 0);
	(void)snprintf(name, sizeof(name), "%s/list", top);
	f = fopen(name, "we");
	(void)fprintf(f, "%s/a\n\n%s/missing\n%s/b.iso\n%s/d\n%s/l\n%s/p\n%s/a/x\n%s//d/./c", top,
		top, top, top, top, top, top, top);
	(void)fclose(f);
	alarm(10);
	run(&(struct walk_options){.files_from = name, .excludes = no, .n_excludes = 1});
	alarm(0);
	expect("file /a\ngap io-error hides /missing (no such file)\n"
	       "gap io-error hides /a/x (no such file)\nfile /d/c\n");
	assert_int_equal(stats.excluded, 1);
	assert_int_equal(stats.links, 1);
	assert_int_equal(stats.specials, 1);
	(void)snprintf(nul, sizeof(nul), "%s/nul", top);
	make_file("new\nline");
	f = fopen(nul, "we");
	(void)fprintf(f, "%s/new\nline%c%s/a%c", top, 0, top, 0);
	(void)fclose(f);
	run(&(struct walk_options){.files_from = nul, .nul = true});
	expect("file /new\nline\nfile /a\n");
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

/* --- a memory ---------------------------------------------------------------------------- */
static unsigned asked, left_dirs;

static enum walk_verdict
remember(void *user, struct walk_here *here, const struct stat *st)
{
	assert_ptr_equal(user, &asked);
	assert_true(here->key == 0 || here->key == 7);
	assert_true(S_ISREG(st->st_mode));
	assert_int_equal(strncmp(here->path, top, strlen(top)), 0);
	here->key = 7;
	asked++;
	return st->st_size == 1 ? WALK_SKIP : st->st_size == 2 ? WALK_TELL : WALK_READ;
}

static void
leave(void *user, struct walk_here *here)
{
	assert_ptr_equal(user, &asked);
	assert_true(here->fd >= 0);
	left_dirs++;
}

static void
make_sized(const char *path, const char *text)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void
what_is_remembered_is_not_opened(void **state)
{
	const struct walk_memory memory = {.known = remember, .left = leave, .user = &asked};
	const char *root = top;
	struct walk_event e;
	struct walk *w = NULL;
	char error[512], seen[256] = "";

	(void)state;
	make_dir("d");
	make_sized("a1", "1");
	make_sized("b2", "12");
	make_sized("c3", "123");
	make_sized("d/e1", "1");
	make_sized("d/f2", "12");
	assert_int_equal(link(at("b2"), at("d/again")), 0);
	assert_int_equal(chmod(at("a1"), 0), 0);
	asked = left_dirs = 0;
	assert_int_equal(
		walk_new(&(struct walk_options){.roots = &root, .n_roots = 1, .memory = &memory},
			&w, error),
		0);
	while (walk_next(w, &e) > 0) {
		if (e.type == WALK_NONE)
			continue;
		if (e.type == WALK_FILE)
			(void)close(e.fd);
		(void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%s\n",
			e.type == WALK_KNOWN	      ? "known "
				: e.type == WALK_FILE ? "read "
						      : "gap ",
			e.path + strlen(top) + 1);
	}
	assert_string_equal(seen, "known b2\nread c3\nknown d/f2\n");
	assert_int_equal(asked, 6);
	assert_int_equal(left_dirs, 2);
	assert_int_equal(walk_stats(w)->unchanged, 4);
	assert_int_equal(walk_stats(w)->hardlinks, 1);
	assert_int_equal(walk_stats(w)->files, 1);
	walk_free(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_remembered_is_not_opened),
		TEST(kinds),
		TEST(without_openat2),
		TEST(roots),
		TEST(hard_links),
		TEST(id_set),
		TEST(excludes),
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
		TEST(list),
		TEST(mounts),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&got);
	return r;
}
