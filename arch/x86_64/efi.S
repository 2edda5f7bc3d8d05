/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI: from the firmware's long mode to early_boot()
 *
 * Boot services have ended. The firmware's tables map the image one to one, and
 * its data writable (UEFI 2.10, 2.3.4); start_long asks for no more.
 *
 * _Noreturn void efi_leave(const struct efi_handover *h)
 *
 *	register  purpose
 *	rdi       what the stub leaves, in the image's early part
 */
#define BOOT_EFI 6 /* enum boot_protocol */

	.section .boot.head, "ax"
	.code64
	.globl efi_leave
	.type efi_leave, @function
efi_leave:
	movq	%rdi, %rsi
	movl	$BOOT_EFI, %edi
	jmp	start_long
	.size efi_leave, . - efi_leave

	.section .note.GNU-stack, "", @progbits
