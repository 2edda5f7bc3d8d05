/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_PVH_FIXTURE_H
#define TESTS_PVH_FIXTURE_H

/*
 * A PVH loader: fills the start info in a machine's memory
 */

#include "boot_fixture.h"

/* xen/include/public/arch-x86/hvm/start_info.h: offsets in struct hvm_start_info */
enum {
	MAGIC = 0,
	VERSION = 4,
	NR_MODULES = 12,
	MODLIST = 16,
	CMDLINE = 24,
	RSDP = 32,
	MEMMAP = 40,
	MEMMAP_ENTRIES = 48,
};

#define MAP	   0xc9000u
#define MODS	   0x150000u
#define CMDLINE_AT 0x151010u

static uint32_t start_info, nr_entries;

static inline void map_entry(uint64_t addr, uint64_t len, uint32_t type)
{
	const uint64_t at = MAP + 24 * nr_entries++;

	put64(at, addr);
	put64(at + 8, len);
	put32(at + 16, type);
	put64(start_info + MEMMAP, MAP);
	put32(start_info + MEMMAP_ENTRIES, nr_entries);
}

static inline void module(uint32_t i, uint64_t addr, uint64_t size, uint64_t string)
{
	const uint64_t at = MODS + 32 * i;

	put64(at, addr);
	put64(at + 8, size);
	put64(at + 16, string);
	put64(start_info + MODLIST, MODS);
	put32(start_info + NR_MODULES, i + 1);
}

static inline void cmdline(const char *text)
{
	machine_put(CMDLINE_AT, text, strlen(text) + 1);
	put64(start_info + CMDLINE, CMDLINE_AT);
}

/* A start info of version 1 that says nothing yet */
static inline void begin(void)
{
	machine_open(0);
	nr_entries = 0;
	put32(start_info + MAGIC, 0x336ec578);
	put32(start_info + VERSION, 1);
}

static inline int setup(void **state)
{
	(void)state;
	start_info = 0xca000;
	begin();
	return 0;
}

static inline void qemu_map(void)
{
	for (size_t i = 0; i < PC_RANGES; i++)
		map_entry(pc_ranges[i].addr, pc_ranges[i].len, pc_ranges[i].type);
}

static const struct parser pvh = {pvh_parse, BOOT_PVH, NULL};

static inline struct bootinfo *parse_well(void)
{
	return parse_well_at(&pvh, start_info);
}

static inline void refuse(const char *why)
{
	refuse_at(&pvh, start_info, why);
}

#endif /* TESTS_PVH_FIXTURE_H */
