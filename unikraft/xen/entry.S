/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entry of a Unikraft image in a domain of Xen PV, and the first steps of the moved one
 *
 * xen/include/public/xen.h and arch-x86/xen-x86_64.h promise 64-bit mode in ring 3 with flat
 * segments, events masked; RSI = virtual address of struct start_info, RSP = top of a stack of
 * one page; the image at its link address, which is 0, mapped readable, writable and
 * executable, and with it the domain's first memory.
 */

#define EARLY_STACK_SIZE 8192

	.section .text.kaslr_entry, "ax"
	.globl xenos_kaslr_entry	/* Unikraft's link keeps the names that begin so */
	.type xenos_kaslr_entry, @function
xenos_kaslr_entry:
	cld
	leaq	early_stack(%rip), %rsp
	movq	%rsi, %rdi
	xorl	%ebp, %ebp
	call	kaslr_early_xen
	ud2				/* it does not return */
	.size xenos_kaslr_entry, . - xenos_kaslr_entry

/*
 * void kaslr_enter_xen(struct xenpv_start_info *start_info)
 *
 * Runs in the moved image, called at its loaded address. Unmaps that, wipes what early code
 * knew, and goes on as Unikraft's own entry does, to which the stack is still of use.
 */
	.globl kaslr_enter_xen
	.type kaslr_enter_xen, @function
kaslr_enter_xen:
	leaq	early_stack(%rip), %rsp
	movq	%rdi, %rbx
	call	kaslr_drop_loaded
	leaq	early_stack - EARLY_STACK_SIZE(%rip), %rdi
	movl	$EARLY_STACK_SIZE / 8, %ecx
	xorl	%eax, %eax
	rep stosq
	movq	%rbx, %rsi
	.irp	r, ebx, edx, edi, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
	xorl	%\r, %\r
	.endr
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	pxor	%xmm\n, %xmm\n		/* ChaCha rows */
	.endr
	jmp	_libxenplat_start
	.size kaslr_enter_xen, . - kaslr_enter_xen

	.section .bss.kaslr_stack, "aw", @nobits
	.balign 16
	.skip	EARLY_STACK_SIZE
early_stack:

	/* Contents for the section that the table goes to, kept (R) though nobody refers to it */
	.section .uk_reloc, "aR"
	.quad	0, 0, 0

	.section .note.GNU-stack, "", @progbits
