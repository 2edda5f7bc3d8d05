/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI: what the stub left, when the firmware is gone
 *
 * UEFI Specification 2.10: the memory map (7.2.3) and the configuration tables
 * (4.6). The map may be in any order, and its entries of any size.
 */

#include <stddef.h>
#include <string.h>
#include <arch/layout.h>
#include <ukaslr/acpi.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/efi.h>
#include <ukaslr/physmem.h>

/* Thousands more than any firmware gives; keeps a damaged count from being believed. */
#define MAX_DESCRIPTORS 0x8000u
#define MAX_TABLES	0x400u

/* x86_64 runs on a PC, whose console and low memory are known; arm64 on whatever its tables say. */
#define IS_PC		ARCH_FIXED_CONSOLE

/* A run of map entries that mean the same to us */
struct run {
	uint64_t start, end;
	uint16_t type;
};

/*
 * 7.2.1 table 7-10: what is free once boot services are gone. The rest stays as it
 * is: runtime services, ACPI, persistent and not yet accepted memory, devices.
 */
static uint16_t type_of(const struct efi_memory_descriptor *d)
{
	switch (d->type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL_MEMORY:
		if ((d->attribute & (EFI_MEMORY_WB | EFI_MEMORY_SP)) == EFI_MEMORY_WB)
			return UKPLAT_MEMRT_FREE;
	}
	return UKPLAT_MEMRT_RESERVED;
}

static const char *add_run(struct bootinfo *bi, const struct run *r)
{
	uint64_t start = r->start;

	if (IS_PC && start < BOOTINFO_LOW_END)
		start = r->end < BOOTINFO_LOW_END ? r->end : BOOTINFO_LOW_END;
	return bootinfo_add(bi, PADDR(start), r->end - start, r->type);
}

/* Firmware splits memory by who asked for it: neighbours that mean the same are one region. */
static const char *add_map(struct bootinfo *bi, const struct efi_handover *h, const char *map)
{
	struct run run = {0, 0, 0};
	const char *err = NULL;
	uint64_t at;

	for (at = 0; h->map_size - at >= h->descriptor_size && !err; at += h->descriptor_size) {
		struct efi_memory_descriptor d;
		uint16_t type;

		memcpy(&d, map + at, sizeof(d));
		if (d.physical_start % EFI_PAGE_SIZE)
			return "efi: the memory map has an entry that is not page aligned";
		if (d.number_of_pages > (UINT64_MAX - d.physical_start) / EFI_PAGE_SIZE)
			return "efi: the memory map has an entry larger than the address space";
		type = type_of(&d);
		if (d.physical_start != run.end || type != run.type) {
			err = add_run(bi, &run);
			run.start = d.physical_start;
			run.type = type;
		}
		run.end = d.physical_start + d.number_of_pages * EFI_PAGE_SIZE;
	}
	return err ? err : add_run(bi, &run);
}

static const char *parse_map(struct bootinfo *bi, const struct efi_handover *h)
{
	const char *map;

	if (h->descriptor_version != EFI_MEMORY_DESCRIPTOR_VERSION ||
	    h->descriptor_size < sizeof(struct efi_memory_descriptor))
		return "efi: the memory map is of a version that nobody knows";
	if (h->map_size < h->descriptor_size)
		return "efi: the memory map is empty";
	if (h->map_size / h->descriptor_size > MAX_DESCRIPTORS)
		return "efi: the memory map is longer than anybody's";
	map = physmem(h->map, h->map_size);
	return map ? add_map(bi, h, map) : "efi: the memory map cannot be read";
}

static const struct efi_guid acpi_20_guid = {
	0x8868e871, 0xe4f1, 0x11d3, {0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81}};
static const struct efi_guid acpi_10_guid = {
	0xeb9d2d30, 0x2d88, 0x11d3, {0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}};
