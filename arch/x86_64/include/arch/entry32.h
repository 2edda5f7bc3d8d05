/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_ENTRY32_H
#define ARCH_ENTRY32_H

/*
 * ENTRY32 name, protocol: a 32-bit protocol's entry point (assembly)
 *
 * Multiboot 0.6.96 section 3.2 and the PVH boot ABI promise the same: protected
 * mode, paging off, flat CS, DS, ES and SS of 4 GiB, A20 on, interrupts off,
 * EBX = physical address of the boot info. They promise no stack and no GDT that
 * could be reloaded from, and the code may be anywhere below 4 GiB.
 *
 * The place is found by call and pop. With no stack to call on, the first word
 * of the boot info is borrowed for the return address and put back.
 *
 *	register  live until        purpose
 *	ebx       early_boot        physical address of the boot info
 *	esi       early_boot        protocol
 *	ebp       early_boot        runtime address of start32
 *	edi       end of the macro  the borrowed word
 */
.macro ENTRY32 name, protocol
	.section .boot.head, "ax"
	.code32
	.globl \name
	.type \name, @function
\name:
	cli
	cld
	movl	(%ebx), %edi
	leal	4(%ebx), %esp
	call	1f
1:	popl	%ebp
	movl	%edi, (%ebx)
	addl	$(start32 - 1b), %ebp
	movl	$\protocol, %esi
	jmp	start32
	.size \name, . - \name
.endm

#endif /* ARCH_ENTRY32_H */
