/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FDT_RANDOM_TREE_H
#define TESTS_FDT_RANDOM_TREE_H

/*
 * Random device trees, of nodes and properties that matter to a boot and others
 */

#include <stdio.h>
#include "fdt_fixture.h"
#include "lib/random.h"

#define NR_PAGES 0x4000u /* of the machine, from RAM on */

static uint32_t root_addr, root_size;

static inline int one_in(uint64_t n)
{
	return rnd(n) == 0;
}

static inline uint32_t put_number(fdt32_t *p, uint64_t n, uint32_t nr_cells)
{
	if (nr_cells == 2)
		*p++ = cpu_to_fdt32((uint32_t)(n >> 32));
	*p = cpu_to_fdt32((uint32_t)n);
	return nr_cells;
}

static inline uint64_t some_address(void)
{
	return RAM + rnd(NR_PAGES * PAGE_SIZE - 0x100000);
}

static inline void random_reg(uint32_t addr, uint32_t size)
{
	fdt32_t reg[16];
	uint32_t n = 0, i;

	for (i = (uint32_t)rnd(4); i; i--) {
		n += put_number(reg + n, some_address(), addr);
		n += put_number(reg + n, rnd(0x100000), size);
	}
	bytes("reg", reg, n * sizeof(*reg) + rnd(4));
}

static inline void random_status(void)
{
	static const char *const status[] = {"okay", "ok", "disabled", "fail", "fail-x"};

	if (one_in(3))
		string("status", status[rnd(5)]);
}

static inline void random_memory(unsigned i)
{
	char name[32];

	snprintf(name, sizeof(name), one_in(4) ? "memory%u" : "memory@%u", i);
	begin_node(one_in(8) ? "memory" : name);
	random_status();
	if (!one_in(8))
		random_reg(root_addr, root_size);
	string("device_type", "memory");
	end_node();
}

static inline void random_compatible(void)
{
	static const char *const names[] = {"arm,pl011",   "ns16550a",	    "arm,sbsa-uart",
					    "virtio,mmio", "arm,primecell", "arm,pl01",
					    "x",	   "arm,pl011x"};
	char list[128];
	size_t len = 0;
	uint64_t i;

	for (i = 1 + rnd(3); i; i--) {
		const char *name = names[rnd(8)];

		memcpy(list + len, name, strlen(name) + 1);
		len += strlen(name) + 1;
	}
	bytes("compatible", list, len);
}

static inline void random_device(unsigned depth, uint32_t addr, uint32_t size)
{
	char name[32];
	uint32_t my_addr = 1 + (uint32_t)rnd(2), my_size = 1 + (uint32_t)rnd(2), n = 0;
	static const char *const names[] = {"serial", "uart", "pl011", "sbsa-uart", "dev"};
	fdt32_t ranges[16];
	uint64_t i;

	snprintf(name, sizeof(name), "%s@%u", names[rnd(5)], (unsigned)rnd(100000));
	begin_node(name);
	random_status();
	if (!one_in(4))
		random_compatible();
	if (!one_in(6))
		random_reg(addr, size);
	cell("#address-cells", my_addr);
	cell("#size-cells", my_size);
	if (one_in(2)) {
		bytes("ranges", "", 0);
	} else {
		for (i = rnd(3); i; i--) {
			n += put_number(ranges + n, one_in(2) ? 0 : some_address(), my_addr);
			n += put_number(ranges + n, some_address(), addr);
			n += put_number(ranges + n, one_in(2) ? 0xffffffff : rnd(0x4000000),
					my_size);
		}
		bytes("ranges", ranges, n * sizeof(*ranges));
	}
	if (depth < 4)
		for (i = rnd(3); i; i--)
			random_device(depth + 1, my_addr, my_size);
	end_node();
}

static inline void random_reserved_memory(void)
{
	uint32_t addr = 1 + (uint32_t)rnd(2), size = 1 + (uint32_t)rnd(2);
	uint64_t i, n = rnd(4);
	char name[32];

	begin_node("reserved-memory");
	cell("#address-cells", addr);
	cell("#size-cells", size);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "r@%u", (unsigned)i);
		begin_node(name);
		if (!one_in(4))
			random_reg(addr, size);
		end_node();
	}
	end_node();
}

static inline void random_chosen(const char *path)
{
	const uint64_t initrd = some_address();
	char text[64];

	begin_node("chosen");
	if (one_in(2))
		string("bootargs", "some command line");
	if (one_in(2))
		bytes("rng-seed", text, rnd(64));
	if (one_in(2)) {
		cell("linux,initrd-start", (uint32_t)initrd);
		OK(fdt_property_u64(fdt, "linux,initrd-end", initrd + rnd(0x10000)));
	}
	if (*path) {
		snprintf(text, sizeof(text), "%s%s", path, one_in(2) ? ":115200" : "");
		string("stdout-path", text);
	}
	if (one_in(2))
		bytes("kaslr-seed", "12345678", 8);
	end_node();
}

static inline void random_tree(const char *path)
{
	uint64_t i;

	machine_open(RAM);
	dtb_at = RAM + rnd(0x1000) * 8;
	fdt = machine_at(dtb_at);
	OK(fdt_create(fdt, DTB_SIZE));
	for (i = rnd(4); i; i--)
		OK(fdt_add_reservemap_entry(fdt, some_address(), 1 + rnd(0x100000)));
	OK(fdt_finish_reservemap(fdt));
	root_addr = 1 + (uint32_t)rnd(2);
	root_size = 1 + (uint32_t)rnd(2);
	begin_node("");
	cell("#address-cells", root_addr);
	cell("#size-cells", root_size);
	for (i = 0; i < 8; i++)
		switch (rnd(3)) {
		case 0:
			random_device(1, root_addr, root_size);
			break;
		case 1:
			random_memory((unsigned)i);
			break;
		default:
			if (i == 3)
				random_reserved_memory();
			else if (i == 5)
				random_chosen(path);
			break;
		}
	end_tree();
}

#endif /* TESTS_FDT_RANDOM_TREE_H */
