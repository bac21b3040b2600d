/*
 * Kinds of tables, from bytes to findings: the same columns under headers of six languages and in
 * several layouts are found, and tables that only look like them in any layout are not. Rows come
 * from a seeded generator.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "scanrig.h"

#include "base/poison.h"

#define COLUMNS 8
#define ROWS	24

enum layout { CSV, TITLES, WRAPPED, FIXED, BARS, TABS, ON_SIDE, LAYOUTS };

/* Headers apart by '|'; what the columns hold is a letter each, see value(). */
struct kind {
	const char *rule; /* must be found, or must not be */
	const char *columns;
	const char *headers;
	bool wide; /* its cells are no words of a printed page: not in text layouts */
};

static uint64_t seed;

static uint32_t
next(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

#define PICK(...)                                                                                  \
	((const char *const[]){__VA_ARGS__})[next(                                                 \
		(uint32_t)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))]

static const char *
first_name(void)
{
	return PICK("Jan", "Eva", "Kim", "Max", "Ana", "Leo", "Ida", "Tom", "Zoe", "Ben", "Mia",
		"Kai", "Amy", "Lea", "Udo", "Pia");
}

static const char *
last_name(void)
{
	return PICK("Probe", "Muster", "Sample", "Roe", "Silva", "Perez", "Dupont", "Sandberg",
		"Kiesel", "Nordwind", "Feldmann", "Bianchi");
}

static void
value(char type, size_t row, char *to, size_t n)
{
	switch (type) {
	case 'N':
		(void)snprintf(to, n, "%s %s", first_name(), last_name());
		break;
	case 'F':
		(void)snprintf(to, n, "%s", first_name());
		break;
	case 'L':
		(void)snprintf(to, n, "%s", last_name());
		break;
	case 'I':
		(void)snprintf(to, n, "%u", 10100 + (unsigned)row * 7);
		break;
	case 'J':
		(void)snprintf(to, n, "%s", PICK("Clerk", "Analyst", "Driver", "Cook", "Editor"));
		break;
	case 'M':
		(void)snprintf(to, n, "%u.%02u", 1000 + next(90000), next(100));
		break;
	case 'D':
		(void)snprintf(
			to, n, "19%02u-%02u-%02u", 50 + next(45), 1 + next(12), 1 + next(28));
		break;
	case 'E':
		(void)snprintf(to, n, "user%u@leakaudit.invalid", (unsigned)row);
		break;
	case 'P':
		(void)snprintf(to, n, "310-555-01%02u", (unsigned)row);
		break;
	case 'H':
		(void)snprintf(to, n, "srv-%02u", (unsigned)row);
		break;
	case 'A':
		(void)snprintf(to, n, "10.2.%u.%u", next(9), 1 + next(250));
		break;
	case 'C':
		(void)snprintf(to, n, "%c%02u.%u", "EJIMK"[next(5)], next(100), next(10));
		break;
	case 'G':
		(void)snprintf(to, n, "%s", PICK("Asthma", "Diabetes", "Migraine", "Hypertension"));
		break;
	case 'S':
		(void)snprintf(to, n, "%s%u%s", PICK("Ofen", "zwerG", "Gran", "tofu"), next(100),
			PICK("-rohr", "!", "Kiste", "_x"));
		break;
	case 'W':
		(void)snprintf(to, n, "%s", PICK("Facebook", "Twitter", "YouTube", "Instagram"));
		break;
	case 'U':
		(void)snprintf(to, n, "@film%u", (unsigned)row);
		break;
	case 'K':
		(void)snprintf(to, n, "X%u", 20100000 + (unsigned)row * 137 + next(99));
		break;
	case 'V':
		(void)snprintf(to, n, "D%u", 2010000 + (unsigned)row * 137 + next(99));
		break;
	case 'Q':
		(void)snprintf(to, n, "%u", 1 + next(40));
		break;
	case 'B':
		(void)snprintf(
			to, n, "%s %u", PICK("Bolt", "Washer", "Hinge", "Bracket"), (unsigned)row);
		break;
	case 'O':
		(void)snprintf(to, n, "%s", PICK("Debian", "RHEL", "Windows Server", "ESXi"));
		break;
	default:
		(void)snprintf(to, n, "%s", PICK("Sales", "Legal", "Depot", "Office"));
		break;
	}
}

