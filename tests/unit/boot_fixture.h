/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BOOT_FIXTURE_H
#define TESTS_BOOT_FIXTURE_H

/*
 * A machine's memory for tests of parsers: one window, filled by the test, then
 * sealed. What is sealed is poisoned, and physmem() makes readable what it is
 * asked for and no more, so that the address sanitizer sees every byte that a
 * parser reads without asking.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sanitizer/asan_interface.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/memregion.h>
#include <ukaslr/physmem.h>

#define MACHINE_SIZE 0x400000u

static unsigned char *machine_memory;
static uint64_t machine_base;
static union bootinfo_storage storage;

static inline void machine_open(uint64_t base)
{
	if (!machine_memory)
		machine_memory = aligned_alloc(PAGE_SIZE, MACHINE_SIZE);
	__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
	memset(machine_memory, 0, MACHINE_SIZE);
	machine_base = base;
}

static inline void *machine_at(uint64_t pa)
{
	assert_true(pa >= machine_base && pa < machine_base + MACHINE_SIZE);
	return machine_memory + (pa - machine_base);
}

static inline void machine_put(uint64_t pa, const void *bytes, size_t len)
{
	memcpy(machine_at(pa), bytes, len);
}

static inline void put32(uint64_t pa, uint32_t value)
{
	machine_put(pa, &value, sizeof(value));
}

static inline void put64(uint64_t pa, uint64_t value)
{
	machine_put(pa, &value, sizeof(value));
}

static inline void machine_seal(void)
{
	__asan_poison_memory_region(machine_memory, MACHINE_SIZE);
}

void *physmem(paddr_t pa, uint64_t len)
{
	if (!len || pa.pa + len < pa.pa)
		return NULL;
	if (pa.pa < machine_base || pa.pa - machine_base > MACHINE_SIZE ||
	    len > MACHINE_SIZE - (pa.pa - machine_base))
		return NULL;
	__asan_unpoison_memory_region(machine_memory + (pa.pa - machine_base), len);
	return machine_memory + (pa.pa - machine_base);
}

/* The boot list, for the part of the memory-region API that knows of one */
struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return &storage.bi.mrds;
}

static inline struct bootinfo *fresh_bootinfo(enum boot_protocol protocol)
{
	memset(&storage, 0, sizeof(storage));
	storage.bi.protocol = protocol;
	ukplat_memregion_list_init(&storage.bi.mrds, BOOTINFO_REGIONS);
	return &storage.bi;
}

/*
 * What a test wants a list to hold: PAGES whose resource is all of them, BYTES of
 * which are the resource.
 */
#define PAGES(start, end, type)              \
	{                                    \
		(start), (end), (type), 0, 0 \
	}
#define BYTES(start, end, type, pg_off, len)            \
	{                                               \
		(start), (end), (type), (pg_off), (len) \
	}

struct want {
	uint64_t start, end; /* pages */
	uint16_t type;
	uint64_t pg_off, len;
};

#define FREE	   UKPLAT_MEMRT_FREE
#define RESERVED   UKPLAT_MEMRT_RESERVED
#define INITRD	   UKPLAT_MEMRT_INITRD
#define DEVICETREE UKPLAT_MEMRT_DEVICETREE

static inline void check_regions_n(const struct bootinfo *bi, const struct want *want, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < bi->mrds.count; i++) {
		const struct ukplat_memregion_desc *r = &bi->mrds.mrds[i];
		const uint64_t len = want[i].len ? want[i].len : want[i].end - want[i].start;

		assert_int_equal(r->pbase, want[i].start);
		assert_int_equal(r->vbase, want[i].start);
		assert_int_equal(r->pbase + r->pg_count * PAGE_SIZE, want[i].end);
		assert_int_equal(r->type, want[i].type);
		assert_int_equal(r->pg_off, want[i].pg_off);
		assert_int_equal(r->len, len);
		assert_int_equal(r->flags, r->type == FREE ? UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE
							   : UKPLAT_MEMRF_READ);
	}
	assert_int_equal(bi->mrds.count, n);
}
#define check_regions(bi, ...)                                              \
	do {                                                                \
		static const struct want want_[] = {__VA_ARGS__};           \
		check_regions_n(bi, want_, sizeof(want_) / sizeof(*want_)); \
	} while (0)

/* What QEMU 7.2 says of a PC with 64 MiB; its BIOS says the first PC_BIOS_RANGES of these alone */
struct map_range {
	uint64_t addr, len;
	uint32_t type;
};

static const struct map_range pc_ranges[] = {
	{0, 0x9fc00, 1},
	{0x9fc00, 0x400, 2},
	{0xf0000, 0x10000, 2},
	{0x100000, 0x3ee0000, 1},
	{0x3fe0000, 0x20000, 2},
	{0xfffc0000, 0x40000, 2},
	{0xfd00000000, 0x300000000, 2},
};
#define PC_RANGES      (sizeof(pc_ranges) / sizeof(*pc_ranges))
#define PC_BIOS_RANGES 5u

/* A parser, and how its refusals begin if it names the protocol itself (boot/early.c does else) */
struct parser {
	const char *(*parse)(struct bootinfo *bi, paddr_t handed_over);
	enum boot_protocol protocol;
	const char *name;
};

/* A refusal says why; that of a device tree may come from what all parsers share. */
static inline void check_refusal(const char *err, const struct parser *p, const char *why)
{
	assert_non_null(err);
	if (!strstr(err, why) ||
	    (p->name && strncmp(err, p->name, strlen(p->name)) &&
	     strncmp(err, "the command line ", 17) &&
	     strncmp(err, "there is no usable memory ", 26) && strncmp(err, "too many ", 9)))
		fail_msg("\"%s\" does not say \"%s\"", err, why);
}

/* Seals the machine and parses what was handed over at a place in it. */
static inline struct bootinfo *parse_at(const struct parser *p, uint64_t at, const char **err)
{
	struct bootinfo *bi = fresh_bootinfo(p->protocol);

	machine_seal();
	*err = p->parse(bi, PADDR(at));
	return bi;
}

static inline struct bootinfo *parse_well_at(const struct parser *p, uint64_t at)
{
	const char *err;
	struct bootinfo *bi = parse_at(p, at, &err);

	if (err)
		print_error("%s\n", err);
	assert_null(err);
	return bi;
}

static inline void refuse_at(const struct parser *p, uint64_t at, const char *why)
{
	const char *err;

	parse_at(p, at, &err);
	check_refusal(err, p, why);
}

#endif /* TESTS_BOOT_FIXTURE_H */
