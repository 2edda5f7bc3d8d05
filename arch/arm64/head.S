/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * _start: from the Linux arm64 boot protocol to early_boot()
 *
 * State promised by Linux Documentation/arch/arm64/booting.rst: x0 = physical
 * address of the device tree, EL2 or EL1, interrupts masked, MMU off, and the
 * loaded image clean to the point of coherency. Nothing is said of the memory
 * behind the file (the early part). Some loaders leave the MMU on, over an
 * identity map: that is taken as well.
 *
 * With the MMU off every data access is Device-nGnRnE (Arm ARM D8.2.12): no
 * unaligned access, no DC ZVA, no C. So the MMU comes first, before anything is read
 * or written but the tables themselves.
 *
 *	register  live until   purpose
 *	x19       early_boot   protocol, if UEFI is built in
 *	x20       MMU on       SCTLR.A as found: if the loader wants alignment checks, they stay
 *	x21       early_boot   device tree
 *	x22       early_boot   runtime address of the image
 *	x23       early_boot   bytes in a D-cache line
 */
#include <arch/arm64.h>
#include <arch/layout.h>
#include <arch/macros.inc>

#define BOOT_FDT	 3 /* enum boot_protocol */
#define BOOT_EFI	 6
#define PE_HEADERS	 0x200 /* bytes of the file that PE loaders take for headers (tools/mkimage.h) */
#define EARLY_STACK_SIZE 4096 /* less than half is used */

	.section .boot.header, "ax"
	.globl _start
_start:
#if PROTOCOL_EFI
	.long	0xfa405a4d		/* "MZ": ccmp x18, #0, #0xd, pl, which does no harm */
	b	start
#else
	b	start
	.long	0			/* the header goes on in the linker script */
#endif

	.section .boot.head, "ax"
#if PROTOCOL_EFI
	/* _Noreturn void efi_leave(const struct efi_handover *h): firmware is gone, its MMU is on */
	.globl efi_leave
	.type efi_leave, %function
efi_leave:
	mov	x19, #BOOT_EFI
	b	1f
#endif
start:
#if PROTOCOL_EFI
	mov	x19, #BOOT_FDT
1:
#endif
	msr	spsel, #1		/* the protocol says nothing of either */
	msr	daifset, #0xf
	mov	x21, x0
	adr	x22, _start
	tst	x22, #0xfff
	b.ne	stop_misaligned
	mrs	x1, ctr_el0
	ubfx	x1, x1, #CTR_DMINLINE_BIT, #4
	mov	x23, #4
	lsl	x23, x23, x1
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.eq	at_el2
	MMU_OFF	el1, __early_start
	b	make_map
at_el2:
	MMU_OFF	el2, __early_start
	TO_EL1	make_map

	/*
	 * With the MMU off each line of a table costs much: dirty lines that the loader left
	 * there could be evicted over what is written, clean ones could hide it from the
	 * walker, so out with the lines before, and again after (Arm ARM B2.8, mismatched
	 * memory attributes). An identity map that reaches a high address has pages of them.
	 * So the first map is the smallest there is: 32 MiB at the end of the upper half, of
	 * which one table of 16 entries shows the blocks of 2 MiB under the identity map's
	 * tables and under this code.
	 *
	 * That map does not have the instruction behind the one that turns it on. It is an
	 * exception by then, which leads to VBAR_EL1, on SP_EL0 to its first slot. That is the
	 * table itself, as the map shows it: its first entry, not valid as bit 0 is clear, is
	 * the instruction that goes on at `mapped`. (The image's first instruction would be
	 * aligned as well, but not all loaders of UEFI programs load the headers.)
	 *
	 *	x4 attributes of a block, x7 ID_AA64MMFR0_EL1, x9 the small table; x15 `mapped`
	 *	as that map shows it; and those that the next part says
	 */
