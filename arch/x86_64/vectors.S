/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception stubs (Intel SDM vol. 3, chapter 6). No exception is survived, so
 * nothing is saved: a stub pushes its vector number and gives the stack to C.
 *
 *	rsp at x86_trap   vector, [error code,] rip, cs, rflags, rsp, ss
 */
#include <arch/trap.h>
#include <arch/x86.h>

#define GATE_SIZE 16
#define GATE_TYPE 0x8e /* present, ring 0, 64-bit interrupt gate */

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

/*
 * void idt_load(struct idt_gate *idt, uint32_t ist): <arch/trap.h>
 *
 * All gates are copies of the first, each with the low byte of its stub's address:
 * the stubs lie in 256 aligned bytes.
 */
	.section .text.idt_load, "ax"
	.globl idt_load
	.type idt_load, @function
idt_load:
	leaq	trap_stubs(%rip), %rax
	orl	$(GATE_TYPE << 8), %esi
	movl	%eax, 4(%rdi)		/* its upper half is in place ... */
	movw	%si, 4(%rdi)		/* ... and here belong IST and type */
	movw	%ax, (%rdi)
	movw	$SEL_CODE64, 2(%rdi)
	shrq	$32, %rax
	movq	%rax, 8(%rdi)

	leaq	8 * GATE_SIZE(%rdi), %rdx
	movq	%rdi, %rsi
	addq	$GATE_SIZE, %rdi
	movl	$((NR_TRAPS - 1) * GATE_SIZE / 8), %ecx
	rep movsq
	.set	vector, 1
	.rept	NR_TRAPS - 1
	.if	vector < 16		/* from the nearer of two gates: 8, and the last one */
	movb	$(vector * TRAP_STUB_SIZE), (vector - 8) * GATE_SIZE(%rdx)
	.else
	movb	$(vector * TRAP_STUB_SIZE), (vector - NR_TRAPS + 1) * GATE_SIZE(%rsi)
	.endif
	.set	vector, vector + 1
	.endr

	addq	$(-8 * GATE_SIZE), %rdx
	pushq	%rdx
	pushw	$(NR_TRAPS * GATE_SIZE - 1)
	lidt	(%rsp)
	addq	$10, %rsp
	ret
	.size idt_load, . - idt_load

	.section .note.GNU-stack, "", @progbits
