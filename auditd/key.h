/* key: the 32 bytes that fingerprints are keyed with. */
#ifndef KEY_H
#define KEY_H

#include <stdint.h>

#define KEY_BYTES 32

/*
 * The key of the file, hashed to 32 bytes, so that any 32 to 4,096 bytes make one (raw or text);
 * random ones when it is not there or not ours to read. 0; -EINVAL for a file too short or readable
 * by others, -errno, with a sentence in ret_error. Nothing prints it.
 */
int key_load(const char *path, uint8_t ret_key[KEY_BYTES], char ret_error[512]);

/*
 * For fingerprints that are kept: the key of the file when it is ours to read, else the user's own in
 * $XDG_CONFIG_HOME/leakaudit or ~/.config/leakaudit, made (0600) when it is missing; random when
 * there is no such place. As key_load().
 */
int key_load_kept(const char *path, uint8_t ret_key[KEY_BYTES], char ret_error[512]);

/*
 * Makes the file with 32 random bytes, mode 0600, whole or not at all. 0; -EEXIST it is there;
 * -ENOENT no such folder; -EROFS, -EACCES, -errno.
 */
int key_make(const char *path);

#endif
