/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the linker scripts of both architectures share.
 *
 * An image in memory, from low to high addresses:
 *
 *	__base_addr     +-----------------------------+
 *	                | boot    R-X  headers, entry,|  runs where the loader put it,
 *	                |              early code     |  never moves, freed after the jump
 *	                +-----------------------------+
 *	                | initrd  (make INITRD=)      |  never moves, stays
 *	__text_start    +-----------------------------+
 *	                | text    R-X                 |  \  __image_start is its page's start
 *	__text_end      +-----------------------------+   |
 *	                | boot    R-X  its tail       |   |  (stays behind)
 *	__rodata_start  +-----------------------------+   |
 *	                | rodata  R--                 |   |  what moves: copied to the
 *	__relro_start   +-----------------------------+   |  physical base, mapped at the
 *	                | relro   R--  pointers       |   |  virtual base
 *	__data_start    +-----------------------------+   |
 *	                | data    RW-                 |   |
 *	__reloc_start   +--------------+--------------+   |
 *	= __bss_start   | bss     RW-  | relocation   |   |  the table lies in the file where
 *	                |              | table (file) |   |  the moved image has its bss
 *	__image_end     +--------------+              |  /
 *	                               +--------------+
 *	__early_start   +-----------------------------+
 *	                | early   RW-  stack, tables, |  never moves, freed after the jump;
 *	                |              boot info      |  not in the file
 *	__early_end     +-----------------------------+
 *
 * Boot part and text share a page, to save the padding (but for an initrd between
 * them), and so do the boot part's tail and both its neighbours; when the image
 * moves, the boot part's bytes in its pages are left behind.
 *
 * The linker writes 24 bytes for each relocation (RELA); mkreloc replaces them
 * by a RELR table and ends the file there, so the sizes above shrink after the
 * link while no address changes.
 */

#define PAGE 4096

#if PROTOCOL_EFI
EXTERN(efi_entry) /* the PE header names it, no code does */
#endif

/*
 * Objects named *.early.o hold early code alone: it stays behind in the boot part.
 * So does the global offset table, which the linker makes with entries of its own
 * and nobody uses (relcheck). What runs under UEFI comes last: it may not have a
 * part in the first page (arm64.lds.S).
 */
#define EFI_STUB   *efi_entry.early.o *efi_stub.early.o *efi_text.early.o
#define EARLY_CODE                                                                                 \
	*.early.o(EXCLUDE_FILE(EFI_STUB) .text EXCLUDE_FILE(EFI_STUB) .text.*)                     \
	__efi_start = .;                                                                           \
	*.early.o(.text .text.*)                                                                   \
	. = ALIGN(16);                                                                             \
	*.early.o(.rodata .rodata.*)                                                               \
	. = ALIGN(16);
#define BOOT_CODE                                                                                  \
	BOOT_HEAD                                                                                  \
	KEEP(*(.reloc.header))                                                                     \
	*(.got .got.plt)

/*
 * Rodata may not be executable, so it shares no page with text. The end of the boot
 * part between them saves the padding: the objects BOOT_TAIL_OF, which each
 * architecture's script names, and constants. Under UEFI it would not, as there the
 * file's segments must begin on pages.
 */
#if PROTOCOL_EFI
#define BOOT_HEAD EARLY_CODE
#define BOOT_TAIL
#else
#define BOOT_HEAD *.early.o(EXCLUDE_FILE(BOOT_TAIL_OF) .text EXCLUDE_FILE(BOOT_TAIL_OF) .text.*)
#define BOOT_TAIL .boot.tail : { EARLY_CODE } :boot
#endif

#if CONFIG_INITRD
#define INITRD_SECTION                                                                             \
	. = ALIGN(PAGE);                                                                           \
	.initrd : {                                                                                \
		__initrd_start = .;                                                                \
		KEEP(*(.initrd))                                                                   \
		__initrd_end = .;                                                                  \
		. = ALIGN(PAGE);                                                                   \
	} :boot
#else
#define INITRD_SECTION
#endif