static size_t
split(const char *headers, char to[COLUMNS][48])
{
	size_t n = 0;

	while (*headers) {
		size_t len = strcspn(headers, "|");

		assert_true(n < COLUMNS && len < 48);
		(void)snprintf(to[n++], 48, "%.*s", (int)len, headers);
		headers += len + (headers[len] == '|');
	}
	return n;
}

/* A row of one layout: cells padded for the printed ones. */
static void
put_row(struct buf *b, enum layout how, char (*cells)[48], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = 0;

		for (const char *p = cells[i]; *p; p++)
			len += ((uint8_t)*p & 0xC0) != 0x80;
		if (how == BARS)
			buf_printf(b, "%s%s", i ? " | " : "| ", cells[i]);
		else if (how == FIXED)
			buf_printf(b, "%s", cells[i]);
		else if (how == TABS)
			buf_printf(b, "%s%s", i ? "\t" : "", cells[i]);
		else
			buf_printf(b, "%s%s", i ? ";" : "", cells[i]);
		while (how == BARS && len++ < 20)
			buf_putc(b, ' ');
		while (how == FIXED && len++ < 26)
			buf_putc(b, ' ');
	}
	buf_puts(b, how == BARS ? " |\n" : "\n");
}

/* The second half of each header stands in a row of its own. */
static void
put_wrapped(struct buf *b, char (*headers)[48], size_t n)
{
	char top[COLUMNS][48], low[COLUMNS][48];

	for (size_t i = 0; i < n; i++) {
		char *blank = strchr(headers[i], ' ');
		size_t len = blank ? (size_t)(blank - headers[i]) : 0;

		(void)snprintf(top[i], 48, "%.*s", (int)len, headers[i]);
		(void)snprintf(low[i], 48, "%.47s", blank ? blank + 1 : headers[i]);
	}
	put_row(b, CSV, top, n);
	put_row(b, CSV, low, n);
}

static void
make(struct buf *b, const struct kind *k, enum layout how)
{
	static char rows[ROWS][COLUMNS][48];
	char headers[COLUMNS][48];
	size_t n = split(k->headers, headers);

	assert_int_equal(n, strlen(k->columns));
	for (size_t r = 0; r < ROWS; r++)
		for (size_t i = 0; i < n; i++)
			value(k->columns[i], r, rows[r][i], 48);
	buf_clear(b);
	if (how == ON_SIDE) {
		for (size_t i = 0; i < n; i++) {
			buf_puts(b, headers[i]);
			for (size_t r = 0; r < ROWS; r++)
				buf_printf(b, ";%s", rows[r][i]);
			buf_putc(b, '\n');
		}
		return;
	}
	if (how == TITLES)
		buf_puts(b,
			"Prepared by the office of the director;;\nPrinted on 24 November "
			"2014;;\n;;\n");
	if (how == FIXED || how == BARS || how == TABS)
		buf_puts(b,
			"To whom it may concern,\n\nplease find the list below. It is as of "
			"today.\n\n");
	if (how == WRAPPED)
		put_wrapped(b, headers, n);
	else
		put_row(b, how, headers, n);
	if (how == FIXED)
		buf_puts(b,
			"--------------------------------------------------------------------\n");
	for (size_t r = 0; r < ROWS; r++)
		put_row(b, how, rows[r], n);
}

static bool
scan_finds(struct scanrig *g, const struct kind *k, enum layout how, struct buf *b)
{
	bool text = how == FIXED || how == BARS || how == TABS;
	char line[80];

	make(b, k, how);
	buf_clear(&g->log);
	assert_int_equal(scanrig_bytes(g, text ? "letter.txt" : "sheet.csv", buf_span(b)), 0);
	(void)snprintf(line, sizeof line, "finding %s ", k->rule);
	for (const char *p = scanrig_log(g); (p = strstr(p, line)) != NULL; p++) {
		if (strncmp(p + strlen(line), "low", 3) != 0)
			return true;
	}
	return false;
}

