/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_BOOTINFO_H
#define UKASLR_BOOTINFO_H

/*
 * Boot info: what a boot protocol says, the same for all protocols
 *
 * A protocol's parser (boot/<protocol>.c) fills one of these from the bytes
 * that the loader left in memory. All memory is in the region list: what is
 * free as UKPLAT_MEMRT_FREE (readable and writable), and everything that the
 * loader put there under its own type: command line, modules and initrd, loader
 * structures, device tree and its reserved ranges, ACPI, the low 1 MiB on x86.
 * A parser only inserts; the list is coalesced once, by boot/early.c, which
 * also adds the regions of the image itself. A copy survives into normal boot,
 * with no seed in it.
 *
 * Parsers return NULL when all went well, else a message without a newline that
 * says what is wrong: the boot stops with it and the protocol's name ("multiboot: the memory
 * map is empty"), which is in the message itself where several protocols can lead to it
 * ("efi: ...", "device tree: ..."). What is wrong but can be lived with is left in .warning and
 * .too_long, and printed.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>
#include <ukaslr/entropy.h>
#include <ukaslr/xen.h>
#include <uk/plat/common/memory.h>

enum boot_protocol {
	BOOT_MULTIBOOT = 1, /* Multiboot Specification 0.6.96 */
	BOOT_PVH = 2, /* Xen PVH / x86 HVM direct boot ABI (xen/include/public/arch-x86/hvm) */
	BOOT_FDT = 3, /* Linux Documentation/arch/arm64/booting.rst */
	BOOT_MULTIBOOT2 = 4, /* Multiboot2 Specification 2.0 */
	BOOT_LINUX = 5,	     /* Linux Documentation/arch/x86/boot.rst, 32-bit and 64-bit */
	BOOT_EFI = 6,	     /* UEFI Specification 2.10, chapter 4 */
	BOOT_XENPV = 7,	     /* Xen PV, struct start_info of xen/include/public/xen.h */
};

enum boot_uart {
	UART_NONE = 0,
	UART_NS16550,  /* at I/O port .base on x86, byte registers */
	UART_PL011,    /* memory mapped at .base */
	UART_SBSA,     /* so is this: the part of a PL011 that Arm's SBSA (DEN0029) asks for */
	UART_XEN_RING, /* the page of memory at .base, shared with the other end */
	UART_XEN_IO,   /* by hypercall */
};

/* Is there a page at .base that the final page tables must have? */
static inline bool uart_is_mapped(enum boot_uart uart)
{
	if (!PLATFORM_XEN)
		return uart == UART_PL011;
	return uart >= UART_PL011 && uart <= UART_XEN_RING;
}

/* How to reach PSCI firmware (Arm DEN0022): the device tree's /psci/method. */
enum boot_psci {
	PSCI_NONE = 0,
	PSCI_HVC,
	PSCI_SMC,
};

/* Room for regions: firmware's maps have 5 to 60 entries, loader and boot add a dozen. */
#define BOOTINFO_REGIONS   128
#define BOOTINFO_MAX_SEEDS 8

struct bootinfo {
	/* Set by the entry, before the parser runs */
	enum boot_protocol protocol;

	/* NUL-terminated; .cmdline_len excludes the NUL; no command line: length 0 */
	paddr_t cmdline;
	uint64_t cmdline_len;
	/* The command line's first word is the image's path, put there by the loader */
	bool cmdline_has_path;

	/* Flattened device tree (totalsize bytes as its header says), or 0 */
	paddr_t dtb;
	uint64_t dtb_len;

	/* ACPI RSDP (ACPI 6.4, 5.2.5), or 0 when the protocol does not say */
	paddr_t rsdp;

	/* What a loader that came from UEFI says of it: 0 when it does not say */
	struct {
		paddr_t systab; /* EFI_SYSTEM_TABLE (UEFI 2.10, 4.3) */
		paddr_t map;	/* EFI_MEMORY_DESCRIPTORs (7.2.3) */
		uint64_t map_len;
		uint32_t desc_size;
	} efi;

	/* The console that the loader names; UART_NONE when it names none */
	enum boot_uart uart;
	paddr_t uart_base;
	uint64_t uart_len;

	enum boot_psci psci;

#if PLATFORM_XEN
	/* Is this Xen, as far as the protocol says? PVH does not say; boot/xen.c then asks. */
	enum xen_call xen;
#endif
#if PROTOCOL_XENPV
	/* Xen's first page tables and stack: memory for the early phase alone */
	paddr_t first_tables;
#endif

	/*
	 * Entropy seeds from the loader: where the bytes lie, so that they can be read
	 * once, if they are 4-byte aligned, and wiped in place. None is left once that is done.
	 */
	struct boot_seed {
		paddr_t pa;
		uint32_t len;
		enum entropy_source source;
	} seed[BOOTINFO_MAX_SEEDS];
	uint32_t nr_seeds;

	/* What a parser found wrong, but survived, without a newline, or NULL */
	const char *warning;
	/* The regions were too many, and free memory was left out */
	bool too_long;
	/* Types of regions in memory that is said to be reserved as well: not ours to give back */
	uint16_t reserved_types;

	/* For bootinfo_add() alone: no region that it inserted reaches beyond this address */
	uint64_t top;
	/* And: all below is in one region that is reserved */
	uint64_t kept_below;

	/* Last, as it ends in the array of regions; capacity BOOTINFO_REGIONS */
	struct ukplat_memregion_list mrds;
};

/* Was the image started by Xen PV? on_xenpv(), for early code */
static inline bool is_xenpv(const struct bootinfo *bi)
{
	return PROTOCOL_XENPV && bi->protocol == BOOT_XENPV;
}

