/* text_test: is a head of bytes text, and in which encoding? */
#ifndef TEXT_TEST_H
#define TEXT_TEST_H

#include "base/span.h"

/*
 * "us-ascii", "utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be" or "windows-1252" (also for
 * any other 8-bit encoding), or NULL when the bytes are no text. whole: head is all there is;
 * otherwise a character cut by its end is no mistake.
 */
const char *text_test(struct span head, bool whole);

/*
 * The text's first characters as ASCII, for sniffing: characters beyond ASCII become 'x', the mark
 * at the beginning is dropped. Returns the number of bytes put into buf, at most n.
 */
size_t text_sample(struct span head, const char *charset, uint8_t *buf, size_t n);

#endif
