/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot page tables, what makes them work, and cache maintenance. The memory attributes
 * and the blocks are those of Unikraft: nothing, devices, memory, and from 2 GiB on memory
 * in blocks of 1 GiB, without code.
 */
#include "../relocs.inc"

#define BLOCK_CODE   0x715	/* valid block, AF, inner shareable, attribute 5 */
#define BLOCK_NORMAL (BLOCK_CODE | 3 << 53)	/* the same, PXN, UXN */
#define BLOCK_DEVICE (0x401 | 3 << 53)		/* attribute 0 */
#define PTE_TABLE    0x3

#define MAIR_WB_5    (0xff << 40)
#define TCR_40_BITS  (24 | 24 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 1 << 23 | 2 << 30 | 2 << 32)
#define SCTLR_MCI    0x30d01985

	/* Entries of an array of blocks, the first of which leads to `at` */
.macro BLOCKS n:req, size:req, attr:req
	.rept	\n
	.quad	at + \attr
	.set	at, at + \size
	.endr
.endm

	.data
	.balign	4096
	.globl	blocks0, blocks1, directory0, directory511, arm64_bpt_l3_pt0
arm64_bpt_l3_pt0:
	TABLE	directory0, 1, PTE_TABLE
	.fill	510, 8, 0
	TABLE	directory511, 6, PTE_TABLE
directory511:
	.set	at, 0
	BLOCKS	512, 0x40000000, BLOCK_NORMAL
directory0:
	TABLE	blocks0, 5, PTE_TABLE
	TABLE	blocks1, 2, PTE_TABLE
	.set	at, 0x80000000
	BLOCKS	254, 0x40000000, BLOCK_NORMAL
	.fill	256, 8, 0
blocks0:
	.fill	64, 8, 0
	.set	at, 0x8000000
	BLOCKS	448, 0x200000, BLOCK_DEVICE
blocks1:
	.set	at, 0x40000000
	BLOCKS	512, 0x200000, BLOCK_CODE

	.text
	.globl	start_mmu
start_mmu:
	dsb	sy
	adrp	x1, arm64_bpt_l3_pt0
	msr	ttbr0_el1, x1
	ldr	x1, =MAIR_WB_5
	msr	mair_el1, x1
	ldr	x1, =TCR_40_BITS
	msr	tcr_el1, x1
	tlbi	vmalle1
	dsb	nsh
	isb
	ldr	x1, =SCTLR_MCI
	msr	sctlr_el1, x1
	isb
	ret

	/* x0: start, x1: length; as slow as can be, for lines of 16 bytes */
.macro CACHE name:req, op:req
	.globl	\name
\name:
	dc	\op, x0
	add	x0, x0, #16
	subs	x1, x1, #16
	b.hi	\name
	dsb	sy
	ret
.endm
	CACHE	invalidate_dcache_range, ivac
	CACHE	clean_and_invalidate_dcache_range, civac

	/* The entry that the library takes the place of */
	.globl	_libkvmplat_entry
_libkvmplat_entry:
	b	ukplat_crash

	.balign	2048
	.globl	vector_table
vector_table:
	.rept	16
	.balign	128
	b	ukplat_crash
	.endr
	.ltorg

	WISHES
	.section .note.GNU-stack, "", %progbits
