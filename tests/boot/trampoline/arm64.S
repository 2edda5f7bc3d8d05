/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile loader for arm64: enters an image that QEMU's loader device has put
 * somewhere, in states that the Linux boot protocol allows or that loaders are
 * known to leave.
 *
 * Entry: the Linux arm64 boot protocol, EL1 or EL2, MMU off, x0 = device tree.
 * Leaves: the same exception level, or EL1 with MODE_FIRMWARE, x0 = device tree, x1 to x3 = 0, junk in all
 * other registers, SP = 0. A test fills the block at CONFIG:
 *	+0 entry   +8 device tree, 0: QEMU's own   +16 mode, a mask of the bits below
 * An exception before the image has vectors of its own ends with EXCEPTION.
 *
 * Live registers: x19 device tree, x20 CONFIG, x21 mode, x22 CurrentEL.
 */

#define CONFIG	      0x40300000
#define MODE_ALIGNED  0 /* bit: SCTLR.A, unaligned accesses fault */
#define MODE_MMU      1 /* bit: MMU and caches on, identity map */
#define MODE_FIRMWARE 2 /* bit: started at EL2, enters at EL1 and stays to answer calls */

#define EL2	      (2 << 2) /* CurrentEL */
#define SPSR_DAIF_H   0x3c1 /* or CurrentEL: interrupts masked, a stack pointer of its own */
#define SCTLR_M	      (1 << 0)
#define SCTLR_A	      (1 << 1)
#define SCTLR_C	      (1 << 2)
#define SCTLR_I	      (1 << 12)
#define MAIR_NORMAL   0xff /* attribute 0: write-back; attribute 1: Device-nGnRnE */
#define T0SZ	      25   /* 39 bits of address: one table of 1 GiB blocks */
#define TCR_WB_INNER  (3 << 12 | 1 << 10 | 1 << 8)
#define TCR_EL1_EPD1  (1 << 23)
#define TCR_EL1_IPS_40 (2 << 32)
#define TCR_EL2_RES1  (1 << 31 | 1 << 23)
#define TCR_EL2_PS_40 (2 << 16)
#define BLOCK_NORMAL  0x701 /* valid block, AF, inner shareable, attribute 0 */
#define BLOCK_DEVICE  0x405 /* valid block, AF, attribute 1 */

#define SYS_WRITE0	  0x04 /* Semihosting for AArch32 and AArch64, 2.0 */
#define SYS_EXIT_EXTENDED 0x20
#define STOPPED_BY_APP	  0x20026
#define EXCEPTION	  98

/* Sets register \reg of the exception level that runs us. */
.macro	msr_here reg, value
	cmp	x22, #EL2
	b.eq	100f
	msr	\reg\()_el1, \value
	b	101f
100:	msr	\reg\()_el2, \value
101:
.endm

	.section .text
	.globl	_start
_start:
	b	start
	.long	0
	.quad	0		/* text_offset */
	.quad	end - _start	/* image_size */
	.quad	0xa		/* flags: little endian, 4 KiB pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

start:
	ldr	x20, =CONFIG
	ldr	x19, [x20, #8]
	cmp	x19, #0
	csel	x19, x0, x19, eq
	ldr	x21, [x20, #16]
	mrs	x22, CurrentEL
	adr	x0, vectors
	msr_here vbar, x0
	bl	set_sctlr

	ldr	x4, [x20]
	msr_here elr, x4
	mov	x4, #SPSR_DAIF_H
	orr	x4, x4, x22
	msr_here spsr, x4
	tbz	x21, #MODE_FIRMWARE, 1f
	bl	firmware_stay
1:	mov	x0, x19
	mov	x1, #0
	mov	x2, #0
	mov	x3, #0
	mov	sp, x1
	ldr	x5, =0xdead00000000c0de
	.irp	n, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, x5
	.endr
	eret

#include "firmware.inc"

set_sctlr:
	mrs	x1, sctlr_el1
	cmp	x22, #EL2
	b.ne	1f
	mrs	x1, sctlr_el2
1:	tbz	x21, #MODE_ALIGNED, 2f
	orr	x1, x1, #SCTLR_A
2:	tbz	x21, #MODE_MMU, 3f
	mov	x0, #(SCTLR_M | SCTLR_C)
	orr	x0, x0, #SCTLR_I
	orr	x1, x1, x0

	/* The table: block 0 holds the devices of the machine, the others memory. */
	adrp	x2, table
	add	x2, x2, :lo12:table
	msr_here ttbr0, x2
	mov	x3, #BLOCK_DEVICE
	str	x3, [x2], #8
	ldr	x3, =(BLOCK_NORMAL | 1 << 30)
	mov	x4, #511
	mov	x0, #(1 << 30)
4:	str	x3, [x2], #8
	add	x3, x3, x0
	subs	x4, x4, #1
	b.ne	4b

	mov	x0, #MAIR_NORMAL
	msr_here mair, x0
	ldr	x0, =(TCR_EL1_IPS_40 | TCR_EL1_EPD1 | TCR_WB_INNER | T0SZ)
	cmp	x22, #EL2
	b.ne	5f
	ldr	x0, =(TCR_EL2_RES1 | TCR_EL2_PS_40 | TCR_WB_INNER | T0SZ)
5:	msr_here tcr, x0
	dsb	sy
	isb
3:	msr_here sctlr, x1
	isb
	ret

	.balign	2048
vectors:
	.rept	16
	.balign	128
	b	exception
	.endr

exception:
	mov	w0, #SYS_WRITE0
	adr	x1, message
	hlt	#0xf000
	mov	w0, #SYS_EXIT_EXTENDED
	adr	x1, exit_block
	hlt	#0xf000
	b	.

	.balign	8
exit_block:
	.quad	STOPPED_BY_APP, EXCEPTION
message:
	.asciz	"loader: exception before the image had vectors\n"
	.ltorg

	.balign	4096
table:	.skip	4096
end:
