/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux: the boot protocol's two entries (Linux Documentation/arch/x86/boot.rst)
 *
 * linux_entry, "64-bit boot protocol": 64-bit mode, identity-mapped, RSI = physical
 * address of struct boot_params. It is the ELF's e_entry, where loaders of a raw
 * ELF64 jump to, and at 0x200 from the image's first byte, where loaders of a
 * bzImage do. SYSLINUX's mboot.c32 comes there as well: it loads by the ELF header
 * though Multiboot's has addresses, and is in 32-bit mode then.
 *
 * linux_entry32, "32-bit boot protocol": protected mode, paging off, flat segments,
 * interrupts off, ESI = boot_params. mkimage puts a jump to it at the first byte of
 * a bzImage's protected-mode part; setup.S comes this way.
 */
#include <arch/entry32.inc>

#define BOOT_LINUX 5 /* enum boot_protocol */

	.section .boot.linux64, "ax"
	.code64
	.globl linux_entry
	.type linux_entry, @function
linux_entry:
#if PROTOCOL_MULTIBOOT
	xorl	%eax, %eax
	.byte	0x40		/* incl %eax in 32-bit mode, else a REX prefix of the nop */
	nop
	testl	%eax, %eax
	jnz	multiboot_entry
#endif
	movl	$BOOT_LINUX, %edi
	jmp	start_long
	.size linux_entry, . - linux_entry

	.section .boot.head, "ax"
	.code32
	.globl linux_entry32
	.type linux_entry32, @function
linux_entry32:
	movl	%esi, %ebx
	.size linux_entry32, . - linux_entry32
ENTRY32 linux_entry32_ebx, BOOT_LINUX

	.section .note.GNU-stack, "", @progbits
