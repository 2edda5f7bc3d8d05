/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Multiboot 2. The header is written by the linker script; EBX holds the address
 * of the Multiboot2 information (Multiboot2 Specification 2.0, 3.3).
 */
#include <arch/entry32.inc>

#define BOOT_MULTIBOOT2 4 /* enum boot_protocol */

ENTRY32 multiboot2_entry, BOOT_MULTIBOOT2

	.section .note.GNU-stack, "", @progbits
