/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen PV: the entry. The notes are written by the linker script.
 */

#define BOOT_XENPV 7 /* enum boot_protocol */

/*
 * xen/include/public/xen.h and arch-x86/xen-x86_64.h promise 64-bit mode in ring 3 with
 * flat segments, events masked; RSI = virtual address of struct start_info, RSP = top of
 * a stack of one page; the image at VIRT_BASE + p_paddr, mapped readable, writable and
 * executable.
 *
 *	register  live until   purpose
 *	rsi       early_boot   start info
 */
	.section .boot.head, "ax"
	.globl xenpv_entry
	.type xenpv_entry, @function
xenpv_entry:
	cld
	leaq	early_stack_top(%rip), %rsp
	movq	%rsp, %rdi
	leaq	__early_end(%rip), %rcx
	subq	%rdi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
	rep stosq
	movl	$BOOT_XENPV, %edi
	xorl	%ebp, %ebp		/* ends a back trace */
	call	early_boot
	ud2				/* it does not return */
	.size xenpv_entry, . - xenpv_entry

	.section .note.GNU-stack, "", @progbits
