/* The extractors speak for themselves; libraries tell their version at run time. */
#include "scan.h"

#include <archive.h>
#include <expat.h>
#include <hs/hs.h>
#include <magic.h>
#include <nettle/version.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/poison.h"

void
scan_about(struct buf *b)
{
	char pcre[64] = "";

	(void)pcre2_config(PCRE2_CONFIG_VERSION, pcre);
	buf_printf(b, "libraries: %s, expat %s, libhs %s, libmagic %d, PCRE2 %s, nettle %d.%d",
		archive_version_details(), XML_ExpatVersion(), hs_version(), magic_version(), pcre,
		nettle_version_major(), nettle_version_minor());
	for (size_t i = 0; extractors[i]; i++) {
		if (extractors[i]->library)
			buf_printf(b, ", %s %s", extractors[i]->library, extractors[i]->version());
	}
	for (size_t i = 0; extractors[i]; i++)
		buf_printf(b, "|%s: %s", extractors[i]->name, extractors[i]->formats);
}
