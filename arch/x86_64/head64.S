/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * start_long: from a loader's long mode to early_boot()
 *
 * For protocols that enter in 64-bit mode: Linux (linux.S) and UEFI. What must
 * hold at the jump to start_long:
 *
 *	- 64-bit mode, paging with 4 or 5 levels, which stay as they are (they cannot
 *	  be changed in long mode: Intel SDM vol. 3, 4.1.1);
 *	- the loader's tables map the image where it lies, virtual = physical, from
 *	  __base_addr to __early_end; from __early_start on it must be writable;
 *	- the image is below 512 GiB, at a multiple of 4096;
 *	- EDI = protocol, RSI = physical address of what is handed over. That lies
 *	  outside of the image: [__early_start, __early_end) is used from here on, as
 *	  are the loader's tables, GDT and stack no more.
 *
 * Nothing else: interrupts, direction flag, segments, IDT, stack and the other
 * bits of CR0, CR4 and EFER are as the loader likes.
 *
 *	register  live until   purpose
 *	r8        early_boot   protocol
 *	r9        early_boot   what is handed over
 *	r10       CR3          the root: PML5, or PML4 with 4 levels
 *	r11       CR3          address that the row of page directories begins with
 *	r12       CR4          CR4 to be
 *	rsp       early_boot   early stack
 *
 * The identity map is the one of head.S: the 2 MiB pages under the image, in four
 * page directories that lie in a row. It covers the lowest 4 GiB, or, when the image
 * is above them, 4 GiB around it.
 */
#include <arch/layout.h>
#include <arch/x86.h>

#define CR4_KEPT (CR4_LA57 | CR4_MCE) /* MCE: where a host insists on it (TDX), it may not be cleared */

	.section .boot.head, "ax"
	.code64
	.globl start_long
	.type start_long, @function
start_long:
	cli
	cld
	movl	%edi, %r8d
	movq	%rsi, %r9
	leaq	early_stack_top(%rip), %rsp

	leaq	__base_addr(%rip), %rax
	leaq	msg_align(%rip), %rsi
	testl	$0xfff, %eax
	jnz	stop_text
	leaq	__early_end(%rip), %rdx
	shrq	$39, %rdx
	leaq	msg_high(%rip), %rsi
	jnz	stop_text

	/* No-execute, or nothing: W^X is not negotiable. */
	movl	$CPUID_EXT_FEAT, %eax	/* long mode has it */
	cpuid
	leaq	msg_cpu(%rip), %rsi
	btl	$CPUID_NX_BIT, %edx
	jnc	stop_text

	/* Page tables and boot info must start as zeros, whatever the loader did. */
	xorl	%eax, %eax
	leaq	early_root(%rip), %rdi
	movq	%rdi, %r10
	movl	$(EARLY_TABLES_USED * 4096 / 8), %ecx
	rep stosq
	movq	%rsp, %rdi
	leaq	__early_end(%rip), %rcx
	subq	%rdi, %rcx
	shrq	$3, %rcx
	rep stosq

	/* The row begins at 0, or at the image's GiB, but ends within its PDPT. */
	leaq	__base_addr(%rip), %rcx
	shrq	$30, %rcx
	cmpl	$EARLY_ROW_PAGES, %ecx
	cmovbl	%eax, %ecx
	movl	$(512 - EARLY_ROW_PAGES), %edx
	cmpl	%edx, %ecx
	cmoval	%edx, %ecx
	movq	%rcx, %r11
	shlq	$30, %r11

	/* PML5[0] -> PML4[0] -> PDPT[row...] -> four page directories */
	leaq	0x1000 + PTE_P_RW(%r10), %rdx
	movq	%rdx, (%r10)
	addq	$0x1000, %rdx
	movq	%rdx, 0x1000(%r10)
	.irp	n, 0, 1, 2, 3
	addq	$0x1000, %rdx
	movq	%rdx, 0x2000 + 8 * \n(%r10, %rcx, 8)
	.endr

	/* ... which are one array of 2 MiB pages: fill in those under the image. */
	leaq	__base_addr(%rip), %rdx
	andq	$-(1 << 21), %rdx
	leaq	__early_end(%rip), %rdi
1:	movq	%rdx, %rcx
	subq	%r11, %rcx
	shrq	$21, %rcx
	leaq	PTE_P_RW_PS(%rdx), %rsi
	movq	%rsi, 0x3000(%r10, %rcx, 8)
	addq	$(1 << 21), %rdx
	cmpq	%rdi, %rdx
	jb	1b

	movq	%cr4, %r12
	andl	$CR4_KEPT, %r12d
	btl	$CR4_LA57_BIT, %r12d
	jc	1f
	addq	$0x1000, %r10
1:	orl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %r12d

	/* PCIDs, global pages and the like go before the new root comes. */
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~EFER_FFXSR, %eax	/* arch_enter() uses FXRSTOR */
	orl	$EFER_NXE, %eax
	wrmsr
	movq	%r12, %cr4
	movq	%r10, %cr3
	movl	$(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movq	%rax, %cr0

	/* A GDT of our own, a far return into its code segment. */
	leaq	early_gdt(%rip), %rax
	pushq	%rax
	pushw	$EARLY_GDT_LAST
	lgdt	(%rsp)
	addq	$10, %rsp
	pushq	$SEL_CODE64
	leaq	1f(%rip), %rax
	pushq	%rax
	lretq
1:	movl	%r8d, %edi
	movq	%r9, %rsi
	jmp	enter_early_boot
	.size start_long, . - start_long

msg_high:
	.asciz	"ukaslr: stop: the loader put the image above 512 GiB\r\n"

	.section .note.GNU-stack, "", @progbits