static const struct kind kinds[] = {
	{"salary-sheet", "NJMM", "Employee name|Job title|Base salary|Target bonus", false},
	{"salary-sheet", "ILFM", "Personalnummer|Nachname|Vorname|Bruttogehalt", false},
	{"salary-sheet", "ILMM", "Matricule|Nom|Salaire brut|Net à payer", false},
	{"salary-sheet", "LFJM", "Apellidos|Nombre|Puesto|Salario bruto", false},
	{"salary-sheet", "NJMM", "Nome|Cargo|Salário base|Descontos", false},
	{"salary-sheet", "LFMM", "Cognome|Nome|Retribuzione lorda|Netto in busta", false},
	{"severance-sheet", "NJDQM", "Employee|Title|Last day|Severance weeks|Severance amount",
		false},
	{"severance-sheet", "LTDM", "Nachname|Abteilung|Letzter Arbeitstag|Abfindung", false},
	{"severance-sheet", "NJM", "Nom|Poste|Indemnité de licenciement", false},
	{"severance-sheet", "NJM", "Nombre|Puesto|Indemnización por despido", false},
	{"severance-sheet", "NJM", "Nome|Cargo|Verbas rescisórias", false},
	{"severance-sheet", "NJM", "Nome|Mansione|Indennità di licenziamento", false},
	{"budget-sheet", "BTMMM", "Line item|Department|Budget|Actual|Variance", false},
	{"budget-sheet", "BMMM", "Bezeichnung|Plankosten|Istkosten|Abweichung", false},
	{"budget-sheet", "BMM", "Partida|Presupuesto|Ejecutado", false},
	{"budget-sheet", "BMM", "Rubrica|Orçamento|Realizado", false},
	{"budget-sheet", "BMM", "Voce|Preventivo|Consuntivo", false},
	{"budget-sheet", "BMM", "Libellé|Budget prévu|Réalisé", false},
	{"password-list", "HIS", "System|User name|Password", false},
	{"password-list", "HES", "Rechner|Benutzername|Kennwort", false},
	{"password-list", "HES", "Serveur|Identifiant|Mot de passe", false},
	{"password-list", "HES", "Servidor|Usuario|Contraseña", false},
	{"password-list", "HES", "Servidor|Usuário|Senha", false},
	{"password-list", "HES", "Sito|Nome utente|Parola chiave", false},
	{"social-account", "WUS", "Platform|Handle|Password", false},
	{"social-account", "WUS", "Plattform|Benutzername|Passwort", false},
	{"social-account", "WUN", "Réseau social|Identifiant|Responsable", false},
	{"social-account", "WUS", "Red social|Cuenta|Contraseña", false},
	{"social-account", "WUS", "Rede social|Perfil|Senha", false},
	{"contact-list", "NEP", "Name|E-mail|Phone", false},
	{"contact-list", "LFP", "Nachname|Vorname|Telefon", false},
	{"contact-list", "NP", "Nom|Téléphone", false},
	{"contact-list", "NE", "Nombre|Correo electrónico", false},
	{"contact-list", "NE", "Nome|Telemóvel", false},
	{"alias-list", "NNT", "Talent|Hotel alias|Office", false},
	{"alias-list", "NN", "Echter Name|Künstlername", false},
	{"alias-list", "NN", "Vrai nom|Nom de scène", false},
	{"alias-list", "NN", "Nombre real|Nombre artístico", false},
	{"alias-list", "NN", "Nome civil|Nome artístico", false},
	{"alias-list", "NN", "Nome reale|Nome d'arte", false},
	{"passport-number", "NKD", "Name|Passport no|Date of birth", true},
	{"passport-number", "NK", "Name|Reisepassnummer", true},
	{"passport-number", "NK", "Nom|Numéro de passeport", true},
	{"passport-number", "NK", "Nombre|Número de pasaporte", true},
	{"passport-number", "NK", "Nome|Número do passaporte", true},
	{"drivers-license", "NVT", "Name|Driver's license|State of issue", true},
	{"drivers-license", "NV", "Name|Führerscheinnummer", true},
	{"drivers-license", "NV", "Nombre|Permiso de conducir", true},
	{"date-of-birth", "ND", "Name|Date of birth", true},
	{"date-of-birth", "ND", "Name|Geburtsdatum", true},
	{"medical-record", "NGC", "Patient name|Diagnosis|ICD-10 code", false},
	{"medical-record", "LFG", "Nachname|Vorname|Diagnose", false},
	{"medical-record", "NG", "Nom du patient|Maladie", false},
	{"medical-record", "NG", "Paciente|Diagnóstico", false},
	{"medical-record", "NG", "Nome do paciente|Doença", false},
	{"medical-record", "NG", "Nome paziente|Diagnosi", false},
	{"network-inventory", "HAO", "Host name|IP address|Operating system", false},
	{"network-inventory", "HAT", "Rechnername|IP-Adresse|Standort", false},
	{"network-inventory", "HAT", "Serveur|Adresse IP|Emplacement", false},
	{"network-inventory", "HAT", "Servidor|Dirección IP|Ubicación", false},
	{"network-inventory", "HAT", "Equipamento|Endereço IP|Localização", false},
	{"network-inventory", "HAT", "Nome host|Indirizzo IP|Ubicazione", false},
};

