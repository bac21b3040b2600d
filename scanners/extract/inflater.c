/*
 * ISA-L takes a third of zlib's time. It looks ahead by whole words and keeps the last 32 KiB itself,
 * so that pieces of any size will do. An error is told only after the bytes that came before it.
 */
#include "extract/inflater.h"

#include <errno.h>
#include <stdlib.h>
#ifdef HAVE_ISAL
#include <isa-l.h>
#else
#include <zlib.h>
#endif

#include "base/poison.h"

#define CALL_BYTES (1u << 30) /* bytes of one call: both libraries count in 32 bits */

struct inflater {
#ifdef HAVE_ISAL
	struct inflate_state state;
#else
	z_stream state;
#endif
	bool bad, ended;
};

#ifdef HAVE_ISAL

static bool
begin(struct inflater *f)
{
	isal_inflate_init(&f->state);
	return true;
}

void
inflater_reset(struct inflater *f)
{
	isal_inflate_reset(&f->state);
	f->bad = f->ended = false;
}

static void
end(struct inflater *f)
{
	(void)f;
}

static void
step(struct inflater *f)
{
	f->bad = isal_inflate(&f->state) < 0;
	f->ended = !f->bad && f->state.block_state == ISAL_BLOCK_FINISH;
}

size_t
inflater_spare(const struct inflater *f)
{
	return f->state.read_in_length > 0 ? (size_t)f->state.read_in_length / 8 : 0;
}

uint32_t
inflater_crc(uint32_t crc, struct span s)
{
	return crc32_gzip_refl(crc, s.p, s.n);
}

const char *
inflater_version(void)
{
#define WORD(x)	 #x
#define WORDS(x) WORD(x)
	return WORDS(ISAL_MAJOR_VERSION) "." WORDS(ISAL_MINOR_VERSION);
}

#else

static bool
begin(struct inflater *f)
{
	return inflateInit2(&f->state, -MAX_WBITS) == Z_OK;
}

void
inflater_reset(struct inflater *f)
{
	(void)inflateReset(&f->state);
	f->bad = f->ended = false;
}

static void
end(struct inflater *f)
{
	(void)inflateEnd(&f->state);
}

static void
step(struct inflater *f)
{
	int r = inflate(&f->state, Z_NO_FLUSH);

	f->ended = r == Z_STREAM_END;
	f->bad = r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR;
}

size_t
inflater_spare(const struct inflater *f)
{
	(void)f;
	return 0;
}

uint32_t
inflater_crc(uint32_t crc, struct span s)
{
	return (uint32_t)crc32_z(crc, s.p, s.n);
}

const char *
inflater_version(void)
{
	return zlibVersion();
}

#endif

int
inflater_new(struct inflater **ret_f)
{
	struct inflater *f = calloc(1, sizeof *f);

	if (!f || !begin(f)) {
		free(f);
		return -ENOMEM;
	}
	*ret_f = f;
	return 0;
}

void
inflater_free(struct inflater *f)
{
	if (!f)
		return;
	end(f);
	free(f);
}

ssize_t
inflater_run(struct inflater *f, struct span *in, uint8_t *out, size_t n)
{
	uint32_t given = (uint32_t)(in->n < CALL_BYTES ? in->n : CALL_BYTES);
	uint32_t room = (uint32_t)(n < CALL_BYTES ? n : CALL_BYTES);

	if (f->bad)
		return -EBADMSG;
	if (f->ended || room == 0)
		return 0;
	f->state.next_in = (uint8_t *)(uintptr_t)in->p;
	f->state.avail_in = given;
	f->state.next_out = out;
	f->state.avail_out = room;
	step(f);
	*in = span_sub(*in, given - f->state.avail_in, in->n);
	room -= f->state.avail_out;
	return room == 0 && f->bad ? -EBADMSG : (ssize_t)room;
}

bool
inflater_ended(const struct inflater *f)
{
	return f->ended;
}
