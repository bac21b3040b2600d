/*
 * Payment card numbers (ISO/IEC 7812). The issuer ranges and lengths are those the schemes publish
 * to merchants. One in forty random 16-digit numbers still passes ranges and check digit, so digits
 * that stand in a hexadecimal run, behind a decimal point, or that hold too few different digits
 * are turned down as well. UnionPay cards may lack the check digit; those count only when grouped.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define LEN(n)	  (1u << (n))
#define LEN_16_19 (LEN(16) | LEN(17) | LEN(18) | LEN(19))

/* First six digits from..to; lengths as bits; luhn: every card has the check digit. */
static const struct issuer {
	uint32_t from, to, lengths;
	bool luhn;
	const char *note;
} issuers[] = {
	{400000, 499999, LEN(13) | LEN(16) | LEN(19), true, "Visa number, check digit agrees"},
	{510000, 559999, LEN(16), true, "Mastercard number, check digit agrees"},
	{222100, 272099, LEN(16), true, "Mastercard number, check digit agrees"},
	{340000, 349999, LEN(15), true, "American Express number, check digit agrees"},
	{370000, 379999, LEN(15), true, "American Express number, check digit agrees"},
	{601100, 601199, LEN_16_19, true, "Discover number, check digit agrees"},
	{622126, 622925, LEN_16_19, true, "Discover number, check digit agrees"},
	{644000, 659999, LEN_16_19, true, "Discover number, check digit agrees"},
	{300000, 305999, LEN(14) | LEN(16), true, "Diners Club number, check digit agrees"},
	{309500, 309599, LEN(14) | LEN(16), true, "Diners Club number, check digit agrees"},
	{360000, 369999, LEN(14) | LEN(16), true, "Diners Club number, check digit agrees"},
	{380000, 399999, LEN(14) | LEN(16), true, "Diners Club number, check digit agrees"},
	{352800, 358999, LEN_16_19, true, "JCB number, check digit agrees"},
	{213100, 213199, LEN(15), true, "JCB number, check digit agrees"},
	{180000, 180099, LEN(15), true, "JCB number, check digit agrees"},
	{620000, 629999, LEN_16_19, false, "UnionPay number"},
	{810000, 817199, LEN_16_19, false, "UnionPay number"},
	{220000, 220499, LEN(16) | LEN(17) | LEN(18) | LEN(19), true,
		"Mir number, check digit agrees"},
	{979200, 979299, LEN(16), true, "Troy number, check digit agrees"},
	{501800, 501899, LEN(13) | LEN(16) | LEN(18) | LEN(19), true,
		"Maestro number, check digit agrees"},
	{502000, 502099, LEN(16) | LEN(18) | LEN(19), true, "Maestro number, check digit agrees"},
	{503800, 503899, LEN(16) | LEN(18) | LEN(19), true, "Maestro number, check digit agrees"},
	{561000, 561099, LEN(16), true, "Bankcard number, check digit agrees"},
	{589300, 589399, LEN(16) | LEN(18) | LEN(19), true, "Maestro number, check digit agrees"},
	{630400, 630499, LEN(16) | LEN(18) | LEN(19), true, "Maestro number, check digit agrees"},
	{675900, 676399, LEN(16) | LEN(18) | LEN(19), true, "Maestro number, check digit agrees"},
};

/* Numbers that payment processors publish for testing. */
static const char *const test_numbers[] = {"4111111111111111", "4012888888881881", "4222222222222",
	"4242424242424242", "4000056655665556", "4000000000000002", "4000000000000077",
	"4005519200000004", "4009348888881881", "4012000033330026", "4012000077777777",
	"4217651111111119", "4500600000000061", "4571736000000075", "4917610000000000",
	"5555555555554444", "5105105105105100", "5200828282828210", "5500000000000004",
	"5425233430109903", "5431111111111111", "5555341244441115", "2222400070000005",
	"2223003122003222", "2223000048400011", "2720992000000007", "378282246310005",
	"371449635398431", "378734493671000", "340000000000009", "371111111111114",
	"6011111111111117", "6011000990139424", "6011000400000000", "6011601160116611",
	"6500000000000002", "30569309025904", "38520000023237", "36438936438936", "36259600000004",
	"30000000000004", "3530111333300000", "3566002020360505", "3569990010095841",
	"5610591081018250", "6200000000000005", "6205500000000000004", "6304000000000000",
	"6759649826438453", NULL};

static bool
is_test_number(const char *d, size_t n)
{
	for (size_t i = 0; test_numbers[i]; i++)
		if (memcmp(test_numbers[i], d, 8) == 0 && strlen(test_numbers[i]) == n &&
			memcmp(test_numbers[i], d, n) == 0)
			return true;
	return false;
}

static const struct issuer *
find_issuer(const char *d, size_t n)
{
	uint32_t six = 0;

	for (size_t i = 0; i < 6; i++)
		six = six * 10 + (uint32_t)(d[i] - '0');
	for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++)
		if (six >= issuers[i].from && six <= issuers[i].to && issuers[i].lengths >> n & 1)
			return &issuers[i];
	return NULL;
}

enum plain { MIXED, PLAIN, TOO_PLAIN };

