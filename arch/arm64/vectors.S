/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors (Arm ARM D1.3.1.3). All lead to C with the slot's number; C
 * returns only for a probe (arch/firmware.h) that nobody answered, and a probe is a
 * function call: of the registers that a call keeps, C keeps all but the link.
 */

	.section .text.vectors, "ax"
	.balign 2048
	.globl trap_vectors
trap_vectors:
	.set	slot, 0
	.rept	8			/* current EL with SP_EL0, then with SP_ELx; there is no lower EL */
	.balign	128
	mov	x0, #slot
	b	trap_common
	.set	slot, slot + 1
	.endr

trap_common:
	stp	x29, x30, [sp, #-16]!
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	bl	arm64_trap
	ldp	x29, x30, [sp], #16
	msr	elr_el1, x0
	eret

	.section .note.GNU-stack, "", @progbits
