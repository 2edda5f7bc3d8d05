/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot page tables, an entry from long mode, and relocations of all kinds that assembly
 * asks for by the names of symbols
 */
#define PTE_RW	0x003
#define PTE_RWL 0x083

/* SYM_uk_reloc_dataN[_phys]_I, here, for the bytes that follow */
.macro WISH name:req
	.globl	\name
	.set	\name, .
.endm

	.section .multiboot, "a"
	.balign	4
	.long	0x1badb002, 0x3, -(0x1badb002 + 0x3)

	/* A symbol's page-table entry, as data that mkreloc has to fill in */
.macro TABLE symbol:req, n:req
	WISH	\symbol\()_uk_reloc_data8_phys_\n
	.quad	0xb0b0
	.set	\symbol\()_uk_reloc_pte_attr0_\n, PTE_RW
	.globl	\symbol\()_uk_reloc_pte_attr0_\n
.endm

	.text
	.balign	4096
	.globl	pages0, directory0, directory1, directory2, directory3, pointers0, x86_bpt_pml4
pages0:
	.quad	0
	.set	at, 0x1000
	.rept	511
	.quad	at + PTE_RW
	.set	at, at + 0x1000
	.endr
directory0:
	TABLE	pages0, 1
	.set	at, 0x200000
	.rept	511
	.quad	at + PTE_RWL
	.set	at, at + 0x200000
	.endr
	.irp	n, 1, 2, 3
directory\n:
	.rept	512
	.quad	at + PTE_RWL
	.set	at, at + 0x200000
	.endr
	.endr
pointers0:
	TABLE	directory0, 2
	TABLE	directory1, 3
	TABLE	directory2, 4
	TABLE	directory3, 5
	.fill	508, 8, 0
x86_bpt_pml4:
	TABLE	pointers0, 6
	.fill	511, 8, 0

	/* RDI: struct lcpu_sargs (entry, stack), RSI: Multiboot information */
	.code64
	.globl	lcpu_start64
lcpu_start64:
	movq	8(%rdi), %rsp
	andq	$-16, %rsp
	movq	(%rdi), %rax
	xorl	%edi, %edi
	pushq	%rdi
	jmp	*%rax

	/* Slots in text and in data, of other widths, at odd places */
	.globl	in_text, in_text2, in_data, phys_in_data
in_text:
	.byte	0xb8
	WISH	marker_uk_reloc_imm4_1
	.long	0xb0b0
	.byte	0
in_text2:
	.byte	0xb8
	WISH	marker_uk_reloc_imm2_2
	.word	0xb0b0
	.data
	.byte	0
in_data:
	WISH	marker_uk_reloc_data8_3
	.quad	0xb0b0
phys_in_data:
	WISH	marker_uk_reloc_data4_phys_4
	.long	0xb0b0
	.globl	marker
	.balign	8
marker:
	.quad	0

	/* What libukreloc's own entries look like: relocated by the linker, wanted by nobody */
	.section .uk_reloc, "a"
	.quad	0
	.quad	0
	.reloc	., R_X86_64_64, marker
	.long	0
	.long	0

	.section .note.GNU-stack, "", @progbits