/* Two digits five times each: one in three hundred is. One digit more than seven times: hardly drawn by lot. */
static enum plain
plain_of(const char *d, size_t n)
{
	unsigned count[10] = {0}, often = 0;

	for (size_t i = 0; i < n; i++)
		count[d[i] - '0']++;
	for (size_t i = 0; i < 10; i++) {
		if (count[i] > 7)
			return TOO_PLAIN;
		often += count[i] >= 5;
	}
	return often >= 2 ? PLAIN : MIXED;
}

static int
group_value(const char *d)
{
	return (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + (d[3] - '0');
}

/* Four groups at equal steps: 4000 4001 4002 4003. */
static bool
stepping(const char *d, size_t n)
{
	int step = group_value(d + 4) - group_value(d);

	return n == 16 && group_value(d + 8) - group_value(d + 4) == step &&
		group_value(d + 12) - group_value(d + 8) == step;
}

static bool
is_hex_letter(uint8_t c)
{
	return to_upper(c) >= 'A' && to_upper(c) <= 'F';
}

static bool
is_hex(uint8_t c)
{
	return is_digit(c) || is_hex_letter(c);
}

/* A hex letter that touches the number through at most three more hex digits. */
static bool
hex_beside(struct span before, struct span behind)
{
	for (size_t i = 0; i < 4 && i < before.n; i++) {
		uint8_t c = before.p[before.n - 1 - i];

		if (is_hex_letter(c))
			return true;
		if (!is_digit(c))
			break;
	}
	for (size_t i = 0; i < 4 && i < behind.n; i++) {
		if (is_hex_letter(behind.p[i]))
			return true;
		if (!is_digit(behind.p[i]))
			break;
	}
	return false;
}

/* Hex digits up to the next blank, dash or end: 0 when there are none or something else follows. */
static size_t
group_behind(struct span t)
{
	size_t n = 0;

	if (t.n < 2 || !one_of(t.p[0], " -"))
		return 0;
	while (n + 1 < t.n && n < 6 && is_hex(t.p[n + 1]))
		n++;
	return n + 1 == t.n || is_blank(t.p[n + 1]) || t.p[n + 1] == '-' ? n : 0;
}

static size_t
group_before(struct span t)
{
	size_t n = 0;

	if (t.n < 2 || !one_of(t.p[t.n - 1], " -"))
		return 0;
	while (n + 1 < t.n && n < 6 && is_hex(t.p[t.n - 2 - n]))
		n++;
	return n + 1 == t.n || is_blank(t.p[t.n - 2 - n]) || t.p[t.n - 2 - n] == '-' ? n : 0;
}

/* Groups before or behind grouped digits: a row of numbers. 17 and more in a run: a counter. */
static bool
in_row(struct span value, struct span around, bool grouped, size_t n)
{
	if (!grouped)
		return n > 16;
	return group_before(span_before(value, around)) > 0 ||
		group_behind(span_behind(value, around)) > 0;
}

static bool
bad_neighbour(struct span value, struct span around)
{
	struct span before = span_before(value, around), behind = span_behind(value, around);
	uint8_t last = before.n ? before.p[before.n - 1] : ' ';

	if (hex_beside(before, behind))
		return true;
	/* 0.5309136012499991 and 12,5309136012499991 */
	if ((last == '.' || last == ',') && before.n > 1 && is_digit(before.p[before.n - 2]))
		return true;
	if (behind.n > 1 && behind.p[0] == '.' && is_digit(behind.p[1]))
		return true;
	return before.n >= 5 && span_is(span_sub(before, before.n - 5, 5), "fbid=");
}

static bool
card(struct span value, struct span around, bool row, struct verdict *ret_v)
{
	const struct issuer *is;
	bool luhn, grouped;
	enum plain plain;
	char d[19];
	size_t n;

	*ret_v = (struct verdict){0};
	n = digits_of(value, d, sizeof d);
	is = n >= 13 ? find_issuer(d, n) : NULL;
	if (!is)
		return false;
	luhn = luhn_ok(d, n);
	grouped = value.n > n;
	if (!luhn && (is->luhn || !grouped))
		return false;
	ret_v->sample = is_test_number(d, n);
	plain = ret_v->sample ? MIXED : plain_of(d, n);
	if (plain == TOO_PLAIN || (!ret_v->sample && stepping(d, n)))
		return false;
	if (bad_neighbour(value, around))
		return false;
	/* without a check digit there is only the grouping, and a row is full of groups */
	if (row != (!luhn || plain != MIXED || in_row(value, around, grouped, n)))
		return false;
	ret_v->ok = true;
	ret_v->checksum = luhn;
	ret_v->note = ret_v->sample ? "a published test number" : is->note;
	verdict_normal(ret_v, d, n);
	return true;
}

/* ok: a scheme's range and length, its check digit, and digits that look drawn by lot. */
bool
check_card(struct span value, struct span around, struct verdict *ret_v)
{
	return card(value, around, false, ret_v);
}

/*
 * ok: as above, but one of a row of numbers, of 17 digits or more in a run, of few different digits,
 * or of a scheme that issues cards without a check digit: good only with other evidence.
 */
bool
check_card_in_row(struct span value, struct span around, struct verdict *ret_v)
{
	return card(value, around, true, ret_v);
}