static bool
makes_sense(const struct kind *k, enum layout how)
{
	if (k->wide && (how == FIXED || how == BARS || how == TABS))
		return false;
	/* two rows of words only, or of known ones, cannot be told from a header and data */
	if (how == WRAPPED && (!strpbrk(k->columns, "IMDEPAQ") || strstr(k->headers, "Nome host")))
		return false;
	/* of two columns turned round, two rows are left, and their header is as good as their label */
	return how != ON_SIDE || strlen(k->columns) > 2;
}

static void
test_found(void **state)
{
	struct scanrig *g = *state;
	struct buf b = {0};
	size_t missed = 0, all = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		for (enum layout how = 0; how < LAYOUTS; how++) {
			seed = i * 100 + how;
			if (!makes_sense(&kinds[i], how))
				continue;
			all++;
			if (scan_finds(g, &kinds[i], how, &b))
				continue;
			missed++;
			print_message("missed %s, layout %d:\n%.300s...\n%s\n", kinds[i].rule,
				(int)how, buf_cstr(&b), scanrig_log(g));
		}
	}
	assert_true(all > 300);
	assert_int_equal(missed, 0);
	buf_free(&b);
}

/* What only looks like one of them: nothing of medium or more of any of the rules. */
static const struct kind others[] = {
	{"", "BQMM", "Product|Quantity|Unit price|Net", false},
	{"", "IBQM", "Order no|Item|Quantity|Gross", false},
	{"", "TMMM", "Region|2012|2013|2014", false},
	{"", "NQQQ", "Player|Goals|Assists|Points", false},
	{"", "NBI", "Author|Title|Year of publication", false},
	{"", "BTQ", "Course|Room|Hours", false},
	{"", "HQQM", "Package|Version|Size|Installed size", false},
	{"", "DTHJ", "Timestamp|Level|Process|Message", false},
	{"", "TMMM", "Occupation|Mean annual wage|Median salary|Employment", false},
	{"", "BQGJ", "Machine|Hours|Fault found|Repaired by", false},
	{"", "NDT", "Name|Hire date|Department", false},
	{"", "HAD", "Host|Client IP|Timestamp", false},
	{"", "WUQ", "Platform|Account|Followers", false},
	{"", "BBT", "Scientific name|Common name|Also known as", false},
	{"", "BDN", "Password policy|Last changed|Approved by", false},
	{"", "BKQ", "Serial number|Part number|Stock", false},
	{"", "NVT", "Customer|Software license|Product", false},
	{"", "TQQ", "Treatment|Patients|Recovered", false},
	{"", "BMM", "Test|Expected|Actual", false},
	{"", "BMM", "Artikel|Preis|Umsatz", false},
};

static void
test_silent(void **state)
{
	struct scanrig *g = *state;
	struct buf b = {0};
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		for (enum layout how = 0; how < LAYOUTS; how++) {
			seed = i * 100 + how;
			(void)scan_finds(g, &others[i], how, &b);
			if (!strstr(scanrig_log(g), " medium ") &&
				!strstr(scanrig_log(g), " high "))
				continue;
			wrong++;
			print_message("layout %d:\n%.300s...\n%s\n", (int)how, buf_cstr(&b),
				scanrig_log(g));
		}
	}
	assert_int_equal(wrong, 0);
	buf_free(&b);
}

static int
setup(void **state)
{
	static struct scanrig g;

	scanrig_open(&g);
	*state = &g;
	return 0;
}

static int
teardown(void **state)
{
	scanrig_close(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_silent),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
