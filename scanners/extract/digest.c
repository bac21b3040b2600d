/* nettle does the work; it asks for a context, its size and its end each time, and spans do not. */
#include "extract/digest.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>

#include "base/poison.h"

void
md5(struct span s, uint8_t ret_digest[16])
{
	struct md5_ctx c;

	md5_init(&c);
	md5_update(&c, s.n, s.p);
	md5_digest(&c, MD5_DIGEST_SIZE, ret_digest);
}

void
sha1(struct span s, uint8_t ret_digest[20])
{
	struct sha1_ctx c;

	sha1_init(&c);
	sha1_update(&c, s.n, s.p);
	sha1_digest(&c, SHA1_DIGEST_SIZE, ret_digest);
}

void
rc4_key(struct rc4 *c, struct span key)
{
	arcfour_set_key(&c->ctx, key.n, key.p);
}

void
rc4_apply(struct rc4 *c, uint8_t *p, size_t n)
{
	arcfour_crypt(&c->ctx, n, p, p);
}

void
rc4_skip(struct rc4 *c, size_t n)
{
	uint8_t none[256];

	while (n) {
		size_t k = n < sizeof none ? n : sizeof none;

		memset(none, 0, k);
		arcfour_crypt(&c->ctx, k, none, none);
		n -= k;
	}
}
