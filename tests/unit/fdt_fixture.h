/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FDT_FIXTURE_H
#define TESTS_FDT_FIXTURE_H

/*
 * Device trees made with libfdt, in a machine's memory
 */

#include "boot_fixture.h"
#include <libfdt.h>

#define RAM	 0x40000000u
#define DTB_SIZE 0x10000u

static uint64_t dtb_at;
static void *fdt; /* under construction, libfdt's sequential write mode */

/* Every call of libfdt's must succeed. */
#define OK(call) assert_int_equal(call, 0)

static inline void begin_node(const char *name)
{
	OK(fdt_begin_node(fdt, name));
}

static inline void end_node(void)
{
	OK(fdt_end_node(fdt));
}

static inline void cell(const char *name, uint32_t value)
{
	OK(fdt_property_u32(fdt, name, value));
}

static inline void string(const char *name, const char *value)
{
	OK(fdt_property(fdt, name, value, (int)strlen(value) + 1));
}

static inline void bytes(const char *name, const void *value, size_t len)
{
	OK(fdt_property(fdt, name, value, (int)len));
}

#define cells(name, ...)                                                         \
	do {                                                                     \
		uint32_t cells_[] = {__VA_ARGS__};                               \
		for (size_t i_ = 0; i_ < sizeof(cells_) / sizeof(*cells_); i_++) \
			cells_[i_] = cpu_to_fdt32(cells_[i_]);                   \
		bytes(name, cells_, sizeof(cells_));                             \
	} while (0)

/* Starts a tree with a root node that has nothing yet */
static inline void begin_bare_tree(void)
{
	machine_open(RAM);
	dtb_at = RAM;
	fdt = machine_at(dtb_at);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
}

/* The same with 2 address and 2 size cells */
static inline void begin_tree(void)
{
	begin_bare_tree();
	cell("#address-cells", 2);
	cell("#size-cells", 2);
}

static inline void memory_node(const char *name, uint64_t start, uint64_t len)
{
	begin_node(name);
	cells("reg", (uint32_t)(start >> 32), (uint32_t)start, (uint32_t)(len >> 32),
	      (uint32_t)len);
	string("device_type", "memory");
	end_node();
}

static inline void end_tree(void)
{
	end_node();
	OK(fdt_finish(fdt));
}

/* A root that has memory, and whatever the test adds to /chosen */
static inline void begin_chosen(void)
{
	memory_node("memory@40000000", RAM, 0x4000000);
	begin_node("chosen");
}

static inline void end_chosen(void)
{
	end_node();
	end_tree();
}

static const struct parser device_tree = {fdt_parse, BOOT_FDT, "device tree: "};

static inline struct bootinfo *parse(const char **err)
{
	return parse_at(&device_tree, dtb_at, err);
}

static inline struct bootinfo *parse_well(void)
{
	return parse_well_at(&device_tree, dtb_at);
}

static inline void refuse(const char *why)
{
	refuse_at(&device_tree, dtb_at, why);
}

/* Words of the tree's header */
enum {
	MAGIC,
	TOTALSIZE,
	OFF_STRUCT,
	OFF_STRINGS,
	OFF_RSVMAP,
	VERSION,
	LAST_COMP,
	BOOT_CPU,
	SIZE_STRINGS,
	SIZE_STRUCT
};

static inline void header(uint32_t word, uint32_t value)
{
	value = cpu_to_fdt32(value);
	machine_put(dtb_at + 4 * word, &value, sizeof(value));
}

/* Reads the machine's memory although it is sealed. */
static inline const char *peek(paddr_t pa, uint64_t len)
{
	const char *p = physmem(pa, len);

	assert_non_null(p);
	return p;
}

#endif /* TESTS_FDT_FIXTURE_H */
