/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
/*
 * Random trees, read by our parser and with libfdt: the same comes out.
 * What is compared of regions is what each page of a small machine is in the end.
 */
#include <stdio.h>
#include "fdt_fixture.h"
#include <ukaslr/entropy.h>
#include "lib/random.h"

#define TREES	   3000
#define NR_PAGES   0x4000u /* from RAM on */
#define MAX_CHOSEN 12

static uint16_t ours[NR_PAGES], theirs[NR_PAGES];
static uint32_t root_addr, root_size;

/* ---- making a tree */

static int one_in(uint64_t n)
{
	return rnd(n) == 0;
}

static uint32_t put_number(fdt32_t *p, uint64_t n, uint32_t nr_cells)
{
	if (nr_cells == 2)
		*p++ = cpu_to_fdt32((uint32_t)(n >> 32));
	*p = cpu_to_fdt32((uint32_t)n);
	return nr_cells;
}

static uint64_t some_address(void)
{
	return RAM + rnd(NR_PAGES * PAGE_SIZE - 0x100000);
}

static void random_reg(uint32_t addr, uint32_t size)
{
	fdt32_t reg[16];
	uint32_t n = 0, i;

	for (i = (uint32_t)rnd(4); i; i--) {
		n += put_number(reg + n, some_address(), addr);
		n += put_number(reg + n, rnd(0x100000), size);
	}
	bytes("reg", reg, n * sizeof(*reg) + rnd(4));
}

static void random_status(void)
{
	static const char *const status[] = {"okay", "ok", "disabled", "fail", "okay "};

	if (one_in(3))
		string("status", status[rnd(5)]);
}

static void random_memory(unsigned i)
{
	char name[32];

	snprintf(name, sizeof(name), one_in(4) ? "memory%u" : "memory@%u", i);
	begin_node(one_in(8) ? "memory" : name);
	random_status();
	if (!one_in(8))
		random_reg(root_addr, root_size);
	if (!one_in(8))
		string("device_type", one_in(8) ? "cpu" : "memory");
	end_node();
}

static void random_compatible(void)
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

