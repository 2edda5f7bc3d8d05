/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux: struct boot_params, the "zero page" that RSI or ESI points to
 *
 * Linux Documentation/arch/x86/boot.rst and zero-page.rst. Addresses are physical;
 * those of command line and RAM disk are in two halves. What the loader has left out
 * is zero.
 */

#include <string.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/linux_boot.h>
#include <ukaslr/physmem.h>

/* x86 is little endian; nothing in boot_params is promised to be aligned. */
static uint32_t read32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint64_t read64(const unsigned char *p)
{
	return (uint64_t)read32(p + 4) << 32 | read32(p);
}

static uint64_t halves(const unsigned char *params, unsigned low, unsigned high)
{
	return (uint64_t)read32(params + high) << 32 | read32(params + low);
}

/* Offsets in struct efi_info (arch/x86/include/uapi/asm/bootparam.h) */
enum {
	EFI_SIGNATURE = 0,
	EFI_SYSTAB = 4,
	EFI_DESC_SIZE = 8,
	EFI_MAP = 16,
	EFI_MAP_LEN = 20,
	EFI_SYSTAB_HIGH = 24,
	EFI_MAP_HIGH = 28,
};
#define EFI64_SIGNATURE UINT32_C(0x34364c45) /* "EL64" */

/* struct setup_data, and what follows it */
struct setup_data {
	uint64_t next; /* physical, or 0 */
	uint32_t type;
	uint32_t len; /* bytes of data */
} __attribute__((packed));

/* More than any loader gives: keeps chains that loop, and lengths, from being believed. */
#define MAX_SETUP_DATA 64u
#define MAX_DATA_LEN   0x1000000u
#define MAX_MORE_E820  0x8000u /* in all of SETUP_E820_EXT */

static const char *add_e820(struct bootinfo *bi, const unsigned char *table, uint64_t entries)
{
	const char *err = NULL;

	for (; entries && !err; entries--, table += E820_ENTRY_SIZE)
		err = bootinfo_add_e820(bi, PADDR(read64(table)), read64(table + 8),
					read32(table + 16));
	return err;
}

/* Each is kept, and some are read. Those that are not known are nobody's business here. */
static const char *parse_setup_data(struct bootinfo *bi, paddr_t at)
{
	uint32_t e820 = 0;

	for (unsigned n = 0; at.pa; n++) {
		const struct setup_data *d = physmem(at, sizeof(*d));
		const paddr_t data = paddr_add(at, sizeof(*d));
		const unsigned char *bytes;
		const char *err;

		if (!d || d->len > MAX_DATA_LEN || (d->len && !physmem(data, d->len)))
			return "a setup_data cannot be read";
		if (d->type == SETUP_E820_EXT)
			e820 += d->len / E820_ENTRY_SIZE;
		if (n == MAX_SETUP_DATA || e820 > MAX_MORE_E820)
			return "more setup_data than anybody has";
		err = bootinfo_add(bi, at, sizeof(*d) + d->len, UKPLAT_MEMRT_RESERVED);
		bytes = (const void *)(d + 1);
		if (!err && d->type == SETUP_RNG_SEED)
			err = bootinfo_add_seed(bi, data, d->len, ENTROPY_SETUP_RNG_SEED);
		if (!err && d->type == SETUP_E820_EXT)
			err = add_e820(bi, bytes, d->len / E820_ENTRY_SIZE);
		if (err)
			return err;
		at = PADDR(d->next);
	}
	return NULL;
}

static void record_efi(struct bootinfo *bi, const unsigned char *info)
{
	if (read32(info + EFI_SIGNATURE) != EFI64_SIGNATURE)
		return;
	bi->efi.systab = PADDR(halves(info, EFI_SYSTAB, EFI_SYSTAB_HIGH));
	bi->efi.map = PADDR(halves(info, EFI_MAP, EFI_MAP_HIGH));
	bi->efi.map_len = read32(info + EFI_MAP_LEN);
	bi->efi.desc_size = read32(info + EFI_DESC_SIZE);
}

/* GRUB and SYSLINUX put the image's path before the command line, as a word of this form. */
static bool names_image(const struct bootinfo *bi)
{
	static const char word[] = {'B', 'O', 'O', 'T', '_', 'I', 'M', 'A', 'G', 'E', '='};
	const char *p;

	if (bi->cmdline_len < sizeof(word))
		return false;
	p = physmem(bi->cmdline, sizeof(word));
	return p && !memcmp(p, word, sizeof(word));
}

/* GRUB 2.06 names UEFI's system table and not what that says. */
static void find_rsdp(struct bootinfo *bi, uint64_t named)
{
#if PROTOCOL_EFI
	paddr_t dtb = PADDR(0);

	if (!named && bi->efi.systab.pa)
		bi->warning = efi_find_tables(bi, &dtb);
#endif
	if (named)
		bi->rsdp = PADDR(named);
}

/* What the loader put into memory, before what the memory map reserves. */
static const char *parse_loaded(struct bootinfo *bi, const unsigned char *params)
{
	const paddr_t initrd = PADDR(halves(params, RAMDISK_IMAGE, BP_EXT_RAMDISK_IMAGE));
	const uint64_t len = halves(params, RAMDISK_SIZE, BP_EXT_RAMDISK_SIZE);
	const paddr_t cmdline = PADDR(halves(params, CMD_LINE_PTR, BP_EXT_CMD_LINE_PTR));
	const char *err = NULL;

	if (initrd.pa && len > UINT64_MAX - initrd.pa)
		return "the initrd is larger than the address space";
	if (initrd.pa)
		err = bootinfo_add(bi, initrd, len, UKPLAT_MEMRT_INITRD);
	if (!err)
		err = bootinfo_add_low(bi);
	if (!err)
		err = bootinfo_add(bi, bi->efi.map, bi->efi.map_len, UKPLAT_MEMRT_RESERVED);
	if (!err && cmdline.pa)
		err = bootinfo_set_cmdline(bi, cmdline);
	if (!err)
		bi->cmdline_has_path = names_image(bi);
	return err;
}

const char *linux_parse(struct bootinfo *bi, paddr_t boot_params)
{
	static const char magic[] = {'H', 'd', 'r', 'S'};
	const unsigned char *params = physmem(boot_params, BOOT_PARAMS_SIZE);
	const char *err;

	if (!params)
		return "boot_params cannot be read";
	if (memcmp(params + HDRS, magic, sizeof(magic)))
		return "boot_params has no setup header";
	if (!params[E820_ENTRIES])
		return "the memory map is empty";
	if (params[E820_ENTRIES] > E820_MAX)
		return "the memory map is longer than its table";

	record_efi(bi, params + BP_EFI_INFO);
	find_rsdp(bi, read64(params + BP_ACPI_RSDP_ADDR));
	err = parse_loaded(bi, params);
	if (!err)
		err = bootinfo_add(bi, boot_params, BOOT_PARAMS_SIZE, UKPLAT_MEMRT_RESERVED);
	if (!err && bi->rsdp.pa)
		err = bootinfo_add(bi, bi->rsdp, RSDP_LENGTH, UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = parse_setup_data(bi, PADDR(read64(params + SETUP_DATA)));
	if (!err)
		err = add_e820(bi, params + E820_TABLE, params[E820_ENTRIES]);
	return err ? err : bootinfo_check_memory(bi);
}
