/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm64: linked at 0, turned into a flat Image by objcopy. Drawing: common.lds.h.
 */
#include "common.lds.h"

ENTRY(_start)

PHDRS
{
	boot PT_LOAD FLAGS(5);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	bss PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = 0;
	__base_addr = .;
	.boot : {
		/* Linux Documentation/arch/arm64/booting.rst, "Call the kernel image" */
		KEEP(*(.boot.header))
		QUAD(0)				/* text_offset */
		QUAD(__early_end - __base_addr)	/* image_size, with what is not in the file */
		QUAD(0xa)			/* flags: little endian, 4 KiB pages, anywhere */
		QUAD(0) QUAD(0) QUAD(0)
		LONG(0x644d5241)		/* "ARM\x64" */
		LONG(0)
		KEEP(*(.boot.head))
		BOOT_CODE
	} :boot

	IMAGE_SECTIONS
	DEBUG_SECTIONS
	DISCARDED
}

COMMON_ASSERTS
ASSERT(_start == 0, "the Image header begins with the first instruction")
ASSERT(__early_end < 0x80000000, "ADRP-reach of early code")
