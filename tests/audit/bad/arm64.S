/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that breaks every rule of the audit, so that the audit is seen to
 * notice. Entered at EL1 as a Linux arm64 Image, at 2 MiB into memory; it turns
 * the MMU on over
 *
 *	0xffffff8000000000  text    r-x  a good mapping ...
 *	0xffffff8000200000  text    rw-  ... and its writable alias
 *	0xffffff8000400000          rwx  writable and executable
 *	0x0000000040200000  text    r-x  identity, and in the lower half
 *
 * all of 2 MiB blocks in two 39-bit halves, says "ready" on the PL011 while
 * the MMU is off, and spins.
 */

#define UART	0x09000000
#define TEXT	0x40200000
#define OTHER	0x40400000

/* Descriptors and registers: Arm ARM DDI 0487, D8.3 and D19.2 */
#define TABLE	     3
#define BLOCK	     0x701 /* AF, inner shareable, attribute 0 */
#define AP_RO	     (1 << 7)
#define XN	     (3 << 53) /* UXN and PXN */
#define MAIR_NORMAL  0xff
#define TCR_39_BITS  (25 << 16 | 25) /* T1SZ, T0SZ */
#define TCR_TG1_4K   (2 << 30)
#define TCR_IPS_40   (2 << 32)
#define SCTLR_M	     (1 << 0)

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
	adr	x1, ready
	mov	x2, #UART
1:	ldrb	w3, [x1], #1
	cbz	w3, 2f
	strb	w3, [x2]
	b	1b

	/* The first levels point to the second ones: addresses are known only now. */
2:	adrp	x0, lower
	adrp	x1, lower_blocks
	add	x1, x1, #TABLE
	str	x1, [x0, #8]		/* the second GiB */
	msr	ttbr0_el1, x0
	adrp	x0, upper
	adrp	x1, upper_blocks
	add	x1, x1, #TABLE
	str	x1, [x0]
	msr	ttbr1_el1, x0
	mov	x0, #MAIR_NORMAL
	msr	mair_el1, x0
	ldr	x0, =(TCR_IPS_40 | TCR_TG1_4K | TCR_39_BITS)
	msr	tcr_el1, x0
	dsb	sy
	isb
	mrs	x0, sctlr_el1
	orr	x0, x0, #SCTLR_M
	msr	sctlr_el1, x0
	isb
	b	.

ready:	.asciz	"ready\n"
	.ltorg

	.balign	4096
lower:	.skip	4096
upper:	.skip	4096
lower_blocks:
	.quad	0, TEXT | BLOCK | AP_RO
	.skip	510 * 8
upper_blocks:
	.quad	TEXT | BLOCK | AP_RO
	.quad	TEXT | BLOCK | XN
	.quad	OTHER | BLOCK
	.skip	509 * 8
end:
