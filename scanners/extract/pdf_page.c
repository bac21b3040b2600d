/*
 * One page: poppler gives its text in the order it takes for reading and a box for each character of
 * it. Where the two do not fit together (text from right to left carries marks without a box), the
 * text goes out as it came.
 */
#include "extract/pdf_doc.h"

#ifdef HAVE_POPPLER

#include <errno.h>
#include <math.h>

#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

#define DIR_UNKNOWN PDF_DIRS
#define APART	    0.3 /* of a letter's size */
#define STAMP	    64 /* pixels a side: a line of small letters still leaves some grey */

static struct pdf_word *
word_room(struct pdf *p, size_t n)
{
	if (n == p->room) {
		size_t room = n ? 2 * n : 512;
		struct pdf_word *w = reallocarray(p->words, room, sizeof *w);

		if (!w)
			return NULL;
		p->words = w;
		p->room = room;
	}
	return &p->words[n];
}

static uint8_t
direction(const PopplerRectangle *first, const PopplerRectangle *last)
{
	double dx = last->x1 + last->x2 - first->x1 - first->x2;
	double dy = last->y1 + last->y2 - first->y1 - first->y2;

	if (fabs(dx) >= fabs(dy))
		return dx < 0 ? PDF_LEFT : PDF_RIGHT;
	return dy < 0 ? PDF_UP : PDF_DOWN;
}

/* A single letter goes the way of the word before it, else of the one behind it. */
static void
settle_directions(struct pdf_word *w, size_t n)
{
	uint8_t dir = PDF_RIGHT;

	for (size_t i = 0; i < n; i++) {
		if (w[i].dir != DIR_UNKNOWN) {
			dir = w[i].dir;
			break;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (w[i].dir == DIR_UNKNOWN)
			w[i].dir = dir;
		dir = w[i].dir;
	}
}

static void
word_box(struct pdf_word *w, const PopplerRectangle *box, size_t n)
{
	PopplerRectangle all = box[0];

	for (size_t i = 1; i < n; i++) {
		all.x1 = fmin(all.x1, box[i].x1);
		all.y1 = fmin(all.y1, box[i].y1);
		all.x2 = fmax(all.x2, box[i].x2);
		all.y2 = fmax(all.y2, box[i].y2);
	}
	w->x0 = (float)all.x1;
	w->y0 = (float)all.y1;
	w->x1 = (float)all.x2;
	w->y1 = (float)all.y2;
	w->dir = n > 1 ? direction(&box[0], &box[n - 1]) : DIR_UNKNOWN;
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/*
 * Does the second letter stand too far off to belong to the same word? Poppler puts no blank between
 * words of one line that are far from each other.
 */
static bool
is_apart(const PopplerRectangle *a, const PopplerRectangle *b)
{
	double reach = fmax(fmax(a->x2 - a->x1, b->x2 - b->x1), fmax(a->y2 - a->y1, b->y2 - b->y1));
	double dx = fmax(b->x1 - a->x2, a->x1 - b->x2), dy = fmax(b->y1 - a->y2, a->y1 - b->y2);

	return fmax(dx, dy) > APART * reach;
}

/* Marks of direction, which poppler puts in without a box. */
static bool
is_mark(uint32_t c)
{
	return c >= 0x202A && c <= 0x202E;
}

/*
 * The words of the text with the boxes of their letters: *ret_fits is false when the two do not go
 * together, or the words are too many. 0 or -ENOMEM.
 */
static int
add_word(struct pdf *p, size_t n, size_t off, size_t len, const PopplerRectangle *box,
	size_t letters)
{
	struct pdf_word *w = word_room(p, n);

	if (!w)
		return -ENOMEM;
	*w = (struct pdf_word){.off = (uint32_t)off, .n = (uint32_t)len, .seq = (uint32_t)n};
	word_box(w, box, letters);
	return 0;
}

static int
split(struct pdf *p, struct span text, const PopplerRectangle *box, size_t n_box, size_t *ret_n,
	bool *ret_fits)
{
	size_t n = 0, at = 0, letter = 0, from = 0, first = 0;

	*ret_fits = false;
	for (size_t len; at < text.n; at += len, letter++) {
		uint32_t c;
		bool blank;

		len = utf8_decode(span_sub(text, at, 4), &c);
		if (len == 0 || letter == n_box || is_mark(c) || n == LIMIT_PDF_WORDS)
			return 0;
		blank = is_blank(c);
		if (letter > first && (blank || is_apart(&box[letter - 1], &box[letter]))) {
			int r = add_word(p, n++, from, at - from, box + first, letter - first);

			if (r < 0)
				return r;
			first = letter;
			from = at;
		}
		if (blank) {
			first = letter + 1;
			from = at + len;
		}
	}
	*ret_fits = letter == n_box;
	*ret_n = n;
	if (letter == first)
		return 0;
	++*ret_n;
	return add_word(p, n, from, at - from, box + first, letter - first);
}

static bool
has_pictures(PopplerPage *page)
{
	GList *l = poppler_page_get_image_mapping(page);
	bool yes = l != NULL;

	poppler_page_free_image_mapping(l);
	return yes;
}

static bool
has_fields(PopplerPage *page)
{
	GList *l = poppler_page_get_form_field_mapping(page);
	bool yes = l != NULL;

	poppler_page_free_form_field_mapping(l);
	return yes;
}

/* Does anything show when the page is drawn as small as a stamp? Notes are not drawn, fields are. */
static bool
has_drawing(PopplerPage *page)
{
	_cleanup_free_ uint32_t *px = malloc(STAMP * STAMP * sizeof *px);
	cairo_surface_t *on;
	double wide, high;
	bool yes = false;
	cairo_t *c;

	poppler_page_get_size(page, &wide, &high);
	if (!px || !(wide > 0 && high > 0))
		return false;
	memset(px, 0xFF, STAMP * STAMP * sizeof *px);
	on = cairo_image_surface_create_for_data(
		(uint8_t *)px, CAIRO_FORMAT_RGB24, STAMP, STAMP, STAMP * sizeof *px);
	c = cairo_create(on);
	cairo_scale(c, STAMP / wide, STAMP / high);
	poppler_page_render_for_printing_with_options(page, c, POPPLER_PRINT_DOCUMENT);
	cairo_destroy(c);
	cairo_surface_flush(on);
	cairo_surface_destroy(on);
	for (size_t i = 0; i < STAMP * STAMP && !yes; i++)
		yes = (px[i] & 0xFFFFFF) != 0xFFFFFF;
	return yes;
}

int
pdf_page(struct pdf *p, PopplerPage *page, uint32_t number)
{
	_cleanup_gfree_ char *text = poppler_page_get_text(page);
	_cleanup_gfree_ PopplerRectangle *box = NULL;
	struct span t = span_str(text);
	guint n_box = 0;
	size_t n = 0;
	bool fits = false;
	int r = budget_tick(p->s->budget);

	if (r < 0)
		return r;
	if (t.n == 0 || strspn(text, " \n\t\r\f") == t.n) {
		/* Reading them is later work: sink->image is their place. Letters may be drawings, too. */
		p->blank +=
			has_pictures(page) || (t.n == 0 && !has_fields(page) && has_drawing(page));
		return 0;
	}
	if (t.n < UINT32_MAX && poppler_page_get_text_layout(page, &box, &n_box) && n_box)
		r = split(p, t, box, n_box, &n, &fits);
	if (r < 0)
		return r;
	if (!fits)
		return pdf_text(p, PART_BODY, NULL, number, text);
	settle_directions(p->words, n);
	return pdf_rows_page(&p->rows, number, t, p->words, n);
}

#endif
