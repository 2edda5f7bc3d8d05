/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PVH. The note with the entry's address is written by the linker script; EBX
 * holds the address of struct hvm_start_info.
 */
#include <arch/entry32.inc>

#define BOOT_PVH 2 /* enum boot_protocol */

ENTRY32 pvh_entry, BOOT_PVH

	.section .note.GNU-stack, "", @progbits
