/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"

static int setup(void **state)
{
	(void)state;
	begin_tree();
	return 0;
}

static uint64_t finished_size(void)
{
	return fdt_totalsize(fdt);
}

static void memory_and_tree_become_regions(void **state)
{
	struct bootinfo *bi;
	uint64_t size;

	(void)state;
	memory_node("memory@40000000", RAM, 0x4000000);
	memory_node("memory@8080000000", 0x8080000000, 0x100000000);
	end_tree();
	size = finished_size();
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 3);
	assert_int_equal(bi->mrds.mrds[0].pbase, RAM);
	assert_int_equal(bi->mrds.mrds[2].pbase, 0x8080000000);
	assert_int_equal(bi->mrds.mrds[2].len, 0x100000000);
	assert_int_equal(bi->dtb.pa, RAM);
	assert_int_equal(bi->dtb_len, size);
	assert_int_equal(bi->uart, UART_NONE);
	assert_int_equal(bi->psci, PSCI_NONE);
	assert_int_equal(bi->nr_seeds, 0);
	assert_int_equal(bi->cmdline_len, 0);
}

static void the_tree_keeps_its_exact_bytes(void **state)
{
	struct bootinfo *bi;
	uint64_t size;

	(void)state;
	memory_node("memory@80000000", 0x80000000, 0x4000000);
	end_tree();
	size = finished_size();
	memmove(machine_at(RAM + 0x1238), fdt, size);
	dtb_at = RAM + 0x1238;
	bi = parse_well();
	assert_int_equal(bi->dtb.pa, RAM + 0x1238);
	assert_int_equal(bi->mrds.mrds[0].type, DEVICETREE);
	assert_int_equal(bi->mrds.mrds[0].pbase, RAM + 0x1000);
	assert_int_equal(bi->mrds.mrds[0].pg_off, 0x238);
	assert_int_equal(bi->mrds.mrds[0].len, size);
}

static void memory_may_be_several_ranges_of_one_cell_each(void **state)
{
	struct bootinfo *bi;

	(void)state;
	machine_open(RAM);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#size-cells", 1);
	cell("#address-cells", 1);
	begin_node("memory");
	/* The last word is too little for a range. */
	cells("reg", 0x80000000, 0x10000, 0x90000000, 0x20000, 0, 0, 1);
	string("device_type", "memory");
	end_node();
	end_tree();
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 3);
	assert_int_equal(bi->mrds.mrds[1].pbase, 0x80000000);
	assert_int_equal(bi->mrds.mrds[1].len, 0x10000);
	assert_int_equal(bi->mrds.mrds[2].pbase, 0x90000000);
	assert_int_equal(bi->mrds.mrds[2].len, 0x20000);
}

static void cells_are_2_and_1_unless_told(void **state)
{
	struct bootinfo *bi;

	(void)state;
	machine_open(RAM);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	begin_node("memory");
	cells("reg", 1, 0x80000000, 0x10000, 2, 0, 0x20000);
	string("device_type", "memory");
	end_node();
	end_tree();
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 3);
	assert_int_equal(bi->mrds.mrds[1].pbase, 0x180000000);
	assert_int_equal(bi->mrds.mrds[2].pbase, 0x200000000);
	assert_int_equal(bi->mrds.mrds[2].len, 0x20000);
}

static void memory_that_is_not_for_us_is_left_alone(void **state)
{
	struct bootinfo *bi;

	(void)state;
	memory_node("memory@80000000", 0x80000000, 0x4000000);
	/* QEMU virt,secure=on */
	begin_node("memory@e000000");
	string("status", "disabled");
	cells("reg", 0, 0xe000000, 0, 0x1000000);
	string("device_type", "memory");
	end_node();
	begin_node("memories");
	cells("reg", 0, 0xf000000, 0, 0x1000000);
	end_node();
	begin_node("memory-controller@1000000");
	cells("reg", 0, 0x1000000, 0, 0x1000000);
	string("device_type", "memory");
	end_node();
	begin_node("soc");
	memory_node("memory@2000000", 0x2000000, 0x1000000);
	end_node();
	begin_node("memory@a0000000");
	string("status", "okay");
	cells("reg", 0, 0xa0000000, 0, 0x1000000);
	string("device_type", "memory");
	end_node();
	end_tree();
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 3);
	assert_int_equal(bi->mrds.mrds[1].pbase, 0x80000000);
	assert_int_equal(bi->mrds.mrds[2].pbase, 0xa0000000);
}

