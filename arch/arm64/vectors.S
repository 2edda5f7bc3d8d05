/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors (Arm ARM D1.3.1.3); the linker script puts them at their
 * places. Interrupts are masked for good and there is no lower exception level,
 * so four slots of sixteen can be taken. All lead to C with the slot's number; C
 * returns only for a probe (arch/firmware.h) that nobody answered, with x0 = -1,
 * and a probe is a function call: of the registers that a call keeps, C keeps all
 * but the link.
 */

.macro VECTOR name, slot
	.section .vector.\name, "ax"
	mov	x0, #\slot
	b	trap_common
.endm

	VECTOR	sync_sp0, 0
	VECTOR	serror_sp0, 3
	VECTOR	sync_spx, 4
	VECTOR	serror_spx, 7

	.section .text.trap_common, "ax"
	.balign	4
trap_common:
	stp	x29, x30, [sp, #-16]!
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	mov	x4, sp
	bl	arm64_trap
	ldp	x29, x30, [sp], #16
	msr	elr_el1, x0
	mov	x0, #-1
	eret

	.section .note.GNU-stack, "", @progbits
