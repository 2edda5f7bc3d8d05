/* SPDX-License-Identifier: BSD-3-Clause */
#include "xenpv_fixture.h"

/* What every domain has here, by address; the frames are before and between */
#define LIST	   PAGES(0x200000, 0x202000, RESERVED)
#define FIRST_TREE PAGES(0x280000, 0x286000, UKPLAT_MEMRT_KERNEL)
#define INFO	   PAGES(0x300000, 0x301000, RESERVED)
#define STORE	   PAGES(0x3f0000, 0x3f1000, RESERVED)

static void a_domain_of_the_toolstack(void **state)
{
	struct bootinfo *bi;

	(void)state;
	machine_put(start_info + CMD_LINE, "kaslr=strict", 13);
	bi = parse_well();
	check_regions(bi, PAGES(0x1000, 0x400000, FREE), LIST, FIRST_TREE, INFO, STORE);
	assert_int_equal(bi->xen, XEN_SYSCALL);
	assert_int_equal(bi->first_tables.pa, TABLES);
	assert_int_equal(bi->uart, UART_XEN_RING);
	assert_int_equal(bi->uart_base.pa, CONSOLE_FRAME * PAGE_SIZE);
	assert_int_equal(machine()->xen.console_port, 2);
	assert_int_equal(bi->cmdline.pa, START_INFO + CMD_LINE);
	assert_int_equal(bi->cmdline_len, strlen("kaslr=strict"));
	assert_false(bi->cmdline_has_path);
	assert_null(bi->warning);
	assert_false(bi->too_long);
}

/* What others have as frames are other things for it. */
static void the_first_domain_shares_no_pages(void **state)
{
	struct bootinfo *bi;

	(void)state;
	put32(start_info + FLAGS, FLAG_FIRST_DOMAIN);
	say(STORE_MFN, UINT64_MAX);
	say(CONSOLE_MFN, UINT64_MAX);
	bi = parse_well();
	check_regions(bi, PAGES(0x1000, 0x400000, FREE), LIST, FIRST_TREE, INFO);
	assert_int_equal(bi->uart, UART_XEN_IO);
	assert_int_equal(bi->cmdline_len, 0);
}

static void holes_in_the_list_are_no_memory(void **state)
{
	uint64_t pfn;

	(void)state;
	frame(1, HOLE);
	for (pfn = 0x10; pfn < 0x20; pfn++)
		frame(pfn, HOLE);
	frame(0x21, HOLE);
	frame(FRAMES - 1, HOLE);
	check_regions(parse_well(), PAGES(0x2000, 0x10000, FREE), PAGES(0x20000, 0x21000, FREE),
		      PAGES(0x22000, 0x3ff000, FREE), LIST, FIRST_TREE, INFO, STORE);
}

/* Memory may begin with a hole, as the first page is not used in any case. */
static void a_hole_at_0_changes_nothing(void **state)
{
	(void)state;
	frame(0, HOLE);
	check_regions(parse_well(), PAGES(0x1000, 0x400000, FREE), LIST, FIRST_TREE, INFO, STORE);
}

static void a_list_of_many_holes_boots_with_a_warning(void **state)
{
	struct bootinfo *bi;
	uint64_t pfn;

	(void)state;
	for (pfn = 1; pfn < FRAMES; pfn += 2)
		frame(pfn, HOLE);
	bi = parse_well();
	assert_int_equal(bi->mrds.count, BOOTINFO_REGIONS);
	assert_true(bi->too_long);
}

static void the_initrd_has_an_address_or_a_frame(void **state)
{
	(void)state;
	say(MOD_START, 0x100000);
	say(MOD_LEN, 0x20123);
	check_regions(parse_well(), PAGES(0x1000, 0x400000, FREE),
		      BYTES(0x100000, 0x121000, INITRD, 0, 0x20123), LIST, FIRST_TREE, INFO, STORE);
	begin();
	say(MOD_START, 0x100);
	say(MOD_LEN, 0x20123);
	put32(start_info + FLAGS, FLAG_MOD_BY_FRAME);
	check_regions(parse_well(), PAGES(0x1000, 0x400000, FREE),
		      BYTES(0x100000, 0x121000, INITRD, 0, 0x20123), LIST, FIRST_TREE, INFO, STORE);
}

/* memory.h, XENMEM_memory_map: memory that the list has not, and what is none */
static int64_t xen_with_a_map(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	static const struct {
		uint64_t addr, size;
		uint32_t type;
	} __attribute__((packed))
	map[] = {{0, 0x10000000, 1}, {0x340000, 0x8000, 2}, {0xfee00000, 0x1000, 2}};
	struct {
		uint32_t nr_entries;
		unsigned char *buffer;
	} *to = (void *)(uintptr_t)b;

	(void)c;
	assert_int_equal(call, XEN_MEMORY_OP);
	assert_int_equal(a, 9);
	assert_true(to->nr_entries >= 3);
	to->nr_entries = 3;
	memcpy(to->buffer, map, sizeof(map));
	return 0;
}

static void xens_map_takes_memory_away_and_adds_none(void **state)
{
	(void)state;
	xen_host_answer = xen_with_a_map;
	check_regions(parse_well(), PAGES(0x1000, 0x400000, FREE), LIST, FIRST_TREE, INFO,
		      PAGES(0x340000, 0x348000, RESERVED), STORE,
		      PAGES(0xfee00000, 0xfee01000, RESERVED));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_domain_of_the_toolstack),
		TEST(the_first_domain_shares_no_pages),
		TEST(holes_in_the_list_are_no_memory),
		TEST(a_hole_at_0_changes_nothing),
		TEST(a_list_of_many_holes_boots_with_a_warning),
		TEST(the_initrd_has_an_address_or_a_frame),
		TEST(xens_map_takes_memory_away_and_adds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
