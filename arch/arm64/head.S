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
 * unaligned access, no DC ZVA, no C. So an identity map and the MMU come first,
 * before anything is read or written but the tables themselves.
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
start:
	mov	x19, #BOOT_FDT
1:
#else
start:
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
	 * The tables lie in a row: L-1, L0, L1, L2, and, used when the image crosses a
	 * GiB, a second L2 and a second L1. The first, 16 entries at its page's end, is
	 * where the walk begins if the processor has 52-bit addresses (FEAT_LPA2).
	 * Writes with the MMU off bypass the caches. Dirty lines that the loader left
	 * there could be evicted over them, clean ones could hide them from the
	 * walker: out with the lines before, and again after (Arm ARM B2.8,
	 * mismatched memory attributes).
	 *
	 *	x8 L0, x9 the root, x10 the tables' end, x11 first, x12 last GiB,
	 *	x13 1 with 52-bit addresses, 0 without
	 */
make_map:
	ADDR	x8, early_root + 4096
	ADDR	x3, __early_end - 1
	mrs	x1, id_aa64mmfr0_el1
	ubfx	x1, x1, #MMFR0_TGRAN4_BIT, #4
	cmp	x1, #MMFR0_TGRAN4_52
	cset	x13, eq
	sub	x9, x8, x13, lsl #TABLE_52_SHIFT
	lsr	x11, x22, #30
	lsr	x12, x3, #30
	mov	x1, #(3 * 4096)
	mov	x2, #(5 * 4096)
	cmp	x11, x12
	csel	x1, x1, x2, eq
	add	x10, x8, x1
	bl	clean_tables
	mov	x1, #CPACR_FPEN			/* SIMD: 64 bytes a store */
	msr	cpacr_el1, x1
	isb
	/*
	 * memset() stores bytes, and Device memory gets each by itself (Arm ARM B2.7.2, no
	 * gathering): by 8 at least. The last turn may end in the next table.
	 */
	mov	x1, x9
	.irp	n, 0, 1, 2, 3
	movi	v\n\().2d, #0
	.endr
1:	.rept	4
	st1	{v0.2d-v3.2d}, [x1], #64
	.endr
	cmp	x1, x10
	b.lo	1b

	orr	x1, x8, #DESC_TABLE		/* L-1 -> L0 -> L1 -> L2 */
	ubfx	x2, x22, #48, #4
	cbz	x13, 1f
	str	x1, [x9, x2, lsl #3]
1:	add	x1, x1, #4096
	ubfx	x2, x22, #39, #9
	str	x1, [x8, x2, lsl #3]
	add	x1, x1, #4096
	ubfx	x2, x22, #30, #9
	add	x4, x8, #4096
	str	x1, [x4, x2, lsl #3]
	cmp	x11, x12
	b.eq	2f
	add	x1, x1, #4096			/* the second L2, ... */
	add	x2, x2, #1
	tbz	x2, #9, 1f
	add	x5, x1, #4096			/* ... found through the second L1 */
	lsr	x2, x12, #9
	and	x2, x2, #511
	str	x5, [x8, x2, lsl #3]
	add	x4, x8, #(4 * 4096)
	mov	x2, #0
1:	str	x1, [x4, x2, lsl #3]
2:	lsr	x1, x22, #21			/* 2 MiB blocks under the image */
	ADDR	x3, __early_end - 1
	lsr	x3, x3, #21
	and	x2, x1, #511
	add	x4, x8, #(2 * 4096)
	mov	x5, #DESC_BLOCK
	mov	x6, #DESC_BLOCK_52
	cmp	x13, #0
	csel	x6, x5, x6, eq
1:	orr	x5, x6, x1, lsl #21
	str	x5, [x4, x2, lsl #3]
	add	x1, x1, #1
	add	x2, x2, #1
	cmp	x1, x3
	b.ls	1b
	dsb	sy
	bl	clean_tables

	/* Arm ARM D8.2: attributes, sizes and base, then, synchronised, the enable bit. */
	mov	x1, #MAIR_NORMAL_DEVICE
	msr	mair_el1, x1
	MOVQ	x1, (TCR_T0SZ_48 | TCR_WALK0 | TCR_T1SZ_48 | TCR_EPD1 | TCR_WALK1 | TCR_TG1_4K)
	MOVQ	x2, TCR_TO_52
	msub	x1, x13, x2, x1
	bfi	x1, x13, #TCR_DS_BIT, #1
	mrs	x2, id_aa64mmfr0_el1
	and	x2, x2, #0xf
	add	x3, x13, #TCR_IPS_48		/* the next value is 52 bits */
	cmp	x2, x3
	csel	x2, x2, x3, lo
	bfi	x1, x2, #TCR_IPS_BIT, #3
	msr	tcr_el1, x1
	msr	ttbr0_el1, x9
	ADDR	x1, trap_vectors
	msr	vbar_el1, x1
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	MOVQ	x1, (SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA)
	orr	x1, x1, x20
	msr	sctlr_el1, x1
	isb

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
	ADDR	x2, __early_end
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

	/*
	 * Writes back and drops the tables' lines, 8 a turn: they have 256 bytes at
	 * most, so that turns end with a page (2 KiB in theory, but there are none).
	 */
clean_tables:
	mov	x1, x9
	DCACHE_RANGE civac, x1, x10, 8
	ret

	/*
	 * The one message that comes before the MMU; no device tree has been read, so
	 * it goes to the console that this build was told to fall back to.
	 */
stop_misaligned:
	MOVQ	x1, FALLBACK_PL011
	adr	x2, msg_misaligned
1:	ldrb	w3, [x2], #1
	cbz	w3, 2f
	str	w3, [x1]
	b	1b
2:	wfi
	b	2b
msg_misaligned:
	.asciz	"ukaslr: stop: the loader put the image at an address that is not a multiple of 4096\r\n"
	.balign	4

	.section .early.tables, "aw", @nobits
	.balign 4096
	.globl early_root
early_root:
	.skip	EARLY_TABLES * 4096

	.section .early.bss, "aw", @nobits
	.balign 64
	.skip	EARLY_STACK_SIZE
early_stack_top:

	.section .note.GNU-stack, "", @progbits
