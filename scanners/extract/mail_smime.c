/*
 * S/MIME (RFC 8551): a CMS structure in BER. What is signed is read, what is encrypted or compressed
 * is said to be there. Only the outermost fields are looked at, one after the other, so that a content
 * of any size streams through; certificates and signatures behind it are left alone.
 */
#include <errno.h>
#include <strings.h>

#include "extract/extract.h"
#include "extract/mail.h"
#include "extract/mail_head.h"
#include "extract/pem.h"
#include "limits.h"

#include "base/poison.h"

struct cms {
	struct reader r; /* first: its ops find the rest by it */
	struct reader *src;
	uint64_t left; /* bytes of the present piece of content */
	bool pieces; /* it is cut into pieces */
	bool cut; /* it ends too early */
	bool message; /* it is an entity of MIME, whatever it looks like */
};

struct tlv {
	uint8_t tag;
	bool open; /* of no definite length */
	uint64_t len;
};

static bool
get(struct reader *r, void *p, size_t n)
{
	return reader_fill(r, p, n) == (ssize_t)n;
}

static bool
get_tlv(struct reader *r, struct tlv *t)
{
	uint8_t b[2], l[8];

	*t = (struct tlv){0};
	if (!get(r, b, 2) || (b[0] & 31) == 31)
		return false;
	t->tag = b[0];
	t->len = b[1];
	t->open = b[1] == 0x80;
	if (b[1] <= 0x80)
		return true;
	b[1] &= 0x7F;
	if (b[1] > sizeof l || !get(r, l, b[1]))
		return false;
	t->len = 0;
	for (size_t i = 0; i < b[1]; i++)
		t->len = t->len << 8 | l[i];
	return true;
}

static bool
expect(struct reader *r, uint8_t tag)
{
	struct tlv t;

	return get_tlv(r, &t) && t.tag == tag;
}

static bool
skip(struct reader *r, uint8_t tag)
{
	struct tlv t;
	uint8_t b[64];

	if (!get_tlv(r, &t) || t.tag != tag || t.open)
		return false;
	while (t.len) {
		size_t n = t.len < sizeof b ? (size_t)t.len : sizeof b;

		if (!get(r, b, n))
			return false;
		t.len -= n;
	}
	return true;
}

enum kind { CMS_NONE, CMS_SIGNED, CMS_ENCRYPTED, CMS_COMPRESSED };

