/* Names of the contract's enumerations, and the small helpers every extractor shares. */
#include "item.h"

#include "base/poison.h"

static const char *const gap_names[GAP_REASONS] = {
	[GAP_ENCRYPTED] = "encrypted",
	[GAP_CORRUPT] = "corrupt",
	[GAP_UNSUPPORTED] = "unsupported",
	[GAP_MISSING_VOLUME] = "missing-volume",
	[GAP_TOO_DEEP] = "too-deep",
	[GAP_TOO_BIG] = "too-big",
	[GAP_TOO_MANY] = "too-many",
	[GAP_BOMB] = "bomb",
	[GAP_TIMEOUT] = "timeout",
	[GAP_MEMORY] = "memory",
	[GAP_CRASHED] = "crashed",
	[GAP_SANDBOX] = "sandbox",
	[GAP_DENIED] = "denied",
	[GAP_BUSY] = "busy",
	[GAP_OFFLINE] = "offline",
	[GAP_CHANGED] = "changed",
	[GAP_IO_ERROR] = "io-error",
	[GAP_EXCLUDED] = "excluded",
};

static const char *const part_names[PARTS] = {
	[PART_BODY] = "body",
	[PART_HEADER] = "header",
	[PART_FOOTER] = "footer",
	[PART_COMMENT] = "comment",
	[PART_NOTE] = "note",
	[PART_METADATA] = "metadata",
	[PART_DELETED] = "deleted",
	[PART_RAW] = "raw",
	[PART_NAME] = "name",
};

static const char *const fact_names[FACT_KINDS] = {
	[FACT_KEYSTORE] = "keystore",
	[FACT_VIDEO] = "video",
	[FACT_MAILBOX] = "mailbox",
	[FACT_MAIL_STORE] = "mail-store",
};

const char *
fact_name(enum fact_kind kind)
{
	return kind < FACT_KINDS ? fact_names[kind] : "unknown";
}

const char *
gap_name(enum gap_reason reason)
{
	return reason < GAP_REASONS ? gap_names[reason] : "unknown";
}

const char *
part_name(enum part part)
{
	return part < PARTS ? part_names[part] : "unknown";
}

int
sink_text(struct sink *s, enum part part, const char *name, struct span utf8)
{
	const struct text_at at = {.part = part, .name = name};
	int r = s->ops->text_begin(s, &at);

	if (r < 0)
		return r;
	r = s->ops->text(s, utf8);
	if (r < 0)
		return r;
	return s->ops->text_end(s);
}

bool
cell_is_number(struct span t)
{
	enum { MARK = 1, DIGIT = 2 };
	static const uint8_t parts[256] = {['0' ... '9'] = DIGIT, ['.'] = MARK, [','] = MARK};
	unsigned seen = 0;

	if (t.n == 0 || t.n > 32)
		return false;
	for (size_t i = t.p[0] == '-'; i < t.n; i++) {
		unsigned part = parts[t.p[i]];

		if (!part)
			return false;
		seen |= part;
	}
	return seen & DIGIT;
}