#define SMALL_BITS    25			/* TnSZ of 39, the largest without FEAT_TTST */
#define SMALL_ENTRIES 16
#define AT_TABLES     8				/* entries of two blocks each */
#define AT_CODE	      12
#define MAPPED_AT(n)  (((n) - SMALL_ENTRIES) << 21)
#define BR_X15	      0xd61f01e0
make_map:
	mov	x1, #CPACR_FPEN			/* SIMD: 64 bytes a store */
	msr	cpacr_el1, x1
	isb
	.irp	n, 0, 1, 2, 3
	movi	v\n\().2d, #0
	.endr
	mrs	x7, id_aa64mmfr0_el1
	ubfx	x1, x7, #MMFR0_TGRAN4_BIT, #4
	cmp	x1, #MMFR0_TGRAN4_52
	cset	x13, eq
	mov	x1, #DESC_BLOCK
	mov	x2, #DESC_BLOCK_52
	csel	x4, x2, x1, eq

	ADDR	x9, small_map
	add	x3, x9, #(SMALL_ENTRIES * 8)
	mov	x1, x9
	DCACHE_RANGE civac, x1, x3
	mov	x1, x9
	st1	{v0.2d-v3.2d}, [x1], #64	/* Device memory gathers none (Arm ARM B2.7.2) */
	st1	{v0.2d-v3.2d}, [x1]
	MOVQ	x1, BR_X15
	str	x1, [x9]
	ADDR	x10, early_root
	BLOCK	x1, x10
	BLOCK	x2, x9				/* behind the tables */
	stp	x1, x2, [x9, #(AT_TABLES * 8)]
	adr	x1, mapped
	adr	x2, mapped_end - 1
	mov	x15, #MAPPED_AT(AT_CODE)
	bfi	x15, x1, #0, #21
	BLOCK	x1, x1
	BLOCK	x2, x2
	stp	x1, x2, [x9, #(AT_CODE * 8)]
	BLOCK	x5, x22
	dsb	sy
	mov	x1, x9
	DCACHE_RANGE civac, x1, x3

	/* Arm ARM D8.2: sizes and base, then, synchronised, the enable bit */
	mov	x1, #MAIR_NORMAL_DEVICE
	msr	mair_el1, x1
	and	x7, x7, #0xf			/* PARange; the next value is 52 bits */
	add	x1, x13, #TCR_IPS_48
	cmp	x7, x1
	csel	x7, x7, x1, lo
	MOVQ	x14, (TCR_WALK0 | TCR_EPD0 | TCR_WALK1 | TCR_TG1_4K | ((64 - SMALL_BITS) << TCR_T1SZ_BIT))
	mov	x1, #16
	sub	x1, x1, x13, lsl #2		/* T0SZ, and what T1SZ will be: 48 or 52 bits */
	orr	x14, x14, x1
	bfi	x14, x7, #TCR_IPS_BIT, #3
	bfi	x14, x13, #TCR_DS_BIT, #1
	msr	tcr_el1, x14
	msr	ttbr1_el1, x9
	mov	x8, #MAPPED_AT(AT_TABLES)
	bfi	x8, x10, #0, #21
	sub	x9, x9, x10
	add	x9, x9, x8
	msr	vbar_el1, x9
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ADDR	x12, __early_end - 1
	adr	x11, at_identity
	MOVQ	x1, (SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA)
	orr	x1, x1, x20
	msr	spsel, #0
	msr	sctlr_el1, x1
	isb
	b	.				/* never: the ISB is followed by the exception */

	/*
	 * The identity map is built upwards: level 2, of blocks of 2 MiB under the image,
	 * then tables of tables. Each level has two pages in a row, should the image cross a
	 * boundary. The root is as large as its bits ask for; of the others a page is wiped,
	 * or two if the image goes on in the next table.
	 *
	 *	x5 the level's first entry, x6 the way to the next, x7 log2 of what one maps,
	 *	x8 the level's first page, where it is now, x10 physically, x9 bits of the map,
	 *	x11 where to go on, x12 the image's last byte, x13 1 with FEAT_LPA2, x14 TCR_EL1
	 */
mapped:
	mov	x6, #(1 << 21)
	mov	x7, #21
	and	x1, x14, #0x3f			/* T0SZ */
	mov	x9, #64
	sub	x9, x9, x1
make_level:
	add	x4, x7, #9			/* log2 of what a table maps */
	lsr	x1, x22, x4
	lsr	x2, x12, x4
	sub	x2, x2, x1
	add	x2, x2, #1
	lsl	x2, x2, #12
	mov	x1, #8
	sub	x3, x9, x7
	lsl	x1, x1, x3
	cmp	x9, x4
	csel	x2, x1, x2, ls
	add	x2, x2, x8
	mov	x1, x8
1:	.rept	16				/* which may be more, but not than a page */
	st1	{v0.2d-v3.2d}, [x1], #64
	.endr
	cmp	x1, x2
	b.lo	1b
	lsr	x1, x22, x7
	lsr	x2, x12, x7
	sub	x2, x2, x1
	and	x1, x1, #511
1:	str	x5, [x8, x1, lsl #3]
	add	x5, x5, x6
	add	x1, x1, #1
	subs	x2, x2, #1
	b.pl	1b
	orr	x5, x10, #DESC_TABLE
	mov	x6, #4096
	add	x8, x8, #(2 * 4096)
	add	x10, x10, #(2 * 4096)
	mov	x7, x4
	cmp	x7, x9
	b.lo	make_level

	/* First the lower half is on, then, from there, the upper one off. */
	and	x1, x5, #~DESC_TABLE
	msr	ttbr0_el1, x1
	dsb	ishst
	isb				/* no walk may go through what was there before */
	and	x14, x14, #~TCR_EPD0
	msr	tcr_el1, x14
	isb
	br	x11
at_identity:
	bfi	x14, x14, #TCR_T1SZ_BIT, #6	/* as T0SZ */
	orr	x14, x14, #TCR_EPD1
	msr	tcr_el1, x14
	ADDR	x1, trap_vectors
	msr	vbar_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
mapped_end:

#if PROTOCOL_EFI
	/* Behind the headers UEFI has loaded nothing: that part came by itself (linker/arm64.lds.S). */
	cmp	x19, #BOOT_EFI
	b.ne	1f
	add	x0, x22, #PE_HEADERS
	ADDR	x1, __first_page
	mov	x2, #(4096 - PE_HEADERS)
	bl	memcpy
	mov	x0, x22
	add	x1, x22, #4096
	DCACHE_RANGE cvau, x0, x1		/* Arm ARM B2.4.4: code that came as data */
	ic	iallu
	dsb	nsh
	isb
1:
#endif

	/* The boot info must start as zeros, and the stack is about to be used. */
	ADDR	x0, early_stack_top
	mov	sp, x0
	ADDR	x2, __early_wipe_end
	sub	x2, x2, x0
	mov	w1, #0
	bl	memset
#if PROTOCOL_EFI
	mov	x0, x19
#else
	mov	x0, #BOOT_FDT
#endif
	mov	x1, x21
	mov	x29, #0				/* ends a back trace */
	mov	x30, #0
	bl	early_boot
	brk	#0				/* it does not return */

	.section .early.tables, "aw", @nobits
	.balign 4096
	.globl early_root
early_root:
	.skip	EARLY_TABLES * 4096

	.section .early.map, "aw", @nobits
	.balign 2048			/* it is in VBAR_EL1 as well */
small_map:
	.skip	SMALL_ENTRIES * 8

	.section .early.bss, "aw", @nobits
	.balign 64
	.skip	EARLY_STACK_SIZE
early_stack_top:

	.section .note.GNU-stack, "", @progbits
