/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy, memmove, memset, memcmp by string instructions: small, and quick for what a
 * boot moves (Intel Optimization Manual, 3.7.6: enhanced REP MOVSB/STOSB).
 */

	.section .text.memcpy, "ax"
	.globl memcpy
	.type memcpy, @function
memcpy:
	movq	%rdi, %rax
	movq	%rdx, %rcx
	rep movsb
	ret
	.size memcpy, . - memcpy

	.section .text.memmove, "ax"
	.globl memmove
	.type memmove, @function
memmove:
	movq	%rdi, %rax
	movq	%rdi, %rcx
	subq	%rsi, %rcx
	cmpq	%rdx, %rcx
	movq	%rdx, %rcx
	jb	1f
	rep movsb
	ret
1:	/* the destination begins inside the source: from the end, in words, then the odd bytes */
	std
	leaq	-8(%rdi, %rdx), %rdi
	leaq	-8(%rsi, %rdx), %rsi
	shrq	$3, %rcx
	rep movsq
	andl	$7, %edx
	jz	2f
	movl	%edx, %ecx
	addq	$7, %rdi
	addq	$7, %rsi
	rep movsb
2:	cld
	ret
	.size memmove, . - memmove

	.section .text.memset, "ax"
	.globl memset
	.type memset, @function
memset:
	movq	%rdi, %r8
	movl	%esi, %eax
	movq	%rdx, %rcx
	rep stosb
	movq	%r8, %rax
	ret
	.size memset, . - memset

	.section .text.memcmp, "ax"
	.globl memcmp
	.type memcmp, @function
memcmp:
	movq	%rdx, %rcx
	xorl	%eax, %eax		/* sets ZF: of no bytes none differ */
	repe cmpsb
	je	1f
	movzbl	-1(%rdi), %eax
	movzbl	-1(%rsi), %ecx
	subl	%ecx, %eax
1:	ret
	.size memcmp, . - memcmp

	.section .note.GNU-stack, "", @progbits
