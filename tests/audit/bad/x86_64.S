/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that breaks every rule of the audit, so that the audit is seen to
 * notice. Multiboot enters it in 32-bit mode; it goes to long mode on
 *
 *	0xffffffff80000000  text    r-x  a good mapping ...
 *	0xffffffff80200000  text    rw-  ... and its writable alias
 *	0xffffffff80400000          rwx  writable and executable
 *	0                   text    r-x  identity, and in the lower half
 *
 * all of 2 MiB pages, says "ready" on COM1 and spins.
 */

#define MAGIC 0x1badb002 /* Multiboot Specification 0.6.96, 3.1.2 */
#define COM1  0x3f8

/* Page-table entry bits, CR0, CR4 and EFER: Intel SDM vol. 3, 4.5 and 2.5 */
#define P	(1 << 0)
#define RW	(1 << 1)
#define PS	(1 << 7)
#define XD	(1 << 63)
#define CR0_WP	(1 << 16)
#define CR0_PG	(1 << 31)
#define CR4_PAE (1 << 5)
#define IA32_EFER 0xc0000080
#define EFER_LME (1 << 8)
#define EFER_NXE (1 << 11)

	.section .text
	.code32
	.balign 4
	.long	MAGIC, 0, -MAGIC
	.globl	_start
_start:
	mov	$pml4, %eax
	mov	%eax, %cr3
	mov	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$IA32_EFER, %ecx
	xor	%edx, %edx
	mov	$(EFER_LME | EFER_NXE), %eax
	wrmsr
	mov	%cr0, %eax
	or	$(CR0_PG | CR0_WP), %eax
	mov	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $1f
	.code64
1:	lea	ready(%rip), %rsi
	mov	$COM1, %edx
2:	lodsb
	test	%al, %al
	jz	3f
	outb	%al, %dx
	jmp	2b
3:	pause
	jmp	3b
ready:	.asciz "ready\n"

	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* 64-bit code */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

	.balign	4096
pml4:	.long	pdpt_low + (P | RW), 0
	.skip	510 * 8
	.long	pdpt_high + (P | RW), 0
pdpt_low:
	.long	pd_low + (P | RW), 0
	.skip	511 * 8
pdpt_high:
	.skip	510 * 8
	.long	pd_high + (P | RW), 0, 0, 0
pd_low:	.quad	P | PS
	.skip	511 * 8
pd_high:
	.quad	P | PS
	.quad	P | RW | PS | XD
	.quad	0x200000 + (P | RW | PS)
	.skip	509 * 8