static enum kind
kind_of(struct reader *r)
{
	static const uint8_t pkcs7[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
	static const uint8_t smime[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01};
	uint8_t oid[16];
	struct tlv t;

	if (!expect(r, 0x30) || !get_tlv(r, &t) || t.tag != 0x06 || t.open || t.len > sizeof oid ||
		!get(r, oid, (size_t)t.len))
		return CMS_NONE;
	if (t.len == 9 && memcmp(oid, pkcs7, 8) == 0)
		return oid[8] == 2				    ? CMS_SIGNED
			: oid[8] == 3 || oid[8] == 4 || oid[8] == 6 ? CMS_ENCRYPTED
								    : CMS_NONE;
	if (t.len == 11 && memcmp(oid, smime, 10) == 0)
		return oid[10] == 9 ? CMS_COMPRESSED : oid[10] == 23 ? CMS_ENCRYPTED : CMS_NONE;
	return CMS_NONE;
}

/* To the first byte of what was signed. 1 there, 0 it is not inside, -1 damaged. */
static int
to_content(struct cms *c)
{
	struct tlv t, oid;
	uint8_t b[32];

	if (!expect(c->src, 0xA0) || !expect(c->src, 0x30) || !skip(c->src, 0x02) ||
		!skip(c->src, 0x31) || !get_tlv(c->src, &t) || t.tag != 0x30)
		return -1;
	if (!get_tlv(c->src, &oid) || oid.tag != 0x06 || oid.open || oid.len > sizeof b ||
		!get(c->src, b, (size_t)oid.len))
		return -1;
	/* what follows may already be the certificates, which have the same tag */
	if (!t.open && t.len == oid.len + 2)
		return 0;
	if (!get_tlv(c->src, &t) || t.tag != 0xA0)
		return 0;
	if (!get_tlv(c->src, &t) || (t.tag != 0x04 && t.tag != 0x24))
		return -1;
	c->pieces = t.tag == 0x24;
	c->left = c->pieces ? 0 : t.len;
	return 1;
}

static ssize_t
cms_read(struct reader *r, void *to, size_t n)
{
	struct cms *c = (struct cms *)r;
	ssize_t got;

	while (!c->left) {
		struct tlv t;

		if (!c->pieces || !get_tlv(c->src, &t) || t.tag != 0x04 || t.open)
			return 0;
		c->left = t.len;
	}
	if (n > c->left)
		n = (size_t)c->left;
	got = reader_read(c->src, to, n);
	if (got > 0)
		c->left -= (uint64_t)got;
	c->cut |= got <= 0;
	return got;
}

static const struct reader_ops cms_ops = {.read = cms_read};

static int
run_signed(struct mail *m, struct reader *r, unsigned level)
{
	struct cms c = {.src = r};
	int q = to_content(&c);

	if (q < 0)
		return sink_gap(m->s, GAP_CORRUPT, true, "S/MIME: damaged");
	if (q == 0)
		return 0;
	if (level >= LIMIT_MAIL_LEVELS)
		return sink_gap(m->s, GAP_TOO_DEEP, true, "S/MIME within S/MIME");
	reader_init(&c.r, &cms_ops, UINT64_MAX);
	q = mime_run(m, &c.r, level + 1);
	reader_end(&c.r);
	if (q == 0 && c.cut)
		q = sink_gap(m->s, GAP_CORRUPT, true, "S/MIME: ends too early");
	return q;
}

static int
say_kind(struct sink *s, enum kind kind)
{
	if (kind == CMS_ENCRYPTED)
		return sink_gap(s, GAP_ENCRYPTED, true, "S/MIME message");
	if (kind == CMS_COMPRESSED)
		return sink_gap(s, GAP_UNSUPPORTED, true, "S/MIME: compressed");
	return sink_gap(s, GAP_CORRUPT, true, "S/MIME: damaged");
}

int
smime_run(struct mail *m, struct reader *r, unsigned level)
{
	enum kind kind = kind_of(r);

	return kind == CMS_SIGNED ? run_signed(m, r, level) : say_kind(m->s, kind);
}

/* --- a file by itself (smime.p7m, contract.pdf.p7m) ---------------------------------------------- */

bool
smime_is_message(const struct reader *r)
{
	return r->ops == &cms_ops && ((const struct cms *)r)->message;
}

static bool
is_entity(struct reader *r)
{
	struct span head;
	size_t n;

	if (reader_peek(r, 64, &head) < 0)
		return false;
	n = head_field(head);
	head.n = n;
	return n &&
		(head_is(head, "content-type") || head_is(head, "mime-version") ||
			head_is(head, "content-transfer-encoding"));
}

/* The name of what was signed: the file's own without the end that signing gave it. */
static struct span
inner_name(struct span name)
{
	static const char *const ends[] = {".p7m", ".p7s", ".sig", ".pkcs7"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);

		if (name.n > n && strncasecmp((const char *)name.p + name.n - n, ends[i], n) == 0)
			return span_sub(name, 0, name.n - n);
	}
	return span_str("signed");
}

static int
give_signed(struct item *it, struct reader *src, struct sink *s)
{
	struct cms c = {.src = src};
	struct item child = {.name = inner_name(it->name), .raw_name = it->raw_name, .r = &c.r};
	int q = to_content(&c);

	if (q <= 0)
		return q < 0 ? sink_gap(s, GAP_CORRUPT, true, "S/MIME: damaged") : 0;
	reader_init(&c.r, &cms_ops, UINT64_MAX);
	c.message = is_entity(&c.r);
	q = s->ops->child(s, &child);
	reader_end(&c.r);
	if (q == 0 && c.cut)
		q = sink_gap(s, GAP_CORRUPT, true, "S/MIME: ends too early");
	return q;
}

static int
give(struct item *it, struct reader *src, struct sink *s)
{
	enum kind kind = kind_of(src);

	return kind == CMS_SIGNED ? give_signed(it, src, s) : say_kind(s, kind);
}

static bool
is_pem(const struct item *it)
{
	return strcmp(it->mime, "application/x-pkcs7-pem") == 0;
}

/* Behind a block in PEM others may stand, a private key among them. */
static int
cms_run(struct item *it, struct sink *s)
{
	struct pem pem;
	uint8_t rest[256];
	int q;

	if (!is_pem(it))
		return give(it, it->r, s);
	pem_start(&pem, it->r);
	q = give(it, &pem.r, s);
	while (q == 0 && reader_read(&pem.r, rest, sizeof rest) > 0)
		;
	reader_end(&pem.r);
	return q < 0 ? q : extract_strings(it->r, s);
}

static int
cms_bid(const struct item *it)
{
	return strcmp(it->mime, "application/pkcs7-signature") == 0 || is_pem(it) ? 90 : 0;
}

const struct extractor extract_cms = {
	.name = "cms",
	.formats = "signed files (CMS, S/MIME: p7m)",
	.bid = cms_bid,
	.run = cms_run,
};
