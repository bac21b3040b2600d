/*
 * mail: one message while it is read. The file at hand, its multiparts and its bodies are one item;
 * attachments and attached messages are its children. Nothing is held but a header, the boundaries
 * that may come, and a piece of the part at hand.
 */
#ifndef EXTRACT_MAIL_H
#define EXTRACT_MAIL_H

#include "limits.h"
#include "extract/archive_names.h"
#include "extract/linecut.h"
#include "extract/mail_codec.h"
#include "item.h"

struct mail {
	struct item *it;
	struct sink *s;
	struct names names; /* of the children so far */
	struct buf head, name;
	unsigned parts; /* leaves so far */
	const char *told; /* the charset of the part at hand, for what is in it; NULL: unknown */
	bool said_end, said_error, said_deep;
};

/* One entity (RFC 2045) and where its bytes come from. */
struct mime {
	struct mail *m;
	struct linecut cut;
	struct span bounds[LIMIT_MAIL_LEVELS];
	unsigned n_bounds;
	unsigned hit; /* the boundary the cut stopped at */
	bool closed; /* ... is the last of its multipart */
};

/* The content of a part, decoded, for whoever reads it. */
struct mail_part {
	struct reader r; /* first: its ops find the rest by it */
	struct mime *x;
	struct transfer *t; /* NULL: as it stands */
	uint8_t *out;
	struct span raw, ready; /* not yet decoded; decoded and not yet read */
	bool message; /* it is a mail, whatever it looks like */
};

/*
 * mail_part.c: opens the part at hand; text: as transfer_new(). 0 or -ENOMEM; to be ended by reader_end()
 * in any case.
 */
int part_open(struct mail_part *p, struct mime *x, struct span encoding, bool text);

/* Does this reader hold one mail, by the word of the container it came out of? */
bool mail_is_message(const struct reader *r);

/* mbox.c: is this reader a message of a mailbox? */
bool mbox_is_message(const struct reader *r);

/* Reads the entity in r, header and all, as a part of m. Returns as extractor.run. */
int mime_run(struct mail *m, struct reader *r, unsigned level);

/* Reads the body that the header in m->head describes. 0 or the sink's -errno. */
int mime_body(struct mime *x, unsigned level, bool digest);

/* Starts on the entity in r. 0 or -ENOMEM. */
int mime_start(struct mime *x, struct mail *m, struct reader *r);

/* A header has been read into m->head: says when it was too long. */
int mail_check_head(struct mail *m);

/* Hands r on as a child of the mail, named as `raw` says, NULL for none. */
int mail_child(struct mail *m, struct reader *r, const char *raw);

/* What a failed read means: a gap, or an error to return. */
int mail_read_gap(struct sink *s, int error);

/* The same, said once for a mail. 0 for no error. */
int mail_read_error(struct mail *m, int error);

/* mail_text.c: the text of a body (c NULL: of what stands around parts), with what is in its midst. */
int mail_text(struct mail *m, struct reader *r, const struct content *c);

/*
 * mail_text.c: the web page in r as a part of the item it, read by the extractor for those. charset: as
 * declared, or NULL. Returns as extractor.run.
 */
int html_inline(const struct item *it, struct sink *s, struct reader *r, const char *charset);

/* mail_text.c: the same for a document in RTF. */
int rtf_inline(const struct item *it, struct sink *s, struct span rtf);

/* mail_uu.c: does a block of uuencode begin here? As linecut.judge, which it is a part of. */
enum verdict uu_judge(struct span s, bool all);

/* mail_uu.c: hands the block that begins at c's present line on as a child. */
int uu_child(struct mail *m, struct linecut *c);

/* mail_smime.c: is this reader an entity of MIME that was signed? */
bool smime_is_message(const struct reader *r);

/* mail_smime.c: a part of type application/pkcs7-mime. */
int smime_run(struct mail *m, struct reader *r, unsigned level);

#endif
