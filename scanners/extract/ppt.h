/* ppt: a PowerPoint presentation (97 to 2003) while it is read. */
#ifndef EXTRACT_PPT_H
#define EXTRACT_PPT_H

#include "extract/ole.h"
#include "extract/ole_rc4.h"
#include "extract/oletext.h"

enum ppt_record {
	PPT_DOCUMENT = 1000,
	PPT_SLIDE = 1006,
	PPT_NOTES = 1008,
	PPT_NOTES_ATOM = 1009,
	PPT_SLIDE_PERSIST = 1011,
	PPT_MASTER = 1016,
	PPT_TEXT_WIDE = 4000,
	PPT_TEXT_NARROW = 4008,
	PPT_STRING = 4026,
	PPT_LINK = 4055,
	PPT_HEADERS = 4057,
	PPT_SLIDE_LIST = 4080,
	PPT_USER_EDIT = 4085,
	PPT_OBJECT = 4113,
	PPT_TAG = 5002,
	PPT_PERSIST = 6002,
	PPT_COMMENT = 12000,
	PPT_CRYPT_SESSION = 12052,
	PPT_SHAPE_GROUP = 0xF003,
	PPT_SHAPE = 0xF004,
	PPT_CHILD_ANCHOR = 0xF00F,
	PPT_MORE_PROPERTIES = 0xF122
};

struct ppt_head {
	unsigned instance, type;
	bool container;
	uint64_t at; /* of the payload */
	uint32_t n;
};

/* The record at off. False beyond the end. */
bool ppt_head_at(struct cfb_stream *s, uint64_t off, struct ppt_head *ret_h);

/* Which slide stands where: by the last save's table of contents. */
struct ppt_order {
	struct buf slides; /* struct ppt_slide, by place */
	struct buf ids; /* the same, by id */
};

struct ppt_slide {
	uint32_t key; /* place in the stream, or id */
	uint32_t page;
};

/* What deciphers the objects of a presentation; zeroed, it is ready. */
struct ppt_cipher {
	struct ole_rc4 rc4;
	struct buf parts; /* the caller's to free */
};

/*
 * Makes s give what it holds in clear, when a password that PowerPoint tries by itself fits. places:
 * of LIMIT_PPT_IDS objects, one more than where they are, 0 for none; session: the number of the one that says how it is enciphered.
 */
bool ppt_unlock(
	struct ppt_cipher *c, struct cfb_stream *s, const uint32_t *places, uint32_t session);

/*
 * 0 or -errno; what cannot be found stays without pages. *ret_locked: it is encrypted and does not
 * open by itself. c must stay as long as s.
 */
int ppt_order_read(struct ppt_order *o, struct ole *ole, struct cfb_stream *s, struct ppt_cipher *c,
	bool *ret_locked);

/* The page of a slide's container at off, of a slide's id; 0 when it is not known. */
uint32_t ppt_page_at(const struct ppt_order *o, uint64_t off);
uint32_t ppt_page_of(const struct ppt_order *o, uint32_t id);
void ppt_order_free(struct ppt_order *o);

/* A table on a slide while its shapes go by; zeroed, it is ready. */
struct ppt_table {
	unsigned depth; /* open records around its shapes; 0: there is no table */
	uint32_t page;
	unsigned number;
	int32_t left, top; /* of the present cell */
	uint32_t from; /* its text, in text */
	struct buf cells, text;
};

/* Do a shape's properties say that its group is a table? */
bool ppt_is_table(struct span properties, unsigned count);

/* A table begins; a shape says where it stands; it ends (its text is in t->text); the table ends. */
void ppt_table_begin(struct ppt_table *t, unsigned depth, uint32_t page);
void ppt_table_anchor(struct ppt_table *t, struct span anchor);
int ppt_table_cell(struct ppt_table *t, struct sink *s);
int ppt_table_end(struct ppt_table *t, struct sink *s);
void ppt_table_free(struct ppt_table *t);

/* An embedded object's storage, deflated or not, as a child. */
int ppt_object(struct ole *o, struct cfb_stream *s, const struct ppt_head *h);

/* The pictures of a presentation that ppt_unlock() opened with c, to sink->image. 0 or -errno. */
int ppt_pictures(struct ole *o, struct ole_rc4 *c);

#endif
