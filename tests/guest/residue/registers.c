/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * main, which keeps the registers as they are when it is entered: all of them are on
 * its stack, as an array for look_around(). Of x86_64's vector registers it gets what
 * is set in any: nothing in front of main uses them, and early code's are wiped.
 */

#ifdef __x86_64__
#define INVERSE_BASE "~0x100000" /* of a Multiboot or PVH loader, inverted */

__asm__(".section .text.main, \"ax\"\n"
	".globl main\n"
	".type main, @function\n"
	"main:\n"
	"	.irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
	"	pushq %\\r\n"
	"	.endr\n"
	"	movq %rsp, %rdi\n"
	"	movl $15, %esi\n"
	"	movq $" INVERSE_BASE ", %rdx\n"
	"	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	por %xmm\\n, %xmm0\n"
	"	.endr\n"
	"	movq %xmm0, %rcx\n"
	"	punpckhqdq %xmm0, %xmm0\n"
	"	movq %xmm0, %rax\n"
	"	orq %rax, %rcx\n"
	"	call look_around\n"
	"	addq $(15 * 8), %rsp\n"
	"	ret\n"
	".size main, . - main\n");
#else
#define INVERSE_BASE "~0x40200000" /* of QEMU's virt machine, inverted */

__asm__(".section .text.main, \"ax\"\n"
	".globl main\n"
	".type main, %function\n"
	"main:\n"
	"	.irp n, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0\n"
	"	sub sp, sp, #16\n"
	"	str x\\n, [sp]\n"
	"	.endr\n"
	"	.irp n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29\n"
	"	str x\\n, [sp, #(8 * \\n)]\n"
	"	.endr\n"
	"	str xzr, [sp, #(8 * 31)]\n"
	"	mov x0, sp\n"
	"	mov x1, #32\n"
	"	ldr x2, =" INVERSE_BASE "\n"
	"	mov x3, xzr\n"
	"	bl look_around\n"
	"	ldr x30, [sp, #(8 * 30)]\n"
	"	add sp, sp, #(16 * 16)\n"
	"	ret\n"
	"	.ltorg\n"
	".size main, . - main\n");
#endif
