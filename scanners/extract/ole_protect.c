/*
 * A new Office document with a password. Excel keeps a workbook whose structure is protected in the
 * same way, with a password that it tries by itself: such a one is read as what it is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/ole.h"
#include "extract/ole_package.h"
#include "limits.h"

#include "base/poison.h"

/* The value of the first keyBits= or the like. */
static unsigned
number_behind(struct span s, const char *key)
{
	size_t n = strlen(key), i;
	const uint8_t *p = s.n ? memmem(s.p, s.n, key, n) : NULL;
	unsigned v = 0;

	if (!p)
		return 0;
	for (i = (size_t)(p - s.p) + n; i < s.n && v < 10000 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (unsigned)(s.p[i] - '0');
	return v;
}

static void
method(struct span info, char *to, size_t cap)
{
	unsigned major = info.n >= 4 ? le16(info.p) : 0, minor = info.n >= 4 ? le16(info.p + 2) : 0;
	uint32_t alg = info.n >= 24 ? le32(info.p + 20) : 0;

	if (major == 4 && minor == 4)
		(void)snprintf(to, cap, "Office document: agile AES-%u",
			number_behind(info, "keyBits=\""));
	else if (minor == 2 && alg >= 0x660E && alg <= 0x6610)
		(void)snprintf(
			to, cap, "Office document: standard AES-%u", 128 + (alg - 0x660E) * 64);
	else if (minor == 2 && alg == 0x6801)
		(void)snprintf(to, cap, "Office document: standard RC4");
	else
		(void)snprintf(to, cap, "Office document");
}

/* The document within, as if it lay there by itself. */
static int
read_package(struct ole *o, uint32_t entry, const struct package_key *key)
{
	struct item in = *o->it;
	struct package *p = malloc(sizeof *p);
	int r = p ? package_open(p, o->c, entry, key) : -ENOMEM;

	if (r < 0) {
		free(p);
		return r;
	}
	in.r = &p->r;
	r = reader_peek(&p->r, READER_HEAD, &in.head);
	if (r == 0 && span_has(in.head, 0, "PK\3\4", 4)) {
		in.format = FORMAT_ZIP;
		in.mime = "application/zip";
		r = extract_item(&in, o->s);
		o->it->mime = in.mime;
	} else if (o->s->budget->blown == 0) {
		r = sink_gap(o->s, GAP_CORRUPT, true, "Office document: damaged package");
	}
	package_close(p);
	free(p);
	return r;
}

int
ole_protected(struct ole *o)
{
	uint32_t e = cfb_find(o->c, o->c->root, "EncryptionInfo", CFB_STREAM),
		 package = cfb_find(o->c, o->c->root, "EncryptedPackage", CFB_STREAM);
	char text[80] = "Office document: rights management";
	struct package_key key;
	struct buf info = {0};
	int r = 0;

	if (e != CFB_NONE) {
		r = cfb_slurp(o->c, e, LIMIT_OLE_PROTECT, &info);
		method(buf_span(&info), text, sizeof text);
	}
	if (r == 0 && e != CFB_NONE && package != CFB_NONE)
		r = package_unlock(buf_span(&info), o->c->budget, &key);
	buf_free(&info);
	if (r == 0)
		r = sink_gap(o->s, GAP_ENCRYPTED, true, text);
	return r > 0 ? read_package(o, package, &key) : r;
}
