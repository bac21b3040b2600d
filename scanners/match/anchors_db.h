/* anchors_db: what anchors.c makes and anchors_scan.c uses. */
#ifndef MATCH_ANCHORS_DB_H
#define MATCH_ANCHORS_DB_H

#include "match/anchors.h"
#include "match/cores.h"
#include <hs/hs.h>

struct anchors {
	struct literal *lits;
	size_t n, cap;
	size_t n_rules;
	struct cores cores; /* of the anchors */
	hs_database_t *anchors, *words; /* NULL: there are none */
	hs_scratch_t *scratch;
};

#endif
