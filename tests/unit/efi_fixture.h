/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_EFI_FIXTURE_H
#define TESTS_EFI_FIXTURE_H

/*
 * What UEFI firmware leaves in a machine's memory, when the stub is through with it
 */

#include "boot_fixture.h"
#include <arch/layout.h>
#include <ukaslr/efi.h>

#define HANDOVER     0x300000u
#define SYSTAB	     0x310008u
#define TABLES	     0x311010u
#define MAP	     0x320000u
#define CMDLINE_AT   0x330008u

/* Conventional memory is free, and so is what nobody uses when boot services are gone. */
#define LOADER_DATA  2u
#define BOOT_CODE    3u
#define RUNTIME_DATA 6u
#define CONVENTIONAL 7u
#define ACPI_RECLAIM 9u
#define PERSISTENT   14u
#define UNACCEPTED   15u
#define DESCRIPTOR   48u /* as far apart as they are in practice: more than they are long */

#define GUID_ACPI_20 "\x71\xe8\x68\x88\xf1\xe4\xd3\x11\xbc\x22\x00\x80\xc7\x3c\x88\x81"
#define GUID_ACPI_10 "\x30\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\x00\x90\x27\x3f\xc1\x4d"
#define GUID_DTB     "\xd5\x21\xb6\xb1\x9c\xf1\xa5\x41\x83\x0b\xd9\x15\x2c\x69\xaa\xe0"

static struct efi_handover handover;
static struct efi_system_table systab;
static uint32_t nr_descriptors;

static inline void region_attr(uint32_t type, uint64_t start, uint64_t end, uint64_t attribute)
{
	const struct efi_memory_descriptor d = {.type = type,
						.physical_start = start,
						.number_of_pages = (end - start) / 4096,
						.attribute = attribute};

	machine_put(MAP + DESCRIPTOR * nr_descriptors++, &d, sizeof(d));
	handover.map_size = DESCRIPTOR * nr_descriptors;
}

static inline void region(uint32_t type, uint64_t start, uint64_t end)
{
	region_attr(type, start, end, 0xf);
}

static inline void config_table(const char *guid, uint64_t table)
{
	const uint64_t at = TABLES + 24 * systab.number_of_table_entries++;

	machine_put(at, guid, 16);
	machine_put(at + 16, &table, sizeof(table));
}

static inline void command_line(const char *text)
{
	machine_put(CMDLINE_AT, text, strlen(text) + 1);
	handover.cmdline = PADDR(CMDLINE_AT);
}

/* Firmware that has said nothing yet, not even what memory there is */
static inline int efi_setup(void **state)
{
	(void)state;
	machine_open(0);
	nr_descriptors = 0;
	memset(&handover, 0, sizeof(handover));
	handover.system_table = PADDR(SYSTAB);
	handover.map = PADDR(MAP);
	handover.descriptor_size = DESCRIPTOR;
	handover.descriptor_version = 1;
	memset(&systab, 0, sizeof(systab));
	systab.header.signature = EFI_SYSTEM_TABLE_SIGNATURE;
	systab.configuration_table = TABLES;
	return 0;
}

static inline const char *parse_as_it_is(struct bootinfo *bi)
{
	const char *err;

	machine_put(HANDOVER, &handover, sizeof(handover));
	machine_put(SYSTAB, &systab, sizeof(systab));
	machine_seal();
	err = efi_parse(bi, PADDR(HANDOVER));
	__asan_unpoison_memory_region(machine_memory,
				      MACHINE_SIZE); /* for what is changed after that */
	return err;
}

static inline struct bootinfo *parsed(void)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_EFI);

	assert_null(parse_as_it_is(bi));
	return bi;
}

static inline void refused(const char *why)
{
	const char *err = parse_as_it_is(fresh_bootinfo(BOOT_EFI));

	assert_non_null(err);
	assert_non_null(strstr(err, why));
}

#endif /* TESTS_EFI_FIXTURE_H */
