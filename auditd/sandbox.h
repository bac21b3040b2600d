/*
 * sandbox: takes every right from the calling process. One table of system calls, each with its
 * reason. Order: rlimits, groups and uid, capabilities, no_new_privs, not dumpable, Landlock,
 * seccomp. What the kernel lacks is said in the result; what fails although the kernel has it is an
 * error.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "pool.h"

/*
 * The only folder whose files can still be opened, for reading: tables of East Asian fonts that
 * poppler looks into when a document asks for them. Not readable where the kernel has no Landlock.
 */
#define SANDBOX_READS "/usr/share/poppler"

/*
 * Closes the sandbox for good. When the process has uid 0 it becomes `nobody` (65534) with no
 * groups. 0 or -errno; ret_c is filled as far as it went.
 */
int sandbox_close(struct confinement *ret_c);

#endif
