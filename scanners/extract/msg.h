/* msg: an Outlook message, a storage of one stream for each property. */
#ifndef EXTRACT_MSG_H
#define EXTRACT_MSG_H

#include "extract/ole.h"
#include "extract/oletext.h"

struct msg {
	struct ole *o;
	unsigned codepage; /* of 8-bit strings */
	unsigned html_codepage;
	struct buf value; /* the property at hand */
};

/* "__substg1.0_1000001F": the property's id and type. False for any other name. */
bool msg_property(const struct cfb *c, uint32_t entry, unsigned *ret_id, unsigned *ret_type);

/* Is it a storage whose name begins so (ASCII, without case)? */
bool msg_storage(const struct cfb *c, uint32_t entry, const char *prefix);

/* Appends a string property of a storage as UTF-8. 0 (also when there is none) or -errno. */
int msg_string(struct msg *m, uint32_t storage, unsigned id, struct buf *out);

/* A number or time out of the storage's table of fixed properties; 0 when there is none. */
uint64_t msg_fixed(struct msg *m, uint32_t storage, unsigned id);

/* Subject, sender, recipients, transport headers, and all other strings. 0 or -errno. */
int msg_headers(struct msg *m);

/* The bodies: plain, HTML and RTF, forms of one text. 0 or -errno. */
int msg_body(struct msg *m);

/* Files and messages attached. 0 or -errno. */
int msg_attachments(struct msg *m);

/* Appends the name of a message within another (mail_name.h). 0 or -errno. */
int msg_name(struct msg *m, uint32_t storage, struct buf *out);

#endif
