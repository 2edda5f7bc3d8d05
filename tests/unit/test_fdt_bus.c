/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_uart_fixture.h"

static void unit_addresses_in_paths_may_be_left_out(void **state)
{
	(void)state;
	chosen("/bus/serial");
	uart_node("serial-thing@9000000", "arm,pl011", 0x9000000);
	begin_node("bus@0");
	bytes("ranges", "", 0);
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	uart_node("serial-x@b000000", "arm,pl011", 0xb000000);
	uart_node("serial@a000000", "arm,pl011", 0xa000000);
	end_node();
	expect(UART_PL011, 0xa000000, 0x1000);
}

static void buses_have_empty_ranges(void **state)
{
	int empty;

	(void)state;
	for (empty = 0; empty < 2; empty++) {
		begin_tree();
		begin_node("soc");
		cell("#address-cells", 1);
		cell("#size-cells", 1);
		bytes("ranges", "", 0);
		begin_node("apb");
		cell("#address-cells", 1);
		cell("#size-cells", 2);
		bytes("ranges", "", 0);
		begin_node("serial@1000");
		cells("reg", 0x1000, 0, 0x200);
		string("compatible", "arm,pl011");
		end_node();
		end_node();
		/* Its addresses are not those of soc. */
		begin_node("bus");
		cell("#address-cells", 1);
		cell("#size-cells", 1);
		cells("ranges", 0, 0x100000, 0x10000);
		begin_node("serial@3000");
		cells("reg", 0x3000, 0x200);
		string("compatible", "arm,pl011");
		end_node();
		end_node();
		end_node();
		chosen(empty ? "/soc/apb/serial@1000" : "/soc/bus/serial@3000");
		expect(UART_PL011, 0x1000, 0x200);
	}
}

static void without_ranges_there_is_no_way_to_a_console(void **state)
{
	(void)state;
	begin_node("i2c");
	cell("#address-cells", 1);
	cell("#size-cells", 1);
	begin_node("serial@9000000");
	cells("reg", 0x9000000, 0x1000);
	string("compatible", "arm,pl011");
	end_node();
	end_node();
	begin_node("soc");
	cell("#address-cells", 1);
	cell("#size-cells", 1);
	bytes("ranges", "", 0);
	begin_node("serial@800");
	cells("reg", 0x800, 0x800);
	string("compatible", "arm,pl011");
	end_node();
	end_node();
	chosen("/i2c/serial");
	expect(UART_PL011, 0x800, 0x800);
}

static void buses_with_odd_cells_have_no_consoles(void **state)
{
	static const uint32_t odd[] = {0, 3, 0xffffffff};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		begin_tree();
		begin_node("pci");
		cell("#address-cells", odd[i]);
		cell("#size-cells", 2);
		bytes("ranges", "", 0);
		uart_node("serial@1", "arm,pl011", 0x9000000);
		end_node();
		begin_node("pci2");
		cell("#address-cells", 2);
		cell("#size-cells", odd[i]);
		bytes("ranges", "", 0);
		uart_node("serial@1", "arm,pl011", 0x9000000);
		end_node();
		chosen("/pci/serial");
		expect(UART_NONE, 0, 0);
	}
}

static void consoles_are_below_three_buses_at_most(void **state)
{
	int depth, i;

	(void)state;
	for (depth = 0; depth < 12; depth++) {
		char path[40] = "";

		begin_tree();
		for (i = 0; i < depth; i++) {
			begin_node("n");
			bytes("ranges", "", 0);
			cell("#address-cells", 2);
			cell("#size-cells", 2);
			strcat(path, "/n");
		}
		uart_node("serial", "arm,pl011", 0x9000000);
		for (i = 0; i < depth; i++)
			end_node();
		chosen(strcat(path, "/serial"));
		expect(depth > 3 ? UART_NONE : UART_PL011, depth > 3 ? 0 : 0x9000000,
		       depth > 3 ? 0 : 0x1000);
	}
}

static void components_name_children_only(void **state)
{
	(void)state;
	uart_node("pl011@9000000", "arm,pl011", 0x9000000);
	begin_node("bus");
	bytes("ranges", "", 0);
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_node("x");
	bytes("ranges", "", 0);
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	uart_node("serial", "arm,pl011", 0xa000000);
	end_node();
	end_node();
	chosen("/bus/serial");
	expect(UART_PL011, 0x9000000, 0x1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(unit_addresses_in_paths_may_be_left_out),
		TEST(buses_have_empty_ranges),
		TEST(without_ranges_there_is_no_way_to_a_console),
		TEST(buses_with_odd_cells_have_no_consoles),
		TEST(consoles_are_below_three_buses_at_most),
		TEST(components_name_children_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
