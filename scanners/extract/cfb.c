/*
 * Opening: header, then the allocation table (its sectors are listed in the header and in a chain of
 * further lists), the directory, and the table of mini sectors. All of the table is kept, four bytes
 * for each sector of the file; the streams themselves stay where they are.
 */
#include "extract/cfb.h"

#include <errno.h>
#include <stdlib.h>

#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

#define HEADER	     512u
#define HEADER_LISTS 109u
#define SECTOR_MAX   0xFFFFFFFAu /* what is not below it is no sector */
#define ENTRY	     128u

static bool
header_good(const uint8_t *h)
{
	unsigned shift = le16(h + 30), mini = le16(h + 32);

	return memcmp(h, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0 && shift >= 7 && shift <= 16 &&
		mini >= 3 && mini <= shift;
}

/* A whole sector, what lies beyond the end of the file as 0xFF. False when it lies beyond wholly. */
static bool
read_sector(struct cfb *c, uint32_t sector, uint8_t *to)
{
	size_t n = (size_t)1 << c->shift;
	uint64_t off = ((uint64_t)sector + 1) << c->shift;
	ssize_t got;

	if (sector >= SECTOR_MAX || off >= c->size)
		return false;
	got = reader_pread(c->r, to, n, off);
	if (got <= 0)
		return false;
	if ((size_t)got < n) {
		memset(to + got, 0xFF, n - (size_t)got);
		c->damaged = true;
	}
	return true;
}

/* Takes the table's sectors that a list names. */
static void
take_fat(struct cfb *c, const uint8_t *list, uint32_t n, uint32_t max, uint8_t *sector)
{
	uint32_t per = (1u << c->shift) / 4;

	for (uint32_t i = 0; i < n && c->n_fat < max; i++) {
		uint32_t at = le32(list + 4 * (size_t)i);

		if (at >= SECTOR_MAX)
			continue;
		if (!read_sector(c, at, sector)) {
			memset(sector, 0xFF, (size_t)per * 4);
			c->damaged = true;
		}
		for (uint32_t k = 0; k < per && c->n_fat < max; k++)
			c->fat[c->n_fat++] = le32(sector + 4 * (size_t)k);
	}
}

static int
read_fat(struct cfb *c, const uint8_t *header, uint8_t *sector)
{
	uint64_t sectors = (c->size >> c->shift) + 1;
	uint32_t max = sectors < SECTOR_MAX ? (uint32_t)sectors : SECTOR_MAX;
	uint32_t per = (1u << c->shift) / 4, list = le32(header + 68);
	uint8_t *names = malloc((size_t)1 << c->shift);

	c->fat = calloc(max, sizeof *c->fat);
	if (!c->fat || !names) {
		free(names);
		return -ENOMEM;
	}
	take_fat(c, header + 76, HEADER_LISTS, max, sector);
	for (uint32_t steps = 0; list < SECTOR_MAX && c->n_fat < max && steps < max / per + 1;
		steps++) {
		if (!read_sector(c, list, names)) {
			c->damaged = true;
			break;
		}
		take_fat(c, names, per - 1, max, sector);
		list = le32(names + 4 * (size_t)(per - 1));
	}
	free(names);
	return 0;
}

/* The sectors of a chain, at most max of them. */
static int
follow(const uint32_t *table, uint32_t n_table, uint32_t from, uint32_t max, uint32_t **ret_list,
	uint32_t *ret_n)
{
	uint32_t n = 0, cap = max < n_table ? max : n_table;
	uint32_t *list = calloc(cap ? cap : 1, sizeof *list);

	if (!list)
		return -ENOMEM;
	while (n < cap && from < n_table) {
		list[n++] = from;
		from = table[from];
	}
	*ret_list = list;
	*ret_n = n;
	return 0;
}

static int
read_chain(struct cfb *c, uint32_t from, uint64_t max, uint8_t *sector, struct buf *out)
{
	size_t size = (size_t)1 << c->shift;
	uint64_t room = max >> c->shift;
	uint32_t *list, n = 0;
	int r = follow(
		c->fat, c->n_fat, from, room < UINT32_MAX ? (uint32_t)room : UINT32_MAX, &list, &n);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		if (!read_sector(c, list[i], sector)) {
			c->damaged = true;
			break;
		}
		buf_put(out, sector, size);
		r = budget_bytes(c->budget, size);
	}
	free(list);
	return out->failed ? -ENOMEM : r;
}

