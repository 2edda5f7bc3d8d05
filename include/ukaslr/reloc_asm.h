/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_RELOC_ASM_H
#define UKASLR_RELOC_ASM_H

/*
 * Slots that no compiler asks for, from hand-written assembly (for .S files)
 *
 * A descriptor-table register wants 8 bytes at an odd place, a trampoline for
 * another processor a 4-byte physical address, a page table entry a physical
 * address with attribute bits: the linker has no relocation for these, and
 * refuses what comes close. These macros put the wish into a section that is not
 * loaded; mkreloc reads it, writes the link-time value into the slot, and puts
 * the slot into the table. Slots lie in data: text is never patched.
 *
 *	idtr:	.word	IDT_LIMIT
 *		RELOC_SLOT 8, idt
 *	pml4:	RELOC_SLOT 8, pdpt + PTE_P + PTE_W, RELOC_PHYS
 *	mov_at:	...an instruction in a data section, its last 4 bytes an address...
 *		RELOC_AT mov_at_end - 4, 4, target, RELOC_PHYS
 *
 * The section is marked as retained (SHF_GNU_RETAIN): --gc-sections must not drop
 * it unseen. The linker script leaves it alone, or keeps it at address 0.
 *
 * An address that does not fit in the width is cut to it: it is up to whoever
 * asks to see to it that the image lies low enough.
 */

#define RELOC_PHYS 1 /* relocate to the physical base; else to the virtual one */

/* The `width` bytes (2, 4 or 8) at `slot` hold the address `value`. */
.macro RELOC_AT slot:req, width:req, value:req, flags=0
	.pushsection .ukaslr.reloc, "R", %progbits
	.quad	\slot
	.quad	\value
	.long	\width
	.long	\flags
	.popsection
.endm

/* The same, emitting the slot here. */
.macro RELOC_SLOT width:req, value:req, flags=0
	RELOC_AT .Lreloc_slot\@, \width, \value, \flags
.Lreloc_slot\@:
	.fill	\width, 1, 0
.endm

/*
 * Room for the header of the relocation table, in a section that the linker
 * script keeps in a loaded, read-only part.
 */
.macro RELOC_HEADER
	.pushsection .reloc.header, "a", %progbits
	.balign	8
	.fill	56, 1, 0
	.popsection
.endm

#endif /* UKASLR_RELOC_ASM_H */
