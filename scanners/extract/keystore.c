/*
 * Stores of keys and passwords, told by their bytes: what matters is whether a private key or a
 * password is inside, so a store of certificates alone says nothing. Only the outside is read; none
 * is opened. The item then goes on to whoever reads or gives up its format.
 *
 * Sources: JKS and JCEKS as JavaKeyStore.java of OpenJDK writes them; PKCS #12 by RFC 7292 appendix
 * D (the bags' object identifiers stand in clear even where their values do not); OpenPGP packets by
 * RFC 4880 section 4.2 and 5.5.3; registry hives and ESE databases by their base blocks.
 */
#include "extract/extract.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

struct found {
	uint64_t count;
	bool sealed; /* under a passphrase */
	const char *words; /* NULL: nothing */
	char made[64];
};

/* --- Java -------------------------------------------------------------------------- */

enum { JKS_PRIVATE = 1, JKS_CERTIFICATE = 2, JKS_SECRET = 3 };

struct cursor {
	struct span s;
	bool ended; /* something was asked for that is not there */
};

static uint64_t
take(struct cursor *c, size_t bytes)
{
	uint64_t v = 0;

	if (c->s.n < bytes) {
		c->ended = true;
		c->s.n = 0;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | c->s.p[i];
	c->s = span_sub(c->s, bytes, c->s.n);
	return v;
}

static void
pass(struct cursor *c, uint64_t bytes)
{
	c->ended = c->ended || bytes > c->s.n;
	c->s = span_sub(c->s, bytes < c->s.n ? (size_t)bytes : c->s.n, c->s.n);
}

static void
pass_certificate(struct cursor *c, uint64_t version)
{
	if (version == 2)
		pass(c, take(c, 2));
	pass(c, take(c, 4));
}

static void
java_store(struct span all, struct found *ret_f)
{
	struct cursor c = {.s = span_sub(all, 4, all.n)};
	uint64_t version = take(&c, 4), entries = take(&c, 4), keys = 0;

	for (uint64_t i = 0; i < entries && !c.ended; i++) {
		uint64_t tag = take(&c, 4), chain;

		pass(&c, take(&c, 2));
		pass(&c, 8);
		if (tag == JKS_SECRET || (tag == JKS_PRIVATE && !c.ended))
			keys++;
		if (tag == JKS_CERTIFICATE) {
			pass_certificate(&c, version);
			continue;
		}
		if (tag != JKS_PRIVATE)
			break; /* a serialised object of no stated length */
		pass(&c, take(&c, 4));
		chain = take(&c, 4);
		for (uint64_t k = 0; k < chain && !c.ended; k++)
			pass_certificate(&c, version);
	}
	if (!keys)
		return;
	ret_f->count = keys;
	(void)snprintf(ret_f->made, sizeof ret_f->made, "Java keystore with %llu private key%s",
		(unsigned long long)keys, keys == 1 ? "" : "s");
	ret_f->words = ret_f->made;
}

/* --- others ------------------------------------------------------------------------ */

static uint64_t
count_of(struct span all, const void *lit, size_t n)
{
	uint64_t count = 0;
	const uint8_t *at;

	while (all.n >= n && (at = memmem(all.p, all.n, lit, n))) {
		count++;
		all = span_sub(all, (size_t)(at - all.p) + n, all.n);
	}
	return count;
}

#define HAS(all, lit) (count_of(all, lit, sizeof(lit) - 1) > 0)

static void
pkcs12(struct span all, struct found *ret_f)
{
	static const char bags[] =
		"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01"; /* keyBag is 1, shrouded 2 */
	static const char sealed[] = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06"; /* encryptedData */
	char bag[sizeof bags + 1];
	uint64_t keys = 0;

	memcpy(bag, bags, sizeof bags - 1);
	for (char kind = 1; kind <= 2; kind++) {
		bag[sizeof bags - 1] = kind;
		keys += count_of(all, bag, sizeof bags);
	}
	ret_f->count = keys;
	if (keys)
		ret_f->words = "PKCS #12 store with a private key";
	else if (HAS(all, sealed))
		ret_f->words = "PKCS #12 store, contents encrypted";
}

/* UTF-16LE, any case of ASCII letters. */
static bool
has_wide(struct span all, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + 2 * n <= all.n; i++) {
		size_t k = 0;

		while (k < n && (all.p[i + 2 * k] | 32) == (word[k] | 32) &&
			all.p[i + 2 * k + 1] == 0)
			k++;
		if (k == n)
			return true;
	}
	return false;
}

