/*
 * With the site's key fingerprints are equal from scan to scan; without it each scan has its own
 * and they mean nothing afterwards. A key that others can read would turn fingerprints of nine-digit
 * numbers back into the numbers, so such a file is refused.
 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define KEY_FILE_MAX 4096

static int
key_wrong(const char *path, const char *what, char ret_error[512])
{
	(void)snprintf(ret_error, 512, "key file '%.300s': %s", path, what);
	return -EINVAL;
}

int
key_load(const char *path, uint8_t ret_key[KEY_BYTES], char ret_error[512])
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint8_t raw[KEY_FILE_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0 && (errno == ENOENT || errno == EACCES || errno == ENOTDIR)) {
		randombytes_buf(ret_key, KEY_BYTES);
		return 0;
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return key_wrong(path, strerror(errno), ret_error);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return key_wrong(path, "expected a file of mode 0600", ret_error);
	n = read(fd, raw, sizeof(raw));
	if (n < KEY_BYTES) {
		sodium_memzero(raw, sizeof(raw));
		return key_wrong(path, "expected at least 32 bytes", ret_error);
	}
	crypto_generichash(ret_key, KEY_BYTES, raw, (size_t)n, NULL, 0);
	sodium_memzero(raw, sizeof(raw));
	return 0;
}

/* The folder of the user's own configuration; false when there is none. */
static bool
own_folder(char ret_path[4096])
{
	const char *config = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
	int n;

	if (config && config[0] == '/')
		n = snprintf(ret_path, 4096, "%s", config);
	else if (home && home[0] == '/')
		n = snprintf(ret_path, 4096, "%s/.config", home);
	else
		return false;
	if (n < 1 || n > 4000 || (mkdir(ret_path, 0700) < 0 && errno != EEXIST))
		return false;
	(void)snprintf(ret_path + n, 4096 - (size_t)n, "/leakaudit");
	return mkdir(ret_path, 0700) == 0 || errno == EEXIST;
}

int
key_make(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int fd = -1;
	uint8_t key[KEY_BYTES];
	char self[64], folder[4096];
	int r = 0;

	if (snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		    slash ? path : ".") >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	randombytes_buf(key, sizeof(key));
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (write(fd, key, sizeof(key)) != sizeof(key) || fsync(fd) < 0 ||
		linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		r = errno ? -errno : -EIO;
	sodium_memzero(key, sizeof(key));
	return r;
}

int
key_load_kept(const char *path, uint8_t ret_key[KEY_BYTES], char ret_error[512])
{
	char folder[4096], own[4200];

	if (access(path, R_OK) == 0 || !own_folder(folder))
		return key_load(path, ret_key, ret_error);
	(void)snprintf(own, sizeof(own), "%s/fingerprint.key", folder);
	if (access(own, F_OK) < 0)
		(void)key_make(own);
	return key_load(own, ret_key, ret_error);
}
