/* putfile: files that generators leave in a tree. */
#ifndef PUTFILE_H
#define PUTFILE_H

#include "base/span.h"

/* Writes root/path, with the folders above it; ends the program with 2 and a word when it cannot. */
void put_file(const char *root, const char *path, struct span bytes);

#endif
