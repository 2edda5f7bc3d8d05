/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arch/firmware.h: the calls, and which addresses they are at
 */
#include <arch/macros.inc>

	.section .text.firmware, "ax"
	.balign	4
	.globl firmware_semihosting, firmware_hvc, firmware_smc, firmware_probe
firmware_semihosting:
semihosting_insn:
	hlt	#0xf000
	ret
firmware_hvc:
	str	x2, [sp, #-16]!
hvc_insn:
	hvc	#0
	b	1f
firmware_smc:
	str	x2, [sp, #-16]!
smc_insn:
	smc	#0
1:	ldr	x4, [sp], #16
	stp	x0, x1, [x4]
	stp	x2, x3, [x4, #16]
	ret

firmware_probe:
	adr	x1, semihosting_insn
	cmp	x0, x1
	adr	x1, hvc_insn
	ccmp	x0, x1, #4, ne
	adr	x1, smc_insn
	ccmp	x0, x1, #4, ne
	cset	w0, eq
	ret

	.section .note.GNU-stack, "", @progbits
