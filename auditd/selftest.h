/*
 * selftest: does, on request, what the cage forbids. Only tests ask for it; inside a closed cage
 * each of these is denied or kills.
 */
#ifndef SELFTEST_H
#define SELFTEST_H

enum selftest {
	SELFTEST_OPEN,
	SELFTEST_SOCKET,
	SELFTEST_CONNECT, /* on the standard input's descriptor: the call itself is forbidden */
	SELFTEST_EXEC,
	SELFTEST_FORK,
	SELFTEST_MAP_EXEC,
	SELFTEST_PROTECT_EXEC,
	SELFTEST_PTRACE,
	SELFTEST_WRITE, /* to a descriptor that is not standard error */
	SELFTESTS
};

/* The name used by scripted workers ("open", "socket", ...), or -1. */
int selftest_find(const char *name);

/* 0 when the thing could be done (the cage leaks), -errno when it was denied; or does not return. */
int selftest_try(enum selftest what);

#endif
