/*
 * review_page: findings and gaps on their way from the daemon to who asks for them. A request is a verb
 * and the filter as words; the answer is a page: where the next one begins, then rows. A page costs the
 * daemon at most REVIEW_ROWS rows, whatever the filter lets through, and nothing is kept between two
 * pages. Rows come by their numbers; who asks sorts them.
 */
#ifndef REVIEW_PAGE_H
#define REVIEW_PAGE_H

#include "control.h"
#include "store.h"
#include "wire.h"

#define REVIEW_ROWS  2048u /* looked at for a page: some 10 ms */
#define REVIEW_BYTES (1024 * 1024) /* of a page, but for its last row */
#define REVIEW_WORDS 20

/* Names stand whole only for "show"; in the others they are masked where a rule matched in them. */
#define REVIEW_SHOW "show"

struct review_words {
	struct buf text; /* all words, NUL after each */
	const char *v[REVIEW_WORDS];
	size_t n;
};

/* The words of a request: v[0] the verb, then the filter. 0, -ENOMEM. */
int review_words_make(const char *verb, const struct store_filter *f, struct review_words *ret_w);
void review_words_free(struct review_words *w);

/* The other way round: words are a client's, hostile; strings are borrowed of them. 0 or -EINVAL. */
int review_words_read(const char *const *words, size_t n, struct store_filter *ret_f);

/* A page: this first, then rows. next: 0 when this is the last. */
void review_page_begin(struct buf *b);
void review_page_next(struct buf *b, uint64_t next);
/* whole: names as they are, and all texts of the rule. */
void review_page_row(struct buf *b, const struct stored *x, bool whole);

/* A row that was read; strings are in it or in the page. Zero-initialise. */
struct review_row {
	struct stored x;
	struct finding f;
	struct stat st;
	struct rule_info rule;
	struct wire_inner inner;
	struct buf path;
	char share[WIRE_DETAIL], detail[WIRE_DETAIL];
};
/* 1 with a row (the former one is gone), 0 at the end, -EBADMSG. */
int review_row_read(struct ipc_in *page, struct review_row *row);
/* The path of a row that has been read once, without reading the rest. */
struct span review_row_path(struct span row);
void review_row_free(struct review_row *row);

#endif
