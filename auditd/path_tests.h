/* path_tests: paths of programs' tests and examples, whose passwords are mostly made up. */
#ifndef PATH_TESTS_H
#define PATH_TESTS_H

#include "base/span.h"

/* The reason that stands with a finding whose grade this lowers. */
#define TESTS_WHY "among a program's tests or examples"

/* Some folder of the path is one of tests or examples, or its last name is a test's. */
bool path_of_tests(struct span path);

#endif
