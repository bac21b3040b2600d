/* sandbox_priv: the system call filter of sandbox.c, in its own file for its table's sake. */
#ifndef SANDBOX_PRIV_H
#define SANDBOX_PRIV_H

#include <stdbool.h>

/*
 * Loads the filter. opens: openat() for reading goes through, because Landlock decides on it. 0, -ENOSYS when the kernel has no seccomp filters, -errno.
 */
int sandbox_filter(bool opens);

#endif
