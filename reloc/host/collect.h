/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_COLLECT_H
#define RELOC_HOST_COLLECT_H

/*
 * All relocations of a linked file: the linker's own (RELA, RELR) and those that
 * boot code wishes for (ukaslr/reloc_asm.h)
 */

#include "encode.h"
#include "elf_view.h"
#include "source.h"

/* One record of .ukaslr.reloc, as the macro RELOC_AT of ukaslr/reloc_asm.h emits it */
struct reloc_wish {
	uint64_t slot, value;
	uint32_t width;
	uint32_t flags; /* RELOC_REST_* */
};

struct collected {
	struct slots slots;	 /* relative ones, sorted, with the values they must hold */
	size_t rela, rela_bytes; /* entries of all kinds, bytes of their sections */
	size_t relr, relr_bytes; /* slots that the linker packed itself, bytes of words */
	size_t wishes;
	size_t others; /* RELA entries that are not relative */
};

/*
 * Collects from any linked file. What is not relative is only counted when
 * `strict` is false; else each is named, as is a slot in text or in the global
 * offset table. Returns false after complaining about what makes no sense.
 */
bool collect(const struct elf_view *v, struct source *src, bool strict, struct collected *c,
	     struct diag *d);
void collected_free(struct collected *c);

#endif /* RELOC_HOST_COLLECT_H */
