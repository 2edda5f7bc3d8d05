/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_PLACE_H
#define RELOC_HOST_PLACE_H

/*
 * Naming a place so that a kernel developer finds it:
 * ".data+0x18 (table+0x8, foo.c, src/foo.c:12)": section, symbol, the source
 * file that the symbol table names, and the line when there is debug info.
 */

#include "elf_view.h"
#include "source.h"

#define PLACE_MAX 512

/*
 * address: as in the section's own numbers, that is, link-time addresses in a
 * linked file, offsets in an object file (whose sections all begin at 0).
 */
void place_describe(const struct elf_view *v, struct source *src, size_t section, uint64_t address,
		    char out[PLACE_MAX]);

#endif /* RELOC_HOST_PLACE_H */
