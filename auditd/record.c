/*
 * No key, so that the same file gives the same id on every run and a baseline written today can be
 * compared tomorrow. The id says nothing about the values found.
 */
#include "record.h"

#include <sodium.h>
#include <string.h>

#include "base/poison.h"

static void
hash_field(crypto_generichash_state *h, struct span s)
{
	uint8_t n[8];

	for (unsigned i = 0; i < 8; i++)
		n[i] = (uint8_t)((uint64_t)s.n >> 8 * i);
	crypto_generichash_update(h, n, sizeof(n));
	crypto_generichash_update(h, s.p ? s.p : n, s.n);
}

static uint64_t
hash_end(crypto_generichash_state *h)
{
	uint8_t out[crypto_generichash_BYTES_MIN];
	uint64_t id = 0;

	crypto_generichash_final(h, out, sizeof(out));
	for (unsigned i = 0; i < 8; i++)
		id = id << 8 | out[i];
	return id;
}

uint64_t
record_id(const char *path, const struct inner *in, const char *rule_id, enum gap_reason reason)
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, crypto_generichash_BYTES_MIN);
	hash_field(&h, span_str(path));
	for (size_t i = 0; in && i < in->n; i++)
		hash_field(&h, in->names[i]);
	hash_field(&h, span_str(rule_id ? "rule" : "gap"));
	hash_field(&h, span_str(rule_id ? rule_id : gap_name(reason)));
	return hash_end(&h);
}

uint64_t
record_file(const char *path)
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, crypto_generichash_BYTES_MIN);
	hash_field(&h, span_str(path));
	return hash_end(&h);
}