/* Static storage for a boot info with its regions */
union bootinfo_storage {
	struct bootinfo bi;
	unsigned char bytes[sizeof(struct bootinfo) +
			    BOOTINFO_REGIONS * sizeof(struct ukplat_memregion_desc)];
};

/*
 * The parsers. .mrds is initialised and empty, everything else zero but
 * .protocol. They never write to memory but to *bi, and never trust a length,
 * an address or an order.
 */
const char *multiboot_parse(struct bootinfo *bi, paddr_t info);
const char *pvh_parse(struct bootinfo *bi, paddr_t start_info);
const char *multiboot2_parse(struct bootinfo *bi, paddr_t info);
const char *linux_parse(struct bootinfo *bi, paddr_t boot_params);
const char *fdt_parse(struct bootinfo *bi, paddr_t dtb);
const char *xenpv_parse(struct bootinfo *bi, paddr_t start_info);
const char *efi_parse(struct bootinfo *bi, paddr_t handover); /* struct efi_handover */

/*
 * A device tree that comes beside a memory map of firmware's: its console, PSCI,
 * seeds and reserved memory, but no memory, no command line, no initrd.
 */
const char *fdt_parse_devices(struct bootinfo *bi, paddr_t dtb);

/*
 * Finds ACPI's RSDP and a device tree in the configuration tables that .efi.systab
 * leads to (boot/efi.c, PROTOCOL_EFI). A device tree is not read, nor kept.
 */
const char *efi_find_tables(struct bootinfo *bi, paddr_t *dtb);

/*
 * Helpers for parsers (boot/bootinfo.c)
 *
 * Order matters: whoever comes first keeps its pages. So a parser adds the
 * initrd and the device tree before what is reserved, because loaders and device
 * trees often reserve the very ranges that these lie in, and a reserved region
 * that covered them would hide them.
 */

/*
 * Inserts [pa, pa + len) with the given type. An empty range is nothing.
 * Physical addresses end at 2^52: what lies above is clipped.
 *   UKPLAT_MEMRT_FREE      whole pages inside the range; readable and writable
 *   UKPLAT_MEMRT_RESERVED  all pages the range touches, but for those that a
 *                          region of another kind than free has already; readable.
 *                          .reserved_types tells whose bytes these are
 *   any other              pg_off and len keep the exact bytes; readable
 * If the list is full, free memory gives way, with a warning: the smallest free
 * region is left out, be it the new one or one of the list's. Returns NULL, or
 * the message if not even that made room.
 */
const char *bootinfo_add(struct bootinfo *bi, paddr_t pa, uint64_t len, uint16_t type);

/*
 * Leaves out free regions, the smallest first and with a warning, until the list
 * has room for n more: what is cut out of free memory later needs records too.
 */
void bootinfo_make_room(struct bootinfo *bi, uint32_t n);

/*
 * x86: the PC's first MiB (BIOS data, option ROMs, processor start-up pages) is
 * one reserved region, whatever the firmware's map says of it ...
 */
#define BOOTINFO_LOW_END 0x100000u
const char *bootinfo_add_low(struct bootinfo *bi);

/*
 * ... and this adds what the rest of a map entry covers. The type is that of
 * ACPI 6.4, table 15.4; all but AddressRangeMemory is reserved, so that tables
 * of ACPI stay readable.
 */
#define E820_MEMORY 1u
const char *bootinfo_add_e820(struct bootinfo *bi, paddr_t pa, uint64_t len, uint32_t type);

/*
 * Keeps a string that the loader left and nobody will read: reserves its pages.
 * Address 0 is none, and one that cannot be reached or does not end is not kept.
 */
const char *bootinfo_add_string(struct bootinfo *bi, paddr_t string);

/*
 * Adds the i-th module and keeps its string. The first module is the initrd; the
 * others are reserved memory, because regions are in order of address and the
 * initrd is the first of its type.
 */
const char *bootinfo_add_module(struct bootinfo *bi, uint32_t i, paddr_t pa, uint64_t len,
				paddr_t string);

/*
 * Records the command line and reserves its pages. Returns NULL, or the message:
 * it cannot be reached or does not end, or there was no room for its region.
 */
const char *bootinfo_set_cmdline(struct bootinfo *bi, paddr_t cmdline);

/*
 * Records a seed; credited with 64 bits for each 8 bytes, ENTROPY_RNG_SEED_BITS at most. Returns
 * NULL, or the message if there are too many of them. An empty one is nothing.
 */
const char *bootinfo_add_seed(struct bootinfo *bi, paddr_t pa, uint32_t len,
			      enum entropy_source source);

/* ACPI 6.4, 5.2.5.3: the length of a version 2 RSDP */
#define RSDP_LENGTH	     36u

/* More modules than any loader gives: keeps a damaged count from being believed. */
#define BOOTINFO_MAX_MODULES 256u

/* What a parser ends with: is there any free region? Returns NULL, or the message. */
const char *bootinfo_check_memory(const struct bootinfo *bi);

/*
 * The length of the string at s, without its NUL, or max if none of its first
 * max bytes is NUL. Never looks beyond max bytes. boot/strnlen.c, or
 * arch/<arch>/strnlen.S.
 */
uint64_t bootinfo_strnlen(const char *s, uint64_t max);

/*
 * The same in physical memory, page by page. False if the string cannot be
 * reached or does not end within BOOTINFO_STRING_MAX bytes.
 */
#define BOOTINFO_STRING_MAX 0x100000u
bool bootinfo_strlen(paddr_t s, uint64_t *len);

#endif /* UKASLR_BOOTINFO_H */
