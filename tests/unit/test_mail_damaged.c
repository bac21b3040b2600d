/* Every transfer encoding damaged in each way, and encodings that are not what they are said to be. */
#include "matrixing.h"

#include "base/poison.h"

static void
cut_end(struct buf *b, const char *what)
{
	while (b->n && strchr(what, b->p[b->n - 1]))
		b->n--;
}

static void
put_between(struct buf *b, size_t every, const char *what)
{
	struct buf out = {0};

	for (size_t i = 0; i < b->n; i++) {
		if (i % every == every - 1)
			buf_puts(&out, what);
		buf_putc(&out, b->p[i]);
	}
	buf_free(b);
	*b = out;
}

enum damage { NO_PADDING, NO_END, FOREIGN, BLANKS, CRLF, ONE_LINE, CAPITALS, DAMAGES };

static void
damage(struct buf *b, enum coding c, enum damage d)
{
	struct buf out = {0};

	switch (d) {
	case NO_PADDING:
		cut_end(b, c == C_BASE64 ? "=\n" : c == C_QP ? "\n" : "");
		break;
	case NO_END:
		if (c == C_QP)
			buf_puts(b, "=");
		else if (c == C_UU)
			cut_end(b, "`\nend");
		break;
	case FOREIGN:
		if (c == C_BASE64)
			put_between(b, 7, "*\x80");
		else if (c == C_QP)
			buf_puts(b, "=ZZ =4");
		break;
	case BLANKS:
		if (c == C_UU) {
			for (size_t i = 0; i < b->n; i++)
				if (b->p[i] == '`')
					b->p[i] = ' ';
		} else if (c == C_BASE64) {
			put_between(b, 5, " ");
		} else if (c == C_QP) {
			for (size_t i = 0; i < b->n; i++) {
				buf_puts(&out, b->p[i] == '\n' ? " \t" : "");
				buf_putc(&out, b->p[i]);
			}
		}
		break;
	case CRLF:
		for (size_t i = 0; i < b->n; i++) {
			if (b->p[i] == '\n')
				buf_putc(&out, '\r');
			buf_putc(&out, b->p[i]);
		}
		break;
	case ONE_LINE:
		for (size_t i = 0; c == C_BASE64 && i < b->n; i++)
			if (b->p[i] != '\n')
				buf_putc(&out, b->p[i]);
		break;
	default:
		break;
	}
	if (out.n) {
		buf_free(b);
		*b = out;
	}
}

/* The number stands at the very end, where a damaged encoding loses bytes first. */
static void
run_damaged(enum coding c, enum damage d, const struct set *s)
{
	struct buf in = {0}, raw = {0}, coded = {0};
	char what[128];

	put_mixed(&in);
	put_words(&raw, s, "", "");
	put_coded(&coded, c, buf_span(&raw));
	damage(&coded, c, d);
	put_type(&in, "text/plain", s,
		d == CAPITALS && c == C_QP ? " \"Quoted-Printable\" " : names[c], false);
	buf_put(&in, coded.p, coded.n);
	buf_puts(&in, "\n--B--\n");
	(void)snprintf(what, sizeof what, "%s damaged %d %s", names[c], (int)d, s->charset);
	found(what, "a.eml", buf_span(&in), 1);
	buf_free(&in);
	buf_free(&raw);
	buf_free(&coded);
}

static void
test_damaged(void **state)
{
	(void)state;
	for (unsigned d = 0; d < DAMAGES; d++) {
		for (size_t i = 0; i < SETS; i++) {
			run_damaged(C_QP, (enum damage)d, &sets[i]);
			run_damaged(C_BASE64, (enum damage)d, &sets[i]);
			run_damaged(C_UU, (enum damage)d, &sets[i]);
		}
	}
}

/* What a part says of its encoding, and what it is in. */
static void
run_wrong(const char *says, enum coding is, const char *type, bool attached)
{
	struct buf in = {0}, raw = {0};
	char what[128];

	put_mixed(&in);
	put_words(&raw, &sets[0], "These are words as people write them.\n\n", "\nand so on.\n");
	for (int i = 0; i < 8; i++)
		buf_puts(&raw, "A second line - with commas, full stops. And blanks.\n");
	put_type(&in, type, &sets[0], says, attached);
	put_coded(&in, is, buf_span(&raw));
	buf_puts(&in, "--B--\n");
	(void)snprintf(what, sizeof what, "says %s, is %s, %s", says, names[is], type);
	found(what, "a.eml", buf_span(&in), 1);
	buf_free(&in);
	buf_free(&raw);
}

static void
test_wrong(void **state)
{
	(void)state;
	for (unsigned is = C_7BIT; is <= C_BINARY; is++) {
		run_wrong("base64", (enum coding)is, "text/plain", false);
		run_wrong("quoted-printable", (enum coding)is, "text/plain", false);
		run_wrong("x-uuencode", (enum coding)is, "text/plain", false);
		run_wrong("x-uuencode", (enum coding)is, "text/plain", true);
		run_wrong("x-nobody-knows", (enum coding)is, "text/plain", false);
	}
	run_wrong("base64", C_QP, "text/plain", false);
	run_wrong("7bit", C_UU, "text/plain", false);
	run_wrong("base64", C_UU, "text/plain", false);
	run_wrong("7bit", C_BASE64, "application/octet-stream", true);
	run_wrong("quoted-printable", C_BASE64, "text/plain", false);
	run_wrong("x-uuencode", C_BASE64, "text/plain", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