static void psci_method_is_found(void **state)
{
	static const struct {
		const char *compatible, *method;
		size_t len;
		enum boot_psci psci;
	} cases[] = {
		{"arm,psci-1.0\0arm,psci-0.2\0arm,psci", "hvc", 35, PSCI_HVC},
		{"arm,psci-0.2", "smc", 13, PSCI_SMC},
		{"arm,psci-1.1\0arm,psci-1.0", "smc", 26, PSCI_SMC},
		{"arm,psci", "smc", 9, PSCI_NONE},
		{"arm,psci-1.0", "hvcc", 13, PSCI_NONE},
		{"arm,psci-2.7", "hvc", 13, PSCI_HVC},
		{"arm,psci_1.0", "hvc", 13, PSCI_NONE},
		{"vendor,psci\0arm,psci-1.0", "hvc", 25, PSCI_HVC},
		{"arm,psci\0-", "hvc", 11, PSCI_NONE},
		{"arm,psci-1.0", NULL, 13, PSCI_NONE}, /* "hvc" without a NUL */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin_tree();
		memory_node("memory@40000000", RAM, 0x4000000);
		begin_node("psci");
		if (cases[i].method)
			string("method", cases[i].method);
		else
			bytes("method", "hvc", 3);
		bytes("compatible", cases[i].compatible, cases[i].len);
		end_node();
		end_tree();
		assert_int_equal(parse_well()->psci, cases[i].psci);
	}
}

static void both_ways_to_reserve_memory_work(void **state)
{
	struct bootinfo *bi;

	(void)state;
	machine_open(RAM);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_add_reservemap_entry(fdt, 0x50000800, 0));
	OK(fdt_add_reservemap_entry(fdt, 0x50000800, 0x1000));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_node("reserved-memory");
	cell("#address-cells", 1);
	cell("#size-cells", 1);
	bytes("ranges", "", 0);
	begin_node("secret@60000000");
	cells("reg", 0x60000000, 0x1000, 0x60008000, 0x1000);
	begin_node("not-a-child");
	cells("reg", 0x61000000, 0x1000);
	end_node();
	end_node();
	begin_node("pool"); /* asks for memory, wherever it is */
	cell("size", 0x100000);
	end_node();
	begin_node("more@62000001");
	bytes("no-map", "", 0);
	cells("reg", 0x62000001, 0x1000, 0x63000000); /* the last word is half a range */
	end_node();
	end_node();
	begin_node("reseller-memory");
	memory_node("x@64000000", 0x64000000, 0x1000);
	end_node();
	memory_node("memory@50000000", 0x50000000, 0x20000000);
	end_tree();
	bi = parse_well();
	storage.bi.mrds.mrds[0].len = PAGE_SIZE; /* the tree */
	storage.bi.mrds.mrds[0].type = RESERVED;
	storage.bi.mrds.mrds[0].pg_count = 1;
	check_regions(
		bi, PAGES(RAM, RAM + 0x1000, RESERVED), PAGES(0x50000000, 0x70000000, FREE),
		PAGES(0x50000000, 0x50002000, RESERVED), PAGES(0x60000000, 0x60001000, RESERVED),
		PAGES(0x60008000, 0x60009000, RESERVED), PAGES(0x62000000, 0x62002000, RESERVED));
}

/* U-Boot reserves the initrd and the tree itself. */
static void reservations_do_not_hide_initrd_or_tree(void **state)
{
	struct bootinfo *bi;

	(void)state;
	machine_open(RAM);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_add_reservemap_entry(fdt, RAM, DTB_SIZE));
	OK(fdt_add_reservemap_entry(fdt, 0x42000000, 0x1234));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_chosen();
	cell("linux,initrd-start", 0x42000000);
	cell("linux,initrd-end", 0x42001234);
	end_chosen();
	bi = parse_well();
	assert_int_equal(bi->mrds.count, 4);
	assert_true(bi->mrds.mrds[0].type == DEVICETREE || bi->mrds.mrds[1].type == DEVICETREE);
	assert_int_equal(bi->mrds.mrds[2].pbase, RAM + 0x1000);
	assert_int_equal(bi->mrds.mrds[2].type, RESERVED);
	assert_int_equal(bi->mrds.mrds[2].pg_count, 0xf);
	assert_int_equal(bi->mrds.mrds[3].type, INITRD);
	assert_int_equal(bi->mrds.mrds[3].len, 0x1234);
}

static void nops_are_passed_over(void **state)
{
	struct bootinfo *bi;
	int node;

	(void)state;
	begin_chosen();
	string("bootargs", "gone");
	string("stdout-path", "/none");
	end_chosen();
	node = fdt_path_offset(fdt, "/chosen");
	OK(fdt_nop_property(fdt, node, "bootargs"));
	bi = parse_well();
	assert_int_equal(bi->cmdline_len, 0);
	assert_int_equal(bi->mrds.count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(memory_and_tree_become_regions),
		TEST(the_tree_keeps_its_exact_bytes),
		TEST(memory_may_be_several_ranges_of_one_cell_each),
		TEST(cells_are_2_and_1_unless_told),
		TEST(memory_that_is_not_for_us_is_left_alone),
		TEST(psci_method_is_found),
		TEST(both_ways_to_reserve_memory_work),
		TEST(reservations_do_not_hide_initrd_or_tree),
		TEST(nops_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
