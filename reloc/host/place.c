/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "place.h"

void place_describe(const struct elf_view *v, struct source *src, size_t section, uint64_t address,
		    char out[PLACE_MAX])
{
	const struct section *s = &v->sections[section];
	char symbol[PLACE_MAX / 4] = "", line[PLACE_MAX / 4] = "";
	struct symbol sym = {0};
	const char *file = NULL;

	if (section && symbol_near(v, section, address, &sym)) {
		file = sym.file;
		snprintf(symbol, sizeof(symbol), address == sym.s.st_value ? "%s" : "%s+0x%" PRIx64,
			 sym.name, address - sym.s.st_value);
	}
	source_line(src, v->h.e_type == ET_REL ? s->name : NULL, address, line, sizeof(line));
	snprintf(out, PLACE_MAX, "%.100s+0x%" PRIx64 "%s%s%s%.100s%s%s%s", section ? s->name : "0",
		 address - s->h.sh_addr, symbol[0] || file || line[0] ? " (" : "", symbol,
		 symbol[0] && file ? ", " : "", file ? file : "",
		 line[0] && (symbol[0] || file) ? ", " : "", line,
		 symbol[0] || file || line[0] ? ")" : "");
}
