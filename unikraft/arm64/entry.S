/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entry of a Unikraft image on KVM arm64, and the jump into the moved one
 *
 * QEMU's virt loads the ELF file at its link address, with a device tree before it, and
 * enters it with MMU and caches off. LXBOOT is the Linux arm64 boot protocol
 * (Documentation/arch/arm64/booting.rst): x0 = device tree, EL2 or EL1; the image may lie
 * anywhere, clean to the point of coherency, and some loaders leave the MMU on. Unikraft's
 * boot page tables hold their link-time values, relocated if the image is elsewhere, and
 * map memory and devices one to one; its start_mmu() makes them work.
 *
 *	register  live until   purpose
 *	x19       early_arm64  device tree
 *	x20       EL1          SCTLR.A as found
 *	x22       MMU off      runtime address of the image
 *	x23       MMU off      bytes in a D-cache line
 */
#include <arch/arm64.h>
#include <arch/macros.inc>
#include <ukaslr/shutdown.h>

#define TCR_T0SZ_BITS	 6
#define EARLY_STACK_SIZE 8192

	.section .text.kaslr_entry, "ax"
	.globl kaslr_entry
	.type kaslr_entry, %function
kaslr_entry:
#if CONFIG_KVM_BOOT_PROTO_LXBOOT
	adr	x1, kaslr_entry
	ADDR	x2, kaslr_entry
	cmp	x1, x2
	b.ne	misaligned
	mov	x19, x0
#else
	ADDR	x19, _dtb
#endif
	ADDR	x22, _base_addr
	mrs	x1, ctr_el0
	ubfx	x1, x1, #CTR_DMINLINE_BIT, #4
	mov	x23, #4
	lsl	x23, x23, x1
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.eq	1f
	MMU_OFF	el1, _end
	b	2f
1:	MMU_OFF	el2, _end
	TO_EL1	2f

2:	mov	x0, #CPACR_FPEN
	msr	cpacr_el1, x0
	isb
	/* Nothing was written yet: what caches may hold of the image is stale, or clean. */
	mov	x0, x22
	ADDR	x1, _end
	sub	x1, x1, x0
	bl	invalidate_dcache_range
	ADDR	x0, early_stack
	mov	sp, x0
#if CONFIG_KVM_BOOT_PROTO_LXBOOT
	bl	kaslr_settle
#endif
	bl	start_mmu

	/* start_mmu() may have fewer address bits, as many as physical ones. */
	mrs	x0, tcr_el1
	mov	x1, #TCR_T0SZ_48
	bfi	x0, x1, #0, #TCR_T0SZ_BITS
	msr	tcr_el1, x0
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	mov	x0, x19
	mov	x29, xzr
	mov	x30, xzr
	bl	kaslr_early_arm64
	brk	#0			/* it does not return */

#if CONFIG_KVM_BOOT_PROTO_LXBOOT
	/* ADDR is wrong by less than a page: good enough for a stack */
misaligned:
	ADDR	x0, early_stack
	and	sp, x0, #~15
	adr	x0, msg_misaligned
	mov	x1, #(msg_end - msg_misaligned)
	bl	console_write
	mov	w0, #STATUS_STOP
	b	shutdown
msg_misaligned:
	.ascii	"ukaslr: stop: the loader did not align the image as its header asks\n"
msg_end:
	.balign	4
#endif

/*
 * void kaslr_enter(uint64_t root, uint64_t dtb, uint64_t old, uint64_t old_len)
 *
 * Runs in the moved image, called by the one that was loaded. Takes the final page
 * tables, wipes the loaded image with all that early code knew, and goes on as Unikraft's
 * own entry does.
 */
	.globl kaslr_enter
	.type kaslr_enter, %function
kaslr_enter:
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ADDR	x0, early_stack
	mov	sp, x0
	mov	x19, x1
	mov	x0, x2
	mov	x1, xzr
	mov	x2, x3
	bl	memset
	.irp	n, 0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0		/* ChaCha rows; v8 to v15 are callees' to keep */
	.endr
	ADDR	x0, vector_table
	msr	vbar_el1, x0
	isb
	mov	x0, xzr
	mov	x1, xzr
	bl	__wrap_do_uk_reloc_kmrds
	mov	x0, x19
	mov	x29, xzr
	bl	ukplat_bootinfo_fdt_setup
#ifdef UK_EARLY_CALLS
	bl	ukplat_early_init
	bl	ukplat_bootinfo_fdt_post_setup
#endif
	mov	x30, xzr
	b	_ukplat_entry
	.size kaslr_enter, . - kaslr_enter

	.section .bss.kaslr_stack, "aw", %nobits
	.balign 16
	.skip	EARLY_STACK_SIZE
early_stack:

	.section .note.GNU-stack, "", %progbits
