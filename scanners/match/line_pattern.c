/*
 * PCRE2's interpreter over a whole document, counted, within limits of steps and of matches. A line
 * ends with LF, CR LF or CR alone: texts of Windows and of markup have all three.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/phrases.h"

#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define HEAP_KIB 2048u /* memory of one match */

struct line_pattern {
	pcre2_code *code;
	pcre2_match_data *md;
	pcre2_match_context *mc;
};

int
line_pattern_new(const char *regex, struct line_pattern **ret_p, char ret_why[160])
{
	struct line_pattern *p = calloc(1, sizeof *p);
	pcre2_compile_context *cc = pcre2_compile_context_create(NULL);
	PCRE2_SIZE offset;
	int code;

	if (!p || !cc) {
		free(p);
		pcre2_compile_context_free(cc);
		return -ENOMEM;
	}
	(void)pcre2_set_newline(cc, PCRE2_NEWLINE_ANYCRLF);
	p->code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
		PCRE2_MULTILINE | PCRE2_NEVER_UTF, &code, &offset, cc);
	pcre2_compile_context_free(cc);
	if (!p->code) {
		(void)pcre2_get_error_message(code, (PCRE2_UCHAR *)ret_why, 160);
		line_pattern_free(p);
		return -EINVAL;
	}
	p->md = pcre2_match_data_create_from_pattern(p->code, NULL);
	p->mc = pcre2_match_context_create(NULL);
	if (!p->md || !p->mc) {
		line_pattern_free(p);
		return -ENOMEM;
	}
	(void)pcre2_set_match_limit(p->mc, LIMIT_DOCUMENT_STEPS);
	(void)pcre2_set_depth_limit(p->mc, LIMIT_MATCH_DEPTH);
	(void)pcre2_set_heap_limit(p->mc, HEAP_KIB);
	*ret_p = p;
	return 0;
}

uint32_t
line_pattern_count(struct line_pattern *p, struct span text, uint32_t most, size_t *ret_first)
{
	uint32_t n = 0;
	size_t at = 0;

	while (n < most && at < text.n) {
		const PCRE2_SIZE *v;

		if (pcre2_match(p->code, text.p, text.n, at, 0, p->md, p->mc) < 1)
			break;
		v = pcre2_get_ovector_pointer(p->md);
		if (n == 0)
			*ret_first = v[0];
		at = v[1] > at ? v[1] : at + 1;
		n++;
	}
	return n;
}

void
line_pattern_free(struct line_pattern *p)
{
	if (!p)
		return;
	pcre2_match_data_free(p->md);
	pcre2_match_context_free(p->mc);
	pcre2_code_free(p->code);
	free(p);
}
