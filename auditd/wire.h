/*
 * wire: what the messages of ipc.h hold, written and read by both sides. The writer cuts and
 * scrubs, so that an honest worker never sends what the reader refuses; the reader believes
 * nothing: text is UTF-8 without control bytes, numbers of things are within their arrays,
 * enumerations are in range. Every wire_get_*() gives 0 or -EBADMSG.
 */
#ifndef WIRE_H
#define WIRE_H

#include "finding.h"
#include "ipc.h"
#include "pool.h"

#define WIRE_NAMES	 (LIMIT_DEPTH + 4) /* names of a chain; the last may be an itemless member */
#define WIRE_INNER_BYTES (32 * KIB) /* all names of a chain, so that a finding fits */
#define WIRE_TEXT	 (8 * KIB) /* one text of a rule */
#define WIRE_DETAIL	 256 /* a gap's detail, NUL included */
#define WIRE_RUN	 4000u /* fingerprints of one message: 32 KB, beside a chain */
#define WIRE_SKIP	 LIMIT_RETRIES /* ordinals to skip of one job */

/*
 * Text: cut at a character to at most max - 1 bytes, each unfit byte replaced by '?'; NULL is "".
 * wire_put_lines() leaves newline and tab in it.
 */
void wire_put_text(struct ipc_out *o, const char *s, size_t max);
void wire_put_lines(struct ipc_out *o, const char *s, size_t max);
/* Reads text into dst of max bytes with a NUL; lines: newline and tab may be in it. */
int wire_get_text(struct ipc_in *i, char *dst, size_t max, bool lines);
/* The same on the heap; the caller frees. */
int wire_get_text_new(struct ipc_in *i, size_t max, bool lines, char **ret_s);

/* Names of a chain are hostile bytes on both sides; over-long chains have long names cut. */
struct wire_inner {
	struct span names[WIRE_NAMES]; /* in the message: valid until the next ipc_recv() */
	struct inner in;
};
void wire_put_inner(struct ipc_out *o, const struct inner *in);
int wire_get_inner(struct ipc_in *i, struct wire_inner *ret_in);

void wire_put_finding(struct ipc_out *o, const struct finding *f);
int wire_get_finding(struct ipc_in *i, struct finding *ret_f);

/* What is said of a file, NULL too. */
void wire_put_stat(struct ipc_out *o, const struct stat *st);
/* False for NULL; whether anything was there is told by ipc_end(). */
bool wire_get_stat(struct ipc_in *i, struct stat *ret_st);

/* Strictly ascending, else -EBADMSG; ret_fp has room for WIRE_RUN. */
int wire_get_run(struct ipc_in *i, uint64_t *ret_fp, size_t *ret_n);
void wire_put_run(struct ipc_out *o, const uint64_t *fp, size_t n);

void wire_put_rule(struct ipc_out *o, const struct rule_info *r);
/* ret_r is all NULL on failure. */
int wire_get_rule(struct ipc_in *i, struct rule_info *ret_r);
void wire_rule_free(struct rule_info *r);

void wire_put_confinement(struct ipc_out *o, const struct confinement *c);
int wire_get_confinement(struct ipc_in *i, struct confinement *ret_c);

/* One file of a batch; names and skip are in the message. */
struct wire_job {
	uint32_t id;
	uint64_t size;
	struct span name, folder;
	uint32_t skip[WIRE_SKIP];
	size_t n_skip;
};
void wire_put_job(struct ipc_out *o, const struct wire_job *j);
int wire_get_job(struct ipc_in *i, struct wire_job *ret_j);

/* Words of an option: at most 1,024 of at most 255 bytes. */
#define WIRE_WORDS 1024u
void wire_put_words(struct ipc_out *o, const char *const *v, size_t n);
/* A heap array of heap strings; wire_words_free() takes it back. */
int wire_get_words(struct ipc_in *i, char ***ret_v, size_t *ret_n);
void wire_words_free(char **v, size_t n);

/* The chain in the shared note: u16 length and bytes for each name. */
void wire_note_write(struct worker_note *note, uint32_t ordinal, const struct inner *in);
/* Copies and checks; copy has room for sizeof note->inner bytes and must outlive ret_in. */
int wire_note_read(const struct worker_note *note, uint8_t *copy, struct wire_inner *ret_in);

#endif
