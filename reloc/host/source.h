/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_SOURCE_H
#define RELOC_HOST_SOURCE_H

/*
 * Where in the source something stands, from DWARF debug information, through
 * elfutils' libdw. Opened on the first question: nobody asks when all is well.
 */

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
	const char *file; /* NULL: no debug information is looked for */
	bool tried;
	Dwfl *dwfl;
	Dwfl_Module *module;
};

/*
 * Puts "FILE:LINE" into out: of the code at address, or of the variable there.
 * In an object file the address is an offset into `section`, else section is
 * NULL. False, and an empty string, if nobody knows.
 */
bool source_line(struct source *src, const char *section, uint64_t address, char *out, size_t size);
void source_close(struct source *src);

#endif /* RELOC_HOST_SOURCE_H */
