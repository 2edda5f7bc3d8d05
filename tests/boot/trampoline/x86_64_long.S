/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A loader that enters in 64-bit mode, as Firecracker does (its src/vmm/src/arch/
 * x86_64: regs.rs, gdt.rs, layout.rs), or worse.
 *
 * Entry: QEMU's Multiboot, 32-bit protected mode, paging off. Nothing is kept.
 *
 * Leaves, as Firecracker: boot_params at 7000h, their address in RSI; RSP and RBP
 * 8ff0h; other registers 0; GDT at 500h with code, data and TSS at 08h, 10h, 18h; an
 * IDT of one entry of zeros at 520h; 4 levels of tables from 9000h on for the first
 * GiB, in pages of 2 MiB; EFER.LME without NXE; CR4.PAE alone; RFLAGS 2.
 *
 * Leaves, when it is hostile: junk in the registers, RSP = 0, tables of 1 GiB pages for
 * 512 GiB, PCIDs with one in CR3, global pages, no GDT and no IDT, DF, AC, NT and IOPL
 * set; boot_params where the test put them. A test fills the block at CONFIG:
 *	+0 entry, 64 bits   +8 address of boot_params   +12 levels, 4 or 5   +16 hostile
 */

#define MAGIC	  0x1badb002 /* Multiboot Specification 0.6.96, 3.1.2 */
#define FLAGS	  0
#define CONFIG	  0x3010000 /* behind what QEMU puts after this program */
#define HOSTILE	  CONFIG + 16

/* Firecracker's layout.rs */
#define GDT	  0x500
#define IDT	  0x520
#define PARAMS	  0x7000
#define STACK	  0x8ff0
#define PML4	  0x9000
#define PDPT	  0xa000
#define PD	  0xb000
#define PML5	  0xc000 /* not its */
#define PAGE	  4096

#define P_RW	  0x003
#define P_RW_G_PS 0x183
#define P_RW_PS	  0x083

#define CR4_PAE	  (1 << 5)
#define CR4_MCE	  (1 << 6)
#define CR4_PGE	  (1 << 7)
#define CR4_LA57  (1 << 12)
#define CR4_PCIDE (1 << 17)
#define SOME_PCID 5
#define MSR_EFER  0xc0000080
#define EFER_LME  (1 << 8)
#define CR0_PE_PG 0x80000001
/* DF, IOPL 3, NT, AC, and the bit that is always set */
#define EFLAGS	  (1 << 10 | 3 << 12 | 1 << 14 | 1 << 18 | 2)

	.section .text
	.code32
	.balign 4
	.long	MAGIC, FLAGS, -(MAGIC + FLAGS)

	.globl	_start
_start:
	cli
	cld
	xorl	%eax, %eax
	movl	$PML4, %edi
	movl	$(4 * PAGE / 4), %ecx
	rep stosl
	movl	$(PML4 + P_RW), PML5
	movl	$(PDPT + P_RW), PML4

	/* ECX: an entry's offset; EDX:EAX: the entry */
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	cmpl	$0, HOSTILE
	jne	2f
	movl	$(PD + P_RW), PDPT
	movl	$P_RW_PS, %eax
1:	movl	%eax, PD(%ecx)
	addl	$(1 << 21), %eax
	addl	$8, %ecx
	cmpl	$PAGE, %ecx
	jne	1b
	jmp	3f
2:	movl	$P_RW_G_PS, %eax
1:	movl	%eax, PDPT(%ecx)
	movl	%edx, PDPT + 4(%ecx)
	addl	$(1 << 30), %eax
	adcl	$0, %edx
	addl	$8, %ecx
	cmpl	$PAGE, %ecx
	jne	1b

3:	movl	$CR4_PAE, %eax
	movl	$PML4, %ebx
	cmpl	$5, CONFIG + 12
	jne	1f
	orl	$CR4_LA57, %eax
	movl	$PML5, %ebx
1:	movl	%eax, %cr4
	movl	%ebx, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	$CR0_PE_PG, %eax
	movl	%eax, %cr0

	movl	$gdt, %esi
	movl	$GDT, %edi
	movl	$(gdt_end - gdt) / 4, %ecx
	rep movsl
	movl	$0, IDT
	movl	$0, IDT + 4
	lgdt	gdt_pointer
	lidt	idt_pointer
	ljmp	$0x08, $1f

	.code64
1:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	CONFIG + 8, %esi
	movq	CONFIG, %r15
	cmpl	$0, HOSTILE
	jne	hostile

	movl	$PARAMS, %edi
	movl	$(PAGE / 4), %ecx
	rep movsl
	movq	%r15, -16 + STACK
	movl	$STACK, %esp
	movl	%esp, %ebp
	pushq	$2
	popfq
	movl	$PARAMS, %esi
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%edi, %edi
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	xorl	%r\n\()d, %r\n\()d
	.endr
	jmp	*-16 + STACK

hostile:
	lgdt	nowhere(%rip)
	lidt	nowhere(%rip)
	movq	%cr4, %rax
	orl	$(CR4_MCE | CR4_PGE | CR4_PCIDE), %eax
	movq	%rax, %cr4
	movq	%cr3, %rax
	orl	$SOME_PCID, %eax
	movq	%rax, %cr3
	leaq	stack_top(%rip), %rsp
	pushq	$EFLAGS
	popfq
	movq	$0xc0ffee01c0ffee, %rax
	.irp	r, rbx, rcx, rdx, rdi, rbp, r8, r9, r10, r11, r12, r13, r14
	movq	%rax, %\r
	.endr
	movq	$0, %rsp
	jmp	*%r15

	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* code, 64 bits */
	.quad	0x00cf93000000ffff	/* data */
	.quad	0x008f8b000000ffff	/* TSS */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	GDT, 0
idt_pointer:
	.word	7
	.long	IDT, 0
nowhere:
	.word	0
	.quad	0xdead0000

	.balign	16
	.skip	64
stack_top:
