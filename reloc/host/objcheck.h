/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_OBJCHECK_H
#define RELOC_HOST_OBJCHECK_H

/*
 * Object files of early code: nothing in them may need a relocation at run time,
 * nor a symbol that only a hosted program has
 */

#include "elf_view.h"
#include "source.h"

/* Symbols that the user vouches for: absolute numbers, or defined elsewhere. */
struct allowed {
	const char *const *names;
	size_t count;
};

/*
 * Names in o every relocation in a loaded section that depends on where the
 * image lies, and every undefined symbol that belongs to a runtime (sanitizers,
 * stack protector, profilers, libc). Returns whether there was none.
 */
bool objcheck(const struct elf_view *o, struct source *src, const struct allowed *allowed,
	      struct diag *d);

/*
 * Which runtime an undefined symbol belongs to, as advice on what to do about
 * it, or NULL if it is of none.
 */
const char *runtime_of(const char *symbol);

#endif /* RELOC_HOST_OBJCHECK_H */
