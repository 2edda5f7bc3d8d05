/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * start32: from 32-bit protected mode to early_boot() in long mode
 *
 * Entered from an ENTRY32 (arch/entry32.inc says in what state), anywhere below
 * 4 GiB. Addresses are taken relative to start32, whose own is in EBP.
 *
 *	register  live until   purpose
 *	ebx       early_boot   physical address of the boot info
 *	esi       early_boot   protocol
 *	ebp       long mode    runtime address of start32
 *	esp       early_boot   early stack
 *	edi       CR3          while CPUID is asked, EBX
 *
 * The identity map it makes is minimal: the 2 MiB pages under the image. All
 * else is mapped when it is first asked for (mm/physmem.c).
 */
#include <arch/layout.h>
#include <arch/x86.h>
#include <ukaslr/shutdown.h>

#define EARLY_STACK_SIZE 4096 /* less than half is used */

/* A symbol's runtime address: place-relative, so nothing needs relocation. */
.macro ADDR symbol, reg
	leal	(\symbol - start32)(%ebp), \reg
.endm

	.section .boot.head, "ax"
	.code32
	.globl start32
start32:
	ADDR	early_stack_top, %esp

	/* Page tables and boot info must start as zeros, whatever the loader did. */
	xorl	%eax, %eax
	ADDR	early_root, %edi
	movl	$(EARLY_TABLES_USED * 4096 / 4), %ecx
	rep stosl
	movl	%esp, %edi
	ADDR	__early_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	rep stosl

	ADDR	__base_addr, %eax
	testl	$0xfff, %eax
	jnz	stop_align

	/* PML5[0] -> PML4[0] -> PDPT[0..3] -> four page directories, which lie in a row */
	ADDR	early_root, %eax
	leal	0x1000 + PTE_P_RW(%eax), %edx
	movl	%edx, (%eax)
	addl	$0x1000, %edx
	movl	%edx, 0x1000(%eax)
	.irp	n, 0, 1, 2, 3
	addl	$0x1000, %edx
	movl	%edx, 0x2000 + 8 * \n(%eax)
	.endr

	/* ... which are one array of 2 MiB pages: fill in those under the image. */
	ADDR	__base_addr, %ecx
	shrl	$21, %ecx
	ADDR	__early_end-1, %edi
	shrl	$21, %edi
1:	movl	%ecx, %edx
	shll	$21, %edx
	orl	$PTE_P_RW_PS, %edx
	movl	%edx, 0x3000(%eax, %ecx, 8)
	incl	%ecx
	cmpl	%edi, %ecx
	jbe	1b

	/* Long mode and no-execute, or nothing: W^X is not negotiable. */
	movl	%ebx, %edi
	movl	$CPUID_EXT_MAX, %eax
	cpuid
	xorl	%edx, %edx
	cmpl	$CPUID_EXT_FEAT, %eax
	jb	1f
	movl	$CPUID_EXT_FEAT, %eax
	cpuid
1:	notl	%edx
	testl	$(1 << CPUID_LM_BIT | 1 << CPUID_NX_BIT), %edx
	jnz	stop_cpu

	/*
	 * 5 levels where the processor has them. They can be chosen only while paging
	 * is off (Intel SDM vol. 3, 4.1.1); with 4 the walk begins one table later.
	 */
	xorl	%eax, %eax
	cpuid
	xorl	%ecx, %ecx
	cmpl	$CPUID_FEAT, %eax
	jb	1f
	movl	$CPUID_FEAT, %eax
	cpuid
1:	movl	%edi, %ebx
	ADDR	early_root, %edi
	movl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_LA57), %eax
	btl	$CPUID_LA57_BIT, %ecx
	jc	1f
	btrl	$CR4_LA57_BIT, %eax
	addl	$0x1000, %edi

	/* Intel SDM vol. 3, 10.8.5: PAE, CR3, EFER.LME, then paging. */
1:	movl	%edi, %cr3
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx		/* FFXSR must be off: arch_enter() uses FXRSTOR */
	movl	$(EFER_LME | EFER_NXE), %eax
	xorl	%edx, %edx
	wrmsr
	movl	$(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0

	/* Still compatibility mode: a GDT of our own, a far return into 64-bit code. */
	ADDR	early_gdt, %eax
	pushl	%eax
	pushw	$EARLY_GDT_LAST
	lgdt	(%esp)
	pushl	$SEL_CODE64
	ADDR	start64, %eax
	pushl	%eax
	lret

stop_align:
	ADDR	msg_align, %esi
	jmp	stop_text
stop_cpu:
	ADDR	msg_cpu, %esi
/*
 * Prints the message at RSI, or ESI, on COM1 and stops; nothing of a machine is known yet.
 * These bytes mean the same in 64-bit and in 32-bit mode.
 */
	.globl stop_text
stop_text:
	movw	$(COM1 + UART_LSR), %dx
1:	inb	%dx, %al
	testb	$UART_LSR_THRE, %al
	jz	1b
	lodsb
	testb	%al, %al
	jz	2f
	movw	$(COM1 + UART_THR), %dx
	outb	%al, %dx
	jmp	stop_text
2:	movw	$DEBUG_EXIT, %dx
	movb	$STATUS_STOP, %al
	outb	%al, %dx
3:	hlt
	jmp	3b

	.code64
start64:
	leaq	early_stack_top(%rip), %rsp
	movl	%esi, %edi		/* the upper halves are undefined after the switch */
	movl	%ebx, %esi
/* From head64.S as well: early_boot()'s arguments and the early stack are there. */
	.globl enter_early_boot
enter_early_boot:
	xorl	%eax, %eax		/* in 64-bit mode no data segment is needed, ... */
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss		/* ... nor one for the stack (Intel SDM vol. 3, 5.4.1.1) */
	movl	%eax, %fs
	movl	%eax, %gs
	xorl	%ebp, %ebp		/* ends a back trace */
	call	early_boot
	ud2				/* it does not return */

	.globl early_gdt, msg_align, msg_cpu
	.balign 8
early_gdt:
	.quad	0
	.quad	DESC_CODE64

msg_align:
	.asciz	"ukaslr: stop: the image's address is not a multiple of 4096\r\n"
msg_cpu:
	.asciz	"ukaslr: stop: this processor lacks 64-bit mode or no-execute pages\r\n"

	.section .early.tables, "aw", @nobits
	.balign 4096
	.globl early_root
early_root:
	.skip	EARLY_TABLES * 4096	/* PML5, PML4, PDPT, 4 page directories, and spare ones */

	.section .early.bss, "aw", @nobits
	.balign 16
	.skip	EARLY_STACK_SIZE
	.globl early_stack_top
early_stack_top:

	.section .note.GNU-stack, "", @progbits
