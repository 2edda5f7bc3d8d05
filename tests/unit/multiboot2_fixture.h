/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_MULTIBOOT2_FIXTURE_H
#define TESTS_MULTIBOOT2_FIXTURE_H

/*
 * A Multiboot 2 loader: puts one tag behind the other into a machine's memory
 */

#include "boot_fixture.h"

/* Multiboot2 Specification 2.0, 3.6: types of tags */
enum {
	END = 0,
	CMDLINE = 1,
	LOADER_NAME = 2,
	MODULE = 3,
	MMAP = 6,
	EFI64_SYSTAB = 12,
	ACPI_OLD = 14,
	ACPI_NEW = 15,
	EFI_MMAP = 17,
};

#define INFO 0x200008u

static uint32_t info, at;

/* Puts a tag behind the others; returns where its content is. */
static inline uint64_t tag(uint32_t type, const void *content, uint32_t len)
{
	const uint64_t data = info + at + 8;

	put32(info + at, type);
	put32(info + at + 4, 8 + len);
	if (len)
		machine_put(data, content, len);
	at += (8 + len + 7) & ~7u;
	put32(info, at);
	return data;
}

static inline uint64_t string_tag(uint32_t type, const char *text)
{
	return tag(type, text, (uint32_t)strlen(text) + 1);
}

static inline uint64_t module(uint32_t start, uint32_t end, const char *text)
{
	unsigned char content[64];

	memcpy(content, &start, 4);
	memcpy(content + 4, &end, 4);
	memcpy(content + 8, text, strlen(text) + 1);
	return tag(MODULE, content, 8 + (uint32_t)strlen(text) + 1);
}

/* Entries that are `size` bytes long, as the specification lets them grow. */
static inline uint64_t mmap_of(uint32_t size, const struct map_range *e, uint32_t n)
{
	unsigned char content[512] = {0};

	memcpy(content, &size, 4);
	for (uint32_t i = 0; i < n; i++)
		memcpy(content + 8 + i * size, &e[i], 20);
	return tag(MMAP, content, 8 + n * size);
}

static inline uint64_t pc_map(void)
{
	return mmap_of(24, pc_ranges, PC_RANGES);
}

static inline int setup(void **state)
{
	(void)state;
	machine_open(0);
	info = INFO;
	at = 8;
	put32(info, at);
	return 0;
}

static const struct parser multiboot2 = {multiboot2_parse, BOOT_MULTIBOOT2, NULL};

static inline struct bootinfo *parse_well(void)
{
	tag(END, NULL, 0);
	return parse_well_at(&multiboot2, info);
}

static inline void refuse(const char *why)
{
	refuse_at(&multiboot2, info, why);
	setup(NULL);
}

#endif /* TESTS_MULTIBOOT2_FIXTURE_H */
