/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <ukaslr/machine.h>
#include "boot_fixture.h"
#include "lib/xen_host.h"

/* hvm/hvm_op.h, hvm/params.h, memory.h */
struct param {
	uint16_t domid, pad;
	uint32_t index;
	uint64_t value;
};

struct memory_map {
	uint32_t nr_entries;
	uint64_t buffer;
};

#define GET_PARAM     1u
#define CONSOLE_PFN   17u
#define CONSOLE_PORT  18u
#define MEMORY_MAP    9u
#define MACHINE_START 0x100000u

static uint64_t frame, port;
static int64_t param_result;
static unsigned char map[200 * 20];
static uint32_t nr_entries;
static int64_t map_result;

static int64_t get_param(struct param *p)
{
	assert_int_equal(p->domid, 0x7ff0);
	if (param_result)
		return param_result;
	switch (p->index) {
	case CONSOLE_PFN:
		p->value = frame;
		return 0;
	case CONSOLE_PORT:
		p->value = port;
		return 0;
	}
	fail();
	return -EINVAL;
}

static int64_t get_map(struct memory_map *m)
{
	const uint32_t room = m->nr_entries;

	if (map_result)
		return map_result;
	m->nr_entries = nr_entries;
	memcpy((void *)(uintptr_t)m->buffer, map, 20ul * (nr_entries < room ? nr_entries : room));
	return 0;
}

static int64_t xen(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	(void)c;
	if (call == XEN_HVM_OP && a == GET_PARAM)
		return get_param((struct param *)(uintptr_t)b);
	if (call == XEN_MEMORY_OP && a == MEMORY_MAP)
		return get_map((struct memory_map *)(uintptr_t)b);
	fail();
	return -ENOSYS;
}

static struct bootinfo *bi;

static int setup(void **state)
{
	(void)state;
	machine_open(MACHINE_START);
	machine_seal();
	memset(&machine_early, 0, sizeof(machine_early));
	bi = fresh_bootinfo(BOOT_PVH);
	xen_host_answer = xen;
	xen_host_detected = XEN_VMMCALL;
	frame = (MACHINE_START + 0x5000) / PAGE_SIZE;
	port = 3;
	param_result = map_result = 0;
	nr_entries = 0;
	return 0;
}

static void entry(uint64_t addr, uint64_t size, uint32_t type)
{
	unsigned char *e = map + 20ul * nr_entries++;

	assert_true(e < map + sizeof(map));
	memcpy(e, &addr, sizeof(addr));
	memcpy(e + 8, &size, sizeof(size));
	memcpy(e + 16, &type, sizeof(type));
}

static void without_xen_nothing_is_asked(void **state)
{
	(void)state;
	xen_host_detected = XEN_NONE;
	xen_host_answer = NULL;
	assert_false(xen_open_console(bi));
	assert_false(on_xen());
	assert_int_equal(bi->uart, UART_NONE);
}

static void what_the_parser_knows_is_not_asked_again(void **state)
{
	(void)state;
	xen_host_detected = XEN_NONE;
	bi->xen = XEN_HVC;
	assert_true(xen_open_console(bi));
	assert_true(on_xen());
	assert_int_equal(machine()->xen.call, XEN_HVC);
}

static void the_ring_is_where_the_parameters_say(void **state)
{
	(void)state;
	assert_true(xen_open_console(bi));
	assert_int_equal(bi->uart, UART_XEN_RING);
	assert_int_equal(bi->uart_base.pa, frame * PAGE_SIZE);
	assert_int_equal(machine()->uart, UART_XEN_RING);
	assert_ptr_equal(machine()->uart_base, machine_at(frame * PAGE_SIZE));
	assert_int_equal(machine()->xen.console_port, 3);
}

/* The first domain has none; nor can one be used that lies beyond all memory. */
static void without_a_ring_there_are_hypercalls(void **state)
{
	static const uint64_t frames[] = {0, ~0ull, 1ull << 40, 0x4000};
	size_t i;

	for (i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		setup(state);
		frame = frames[i];
		assert_true(xen_open_console(bi));
		assert_int_equal(bi->uart, UART_XEN_IO);
		assert_int_equal(machine()->uart, UART_XEN_IO);
	}
	setup(state);
	param_result = -EPERM;
	assert_true(xen_open_console(bi));
	assert_int_equal(machine()->uart, UART_XEN_IO);
}

static void a_uart_of_the_device_tree_comes_first(void **state)
{
	(void)state;
	bi->uart = UART_SBSA;
	bi->uart_base = PADDR(0x22000000);
	assert_false(xen_open_console(bi));
	assert_true(on_xen());
	assert_int_equal(bi->uart, UART_SBSA);
}

static void the_map_becomes_regions(void **state)
{
	(void)state;
	entry(0, 0xa0000, 1);
	entry(0x100000, 0x3f00000, 1);
	entry(0xfc000000, 0x1000, 2);
	assert_null(bootinfo_add_low(bi));
	assert_null(xen_memory_map(bi));
	check_regions(bi, PAGES(0, 0x100000, RESERVED), PAGES(0x100000, 0x4000000, FREE),
		      PAGES(0xfc000000, 0xfc001000, RESERVED));
}

/* Xen writes no more than was asked for, whatever it counts. */
static void a_long_map_is_read_to_the_end_of_the_buffer(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 199; i++)
		entry(0x100000 + 0x4000ull * i, 0x1000, 1);
	assert_null(xen_memory_map(bi));
	assert_int_equal(bi->mrds.count, 128);
}

static void without_a_map_there_is_a_message(void **state)
{
	(void)state;
	map_result = -ENOSYS;
	assert_string_equal(xen_memory_map(bi), "there is no memory map");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(without_xen_nothing_is_asked),
		TEST(what_the_parser_knows_is_not_asked_again),
		TEST(the_ring_is_where_the_parameters_say),
		TEST(without_a_ring_there_are_hypercalls),
		TEST(a_uart_of_the_device_tree_comes_first),
		TEST(the_map_becomes_regions),
		TEST(a_long_map_is_read_to_the_end_of_the_buffer),
		TEST(without_a_map_there_is_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
