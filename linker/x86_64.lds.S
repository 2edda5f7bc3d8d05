/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * x86_64: an ELF64 that Multiboot 1 and 2, PVH and Linux loaders take. Drawing:
 * common.lds.h.
 *
 * The ELF header is part of the image, so that file and memory have the same
 * layout: a Multiboot loader that uses the address fields copies the file as it
 * is. Physical addresses equal virtual ones, as raw ELF loaders jump to e_entry.
 * Whatever holds an address is written here, not in assembly: an absolute
 * address in an object would need a relocation.
 */
#define EARLY_LAST
#include "common.lds.h"

#define BASE_ADDR 0x100000

/*
 * As the exception stubs are, which come first. Where segments begin on pages in the file, a whole
 * page costs nothing, and what moves has one page less.
 */
#if PROTOCOL_EFI
#define TEXT_ALIGN PAGE
#else
#define TEXT_ALIGN 256
#endif
/* Chosen so that the rest ends shortly before a multiple of that */
#define BOOT_TAIL_OF *kaslr/?*.early.o *arch/x86_64/rng.early.o
#define TEXT_FIRST *(.text.trap)

/* Multiboot Specification 0.6.96, 3.1.1: pages aligned, memory map wanted, address fields valid */
#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x00010003

/* Multiboot2 Specification 2.0, 3.1: magic, architecture i386; types of tags */
#define MULTIBOOT2_MAGIC 0xe85250d6
#define MULTIBOOT2_I386 0
#define TAG_END 0
#define TAG_INFORMATION_REQUEST 1
#define TAG_ADDRESS 2
#define TAG_ENTRY_ADDRESS 3
#define TAG_MODULE_ALIGNMENT 6
#define TAG_RELOCATABLE 10
#define INFO_MMAP 6 /* 3.4.8: the information that is requested */

/* Linux Documentation/arch/x86/boot.rst: the 64-bit entry's place */
#define LINUX_ENTRY64 0x200

/* ELF note XEN_ELFNOTE_PHYS32_ENTRY (xen/include/public/elfnote.h) */
#define NT_PHYS32_ENTRY 18

/* Those of PV: XEN_ELFNOTE_ENTRY, _VIRT_BASE, _XEN_VERSION, _LOADER */
#define NT_ENTRY 1
#define NT_VIRT_BASE 3
#define NT_XEN_VERSION 5
#define NT_LOADER 8
#define XEN_NOTE(type) LONG(4) LONG(8) LONG(type) LONG(0x006e6558) /* name "Xen", 8 bytes follow */

/* Who jumps to e_entry, not to what a header names, is in 64-bit mode (but for one: linux.S). */
#if PROTOCOL_LINUX
ENTRY(linux_entry)
#elif PROTOCOL_MULTIBOOT
ENTRY(multiboot_entry)
#elif PROTOCOL_MULTIBOOT2
ENTRY(multiboot2_entry)
#elif PROTOCOL_PVH
ENTRY(pvh_entry)
#elif PROTOCOL_EFI
ENTRY(efi_entry)
#else
ENTRY(xenpv_entry)
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
#if PROTOCOL_MULTIBOOT2
	. = ALIGN(8);
	.multiboot2 : {
		__multiboot2_header = .;
		LONG(MULTIBOOT2_MAGIC)
		LONG(MULTIBOOT2_I386)
		LONG(__multiboot2_end - __multiboot2_header)
		LONG(-(MULTIBOOT2_MAGIC + MULTIBOOT2_I386 + (__multiboot2_end - __multiboot2_header)))
		SHORT(TAG_INFORMATION_REQUEST) SHORT(0) LONG(12)
		LONG(INFO_MMAP) LONG(0)
		SHORT(TAG_ADDRESS) SHORT(0) LONG(24)
		LONG(__multiboot2_header)	/* header_addr */
		LONG(BASE_ADDR)			/* load_addr: the file's first byte */
		LONG(0)				/* load_end_addr: the whole file */
		LONG(__early_end)		/* bss_end_addr */
		SHORT(TAG_ENTRY_ADDRESS) SHORT(0) LONG(12)
		LONG(multiboot2_entry) LONG(0)
		SHORT(TAG_MODULE_ALIGNMENT) SHORT(0) LONG(8)
		SHORT(TAG_RELOCATABLE) SHORT(0) LONG(24)
		LONG(BASE_ADDR)			/* min_addr */
		LONG(0xffffffff)		/* max_addr */
		LONG(PAGE)			/* align */
		LONG(0)				/* preference: none */
		SHORT(TAG_END) SHORT(0) LONG(8)
		__multiboot2_end = .;
	} :boot
#endif
#if PROTOCOL_LINUX
	. = MAX(., BASE_ADDR + LINUX_ENTRY64);
	.linux64 : {
		KEEP(*(.boot.linux64))
	} :boot
#endif
#if PROTOCOL_PVH
	.note.pvh : {
		XEN_NOTE(NT_PHYS32_ENTRY)
		LONG(pvh_entry) LONG(0)
	} :boot :note
#endif
#if PROTOCOL_XENPV
	.note.xenpv : {
		XEN_NOTE(NT_ENTRY)
		QUAD(xenpv_entry)
		XEN_NOTE(NT_VIRT_BASE)
		QUAD(0)				/* memory is mapped where it is */
		XEN_NOTE(NT_XEN_VERSION)
		QUAD(0x00302e332d6e6578)	/* "xen-3.0" */
		XEN_NOTE(NT_LOADER)
		QUAD(0x00636972656e6567)	/* "generic" */
	} :boot :note
#endif
	.boot : {
		KEEP(*(.boot.head))
		BOOT_CODE
	} :boot

	IMAGE_SECTIONS
	.setup 0 : { KEEP(*(.setup)) }
	DEBUG_SECTIONS
	DISCARDED
}

COMMON_ASSERTS
#if PROTOCOL_MULTIBOOT
ASSERT(__multiboot_header - __base_addr < 8192 - 32, "Multiboot: the header belongs in the first 8 KiB")
#endif
#if PROTOCOL_MULTIBOOT2
ASSERT(__multiboot2_end - __base_addr < 32768, "Multiboot 2: the header belongs in the first 32 KiB")
#endif
#if PROTOCOL_LINUX
ASSERT(linux_entry == __base_addr + LINUX_ENTRY64, "Linux: the headers reach over the 64-bit entry")
#endif
ASSERT(__early_end < 0x80000000, "32-bit entry code reaches 2 GiB")
