/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * x86_64: an ELF64 that Multiboot and PVH loaders take. Drawing: common.lds.h.
 *
 * The ELF header is part of the image, so that file and memory have the same
 * layout: a Multiboot loader that uses the address fields copies the file as it
 * is. Physical addresses equal virtual ones, as raw ELF loaders jump to e_entry.
 * Whatever holds an address is written here, not in assembly: an absolute
 * address in an object would need a relocation.
 */
#include "common.lds.h"

#define BASE_ADDR 0x100000

#define TEXT_ALIGN 16
#define TEXT_FIRST

/* Multiboot Specification 0.6.96, 3.1.1: pages aligned, memory map wanted, address fields valid */
#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x00010003

/* ELF note XEN_ELFNOTE_PHYS32_ENTRY (xen/include/public/elfnote.h) */
#define NT_PHYS32_ENTRY 18

#if PROTOCOL_MULTIBOOT
ENTRY(multiboot_entry)
#else
ENTRY(pvh_entry)
#endif

PHDRS
{
	boot PT_LOAD FILEHDR PHDRS FLAGS(5);
	note PT_NOTE FLAGS(4);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	bss PT_LOAD FLAGS(6);
}

SECTIONS
{
	__base_addr = BASE_ADDR;
	. = BASE_ADDR + SIZEOF_HEADERS;
	. = ALIGN(8);
#if PROTOCOL_MULTIBOOT
	.multiboot : {
		__multiboot_header = .;
		LONG(MULTIBOOT_MAGIC)
		LONG(MULTIBOOT_FLAGS)
		LONG(-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS))
		LONG(__multiboot_header)	/* header_addr */
		LONG(BASE_ADDR)			/* load_addr: the file's first byte */
		LONG(0)				/* load_end_addr: the whole file */
		LONG(__early_end)		/* bss_end_addr */
		LONG(multiboot_entry)		/* entry_addr */
	} :boot
#endif
#if PROTOCOL_PVH
	.note.pvh : {
		LONG(4)				/* namesz */
		LONG(8)				/* descsz */
		LONG(NT_PHYS32_ENTRY)
		BYTE(0x58) BYTE(0x65) BYTE(0x6e) BYTE(0)	/* "Xen" */
		LONG(pvh_entry) LONG(0)
	} :boot :note
#endif
	.boot : {
		KEEP(*(.boot.head))
		BOOT_CODE
	} :boot

	IMAGE_SECTIONS
	DEBUG_SECTIONS
	DISCARDED
}

COMMON_ASSERTS
#if PROTOCOL_MULTIBOOT
ASSERT(__multiboot_header - __base_addr < 8192 - 32, "Multiboot: the header belongs in the first 8 KiB")
#endif
ASSERT(__early_end < 0x80000000, "32-bit entry code reaches 2 GiB")
