/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jump: from the early identity map to the virtual base
 */
#include <arch/arm64.h>
#include <arch/macros.inc>

/*
 * _Noreturn void arch_enter(paddr_t root, vaddr_t stack_top, vaddr_t entry, vaddr_t handoff)
 *
 * The identity map is in TTBR0_EL1 and stays until the jump is made; the final
 * tables go to TTBR1_EL1.
 *
 *	register  purpose
 *	x0        final root table, physical
 *	x1        top of the final stack, virtual
 *	x2        moved_entry, virtual
 *	x3        struct handoff, virtual
 */
	.section .boot.head, "ax"
	.balign	4
	.globl arch_enter
	.type arch_enter, %function
arch_enter:
	mov	x19, x1
	mov	x20, x2
	mov	x21, x3
	msr	ttbr1_el1, x0
	isb				/* no walk may go through what was there before */
	mrs	x4, tcr_el1
	and	x4, x4, #~TCR_EPD1
	msr	tcr_el1, x4
	isb
	/*
	 * The moved text was written as data, and the caller has cleaned it to the
	 * point of unification: drop what the I-cache may hold (Arm ARM B2.4.4).
	 */
	ic	iallu
	tlbi	vmalle1
	dsb	nsh
	isb
	mov	sp, x19

	/* The early stack and all early state may hold seeds and addresses: wipe them. */
	ADDR	x0, __early_wipe_start
	ADDR	x2, __early_wipe_end
	sub	x2, x2, x0
	mov	w1, #0
	bl	memset
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0		/* ChaCha rows, copied records */
	.endr
	msr	fpcr, xzr
	mov	x0, x21
	br	x20
	.size arch_enter, . - arch_enter

/*
 * moved_entry: the first instructions at the virtual base
 *
 *	x0  struct handoff, virtual
 *	sp  top of the final stack
 *
 * Normal boot and main run on SP_EL0. An exception switches to SP_EL1, which will
 * be a stack of its own (arch_init): a stack that overflowed can still be reported.
 */
	.section .text.moved_entry, "ax"
	.balign	4
	.globl moved_entry
	.type moved_entry, %function
moved_entry:
	mrs	x4, tcr_el1
	orr	x4, x4, #TCR_EPD0
	msr	tcr_el1, x4
	msr	ttbr0_el1, xzr
	mrs	x4, sctlr_el1
	orr	x4, x4, #SCTLR_WXN
	msr	sctlr_el1, x4
	isb
	tlbi	vmalle1
	dsb	nsh
	isb				/* the identity map is gone */
	ADDR	x4, trap_vectors
	msr	vbar_el1, x4
	msr	daifclr, #4		/* system errors are reported from here on */
	mov	x4, sp
	msr	sp_el0, x4
	msr	spsel, #0
	isb
	mrs	x4, id_aa64mmfr1_el1
	tst	x4, #MMFR1_PAN_MASK
	b.eq	1f
	SET_PAN

	/* No register keeps an early address, be it in what an exception left. */
1:	.irp	r, elr_el1, far_el1, par_el1, tpidr_el0, tpidr_el1
	msr	\r, xzr
	.endr
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	mov	x\n, #0
	.endr
	bl	normal_boot
	brk	#0			/* it does not return */
	.size moved_entry, . - moved_entry

	.section .note.GNU-stack, "", @progbits