#define IMAGE_SECTIONS                                                                             \
	INITRD_SECTION                                                                             \
	. = ALIGN(TEXT_ALIGN);                                                                     \
	__text_start = .;                                                                          \
	__image_start = . & ~(PAGE - 1);                                                           \
	.text : {                                                                                  \
		TEXT_FIRST                                                                         \
		*(EXCLUDE_FILE(*.early.o) .text EXCLUDE_FILE(*.early.o) .text.*)                   \
	} :boot                                                                                    \
	__text_end = .;                                                                            \
                                                                                                   \
	BOOT_TAIL                                                                                  \
	. = MAX(., (__text_end + PAGE - 1) & ~(PAGE - 1));                                         \
	__rodata_start = .;                                                                        \
	__rodata_page = . & ~(PAGE - 1);                                                           \
	.rodata : { *(.rodata .rodata.*) } :rodata                                                 \
	__rodata_end = .;                                                                          \
                                                                                                   \
	. = ALIGN(PAGE);                                                                           \
	__relro_start = .;                                                                         \
	__slots_start = .;                                                                         \
	.data.rel.ro : {                                                                           \
		__init_array_start = .;                                                            \
		KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))                                      \
		KEEP(*(.init_array))                                                               \
		__init_array_end = .;                                                              \
		*(.data.rel.ro .data.rel.ro.* .data.rel.ro.local .data.rel.ro.local.*)             \
	} :rodata                                                                                  \
                                                                                                   \
	. = ALIGN(PAGE);                                                                           \
	__data_start = .;                                                                          \
	.data : {                                                                                  \
		*(.data .data.*)                                                                   \
		. = ALIGN(64);                                                                     \
	} :data                                                                                    \
	__slots_end = .;                                                                           \
	__reloc_start = .;                                                                         \
	.rela.dyn : { *(.rela .rela.*) } :data                                                     \
	.relr.dyn : { *(.relr.dyn) } :data                                                         \
	__reloc_end = .;                                                                           \
                                                                                                   \
	__bss_start = __reloc_start;                                                               \
	.bss __reloc_start (NOLOAD) : {                                                            \
		*(EXCLUDE_FILE(*.early.o) .bss.noinit) /* early code writes all that is read */    \
		. = ALIGN(64);                                                                     \
		__zero_start = .;                                                                  \
		*(EXCLUDE_FILE(*.early.o) .bss EXCLUDE_FILE(*.early.o) .bss.*)                     \
		. = ALIGN(16);                                                                     \
	} :bss                                                                                     \
	__image_end = .;                                                                           \
                                                                                                   \
	. = MAX(., __reloc_end);                                                                   \
	. = ALIGN(PAGE);                                                                           \
	__early_start = .;                                                                         \
	.early (NOLOAD) : {                                                                        \
		*(.early.tables)                                                                   \
		__early_wipe_start = .;                                                            \
		*(.early.map)                                                                      \
		*.early.o(.bss.noinit)                                                             \
		. = ALIGN(64);                                                                     \
		*(.early.bss .early.bss.*)                                                         \
		*.early.o(.bss .bss.*)                                                             \
		. = ALIGN(64);                                                                     \
		__early_wipe_end = .;                                                              \
		. = ALIGN(PAGE);                                                                   \
		EARLY_LAST                                                                         \
	} :bss                                                                                     \
	__early_end = .;

#define DEBUG_SECTIONS                                                                             \
	.debug_info 0 : { *(.debug_info) }                                                         \
	.debug_abbrev 0 : { *(.debug_abbrev) }                                                     \
	.debug_line 0 : { *(.debug_line) }                                                         \
	.debug_line_str 0 : { *(.debug_line_str) }                                                 \
	.debug_str 0 : { *(.debug_str) }                                                           \
	.debug_str_offsets 0 : { *(.debug_str_offsets) }                                           \
	.debug_addr 0 : { *(.debug_addr) }                                                         \
	.debug_aranges 0 : { *(.debug_aranges) }                                                   \
	.debug_ranges 0 : { *(.debug_ranges) }                                                     \
	.debug_rnglists 0 : { *(.debug_rnglists) }                                                 \
	.debug_loc 0 : { *(.debug_loc) }                                                           \
	.debug_loclists 0 : { *(.debug_loclists) }                                                 \
	.debug_frame 0 : { *(.debug_frame) }

/*
 * A position-independent link makes dynamic tables; no dynamic linker will ever
 * read them. Unwind tables and notes of the compiler go as well.
 */
#define DISCARDED                                                                                  \
	/DISCARD/ : {                                                                              \
		*(.interp .dynamic .dynsym .dynstr .hash .gnu.hash .gnu.version*)                  \
		*(.comment .note .note.* .eh_frame .eh_frame_hdr .ARM.attributes)                  \
	}

#define COMMON_ASSERTS                                                                             \
	ASSERT(__data_start % PAGE == 0, "writable data must not share a page with constants")     \
	ASSERT(__bss_start % 64 == 0, "bss and relocation table begin on a cache line")
