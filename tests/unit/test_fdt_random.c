/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
/*
 * Random trees, read by our parser and with libfdt: the same comes out.
 * What is compared of regions is what each page of a small machine is in the end.
 */
#include "fdt_random_tree.h"

#define TREES	   3000
#define NR_PAGES   0x4000u /* from RAM on */
#define MAX_CHOSEN 12

static uint16_t ours[NR_PAGES], theirs[NR_PAGES];

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

		if (!strncmp(name, "memory", 6) && (!name[6] || name[6] == '@') && enabled(node))
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

/* A node's first register, if it is below buses that have the processor's addresses, or 0 */
static uint64_t their_registers(int node)
{
	int bus = fdt_parent_offset(fdt, node), len;
	const fdt32_t *p = fdt_getprop(fdt, node, "reg", &len);
	uint64_t base;

	if (!p || len / 4 < fdt_address_cells(fdt, bus) + fdt_size_cells(fdt, bus))
		return 0;
	base = number(&p, fdt_address_cells(fdt, bus));
	for (; bus; bus = fdt_parent_offset(fdt, bus))
		if (!fdt_getprop(fdt, bus, "ranges", &len) || len)
			return 0;
	return base;
}

static int is_compatible(int node, const char *name)
{
	return !fdt_node_check_compatible(fdt, node, name);
}

static int is_sbsa(int node)
{
	return !strncmp(fdt_get_name(fdt, node, NULL), "sbsa", 4);
}

static int is_console(int node)
{
	const char *name = fdt_get_name(fdt, node, NULL);

	return (!strncmp(name, "pl011@", 6) || !strncmp(name, "serial@", 7) ||
		!strncmp(name, "uart@", 5) || !strncmp(name, "sbsa-uart@", 10)) &&
	       is_compatible(node, is_sbsa(node) ? "arm,sbsa-uart" : "arm,pl011") &&
	       enabled(node) && their_registers(node);
}

static void compare_uart(const struct bootinfo *bi, const char *path)
{
	const int chosen = fdt_path_offset(fdt, "/chosen");
	int node = -1;

	if (chosen >= 0 && *path)
		node = fdt_path_offset(fdt, path);
	if (node <= 0 || !is_console(node))
		for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
			if (node && is_console(node))
				break;
	if (node < 0) {
		assert_int_equal(bi->uart, UART_NONE);
	} else {
		assert_int_equal(bi->uart, is_sbsa(node) ? UART_SBSA : UART_PL011);
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
		__asan_unpoison_memory_region(machine_memory, MACHINE_SIZE);
		paint_theirs();
		paint_ours(bi);
		if (err && !strstr(err, "no usable memory"))
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
