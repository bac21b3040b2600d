/*
 * A mail that is a file, an attachment or a message of a mailbox. Its own header is searched as such,
 * less the fields that only machines write: long random words, in which any rule finds something
 * sooner or later.
 */
#include <strings.h>

#include "extract/extract.h"
#include "extract/mail.h"
#include "extract/mail_head.h"
#include "limits.h"

#include "base/poison.h"

static int
mail_open(void)
{
	return mail_codec_open();
}

static int
mail_bid(const struct item *it)
{
	if (mail_is_message(it->r))
		return 100;
	return it->format == FORMAT_MAIL && strcmp(it->mime, "application/mbox") != 0 ? 90 : 0;
}

static const char *const dull[] = {"ARC-", "Authentication-", "Content-", "DKIM-", "DomainKey-",
	"In-Reply-To", "List-", "Message-ID", "MIME-", "Received-SPF", "References", "Thread-",
	"X-"};

static bool
is_dull(struct span field)
{
	for (size_t i = 0; i < sizeof dull / sizeof *dull; i++) {
		size_t n = strlen(dull[i]);

		if (field.n >= n && strncasecmp((const char *)field.p, dull[i], n) == 0)
			return true;
	}
	return false;
}

/* The fields a person reads, a line each. */
static int
put_header(struct mail *m)
{
	struct span head = buf_span(&m->head), field, value;
	struct buf out = {0};
	int q = 0;

	while (head_next(&head, &field, &value)) {
		if (!value.n || is_dull(field))
			continue;
		buf_put(&out, field.p, field.n);
		buf_puts(&out, ": ");
		mail_decode_words(&out, value);
		buf_putc(&out, '\n');
	}
	if (out.n)
		q = sink_text(m->s, PART_HEADER, NULL, buf_span(&out));
	buf_free(&out);
	return q;
}

static int
run_message(struct mail *m)
{
	struct mime x;
	int q = mime_start(&x, m, m->it->r);

	if (q < 0)
		return q;
	head_read(&x.cut, &m->head);
	q = mail_check_head(m);
	if (q == 0)
		q = put_header(m);
	return q < 0 ? q : mime_body(&x, 0, false);
}

static int
mail_run(struct item *it, struct sink *s)
{
	struct mail m = {.it = it, .s = s, .head = {.max = LIMIT_MAIL_HEAD}};
	int q;

	it->mime = "message/rfc822";
	q = run_message(&m);
	names_free(&m.names);
	buf_free(&m.head);
	buf_free(&m.name);
	return q;
}

const struct extractor extract_mail = {
	.name = "mail",
	.formats = "mail (eml, MIME, uuencode); S/MIME and PGP are recognised",
	.library = "GMime",
	.version = mail_codec_version,
	.open = mail_open,
	.close = mail_codec_close,
	.bid = mail_bid,
	.run = mail_run,
};