static void random_device(unsigned depth, uint32_t addr, uint32_t size)
{
	char name[32];
	uint32_t my_addr = 1 + (uint32_t)rnd(2), my_size = 1 + (uint32_t)rnd(2), n = 0;
	fdt32_t ranges[16];
	uint64_t i;

	snprintf(name, sizeof(name), "dev@%u", (unsigned)rnd(100000));
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

static void random_reserved_memory(void)
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

static void random_chosen(const char *path)
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

static void random_tree(const char *path)
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

/* ---- reading it with libfdt */

static void paint(uint16_t *pages, uint64_t start, uint64_t end, uint16_t type)
{
	const uint64_t top = RAM + NR_PAGES * (uint64_t)PAGE_SIZE;
	uint64_t pa = type == FREE ? PAGE_ALIGN_UP(start) : PAGE_ALIGN_DOWN(start);

	if (start >= end || start < RAM)
		return;
	end = type == FREE ? PAGE_ALIGN_DOWN(end) : PAGE_ALIGN_UP(end);
	for (; pa < end && pa < top; pa += PAGE_SIZE)
		pages[(pa - RAM) / PAGE_SIZE] = type;
}

static uint64_t number(const fdt32_t **p, int nr_cells)
{
	uint64_t n = 0;

	while (nr_cells--)
		n = n << 32 | fdt32_to_cpu(*(*p)++);
	return n;
}

static void paint_reg(int parent, int node, uint16_t type)
{
	const int addr = fdt_address_cells(fdt, parent), size = fdt_size_cells(fdt, parent);
	const fdt32_t *p;
	int len, n;

	p = fdt_getprop(fdt, node, "reg", &len);
	if (!p)
		return;
	for (n = len / 4 / (addr + size); n; n--) {
		uint64_t start = number(&p, addr);

		paint(theirs, start, start + number(&p, size), type);
	}
}

static int enabled(int node)
{
	const char *status = fdt_getprop(fdt, node, "status", NULL);

	return !status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

static void paint_theirs(void)
{
	const int reserved = fdt_path_offset(fdt, "/reserved-memory");
	const int chosen = fdt_path_offset(fdt, "/chosen");
	const fdt32_t *start = NULL, *end = NULL;
	uint64_t addr, size;
	int node, i;

	memset(theirs, 0, sizeof(theirs));
	fdt_for_each_subnode(node, fdt, 0)
	{
		const char *name = fdt_get_name(fdt, node, NULL);
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (!strncmp(name, "memory", 6) && (!name[6] || name[6] == '@') && type &&
		    !strcmp(type, "memory") && enabled(node))
			paint_reg(0, node, FREE);
	}
	for (i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		OK(fdt_get_mem_rsv(fdt, i, &addr, &size));
		paint(theirs, addr, addr + size, RESERVED);
	}
	if (reserved >= 0)
		fdt_for_each_subnode(node, fdt, reserved) paint_reg(reserved, node, RESERVED);
	if (chosen >= 0) {
		start = fdt_getprop(fdt, chosen, "linux,initrd-start", NULL);
		end = fdt_getprop(fdt, chosen, "linux,initrd-end", NULL);
	}
	if (start && end)
		paint(theirs, number(&start, 1), number(&end, 2), INITRD);
	paint(theirs, dtb_at, dtb_at + fdt_totalsize(fdt), DEVICETREE);
}

static void paint_ours(const struct bootinfo *bi)
{
	static const uint16_t order[] = {FREE, RESERVED, INITRD, DEVICETREE};
	uint32_t i, j;

	memset(ours, 0, sizeof(ours));
	for (j = 0; j < 4; j++)
		for (i = 0; i < bi->mrds.count; i++) {
			const struct ukplat_memregion_desc *r = &bi->mrds.mrds[i];

			if (r->type == order[j])
				paint(ours, r->pbase, r->pbase + r->pg_count * PAGE_SIZE, r->type);
		}
}

/* A node's first register as the processor sees it, or 0 */
static uint64_t their_registers(int node)
{
	int bus = fdt_parent_offset(fdt, node), up, len;
	const fdt32_t *p = fdt_getprop(fdt, node, "reg", &len);
	uint64_t base;

	if (!p || len / 4 < fdt_address_cells(fdt, bus) + fdt_size_cells(fdt, bus))
		return 0;
	base = number(&p, fdt_address_cells(fdt, bus));
	for (; bus; bus = up) {
		const int here = fdt_address_cells(fdt, bus), size = fdt_size_cells(fdt, bus);
		int there, n;

		up = fdt_parent_offset(fdt, bus);
		there = fdt_address_cells(fdt, up);
		p = fdt_getprop(fdt, bus, "ranges", &len);
		if (!p)
			return 0;
		for (n = len / 4 / (here + there + size); n; n--) {
			const uint64_t from = number(&p, here), to = number(&p, there);

			if (base - from < number(&p, size)) {
				base = to + (base - from);
				break;
			}
		}
		if (len && !n)
			return 0;
	}
	return base;
}

static enum boot_uart their_kind(int node)
{
	if (!fdt_node_check_compatible(fdt, node, "arm,pl011") ||
	    !fdt_node_check_compatible(fdt, node, "arm,sbsa-uart"))
		return UART_PL011;
	return fdt_node_check_compatible(fdt, node, "ns16550a") ? UART_NONE : UART_NS16550;
}

static void compare_uart(const struct bootinfo *bi, const char *path)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	int node = -1;

	if (chosen >= 0 && *path)
		node = fdt_path_offset(fdt, path);
	if (node <= 0 || !enabled(node) || !their_kind(node) || !their_registers(node))
		for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
			if (node && their_kind(node) == UART_PL011 && enabled(node) &&
			    their_registers(node))
				break;
	if (node < 0) {
		assert_int_equal(bi->uart, UART_NONE);
	} else {
		assert_int_equal(bi->uart, their_kind(node));
		assert_int_equal(bi->uart_base.pa, their_registers(node));
	}
}

static void compare_chosen(const struct bootinfo *bi)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	int len = 0, rng = 0, seed = 0;

	if (chosen >= 0) {
		fdt_getprop(fdt, chosen, "bootargs", &len);
		fdt_getprop(fdt, chosen, "rng-seed", &rng);
		fdt_getprop(fdt, chosen, "kaslr-seed", &seed);
	}
	assert_int_equal(bi->cmdline_len, len > 0 ? len - 1 : 0);
	assert_int_equal(bi->nr_seeds, (rng > 0) + (seed > 0));
}

static void libfdt_reads_the_same(void **state)
{
	static char path[64];
	const char *err;
	int i;
	uint32_t page;

	(void)state;
	for (i = 0; i < TREES; i++) {
		/* The tree is made twice, as paths are only known when it is there. */
		const uint64_t seed = rnd_state;
		const struct bootinfo *bi;

		path[0] = '\0';
		random_tree("");
		if (one_in(4)) {
			snprintf(path, sizeof(path), "/nowhere");
		} else {
			const int offset = (int)rnd(fdt_size_dt_struct(fdt));
			int node = 0, next = 0;

			for (; next >= 0 && next < offset; next = fdt_next_node(fdt, node, NULL))
				node = next;
			if (node && fdt_get_path(fdt, node, path, sizeof(path) - 8))
				path[0] = '\0';
		}
		if (!one_in(3))
			rnd_state = seed;
		random_tree(path);

		bi = parse(&err);
		__asan_unpoison_memory_region(machine, MACHINE_SIZE);
		paint_theirs();
		paint_ours(bi);
		if (err && strcmp(err, "device tree: there is no usable memory in it"))
			fail_msg("tree %d: %s", i, err);
		for (page = 0; page < NR_PAGES && err; page++)
			assert_int_not_equal(theirs[page], FREE);
		assert_memory_equal(ours, theirs, sizeof(ours));
		compare_uart(bi, path);
		compare_chosen(bi);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libfdt_reads_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
