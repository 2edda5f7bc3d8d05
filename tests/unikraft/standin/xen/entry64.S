/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry, hypercall page and notes of the stand-in for Unikraft's Xen platform
 */

#define STACK_SIZE 65536

	/* xen/include/public/elfnote.h */
.macro NOTE type, value:vararg
	.pushsection .note.Xen, "", @note
	.balign	4
	.long	4, 2f - 1f, \type
	.asciz	"Xen"
1:	\value
2:	.balign	4
	.popsection
.endm
	NOTE	6, .asciz "standin"		/* GUEST_OS */
	NOTE	8, .asciz "generic"		/* LOADER */
	NOTE	5, .asciz "xen-3.0"		/* XEN_VERSION */
	NOTE	2, .quad hypercall_page

	.section .text.boot, "ax"
	.globl	_libxenplat_start
_libxenplat_start:
	pushq	%rsi
	xorl	%edi, %edi
	xorl	%esi, %esi
	call	do_uk_reloc
	popq	%rdi
	movq	stack_top(%rip), %rsp
	leaq	number(%rip), %r9
	ldmxcsr	(%r9d)			/* an address of 32 bits, as Unikraft takes it */
	call	platform_entry
	ud2

	/* A slot in text, at an odd place */
	.byte	0
stack_top:
	.quad	stack + STACK_SIZE
number:	.long	0x1f80

	.globl	_libxenplat_shared_info, hypercall_page
	.balign	4096
_libxenplat_shared_info:
	.skip	4096, 1
hypercall_page:
	.skip	4096

	.bss
	.balign	16
stack:	.skip	STACK_SIZE

	.section .note.GNU-stack, "", @progbits
