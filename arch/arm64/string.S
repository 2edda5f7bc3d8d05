/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy, memmove, memset
 *
 * Correct with alignment checking on (SCTLR_EL1.A), at any address: LD1 and ST1 of
 * bytes ask for the alignment of their elements, so for none (Arm ARM B2.5.2).
 * They move 64 bytes an instruction; a boot zeroes some 80 KiB of tables and state.
 */

	.section .text.memcpy, "ax"
	.balign	4
	.globl memcpy
	.type memcpy, %function
memcpy:
	mov	x3, x0
	subs	x2, x2, #256
	b.lo	2f
1:	.rept	2
	ld1	{v0.16b-v3.16b}, [x1], #64
	ld1	{v4.16b-v7.16b}, [x1], #64
	st1	{v0.16b-v3.16b}, [x3], #64
	st1	{v4.16b-v7.16b}, [x3], #64
	.endr
	subs	x2, x2, #256
	b.hs	1b
2:	tbz	x2, #7, 3f		/* less than 256 are left: bit by bit of the number */
	ld1	{v0.16b-v3.16b}, [x1], #64
	ld1	{v4.16b-v7.16b}, [x1], #64
	st1	{v0.16b-v3.16b}, [x3], #64
	st1	{v4.16b-v7.16b}, [x3], #64
3:	tbz	x2, #6, 4f
	ld1	{v0.16b-v3.16b}, [x1], #64
	st1	{v0.16b-v3.16b}, [x3], #64
4:	tbz	x2, #5, 5f
	ld1	{v0.16b-v1.16b}, [x1], #32
	st1	{v0.16b-v1.16b}, [x3], #32
5:	tbz	x2, #4, 6f
	ld1	{v0.16b}, [x1], #16
	st1	{v0.16b}, [x3], #16
6:	tbz	x2, #3, 7f
	ld1	{v0.8b}, [x1], #8
	st1	{v0.8b}, [x3], #8
7:	ands	x2, x2, #7
	b.eq	9f
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
	sub	x4, x0, x1
	cmp	x4, x2
	b.hs	memcpy
	add	x1, x1, x2		/* the destination begins inside the source: downwards */
	add	x3, x0, x2
	b	2f
1:	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	sub	x2, x2, #1
2:	tst	x2, #15
	b.ne	1b
	mov	x4, #-32
	tbz	x2, #4, 3f
	sub	x1, x1, #16
	sub	x3, x3, #16
	ld1	{v0.16b}, [x1]
	st1	{v0.16b}, [x3]
3:	sub	x1, x1, #32
	sub	x3, x3, #32
	lsr	x2, x2, #5
	cbz	x2, 5f
4:	ld1	{v0.16b-v1.16b}, [x1], x4
	st1	{v0.16b-v1.16b}, [x3], x4
	sub	x2, x2, #1
	cbnz	x2, 4b
5:	ret
	.size memmove, . - memmove

	.section .text.memset, "ax"
	.balign	4
	.globl memset
	.type memset, %function
memset:
	mov	x3, x0
	dup	v0.16b, w1
	mov	v1.16b, v0.16b
	mov	v2.16b, v0.16b
	mov	v3.16b, v0.16b
	ubfx	x4, x2, #6, #5		/* what is no multiple of 2 KiB: into the middle, */
	adr	x5, 2f
	sub	x5, x5, x4, lsl #2
	lsr	x4, x2, #11		/* then so many whole turns */
	br	x5
1:	.rept	32
	st1	{v0.16b-v3.16b}, [x3], #64
	.endr
2:	subs	x4, x4, #1
	b.hs	1b
	tbz	x2, #5, 3f
	st1	{v0.16b-v1.16b}, [x3], #32
3:	tbz	x2, #4, 4f
	st1	{v0.16b}, [x3], #16
4:	tbz	x2, #3, 5f
	st1	{v0.8b}, [x3], #8
5:	ands	x2, x2, #7
	b.eq	7f
6:	strb	w1, [x3], #1
	subs	x2, x2, #1
	b.ne	6b
7:	ret
	.size memset, . - memset

	.section .note.GNU-stack, "", @progbits
