/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception stubs (Intel SDM vol. 3, chapter 6). No exception is survived, so
 * nothing is saved: a stub pushes its vector number and gives the stack to C.
 *
 *	rsp at x86_trap   vector, [error code,] rip, cs, rflags, rsp, ss
 */
#include <arch/trap.h>

	.section .text.trap, "ax"
	.balign 256
	.globl trap_stubs
trap_stubs:
	.set	vector, 0
	.rept	NR_TRAPS
	.balign TRAP_STUB_SIZE
	pushq	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	cld
	movq	%rsp, %rdi
	andq	$-16, %rsp
	xorl	%ebp, %ebp
	call	x86_trap
	ud2				/* it does not return */

	.section .note.GNU-stack, "", @progbits