static const struct efi_guid dtb_guid = {
	0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

/* 2.3.1: data is aligned by its size. */
static const void *table_at(paddr_t pa, uint64_t len)
{
	return pa.pa % sizeof(uint64_t) ? NULL : physmem(pa, len);
}

static bool is(const struct efi_configuration_table *t, const struct efi_guid *guid)
{
	return !memcmp(&t->guid, guid, sizeof(*guid));
}

/* 4.6: the tables that say what the machine has. The newer ACPI counts, whatever the order. */
const char *efi_find_tables(struct bootinfo *bi, paddr_t *dtb)
{
	const struct efi_system_table *st = table_at(bi->efi.systab, sizeof(*st));
	const struct efi_configuration_table *t;
	uint64_t i, old_rsdp = 0;

	if (!st || st->header.signature != EFI_SYSTEM_TABLE_SIGNATURE)
		return "efi: the system table cannot be read";
	if (!st->number_of_table_entries)
		return NULL;
	if (st->number_of_table_entries > MAX_TABLES)
		return "efi: more configuration tables than anybody has";
	t = table_at(PADDR(st->configuration_table), st->number_of_table_entries * sizeof(*t));
	if (!t)
		return "efi: the configuration tables cannot be read";
	for (i = 0; i < st->number_of_table_entries; i++, t++) {
		if (is(t, &acpi_20_guid))
			bi->rsdp = PADDR(t->table);
		else if (is(t, &acpi_10_guid))
			old_rsdp = t->table;
		else if (is(t, &dtb_guid))
			*dtb = PADDR(t->table);
	}
	if (!bi->rsdp.pa)
		bi->rsdp = PADDR(old_rsdp);
	return NULL;
}

/* Where there are both a device tree and ACPI, the tree counts. */
static const char *parse_machine(struct bootinfo *bi, paddr_t dtb)
{
	if (IS_PC)
		return bootinfo_add_low(bi);
	if (dtb.pa)
		return fdt_parse_devices(bi, dtb);
	acpi_find_devices(bi);
	return NULL;
}

/* What must not be overwritten comes before the map, which has it all as free memory. */
static const char *parse_loaded(struct bootinfo *bi, const struct efi_handover *h, paddr_t pa)
{
	const char *err = bootinfo_add(bi, h->initrd, h->initrd_len, UKPLAT_MEMRT_INITRD);

	if (!err)
		err = bootinfo_add(bi, h->map, h->map_size, UKPLAT_MEMRT_RESERVED);
	if (!err && h->cmdline.pa)
		err = bootinfo_set_cmdline(bi, h->cmdline);
	if (!err)
		err = bootinfo_add_seed(bi, paddr_add(pa, offsetof(struct efi_handover, seed)),
					h->seed_len, ENTROPY_EFI_RNG);
	return err;
}

const char *efi_parse(struct bootinfo *bi, paddr_t handover)
{
	const struct efi_handover *h = physmem(handover, sizeof(*h));
	paddr_t dtb = PADDR(0);
	const char *err;

	if (!h)
		return "efi: what the stub left cannot be read";
	if (h->trouble == EFI_TROUBLE_EXIT)
		return "efi: the firmware does not end its boot services";
	if (h->trouble == EFI_TROUBLE_OPTIONS)
		bi->warning = "efi: the load options are no text: there is no command line";
	bi->cmdline_has_path = h->cmdline_has_path;
	bi->efi.systab = h->system_table;
	bi->efi.map = h->map;
	bi->efi.map_len = h->map_size;
	bi->efi.desc_size = (uint32_t)h->descriptor_size;
	err = parse_loaded(bi, h, handover);
	if (!err)
		err = efi_find_tables(bi, &dtb);
	if (!err)
		err = parse_machine(bi, dtb);
	if (!err && bi->rsdp.pa)
		err = bootinfo_add(bi, bi->rsdp, RSDP_LENGTH, UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = parse_map(bi, h);
	return err ? err : bootinfo_check_memory(bi);
}
