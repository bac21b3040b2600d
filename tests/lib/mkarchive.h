/* mkarchive: archives in memory by libarchive's writer, for tests. Any failure fails the test. */
#ifndef MKARCHIVE_H
#define MKARCHIVE_H

#include "base/buf.h"

struct archive;

struct mkarchive {
	struct archive *a;
	struct buf out;
};

/* format: libarchive's name ("zip", "7zip", "gnutar", "newc", "iso9660" ...), filter or NULL. */
void mk_open(struct mkarchive *m, const char *format, const char *filter);

/* A zip whose members are encrypted (AES-256). */
void mk_open_protected(struct mkarchive *m, const char *passphrase);

/* zip: the members that follow are stored or deflated. */
void mk_store(struct mkarchive *m, bool store);

/* size UINT64_MAX: that of data; a larger one makes a sparse member with data at its end. */
void mk_member(struct mkarchive *m, const char *name, struct span data, uint64_t size);
void mk_file(struct mkarchive *m, const char *name, const char *text);

/* n zero bytes. */
void mk_zeros(struct mkarchive *m, const char *name, uint64_t n);
void mk_dir(struct mkarchive *m, const char *name);
void mk_link(struct mkarchive *m, const char *name, const char *to);

/* Ends the archive; the bytes live until mk_free(). */
struct span mk_close(struct mkarchive *m);
void mk_free(struct mkarchive *m);

/* One compressed stream of data by a filter's name ("gzip", "xz" ...), into m. */
struct span mk_stream(struct mkarchive *m, const char *filter, struct span data);

#endif
