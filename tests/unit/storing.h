/* storing: what the tests of the store share. */
#ifndef STORING_H
#define STORING_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "storerig.h"

static struct storerig rig;

static inline int
setup(void **state)
{
	(void)state;
	srig_init(&rig);
	srig_open(&rig);
	return 0;
}

static inline int
teardown(void **state)
{
	(void)state;
	srig_free(&rig);
	return 0;
}

/* Twenty-five findings, so that losing one or two is nothing unusual. */
static inline void
many(void)
{
	char name[16];

	for (unsigned i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof name, "m%c1", 'A' + (int)i);
		srig_write(&rig, name, "x");
	}
}

static inline bool
told(const char *line)
{
	return strstr(srig_records(&rig), line) != NULL;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
