/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jump: from the early identity map to the virtual base
 */
#include <arch/layout.h>
#include <arch/x86.h>

#define FXSAVE_SIZE 512 /* Intel SDM vol. 1, 10.5.1 */

/*
 * _Noreturn void arch_enter(paddr_t root, vaddr_t stack_top, vaddr_t entry, vaddr_t handoff)
 *
 * Runs in the identity map. The final root has borrowed its entry for the lowest
 * addresses (arch_shrink_identity), so the early tables never hear of the final ones.
 *
 *	register  purpose
 *	rdi       final root table, physical
 *	rsi       top of the final stack, virtual
 *	rdx       moved_entry, virtual
 *	rcx       struct handoff, virtual
 */
	.section .boot.head, "ax"
	.globl arch_enter
	.type arch_enter, @function
arch_enter:
	movq	%rdi, %cr3
	movq	%rsi, %rsp
	movq	%rcx, %rsi

	/* The early stack and all early state may hold seeds and addresses: wipe them. */
	leaq	__early_wipe_start(%rip), %rdi
	leaq	__early_end(%rip), %rcx
	subq	%rdi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
	rep stosq
	fxrstor	-FXSAVE_SIZE(%rdi)	/* zeros for ChaCha rows; for MXCSR, too, until arch_init() */

	/* Nor does a register keep an early address; EFLAGS.AC would switch SMAP off. */
	.irp	r, ebx, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
	xorl	%\r, %\r
	.endr
	pushq	$EFLAGS_FIXED
	popfq

	/* The write to CR3 above has serialised: the moved text is fetched as written (SDM 12.6). */
	jmp	*%rdx
	.size arch_enter, . - arch_enter

/*
 * moved_entry: the first instructions at the virtual base
 *
 *	rsi  struct handoff, virtual
 *	rsp  top of the final stack
 */
	.section .text.moved_entry, "ax"
	.globl moved_entry
	.type moved_entry, @function
moved_entry:
	movq	HANDOFF_POOL_VA(%rsi), %rax	/* the root is the pool's first page */
	movq	%cr0, %rcx
	movq	%rcx, %rdx
	andl	$~CR0_WP, %edx
	movq	%rdx, %cr0			/* the window on the tables is read-only */
	movq	$0, (%rax)
	movq	%rcx, %cr0
	movq	%cr3, %rax
	movq	%rax, %cr3			/* the identity map is gone */
#if PROTOCOL_XENPV
	.globl	xenpv_moved_entry		/* which Xen does for normal_boot() */
xenpv_moved_entry:
#endif
	xorl	%eax, %eax
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movq	%rsi, %rdi
	call	normal_boot
	ud2
	.size moved_entry, . - moved_entry

	.section .note.GNU-stack, "", @progbits
