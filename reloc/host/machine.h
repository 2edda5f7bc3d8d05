/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELOC_HOST_MACHINE_H
#define RELOC_HOST_MACHINE_H

/*
 * Relocation types of both architectures: what each means for an image that
 * moves, and how to talk about it
 *
 * Sources: System V ABI, AMD64 supplement, 4.4; ELF for the Arm 64-bit
 * Architecture (AArch64), 5.7. Types that are not listed are RELOC_UNKNOWN, and
 * refused: nothing is skipped in silence.
 */

#include <stddef.h>
#include <stdint.h>

enum reloc_class {
	RELOC_UNKNOWN,
	RELOC_NOTHING,	 /* R_*_NONE */
	RELOC_RELATIVE,	 /* slot = slide + addend: what a table holds */
	RELOC_PC,	 /* distance within the image: the same wherever it lies */
	RELOC_ABSOLUTE,	 /* 64-bit address of a symbol */
	RELOC_SHORT_ABS, /* an address in fewer than 64 bits, or spread over instructions */
	RELOC_GOT,	 /* through, or an entry of, the global offset table */
	RELOC_PLT,	 /* an entry of the procedure linkage table */
	RELOC_TLS,
	RELOC_IFUNC, /* a resolver function that must run first */
};

struct reloc_type {
	uint32_t type;
	enum reloc_class class;
	const char *name;
};

/* Never NULL: an unknown type has class RELOC_UNKNOWN and name "unknown type". */
const struct reloc_type *reloc_type_find(uint16_t machine, uint32_t type);

/* What a kernel developer can do about a relocation of this class. */
const char *reloc_advice(enum reloc_class class);

#endif /* RELOC_HOST_MACHINE_H */
