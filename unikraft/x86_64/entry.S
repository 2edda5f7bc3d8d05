/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entry of a Unikraft image on KVM x86_64, and the jump into the moved one
 *
 * Multiboot 0.6.96, 3.2: protected mode, paging off, flat segments, EAX = magic,
 * EBX = information structure, no stack and no GDT. The image lies at its link address;
 * position-independent 32-bit code has no other way to know any address than to see
 * where it runs. Unikraft's boot page tables hold their link-time values and map the
 * first 4 GiB one to one; they serve early code, and the copies of them the moved image.
 *
 *	register  live until   purpose
 *	ebx       early_x86    Multiboot information
 *	ebp       long mode    runtime address of label here
 *	edi       call         the word of the information borrowed as a stack
 */
#include <arch/x86.h>
#include <ukaslr/shutdown.h>

#define MULTIBOOT_MAGIC	 0x2badb002
#define EARLY_STACK_SIZE 8192

/* A data segment besides: Unikraft's entry is handed this GDT (Intel SDM vol. 3, 3.4.5) */
#define SEL_DATA	 0x10
#define DESC_DATA	 0x0000930000000000
#define GDT_LAST	 (SEL_DATA + 8 - 1)

.macro ADDR symbol, reg
	leal	(\symbol - here)(%ebp), \reg
.endm

	.section .text.kaslr_entry, "ax"
	.code32
	.globl kaslr_entry
	.type kaslr_entry, @function
kaslr_entry:
	cli
	cld
	cmpl	$MULTIBOOT_MAGIC, %eax
	jne	halt
	movl	(%ebx), %edi
	leal	4(%ebx), %esp
	call	here
here:	popl	%ebp
	movl	%edi, (%ebx)
	ADDR	early_stack, %esp

	/* The link address, written by the linker into text, as mkreloc's slots are */
	ADDR	_base_addr, %eax
	cmpl	%eax, link_address - here(%ebp)
	movl	$msg_place - here, %edi
	jne	stop

	pushl	%ebx
	movl	$CPUID_EXT_FEAT, %eax
	cpuid
	popl	%ebx
	movl	$msg_cpu - here, %edi
	btl	$CPUID_LM_BIT, %edx
	jnc	stop
	btl	$CPUID_NX_BIT, %edx
	jnc	stop

	/* Intel SDM vol. 3, 10.8.5: PAE, CR3, EFER.LME, then paging. */
	ADDR	x86_bpt_pml4, %eax
	movl	%eax, %cr3
	movl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$(EFER_LME | EFER_NXE), %eax
	wrmsr
	movl	$(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0

	ADDR	gdt, %eax
	pushl	%eax
	pushw	$GDT_LAST
	lgdt	(%esp)
	addl	$6, %esp
	pushl	$SEL_CODE64
	ADDR	start64, %eax
	pushl	%eax
	lret

stop:	leal	(%edi, %ebp), %esi
1:	movw	$(COM1 + UART_LSR), %dx
2:	inb	%dx, %al
	testb	$UART_LSR_THRE, %al
	jz	2b
	lodsb
	testb	%al, %al
	jz	3f
	movw	$(COM1 + UART_THR), %dx
	outb	%al, %dx
	jmp	1b
3:	movw	$DEBUG_EXIT, %dx
	movb	$STATUS_STOP, %al
	outb	%al, %dx
halt:	hlt
	jmp	halt

	.code64
start64:
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%esp, %esp		/* the upper halves are undefined after the switch */
	movl	%ebx, %edi
	xorl	%ebp, %ebp
	call	kaslr_early_x86
	ud2				/* it does not return */

/*
 * void kaslr_enter(uint64_t root, uint64_t info, uint64_t old, uint64_t old_len)
 *
 * Runs in the moved image, called by the one that was loaded. Takes the final page
 * tables, wipes the loaded image [old, old + old_len) with all that early code knew, and
 * goes on as Unikraft's own entry does: lcpu_start64 with RDI = startup arguments, RSI =
 * Multiboot information.
 */
	.globl kaslr_enter
	.type kaslr_enter, @function
kaslr_enter:
	movq	%rdi, %cr3
	leaq	early_stack(%rip), %rsp
	movq	%rdx, %rdi
	xorl	%eax, %eax
	rep stosb			/* RCX = length */
	leaq	gdt(%rip), %rax
	pushq	%rax
	pushw	$GDT_LAST
	lgdt	(%rsp)
	xorl	%eax, %eax
	.irp	r, ebx, ecx, edx, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
	xorl	%\r, %\r
	.endr
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	pxor	%xmm\n, %xmm\n		/* ChaCha rows */
	.endr
	leaq	startup(%rip), %rdi
	jmp	lcpu_start64
	.size kaslr_enter, . - kaslr_enter

	.balign 8
gdt:	.quad	0
	.quad	DESC_CODE64
	.quad	DESC_DATA
msg_place:
	.asciz	"ukaslr: stop: the loader did not put the image at its link address\r\n"
msg_cpu:
	.asciz	"ukaslr: stop: this processor lacks 64-bit mode or no-execute pages\r\n"

	/* struct lcpu_sargs: entry, stack; moved with the image */
	.section .data.kaslr_startup, "aw"
	.balign 8
startup:
	.quad	multiboot_entry
	.quad	early_stack

link_address:
	.quad	_base_addr

	.section .bss.kaslr_stack, "aw", @nobits
	.balign 16
	.skip	EARLY_STACK_SIZE
early_stack:

	.section .note.GNU-stack, "", @progbits
