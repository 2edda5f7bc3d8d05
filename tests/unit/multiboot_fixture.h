/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_MULTIBOOT_FIXTURE_H
#define TESTS_MULTIBOOT_FIXTURE_H

/*
 * A Multiboot loader: builds an information structure in a machine's memory
 */

#include "boot_fixture.h"

/* Multiboot Specification 0.6.96, 3.3: offsets in the information structure */
enum {
	FLAGS = 0,
	MEM_LOWER = 4,
	MEM_UPPER = 8,
	CMDLINE = 16,
	MODS_COUNT = 20,
	MODS_ADDR = 24,
	MMAP_LENGTH = 44,
	MMAP_ADDR = 48,
	LOADER_NAME = 64,
};

#define INFO	   0x9500u
#define MMAP	   0x9000u
#define MODS	   0x150000u
#define CMDLINE_AT 0x151010u
#define NAME_AT	   0x151100u

static uint32_t info, map_end;

static inline void set(uint32_t field, uint32_t value)
{
	put32(info + field, value);
}

static inline void flag(unsigned bit)
{
	uint32_t flags;

	memcpy(&flags, machine_at(info), sizeof(flags));
	set(FLAGS, flags | 1u << bit);
}

static inline void map_entry_of(uint32_t size, uint64_t addr, uint64_t len, uint32_t type)
{
	put32(map_end, size);
	machine_put(map_end + 4, &addr, sizeof(addr));
	machine_put(map_end + 12, &len, sizeof(len));
	put32(map_end + 20, type);
	map_end += 4 + size;
	flag(6);
	set(MMAP_ADDR, MMAP);
	set(MMAP_LENGTH, map_end - MMAP);
}

static inline void map_entry(uint64_t addr, uint64_t len, uint32_t type)
{
	map_entry_of(20, addr, len, type);
}

static inline void cmdline(const char *text)
{
	machine_put(CMDLINE_AT, text, strlen(text) + 1);
	flag(2);
	set(CMDLINE, CMDLINE_AT);
}

static inline void loader_name(const char *text)
{
	machine_put(NAME_AT, text, strlen(text) + 1);
	flag(9);
	set(LOADER_NAME, NAME_AT);
}

static inline void module(uint32_t i, uint32_t start, uint32_t end, uint32_t string)
{
	put32(MODS + 16 * i, start);
	put32(MODS + 16 * i + 4, end);
	put32(MODS + 16 * i + 8, string);
	flag(3);
	set(MODS_COUNT, i + 1);
	set(MODS_ADDR, MODS);
}

static inline int setup(void **state)
{
	(void)state;
	machine_open(0);
	info = INFO;
	map_end = MMAP;
	return 0;
}

static inline void start_again(void)
{
	setup(NULL);
}

static inline void qemu_map(void)
{
	for (size_t i = 0; i < PC_RANGES; i++)
		map_entry(pc_ranges[i].addr, pc_ranges[i].len, pc_ranges[i].type);
}

static const struct parser multiboot = {multiboot_parse, BOOT_MULTIBOOT, NULL};

static inline struct bootinfo *parse(const char **err)
{
	return parse_at(&multiboot, info, err);
}

static inline struct bootinfo *parse_well(void)
{
	return parse_well_at(&multiboot, info);
}

static inline void refuse(const char *why)
{
	refuse_at(&multiboot, info, why);
}

#endif /* TESTS_MULTIBOOT_FIXTURE_H */
