/* The plainest sink there is, so that a failing case shows what came out and nothing else. */
#include "recsink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ident.h"
#include "limits.h"

#include "base/poison.h"

/* Of LeakSanitizer: what fontconfig keeps once a process, when poppler asks it for a font. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

static void
put_escaped(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '\n')
			buf_puts(b, "\\n");
		else if (c == '\t')
			buf_puts(b, "\\t");
		else if (c == '\\')
			buf_puts(b, "\\\\");
		else if (c < 32 || c == 127)
			buf_printf(b, "\\x%02x", c);
		else
			buf_putc(b, c);
	}
}

static struct recsink *
of(struct sink *s)
{
	return (struct recsink *)s;
}

static int
on_text_begin(struct sink *s, const struct text_at *at)
{
	struct buf *b = &of(s)->log;

	buf_printf(b, "text %s", part_name(at->part));
	if (at->name)
		buf_printf(b, " [%s]", at->name);
	if (at->page)
		buf_printf(b, " p%u", at->page);
	if (at->part == PART_RAW)
		buf_printf(b, " @%llu", (unsigned long long)at->offset);
	if (at->col)
		buf_printf(
			b, " %llu:%llu", (unsigned long long)at->line, (unsigned long long)at->col);
	buf_putc(b, '|');
	return 0;
}

static int
on_text(struct sink *s, struct span utf8)
{
	put_escaped(&of(s)->log, utf8);
	return budget_tick(s->budget);
}

static int
on_text_end(struct sink *s)
{
	buf_putc(&of(s)->log, '\n');
	return 0;
}

static int
on_table_begin(struct sink *s, const struct table_at *at)
{
	buf_printf(&of(s)->log, "table [%s]%s\n", at->name ? at->name : "",
		at->hidden ? " hidden" : "");
	return 0;
}

static int
on_row(struct sink *s, uint64_t row, const struct cell *cells, size_t n)
{
	struct buf *b = &of(s)->log;

	buf_printf(b, "row %llu", (unsigned long long)row);
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "|%u=", cells[i].col);
		put_escaped(b, cells[i].text);
		if (cells[i].alt.n) {
			buf_putc(b, '{');
			put_escaped(b, cells[i].alt);
			buf_putc(b, '}');
		}
	}
	buf_putc(b, '\n');
	return budget_tick(s->budget);
}

static int
on_table_end(struct sink *s)
{
	buf_puts(&of(s)->log, "end\n");
	return 0;
}

static int
on_image(struct sink *s, struct reader *r, const char *mime, uint32_t page)
{
	(void)r;
	(void)page;
	buf_printf(&of(s)->log, "image %s\n", mime);
	return 0;
}

static int
on_fact(struct sink *s, const struct file_fact *f)
{
	struct buf *b = &of(s)->log;

	buf_printf(b, "fact %s %llu%s", fact_name(f->kind), (unsigned long long)f->count,
		f->sealed ? " sealed" : "");
	if (f->kind == FACT_VIDEO)
		buf_printf(b, " %us %ux%u", f->seconds, f->width, f->height);
	buf_printf(b, " %s\n", f->words);
	return 0;
}

static int
on_gap(struct sink *s, enum gap_reason reason, bool hides, const char *detail,
	const struct span *inner)
{
	struct buf *b = &of(s)->log;

	buf_printf(b, "gap %s%s %s", gap_name(reason), hides ? " hides" : "", detail);
	if (inner) {
		buf_puts(b, " (");
		put_escaped(b, *inner);
		buf_putc(b, ')');
	}
	buf_putc(b, '\n');
	return 0;
}

static int
run_item(struct recsink *rs, struct item *it)
{
	const struct item *was = rs->item;
	struct arena_mark mark = arena_mark(&rs->arena);
	int r = ident_item(it);

	buf_printf(&rs->log, "item %u ", it->depth);
	put_escaped(&rs->log, it->name);
	buf_printf(&rs->log, " %s\n", r < 0 ? "unreadable" : it->mime);
	rs->item = it;
	if (r == 0)
		r = extract_item(it, &rs->sink);
	rs->item = was;
	arena_release(&rs->arena, mark);
	return r;
}

static int
on_child(struct sink *s, struct item *child)
{
	struct recsink *rs = of(s);
	uint64_t saved;
	int r = budget_item(s->budget);

	if (r < 0)
		return r;
	if (!rs->recurse) {
		buf_puts(&rs->log, "child ");
		put_escaped(&rs->log, child->name);
		buf_putc(&rs->log, '\n');
		return 0;
	}
	child->up = rs->item;
	child->depth = rs->item->depth + 1;
	child->ordinal = ++rs->ordinals;
	if (child->depth > LIMIT_DEPTH)
		return s->ops->gap(
			s, GAP_TOO_DEEP, true, "containers within containers", &child->name);
	saved = budget_item_begin(s->budget, child->r->size);
	r = run_item(rs, child);
	budget_item_end(s->budget, saved);
	return r;
}

static const struct sink_ops ops = {
	.text_begin = on_text_begin,
	.text = on_text,
	.text_end = on_text_end,
	.table_begin = on_table_begin,
	.row = on_row,
	.table_end = on_table_end,
	.image = on_image,
	.child = on_child,
	.fact = on_fact,
	.gap = on_gap,
};

void
recsink_init(struct recsink *rs, bool recurse)
{
	*rs = (struct recsink){.recurse = recurse};
	rs->sink = (struct sink){.ops = &ops, .budget = &rs->budget, .arena = &rs->arena};
}

static int
run_reader(struct recsink *rs, const struct extractor *x, const char *name, struct reader *r)
{
	struct item it = {.name = span_str(name), .r = r};
	int q;

	budget_start(&rs->budget, r->size, NULL);
	if (!x)
		return run_item(rs, &it);
	q = ident_item(&it);
	rs->item = &it;
	if (q == 0)
		q = x->run(&it, &rs->sink);
	rs->item = NULL;
	return q;
}

int
recsink_bytes(struct recsink *rs, const char *name, struct span bytes)
{
	struct reader r;
	int q;

	reader_mem(&r, bytes);
	q = run_reader(rs, NULL, name, &r);
	reader_end(&r);
	return q;
}

int
recsink_force(struct recsink *rs, const struct extractor *x, const char *name, struct span bytes)
{
	struct reader r;
	int q;

	reader_mem(&r, bytes);
	q = run_reader(rs, x, name, &r);
	reader_end(&r);
	return q;
}

int
recsink_file(struct recsink *rs, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *slash = strrchr(path, '/');
	struct reader r;
	struct stat st;
	int q;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	reader_fd(&r, fd, (uint64_t)st.st_size);
	q = run_reader(rs, NULL, slash ? slash + 1 : path, &r);
	reader_end(&r);
	return q;
}

const char *
recsink_log(struct recsink *rs)
{
	return buf_cstr(&rs->log);
}

void
recsink_free(struct recsink *rs)
{
	buf_free(&rs->log);
	arena_free(&rs->arena);
}