/* The base block holds the end of the path the hive was last written to. */
static void
hive(struct span all, struct found *ret_f)
{
	struct span path = span_sub(all, 0x30, 64);

	ret_f->count = 1;
	if (has_wide(path, "\\SAM"))
		ret_f->words = "Windows registry hive SAM: password hashes";
	else if (has_wide(path, "\\SECURITY"))
		ret_f->words = "Windows registry hive SECURITY: cached logons";
	else
		ret_f->count = 0;
	if (has_wide(path, "\\SYSTEM"))
		ret_f->words = "Windows registry hive SYSTEM: the key of SAM";
}

/* The directory's catalogue names the column of password hashes. */
static void
ese(struct span all, struct found *ret_f)
{
	if (!HAS(all, "ATTk589879") || !HAS(all, "datatable"))
		return;
	ret_f->count = 1;
	ret_f->words = "Active Directory database (ntds.dit): password hashes";
}

static void
berkeley(struct span all, struct found *ret_f)
{
	uint64_t keys = count_of(all,
				"\x04"
				"ckey",
				5) +
		count_of(all,
			"\x03"
			"key!",
			5) +
		count_of(all,
			"\x03"
			"keyA",
			5);

	if (!keys || !(HAS(all, "defaultkey") || HAS(all, "minversion") || HAS(all, "keymeta")))
		return;
	ret_f->count = keys;
	ret_f->words = "cryptocurrency wallet with private keys";
}

static void
sqlite(struct span all, struct found *ret_f)
{
	if (HAS(all, "nssPrivate"))
		ret_f->words = "browser's key database (NSS)";
	else if (HAS(all, "CREATE TABLE logins") && HAS(all, "password_value"))
		ret_f->words = "browser's store of logins (Chromium)";
	else if (HAS(all, "moz_logins") && HAS(all, "encryptedPassword"))
		ret_f->words = "browser's store of logins (Mozilla)";
	ret_f->count = ret_f->words != NULL;
}

static void
minidump(struct span all, struct found *ret_f)
{
	if (!has_wide(all, "\\lsass.exe"))
		return;
	ret_f->count = 1;
	ret_f->words = "memory dump of lsass: passwords and tickets";
}

static bool
is_secret_packet(struct span h)
{
	uint8_t tag = h.n >= 12 ? h.p[0] : 0;
	size_t at = tag == 0x94 ? 2 : tag == 0x95 ? 3 : tag == 0x96 ? 5 : 0;
	uint8_t alg;

	if (tag == 0xC5)
		at = h.p[1] < 192 ? 2 : h.p[1] < 224 ? 3 : h.p[1] == 255 ? 6 : 0;
	if (!at || h.p[at] < 3 || h.p[at] > 6)
		return false;
	alg = h.p[at + (h.p[at] == 3 ? 7 : 5)];
	return alg >= 1 && alg <= 28 && (alg <= 3 || alg >= 16);
}

static bool
named(const struct item *it, const char *suffix)
{
	size_t n = strlen(suffix);

	return it->name.n > n &&
		strncasecmp((const char *)it->name.p + it->name.n - n, suffix, n) == 0;
}

/* A Notes ID has no published layout: small, with the canonical name of its owner in it. */
static void
notes_id(struct span all, struct found *ret_f)
{
	if (!HAS(all, "CN=") || !HAS(all, "/O="))
		return;
	ret_f->count = 1;
	ret_f->words = "Lotus Notes ID: a person's private key";
}

static void
whole(const char *words, struct found *ret_f)
{
	ret_f->count = 1;
	ret_f->words = words;
}

/* --- which ------------------------------------------------------------------------- */

struct mark {
	uint8_t at, n;
	const char *bytes;
	bool sealed;
	const char *words; /* it is one as it stands; NULL: look says */
	void (*look)(struct span all, struct found *ret_f);
};

