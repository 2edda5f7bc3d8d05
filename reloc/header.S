/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room for struct reloc_header (ukaslr/reloc.h), which mkreloc fills in. Here and
 * not in C, where the compiler would take the zeros for its value.
 */
#define RELOC_HEADER_SIZE 56

#ifndef RELOC_HEADER_SECTION
#define RELOC_HEADER_SECTION .reloc.header
#endif

	.section RELOC_HEADER_SECTION, "a"
	.balign 8
	.globl __reloc_header
	.type __reloc_header, %object
__reloc_header:
	.skip	RELOC_HEADER_SIZE
	.size __reloc_header, RELOC_HEADER_SIZE

	.section .note.GNU-stack, "", %progbits
