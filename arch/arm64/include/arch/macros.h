/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_MACROS_H
#define ARCH_MACROS_H

/* Assembly macros of early code. */

/* A symbol's runtime address, within 4 GiB of here: nothing to relocate. */
.macro ADDR reg, symbol
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
.endm

/* A 64-bit constant without a literal pool */
.macro MOVQ reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	movk	\reg, #(((\value) >> 32) & 0xffff), lsl #32
.endm

/*
 * Applies a D-cache operation to each line of [start, end) and waits for it. Both
 * are page aligned; start is clobbered; x23 holds a line's bytes, 512 at most (a
 * line has up to 2 KiB in theory: more than a page's eighth is none that exists).
 */
.macro DCACHE_RANGE op, start, end
91:
	.rept	8
	dc	\op, \start
	add	\start, \start, x23
	.endr
	cmp	\start, \end
	b.lo	91b
	dsb	sy
.endm

/*
 * If the loader left the MMU on: make the image visible to accesses that bypass
 * the caches (clean to the point of coherency), then turn MMU and caches off.
 * Keeps SCTLR.A in x20; x22 is the image, x23 a line's bytes; clobbers x1 to x3.
 */
.macro MMU_OFF el
	mrs	x1, sctlr_\el
	and	x20, x1, #SCTLR_A
	tbz	x1, #0, 92f
	mov	x2, x22
	ADDR	x3, __early_start
	DCACHE_RANGE cvac, x2, x3
	MOVQ	x2, (SCTLR_M | SCTLR_C | SCTLR_I)
	bic	x1, x1, x2
	msr	sctlr_\el, x1
	isb
	ic	iallu
	dsb	nsh
	isb
92:
.endm

#endif /* ARCH_MACROS_H */
