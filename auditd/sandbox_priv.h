/* sandbox_priv: the system call filter of sandbox.c, in its own file for its table's sake. */
#ifndef SANDBOX_PRIV_H
#define SANDBOX_PRIV_H

/* Loads the filter. 0, -ENOSYS when the kernel has no seccomp filters, -errno. */
int sandbox_filter(void);

#endif
