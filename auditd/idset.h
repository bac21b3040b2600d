/* idset: a set of (device, inode) pairs, 16 bytes each. */
#ifndef IDSET_H
#define IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Zero-initialise. */
struct idset {
	struct id_key {
		uint64_t dev, ino;
	} * keys;
	size_t n, cap; /* cap: 0 or a power of two */
};

bool idset_has(const struct idset *s, dev_t dev, ino_t ino);

/* True when it was not there. When it cannot be kept (memory, LIMIT_IDS) that is true too. */
bool idset_add(struct idset *s, dev_t dev, ino_t ino);

void idset_free(struct idset *s);

#endif
