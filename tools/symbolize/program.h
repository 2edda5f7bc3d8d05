/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SYMBOLIZE_PROGRAM_H
#define SYMBOLIZE_PROGRAM_H

/*
 * An image's ELF file: names, source lines and call frames of its code, from the symbol
 * table and DWARF, through elfutils' libelf and libdw.
 *
 * Offsets count from the image's first byte, as in fault reports; 0 is __base_addr.
 */

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct program {
	const char *file;
	int fd;
	Dwarf *dwarf;
	Dwarf_CFI *cfi; /* of dwarf */
	Elf *elf;	/* of dwarf */
	unsigned machine;
	uint64_t base, end; /* where __base_addr and __early_end are linked */
	const char *app_name;
};

/* False after a message on stderr. program_close() ends it in both cases. */
bool program_open(struct program *p, const char *file);
void program_close(struct program *p);

/*
 * Prints "FUNCTION at FILE:LINE" and a newline; for each function that this one was
 * inlined into, a line "        inlined into FUNCTION at FILE:LINE". What is not known is
 * "??". is_return: the offset is where a call returns to, and the call is meant.
 * False if nothing is known.
 */
bool program_print_code(struct program *p, uint64_t offset, bool is_return, FILE *out);

/* Prints "SYMBOL+0xDISTANCE", of a function or variable; false, and nothing, without one. */
bool program_print_symbol(struct program *p, uint64_t offset, FILE *out);

/* Is there a function of this name at the offset? */
bool program_is_in(struct program *p, uint64_t offset, const char *function);

/* Is the instruction before this offset a call that may lead into the function around callee? */
bool program_follows_call(struct program *p, uint64_t offset, uint64_t callee);

#endif /* SYMBOLIZE_PROGRAM_H */
