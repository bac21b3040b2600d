/* The walk over trees made for the purpose: what it gives, leaves out and remembers. */
#include "walking.h"

#include "base/poison.h"

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
		TEST(list),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&got);
	return r;
}
