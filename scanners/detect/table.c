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

const struct check *
check_find(const char *name)
{
	for (const struct check *c = checks; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
