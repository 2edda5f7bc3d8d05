/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm64: linked at 0, turned into a flat Image by mkimage, which is a UEFI program
 * as well. Drawing: common.lds.h.
 */
/*
 * A PE file's sections begin on pages behind the headers, but this image goes on
 * right behind them, and UEFI loaders need not load the rest of that page. So
 * mkimage names it as a section of its own, which is loaded here, and the entry code
 * puts it where it belongs.
 */
#define PE_HEADER_LEN 344 /* tools/mkimage.h */
#if PROTOCOL_EFI
#define EARLY_LAST __first_page = .; . += PAGE;
#else
#define EARLY_LAST
#endif

#include "common.lds.h"

/*
 * The exception vectors (Arm ARM D1.3.1.3) want 2 KiB aligned to 2 KiB, most of it
 * empty: 8 bytes in every 128, and of these only the synchronous and the SError
 * ones can ever be taken, as interrupts stay masked. What is between is used.
 */
#define TEXT_ALIGN 2048
/* Chosen so that the rest ends shortly before a multiple of 2 KiB */
#define BOOT_TAIL_OF *boot/fdt*.early.o *boot/strnlen.early.o *kaslr/trng.early.o
#define TEXT_FIRST                                                                                 \
	trap_vectors = .;                                                                          \
	KEEP(*(.vector.sync_sp0))                                                                  \
	*(.text.memcpy .text.memset)                                                               \
	. = trap_vectors + 0x180;                                                                  \
	KEEP(*(.vector.serror_sp0))                                                                \
	*(.text.trap_common .text.firmware)                                                        \
	. = trap_vectors + 0x200;                                                                  \
	KEEP(*(.vector.sync_spx))                                                                  \
	*(.text.memmove .text.moved_entry .text.strlen .text.pl011_putc)                           \
	. = trap_vectors + 0x380;                                                                  \
	KEEP(*(.vector.serror_spx))

ENTRY(_start)

PHDRS
{
	boot PT_LOAD FLAGS(5);
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
#if PROTOCOL_EFI
		/*
		 * The PE header, by mkimage. The rest of its page is not here as long as
		 * firmware lives: what runs until then comes later.
		 */
		LONG(0)
		. += PE_HEADER_LEN;
		BOOT_CODE
		KEEP(*(.boot.head))
#else
		LONG(0)
		KEEP(*(.boot.head))
		BOOT_CODE
#endif
	} :boot

	IMAGE_SECTIONS
	DEBUG_SECTIONS
	DISCARDED
}

COMMON_ASSERTS
#if PROTOCOL_EFI
ASSERT(__efi_start - __base_addr >= PAGE, "the PE header's page holds code that runs under UEFI")
#endif
ASSERT(_start == 0, "the Image header begins with the first instruction")
ASSERT(__early_end - __early_start <= 0x200000, "the first map has two blocks for the early part")
ASSERT(__early_end < 0x80000000, "ADRP-reach of early code")
