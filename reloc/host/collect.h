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

enum collect_mode {
	COLLECT_COUNT,	  /* what is not relative is only counted */
	COLLECT_STRICT,	  /* it is named, as is a slot in text or in the global offset table */
	COLLECT_UNIKRAFT, /* it is named, but slots may be there; with the hand-made ones */
};

/* Collects from any linked file. Returns false after complaining about what makes no sense. */
bool collect(const struct elf_view *v, struct source *src, enum collect_mode mode,
	     struct collected *c, struct diag *d);

/*
 * unikraft.c: adds the relocations that Unikraft's assembly asks for by symbols beside
 * SYM: SYM_uk_reloc_{data,imm}WIDTH[_phys]_N is a slot of that many bytes which holds
 * SYM, relocated to the physical base with _phys; for page-table entries the value of
 * SYM_uk_reloc_pte_attrI_N is added. Complains and returns false about a SYM that is
 * missing, or that is not one.
 */
bool unikraft_collect(const struct elf_view *v, struct collected *c, struct diag *d);
void collected_free(struct collected *c);

#endif /* RELOC_HOST_COLLECT_H */
