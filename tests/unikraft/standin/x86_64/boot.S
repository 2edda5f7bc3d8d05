/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot page tables, and an entry from long mode
 */
#include "../relocs.inc"

#define PTE_RW	0x003
#define PTE_RWL 0x083

	.section .multiboot, "a"
	.balign	4
	.long	0x1badb002, 0x3, -(0x1badb002 + 0x3)

	.text
	.balign	4096
	.globl	pages0, directory0, directory1, directory2, directory3, pointers0, pointers511, x86_bpt_pml4
pages0:
	.quad	0
	.set	at, 0x1000
	.rept	511
	.quad	at + PTE_RW
	.set	at, at + 0x1000
	.endr
directory0:
	TABLE	pages0, 1, PTE_RW
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
	TABLE	directory0, 2, PTE_RW
	TABLE	directory1, 3, PTE_RW
	TABLE	directory2, 4, PTE_RW
	TABLE	directory3, 5, PTE_RW
	.fill	508, 8, 0
pointers511:
	.set	at, 0
	.rept	512
	.quad	at + PTE_RWL
	.set	at, at + 0x40000000
	.endr
x86_bpt_pml4:
	TABLE	pointers0, 6, PTE_RW
	.fill	510, 8, 0
	TABLE	pointers511, 7, PTE_RW

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

	WISHES
	.section .note.GNU-stack, "", @progbits
