/*
 * With the site's key fingerprints are equal from scan to scan; without it each scan has its own
 * and they mean nothing afterwards. A key that others can read would turn fingerprints of nine-digit
 * numbers back into the numbers, so such a file is refused.
 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
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
