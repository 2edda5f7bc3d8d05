/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_LINUX_FIXTURE_H
#define TESTS_LINUX_FIXTURE_H

/*
 * A loader of Linux: the boot parameters, and what they point to, in a machine's memory
 */

#include <ukaslr/linux_boot.h>
#include "boot_fixture.h"

/* struct efi_info, behind BP_EFI_INFO */
enum { EFI_SYSTAB = 4, EFI_DESC_SIZE = 8, EFI_MAP = 16, EFI_MAP_LEN = 20, EFI_SYSTAB_HIGH = 24 };

#define PARAMS	   0x200800u /* not aligned: nobody promises it */
#define CMDLINE_AT 0x20fffcu
#define DATA	   0x220000u

static uint64_t params, data_end, last_next;

static inline unsigned entries(void)
{
	return *(unsigned char *)machine_at(params + E820_ENTRIES);
}

static inline void put_entry(uint64_t pa, uint64_t addr, uint64_t len, uint32_t type)
{
	put64(pa, addr);
	put64(pa + 8, len);
	put32(pa + 16, type);
}

static inline void map_entry(uint64_t addr, uint64_t len, uint32_t type)
{
	put_entry(params + E820_TABLE + 20 * entries(), addr, len, type);
	++*(unsigned char *)machine_at(params + E820_ENTRIES);
}

static inline void cmdline(const char *text)
{
	machine_put(CMDLINE_AT, text, strlen(text) + 1);
	put32(params + CMD_LINE_PTR, CMDLINE_AT);
}

/* Appends to the chain; returns where the data is. */
static inline uint64_t setup_data(uint32_t type, const void *bytes, uint32_t len)
{
	const uint64_t at = data_end;

	put64(last_next, at);
	last_next = at;
	put64(at, 0);
	put32(at + 8, type);
	put32(at + 12, len);
	if (len)
		machine_put(at + 16, bytes, len);
	data_end += (16 + len + PAGE_SIZE - 1) & -PAGE_SIZE;
	return at + 16;
}

static inline void pc_map(void)
{
	for (size_t i = 0; i < PC_BIOS_RANGES; i++)
		map_entry(pc_ranges[i].addr, pc_ranges[i].len, pc_ranges[i].type);
}

static inline void begin(void)
{
	machine_open(0);
	machine_put(params + HDRS, "HdrS", 4);
	data_end = DATA;
	last_next = params + SETUP_DATA;
}

static inline int setup(void **state)
{
	(void)state;
	params = PARAMS;
	begin();
	return 0;
}

static const struct parser linux_boot = {linux_parse, BOOT_LINUX, NULL};

static inline struct bootinfo *parse_well(void)
{
	return parse_well_at(&linux_boot, params);
}

static inline void refuse(const char *why)
{
	refuse_at(&linux_boot, params, why);
	begin();
}

#endif /* TESTS_LINUX_FIXTURE_H */
