/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jump: from the early identity map to the virtual base
 */
#include <arch/x86.h>

/*
 * _Noreturn void arch_enter(paddr_t root, vaddr_t stack_top, vaddr_t entry, vaddr_t handoff)
 *
 * Runs in the early identity map, which is the lower half of the early PML4.
 * Its upper half is filled from the final root, so both worlds are there for the
 * few instructions that need both.
 *
 *	register  purpose
 *	rdi       final root table, physical (reachable: physmem() mapped it)
 *	rsi       top of the final stack, virtual
 *	rdx       moved_entry, virtual
 *	rcx       struct handoff, virtual
 */
	.section .boot.head, "ax"
	.globl arch_enter
	.type arch_enter, @function
arch_enter:
	movq	%rsi, %rsp
	movq	%rdi, %rbx
	movq	%rcx, %r8
	leaq	2048(%rdi), %rsi
	leaq	2048 + early_root(%rip), %rdi
	movl	$256, %ecx
	rep movsq

	/* The early stack and all early state may hold seeds and addresses: wipe them. */
	leaq	__early_wipe_start(%rip), %rdi
	leaq	__early_end(%rip), %rcx
	subq	%rdi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
	rep stosq

	movq	%rbx, %rdi
	movq	%r8, %rsi
	jmp	*%rdx
	.size arch_enter, . - arch_enter

/*
 * moved_entry: the first instructions at the virtual base
 *
 *	rdi  final root table, physical
 *	rsi  struct handoff, virtual
 *	rsp  top of the final stack
 */
	.text
	.globl moved_entry
	.type moved_entry, @function
moved_entry:
	movq	%rdi, %cr3		/* the identity map is gone */
	movq	%rsi, %rdi
	xorl	%ebp, %ebp
	call	normal_boot
	ud2
	.size moved_entry, . - moved_entry

	.section .note.GNU-stack, "", @progbits
