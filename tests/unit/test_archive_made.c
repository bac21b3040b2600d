/* What only other tools can write: encrypted members, volumes, Deflate64. Skipped where they are missing. */
#include "archiving.h"

#include "base/poison.h"

static char folder[] = "/tmp/test_archive.XXXXXX";

/* Runs a shell line in an empty folder with three texts; skips the test when it cannot be run. */
static void
make(const char *line)
{
	char command[1024];

	(void)snprintf(command, sizeof command,
		"cd %s && rm -f * && printf 'the open text' >open.txt && printf 'a secret' "
		">secret.txt && seq 1 20000 >long.txt && %s",
		folder, line);
	if (system(command) != 0)
		skip();
}

static void
read_made(struct recsink *rs, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	recsink_init(rs, true);
	assert_int_equal(recsink_file(rs, path), 0);
}

static int
folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
folder_drop(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void
encrypted(const char *line, const char *name, const char *gap, bool open)
{
	struct recsink rs;

	make(line);
	read_made(&rs, name);
	has(recsink_log(&rs), gap);
	has_not(recsink_log(&rs), "a secret");
	if (open)
		has(recsink_log(&rs), "|the open text");
	recsink_free(&rs);
}

static void
test_zipcrypto(void **state)
{
	(void)state;
	encrypted("zip -q -P pass a.zip secret.txt && zip -q a.zip open.txt", "a.zip",
		"gap encrypted hides zip ZipCrypto (secret.txt)\n", true);
}

static void
test_zip_aes(void **state)
{
	(void)state;
	encrypted("7z a -tzip -mem=AES256 -ppass a.zip secret.txt >/dev/null && 7z a -tzip a.zip "
		  "open.txt >/dev/null",
		"a.zip", "gap encrypted hides zip AES-256 (secret.txt)\n", true);
	encrypted("7z a -tzip -mem=AES128 -ppass a.zip secret.txt >/dev/null", "a.zip",
		"gap encrypted hides zip AES-128 (secret.txt)\n", false);
}

static void
test_7z_encrypted(void **state)
{
	(void)state;
	encrypted("7z a -ppass a.7z secret.txt >/dev/null && 7z a a.7z open.txt >/dev/null", "a.7z",
		"gap encrypted hides 7z AES-256 (secret.txt)\n", true);
	encrypted("7z a -ppass -mhe=on a.7z secret.txt open.txt >/dev/null", "a.7z",
		"gap encrypted hides 7z, names are hidden too\n", false);
}

static void
test_deflate64(void **state)
{
	struct recsink rs;

	(void)state;
	make("7z a -tzip -mm=Deflate64 a.zip long.txt >/dev/null && zip -q a.zip open.txt");
	read_made(&rs, "a.zip");
	has(recsink_log(&rs), "gap unsupported hides zip Deflate64 (long.txt)\n");
	has(recsink_log(&rs), "|the open text");
	recsink_free(&rs);
}

/* All that lies in one block by such a method is out of reach, and none of it is damaged. */
static void
test_7z_methods(void **state)
{
	struct recsink rs;

	(void)state;
	make("7z a -m0=Deflate64 a.7z long.txt open.txt >/dev/null");
	read_made(&rs, "a.7z");
	has(recsink_log(&rs),
		"gap unsupported hides 7z: a method that is not supported (long.txt)\n");
	has(recsink_log(&rs),
		"gap unsupported hides 7z: a method that is not supported (open.txt)\n");
	has_not(recsink_log(&rs), "gap corrupt");
	recsink_free(&rs);
}

/* A volume that is there is one gap, whatever of it can be read; words in it are looked for. */
static void
one_volume(const char *name, const char *word)
{
	struct recsink rs;
	const char *gap;

	read_made(&rs, name);
	gap = strstr(recsink_log(&rs), "gap ");
	assert_non_null(gap);
	has(gap, "gap missing-volume hides one volume of several\n");
	assert_null(strstr(gap + 1, "gap "));
	if (word)
		has(recsink_log(&rs), word);
	recsink_free(&rs);
}

static void
test_volumes(void **state)
{
	(void)state;
	make("head -c 200000 /dev/urandom >noise && zip -q -0 -s 64k a.zip open.txt noise "
	     "secret.txt");
	one_volume("a.z01", "|the open text");
	one_volume("a.zip", "a secret");
	make("head -c 200000 /dev/urandom >noise && 7z a -v64k a.7z open.txt noise >/dev/null");
	one_volume("a.7z.001", NULL);
	make("head -c 200000 /dev/urandom >noise && 7z a -mx=0 -v64k a.zip open.txt noise "
	     ">/dev/null");
	one_volume("a.zip.001", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zipcrypto),
		cmocka_unit_test(test_zip_aes),
		cmocka_unit_test(test_7z_encrypted),
		cmocka_unit_test(test_deflate64),
		cmocka_unit_test(test_7z_methods),
		cmocka_unit_test(test_volumes),
	};
	int r;

	(void)ident_open();
	(void)extract_open();
	r = cmocka_run_group_tests(tests, folder_make, folder_drop);
	extract_close();
	ident_close();
	return r;
}
