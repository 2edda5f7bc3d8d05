/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Multiboot 1. The header is written by the linker script; EBX holds the
 * address of the Multiboot information. EAX (the loader's magic) is not asked:
 * this entry is in no other protocol's header.
 */
#include <arch/entry32.inc>

#define BOOT_MULTIBOOT 1 /* enum boot_protocol */

ENTRY32 multiboot_entry, BOOT_MULTIBOOT

	.section .note.GNU-stack, "", @progbits