static int
read_mini(struct cfb *c, const uint8_t *header, uint8_t *sector)
{
	const uint8_t *root = c->dir.p;
	struct buf table = {0};
	uint64_t size = le32(root + 120);
	int r = follow(c->fat, c->n_fat, le32(root + 116),
		(uint32_t)((size + (1u << c->shift) - 1) >> c->shift), &c->mini, &c->n_mini);

	if (r == 0)
		r = read_chain(c, le32(header + 60), c->size, sector, &table);
	c->mini_fat = r == 0 ? calloc(table.n / 4 + 1, 4) : NULL;
	if (r == 0 && !c->mini_fat)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < table.n / 4; i++)
		c->mini_fat[i] = le32(table.p + 4 * i);
	c->n_mini_fat = (uint32_t)(table.n / 4);
	buf_free(&table);
	return r;
}

static int
read_all(struct cfb *c)
{
	uint8_t header[HEADER], *sector;
	int r;

	if (reader_pread(c->r, header, HEADER, 0) < (ssize_t)HEADER || !header_good(header))
		return -EMEDIUMTYPE;
	c->shift = le16(header + 30);
	c->mini_shift = le16(header + 32);
	c->cutoff = le32(header + 56) ? le32(header + 56) : 4096;
	sector = malloc((size_t)1 << c->shift);
	if (!sector)
		return -ENOMEM;
	r = read_fat(c, header, sector);
	if (r == 0)
		r = read_chain(c, le32(header + 48), LIMIT_CFB_ENTRIES * ENTRY, sector, &c->dir);
	c->n = (uint32_t)(c->dir.n / ENTRY);
	if (r == 0)
		r = c->n ? read_mini(c, header, sector) : -EMEDIUMTYPE;
	free(sector);
	return r < 0 ? r : cfb_index(c);
}

/* The file's bytes into memory, when they cannot be read at an offset. */
static int
hold(struct cfb *c, struct reader *r)
{
	int q;

	if (reader_seekable(r) && r->size != UINT64_MAX) {
		c->r = r;
		c->size = r->size;
		return 0;
	}
	q = reader_slurp(r, c->budget, LIMIT_SLURP, &c->mem);
	/* what came before an error is read as far as it goes */
	if (q < 0 && (q == -EOVERFLOW || q == -ENOMEM || c->budget->blown || c->mem.n < HEADER))
		return q;
	c->damaged = q < 0;
	reader_mem(&c->mem_r, buf_span(&c->mem));
	c->r = &c->mem_r;
	c->size = c->mem.n;
	return 0;
}

int
cfb_open(struct cfb *c, struct reader *r, struct budget *b)
{
	int q;

	if (cfb_is_storage(r)) {
		const struct cfb_storage *st = (const struct cfb_storage *)r;

		*c = *st->c;
		c->root = st->root;
		c->borrowed = true;
		return 0;
	}
	*c = (struct cfb){.budget = b};
	q = hold(c, r);
	if (q == 0)
		q = read_all(c);
	if (q < 0)
		cfb_close(c);
	return q;
}

void
cfb_close(struct cfb *c)
{
	if (c->borrowed)
		return;
	buf_free(&c->mem);
	buf_free(&c->dir);
	free(c->fat);
	free(c->mini_fat);
	free(c->mini);
	free(c->first);
	free(c->next);
}

int
cfb_stream_chain(const struct cfb *c, uint32_t start, uint64_t size, bool mini, uint32_t **ret_list,
	uint32_t *ret_n)
{
	unsigned shift = mini ? c->mini_shift : c->shift;
	uint64_t want = (size >> shift) + ((size & ((1u << shift) - 1)) != 0);

	if (want > UINT32_MAX)
		want = UINT32_MAX;
	return mini ? follow(c->mini_fat, c->n_mini_fat, start, (uint32_t)want, ret_list, ret_n)
		    : follow(c->fat, c->n_fat, start, (uint32_t)want, ret_list, ret_n);
}
