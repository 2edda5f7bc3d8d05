/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile loader for x86: enters an image that QEMU's loader device has put
 * somewhere, in the worst state that Multiboot, PVH and Linux allow.
 *
 * Entry: QEMU's Multiboot, 32-bit protected mode, paging off. Nothing is kept.
 *
 * Leaves: flat segments whose GDT is gone, an empty IDT, ESP = 0, EAX, EBX and
 * ESI as the test says, junk in all other registers, and the CR0 and EFLAGS bits that
 * the test asks for. A test fills the block at CONFIG:
 *	+0 entry   +4 EAX   +8 EBX   +12 CR0 bits to set   +16 EFLAGS   +20 ESI
 */

#define MAGIC  0x1badb002 /* Multiboot Specification 0.6.96, 3.1.2 */
#define FLAGS  0
#define CONFIG 0x3010000 /* behind what QEMU puts after this program */
#define CODE   0x28 /* selectors that nobody else uses */
#define DATA   0x30

	.section .text
	.code32
	.balign 4
	.long	MAGIC, FLAGS, -(MAGIC + FLAGS)

	.globl	_start
_start:
	cli
	lgdt	gdt_pointer
	ljmp	$CODE, $1f
1:	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss
	/* The descriptors stay cached in the segment registers; the tables go. */
	lgdt	nowhere
	lidt	nowhere

	mov	%cr0, %eax
	or	CONFIG + 12, %eax
	mov	%eax, %cr0

	mov	$stack_top, %esp
	pushl	CONFIG + 16
	popfl

	mov	CONFIG + 4, %eax
	mov	CONFIG + 8, %ebx
	mov	$0xc0ffee01, %ecx
	mov	$0xc0ffee02, %edx
	mov	CONFIG + 20, %esi
	mov	$0xc0ffee04, %edi
	mov	$0xc0ffee05, %ebp
	mov	$0, %esp		/* keeps the flags, as xor would not */
	jmp	*CONFIG

	.balign	8
gdt:	.quad	0, 0, 0, 0, 0
	.quad	0x00cf9b000000ffff	/* CODE: base 0, limit 4 GiB, 32 bits, execute and read */
	.quad	0x00cf93000000ffff	/* DATA: base 0, limit 4 GiB, 32 bits, read and write */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	gdt
nowhere:
	.word	0
	.long	0xdead0000

	.balign	16
	.skip	64
stack_top:
