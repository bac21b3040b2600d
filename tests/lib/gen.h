/* gen: seeded, made-up data. Equal seeds give equal bytes on every machine. No real person's data. */
#ifndef GEN_H
#define GEN_H

#include <stddef.h>
#include <stdint.h>

struct gen {
	uint64_t state;
};

void gen_seed(struct gen *g, uint64_t seed);
uint64_t gen_next(struct gen *g);

/* lo..hi, both included. */
uint32_t gen_range(struct gen *g, uint32_t lo, uint32_t hi);

/* A valid area, group and serial (SSA), sep between; "" for none. */
void gen_ssn(struct gen *g, const char *sep, char ret[16]);

/* A Luhn-valid 16-digit number of a Visa or Mastercard range, in fours when sep is not "". */
void gen_card(struct gen *g, const char *sep, char ret[32]);

/* A German or British IBAN with valid check digits. */
void gen_iban(struct gen *g, char ret[40]);

/* The two lines of a TD3 passport of Utopia (UTO), all check digits valid. */
void gen_mrz(struct gen *g, char ret_line1[48], char ret_line2[48]);

/* "First Last" out of made-up names; first.last; a password like people choose. */
void gen_person(struct gen *g, char ret[64]);
void gen_login(struct gen *g, char ret[64]);
void gen_password(struct gen *g, char ret[32]);

/* Words of running text, n of them, capitals and full stops; never a digit. */
void gen_prose(struct gen *g, size_t n, char *ret, size_t cap);

/* A PEM "RSA PRIVATE KEY" whose body is a DER SEQUENCE of random INTEGERs: no working key. */
void gen_pem(struct gen *g, char ret[2048]);

#endif
