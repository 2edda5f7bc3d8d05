/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy, memmove, memset
 *
 * Correct with alignment checking on (SCTLR_EL1.A): wide accesses only where
 * they are aligned. The bulk goes 128 bytes a turn; zeros go by DC ZVA, a block
 * at a time, where the processor allows it (Arm ARM D19.2.37, DCZID_EL0).
 */

	.section .text.memcpy, "ax"
	.balign	4
	.globl memcpy
	.type memcpy, %function
memcpy:
	mov	x3, x0
	eor	x4, x0, x1
	tst	x4, #7
	b.ne	7f			/* never both aligned */
	tst	x4, #15
	b.ne	4f			/* never both aligned to 16 */
1:	tst	x3, #15			/* byte by byte up to an aligned place */
	b.eq	2f
	cbz	x2, 9f
	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	subs	x2, x2, #128
	b.lo	3f
21:	ldp	q0, q1, [x1], #32
	ldp	q2, q3, [x1], #32
	ldp	q4, q5, [x1], #32
	ldp	q6, q7, [x1], #32
	stp	q0, q1, [x3], #32
	stp	q2, q3, [x3], #32
	stp	q4, q5, [x3], #32
	stp	q6, q7, [x3], #32
	subs	x2, x2, #128
	b.hs	21b
3:	add	x2, x2, #128
4:	tst	x3, #7
	b.ne	7f
5:	subs	x2, x2, #16
	b.lo	6f
	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x3], #16
	b	5b
6:	add	x2, x2, #16
7:	cbz	x2, 9f
8:	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	subs	x2, x2, #1
	b.ne	8b
9:	ret
	.size memcpy, . - memcpy

	.section .text.memmove, "ax"
	.balign	4
	.globl memmove
	.type memmove, %function
memmove:
	mov	x3, x0
	sub	x4, x0, x1
	cmp	x4, x2
	b.lo	7f
	b	memcpy
7:	add	x1, x1, x2		/* the destination begins inside the source: downwards */
	add	x3, x3, x2
	orr	x4, x1, x3
	orr	x4, x4, x2
	tst	x4, #7
	b.ne	9f
8:	subs	x2, x2, #8
	b.lo	10f
	ldr	x4, [x1, #-8]!
	str	x4, [x3, #-8]!
	b	8b
9:	subs	x2, x2, #1
	b.lo	10f
	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	b	9b
10:	ret
	.size memmove, . - memmove

	.section .text.memset, "ax"
	.balign	4
	.globl memset
	.type memset, %function
memset:
	mov	x3, x0
	and	w1, w1, #0xff
	mov	x4, #0x0101010101010101
	mul	x1, x1, x4
1:	tst	x3, #15			/* byte by byte up to an aligned place */
	b.eq	2f
	cbz	x2, 9f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	cbnz	x1, 6f
	mrs	x5, dczid_el0
	tbnz	x5, #4, 6f		/* DZP: DC ZVA is not allowed */
	and	x5, x5, #0xf		/* BS: log2 of the block's words */
	mov	x6, #4
	lsl	x6, x6, x5
	cmp	x2, x6, lsl #1
	b.lo	6f
	sub	x7, x6, #1
3:	tst	x3, x7			/* 16 bytes at a time up to a block */
	b.eq	4f
	stp	x1, x1, [x3], #16
	sub	x2, x2, #16
	b	3b
4:	subs	x2, x2, x6, lsl #2	/* four blocks a turn */
	b.lo	51f
5:	dc	zva, x3
	add	x3, x3, x6
	dc	zva, x3
	add	x3, x3, x6
	dc	zva, x3
	add	x3, x3, x6
	dc	zva, x3
	add	x3, x3, x6
	subs	x2, x2, x6, lsl #2
	b.hs	5b
51:	add	x2, x2, x6, lsl #2
6:	subs	x2, x2, #16
	b.lo	7f
	stp	x1, x1, [x3], #16
	b	6b
7:	add	x2, x2, #16
8:	cbz	x2, 9f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	8b
9:	ret
	.size memset, . - memset

	.section .note.GNU-stack, "", @progbits
