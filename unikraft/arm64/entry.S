/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entry of a Unikraft image on KVM arm64, and the jump into the moved one
 *
 * QEMU's virt loads the ELF file at its link address and enters it at EL1 with MMU and
 * caches off. Unikraft's boot page tables hold their link-time values and map memory and
 * devices one to one; its start_mmu() makes them work.
 */

#define CPACR_FPEN	 (3 << 20)	/* CPACR_EL1.FPEN: no trapping of SIMD */
#define TCR_T0SZ_48	 16		/* TCR_EL1.T0SZ: addresses of 48 bits, which all have */
#define TCR_T0SZ_BITS	 6
#define EARLY_STACK_SIZE 8192

.macro ADDR reg, symbol
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
.endm

	.section .text.kaslr_entry, "ax"
	.globl kaslr_entry
	.type kaslr_entry, %function
kaslr_entry:
	mov	x0, #CPACR_FPEN
	msr	cpacr_el1, x0
	isb

	/* Nothing was written yet: what caches may hold of the image is stale. */
	ADDR	x0, _base_addr
	ADDR	x1, _end
	sub	x1, x1, x0
	bl	invalidate_dcache_range
	ADDR	x0, early_stack
	mov	sp, x0
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
	ADDR	x0, _dtb
	mov	x29, xzr
	mov	x30, xzr
	bl	kaslr_early_arm64
	brk	#0			/* it does not return */

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
	mov	x30, xzr
	b	_ukplat_entry
	.size kaslr_enter, . - kaslr_enter

	.section .bss.kaslr_stack, "aw", %nobits
	.balign 16
	.skip	EARLY_STACK_SIZE
early_stack:

	.section .note.GNU-stack, "", %progbits
