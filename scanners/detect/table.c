/* The list of checks, by the names rule files use. */
#include "detect/detect.h"

#include "base/poison.h"

const struct check checks[] = {
	{"aba", check_aba},
	{"age-key", check_age_key},
	{"aws-id", check_aws_id},
	{"azure-key", check_azure_key},
	{"birth-date", check_birth_date},
	{"card", check_card},
	{"card-in-row", check_card_in_row},
	{"connection-string", check_connection},
	{"cpassword", check_cpassword},
	{"crypt-hash", check_crypt},
	{"date", check_date},
	{"discord", check_discord},
	{"drivers-license", check_license},
	{"github", check_github},
	{"iban", check_iban},
	{"itin", check_itin},
	{"jwt", check_jwt},
	{"mrz", check_mrz},
	{"nino", check_nino},
	{"npm", check_npm},
	{"passport", check_passport},
	{"password", check_password},
	{"pem", check_pem},
	{"ppk", check_ppk},
	{"sin", check_sin},
	{"slack", check_slack},
	{"ssn", check_ssn},
	{"stripe", check_stripe},
	{"token-sum", check_token_sum},
	{"url-userinfo", check_userinfo},
	{NULL, NULL},
};

/* Those that look at nothing or little beside the value; the rest may look far. */
uint32_t
check_reach(const struct check *c)
{
	static const struct {
		check_fn *fn;
		uint32_t reach;
	} known[] = {{check_password, 32}, {check_userinfo, 64}, {check_connection, 301},
		{check_aba, 0}, {check_aws_id, 0}, {check_birth_date, 0}, {check_cpassword, 0},
		{check_crypt, 0}, {check_date, 0}, {check_github, 0}, {check_iban, 0},
		{check_itin, 0}, {check_jwt, 0}, {check_mrz, 0}, {check_nino, 0}, {check_npm, 0},
		{check_passport, 0}, {check_sin, 0}, {check_slack, 0}, {check_ssn, 0},
		{check_stripe, 0}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].fn == c->fn)
			return known[i].reach;
	return CHECK_REACH_MAX;
}

const struct check *
check_find(const char *name)
{
	for (const struct check *c = checks; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
