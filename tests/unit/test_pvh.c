/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/xen_host.h"
#include "pvh_fixture.h"

static void qemus_map_becomes_regions(void **state)
{
	struct bootinfo *bi;

	(void)state;
	qemu_map();
	cmdline("kaslr=strict");
	put64(start_info + RSDP, 0xf59c0);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x3fe0000, FREE),
		      PAGES(0x151000, 0x152000, RESERVED), PAGES(0x3fe0000, 0x4000000, RESERVED),
		      PAGES(0xfffc0000, 0x100000000, RESERVED),
		      PAGES(0xfd00000000, 0x10000000000, RESERVED));
	assert_int_equal(bi->cmdline.pa, CMDLINE_AT);
	assert_int_equal(bi->cmdline_len, strlen("kaslr=strict"));
	assert_false(bi->cmdline_has_path);
	assert_int_equal(bi->rsdp.pa, 0xf59c0);
	assert_null(bi->warning);
	assert_false(bi->too_long);
}

static void later_versions_are_read_as_version_1(void **state)
{
	(void)state;
	map_entry(0x100000, 0x100000, 1);
	put32(start_info + VERSION, 7);
	check_regions(parse_well(), PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x200000, FREE));
}

static void no_command_line_is_an_empty_one(void **state)
{
	(void)state;
	qemu_map();
	assert_int_equal(parse_well()->cmdline_len, 0);
}

static void first_module_is_the_initrd_others_are_reserved(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	module(0, 0x1800000, 0x20123, 0x1a0ffe);
	module(1, 0x1600000, 0x1000, 0);
	machine_put(0x1a0ffe, "initrd", 7);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x150000, 0x151000, RESERVED), PAGES(0x1a0000, 0x1a2000, RESERVED),
		      PAGES(0x1600000, 0x1601000, RESERVED),
		      BYTES(0x1800000, 0x1821000, INITRD, 0, 0x20123));
}

static void initrd_in_the_first_mib_is_found(void **state)
{
	struct bootinfo *bi;

	(void)state;
	map_entry(0x100000, 0x3f00000, 1);
	module(0, 0x40000, 0x2000, 0);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x40000, RESERVED), PAGES(0x40000, 0x42000, INITRD),
		      PAGES(0x42000, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x150000, 0x151000, RESERVED));
}

static void loader_structures_and_rsdp_are_reserved(void **state)
{
	struct bootinfo *bi;

	(void)state;
	start_info = 0x120ffb; /* across two pages, and misaligned */
	begin();
	map_entry(0x100000, 0x3f00000, 1);
	memcpy(machine_at(0x130ff1), machine_at(MAP), 24);
	put64(start_info + MEMMAP, 0x130ff1);
	put64(start_info + RSDP, 0x140000);
	bi = parse_well();
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x120000, 0x122000, RESERVED), PAGES(0x130000, 0x132000, RESERVED),
		      PAGES(0x140000, 0x141000, RESERVED));
}

static void long_memory_maps_boot_with_a_warning(void **state)
{
	struct bootinfo *bi;
	uint32_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		put64(0x200000 + 24 * i, 0x1000000 + i * 0x10000ull);
		put64(0x200000 + 24 * i + 8, 0x8000);
		put32(0x200000 + 24 * i + 16, 1);
	}
	put64(start_info + MEMMAP, 0x200000);
	put32(start_info + MEMMAP_ENTRIES, 10000);
	bi = parse_well();
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_true(bi->too_long);
}

/* Xen's hardware domain; memory.h, XENMEM_memory_map */
static int64_t xen_with_a_map(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	struct {
		uint32_t nr_entries;
		unsigned char *buffer;
	} *map = (void *)(uintptr_t)b;
	static const uint64_t start = 0x100000, len = 0x3f00000;
	static const uint32_t type = 1;

	(void)c;
	assert_int_equal(call, XEN_MEMORY_OP);
	assert_int_equal(a, 9);
	assert_true(map->nr_entries >= 1);
	map->nr_entries = 1;
	memcpy(map->buffer, &start, 8);
	memcpy(map->buffer + 8, &len, 8);
	memcpy(map->buffer + 16, &type, 4);
	return 0;
}

static void version_0_of_xen_has_its_map_asked_for(void **state)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_PVH);

	(void)state;
	xen_host_detected = XEN_VMCALL;
	xen_host_answer = xen_with_a_map;
	put32(start_info + VERSION, 0);
	cmdline("a=b");
	machine_seal();
	assert_null(pvh_parse(bi, PADDR(start_info)));
	assert_int_equal(bi->xen, XEN_VMCALL);
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0x151000, 0x152000, RESERVED));
	xen_host_detected = XEN_NONE;
	xen_host_answer = NULL;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(qemus_map_becomes_regions),
		TEST(later_versions_are_read_as_version_1),
		TEST(no_command_line_is_an_empty_one),
		TEST(first_module_is_the_initrd_others_are_reserved),
		TEST(initrd_in_the_first_mib_is_found),
		TEST(loader_structures_and_rsdp_are_reserved),
		TEST(long_memory_maps_boot_with_a_warning),
		TEST(version_0_of_xen_has_its_map_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
