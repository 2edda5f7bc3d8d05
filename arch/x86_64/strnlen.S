/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * boot/strnlen.c by a string instruction, a few bytes of code
 */

	.section .text.bootinfo_strnlen, "ax"
	.globl bootinfo_strnlen
	.type bootinfo_strnlen, @function
bootinfo_strnlen:
	xorl	%eax, %eax
	movq	%rsi, %rcx
	testq	%rsp, %rsp	/* clears ZF: without a byte to look at none is NUL */
	repne scasb
	sete	%al
	subq	%rcx, %rsi	/* the bytes that were looked at, less the NUL */
	subq	%rax, %rsi
	movq	%rsi, %rax
	ret
	.size bootinfo_strnlen, . - bootinfo_strnlen

	.section .note.GNU-stack, "", @progbits
