/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jump: from the early identity map to the virtual base
 */
#include <arch/arm64.h>
#include <arch/layout.h>
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
	ld1	{v0.2d-v3.2d}, [x0]	/* zeros now, over ChaCha rows and copied records */
	ld1	{v4.2d-v7.2d}, [x0]
	ld1	{v8.2d-v11.2d}, [x0]
	ld1	{v12.2d-v15.2d}, [x0]
	ld1	{v16.2d-v19.2d}, [x0]
	ld1	{v20.2d-v23.2d}, [x0]
	ld1	{v24.2d-v27.2d}, [x0]
	ld1	{v28.2d-v31.2d}, [x0]
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
	ldr	x4, [x0, #HANDOFF_WINDOW_ROOT]
	msr	ttbr0_el1, x4		/* not walked but while tables are edited */
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
1:	.irp	r, elr_el1, spsr_el1, esr_el1, far_el1, par_el1, tpidr_el0, tpidr_el1
	msr	\r, xzr
	.endr
	adr	x30, zeros
	ldp	x1, x2, [x30]
	ldp	x3, x4, [x30]
	ldp	x5, x6, [x30]
	ldp	x7, x8, [x30]
	ldp	x9, x10, [x30]
	ldp	x11, x12, [x30]
	ldp	x13, x14, [x30]
	ldp	x15, x16, [x30]
	ldp	x17, x18, [x30]
	ldp	x19, x20, [x30]
	ldp	x21, x22, [x30]
	ldp	x23, x24, [x30]
	ldp	x25, x26, [x30]
	ldp	x27, x28, [x30]
	ldp	x29, x30, [x30]
	bl	normal_boot
	brk	#0			/* it does not return */
	.balign	8
zeros:	.quad	0, 0
	.size moved_entry, . - moved_entry

	.section .note.GNU-stack, "", @progbits