#define M(at_, bytes_, sealed_, words_, look_)                                                     \
	{                                                                                          \
		.at = (at_), .n = sizeof(bytes_) - 1, .bytes = (bytes_), .sealed = (sealed_),      \
		.words = (words_), .look = (look_)                                                 \
	}

static const struct mark marks[] = {
	M(0, "\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5", true, "KeePass database", NULL),
	M(0, "\x03\xD9\xA2\x9A\x66\xFB\x4B\xB5", true, "KeePass database", NULL),
	M(0, "\x03\xD9\xA2\x9A\x65\xFB\x4B\xB5", true, "KeePass 1 database", NULL),
	M(0, "PWS3", true, "Password Safe database", NULL),
	M(0, "KWALLET\n\r\0\r\n", true, "KDE wallet", NULL),
	M(0, "kych\0\1\0\0", true, "macOS keychain", NULL),
	M(0, "(21:protected-private-key(", true, "GnuPG private key", NULL),
	M(0, "(11:private-key(", false, "GnuPG private key without a passphrase", NULL),
	M(0, "\x1E\xF1\xB5\xB0\0\0\0\0", true, "Microsoft PVK private key", NULL),
	M(0, "\xFE\xED\xFE\xED", true, NULL, java_store),
	M(0, "\xCE\xCE\xCE\xCE", true, NULL, java_store),
	M(0, "regf", false, NULL, hive),
	M(4, "\xEF\xCD\xAB\x89", false, NULL, ese),
	M(12, "\x62\x31\x05\0", false, NULL, berkeley),
	M(12, "\0\x05\x31\x62", false, NULL, berkeley),
	M(0, "SQLite format 3\0", false, NULL, sqlite),
	M(0, "MDMP\x93\xA7", false, NULL, minidump),
	M(30, "export.attributes", false, "1Password export: passwords in clear", NULL),
	M(30, "export.data", false, "1Password export: passwords in clear", NULL),
};

static const struct mark *
mark_of(struct span head)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_has(head, marks[i].at, marks[i].bytes, marks[i].n))
			return &marks[i];
	return NULL;
}

static void
look(const struct item *it, struct span all, struct found *ret_f)
{
	const struct mark *m = mark_of(all);

	ret_f->sealed = m ? m->sealed : strcmp(it->mime, "application/pkcs12") == 0;
	if (m && m->words)
		whole(m->words, ret_f);
	else if (m)
		m->look(all, ret_f);
	else if (strcmp(it->mime, "application/pkcs12") == 0)
		pkcs12(all, ret_f);
	else if (is_secret_packet(all))
		whole("OpenPGP private key", ret_f);
	else if (named(it, ".id"))
		notes_id(all, ret_f);
}

static int
keystore_run(struct item *it, struct sink *s)
{
	_cleanup_free_ uint8_t *more = NULL;
	struct span all = it->head;
	struct found f = {0};
	int q = 0;

	if (reader_seekable(it->r) && it->r->size > all.n) {
		ssize_t got;

		more = malloc(LIMIT_KEYSTORE_LOOK);
		got = more ? reader_pread(it->r, more, LIMIT_KEYSTORE_LOOK, 0) : -ENOMEM;
		if (got > (ssize_t)all.n)
			all = span_of(more, (size_t)got);
	}
	look(it, all, &f);
	if (f.words) {
		const struct file_fact fact = {.kind = FACT_KEYSTORE,
			.count = f.count,
			.sealed = f.sealed,
			.words = f.words};

		q = sink_fact(s, &fact);
	}
	return q < 0 ? q : -EMEDIUMTYPE;
}

static int
keystore_bid(const struct item *it)
{
	bool small = it->r->size <= LIMIT_NOTES_ID;

	if (it->format == FORMAT_KEYSTORE || mark_of(it->head))
		return 100;
	if (it->format == FORMAT_UNKNOWN || it->format == FORMAT_ENCRYPTED)
		return is_secret_packet(it->head) || (small && named(it, ".id")) ? 100 : 0;
	return 0;
}

const struct extractor extract_keystore = {
	.name = "keystore",
	.formats = "stores of keys and passwords (what is inside, not the values)",
	.bid = keystore_bid,
	.run = keystore_run,
};
