/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include <stdio.h>
#include "fdt_uart_fixture.h"

static void stdout_path_names_the_console(void **state)
{
	(void)state;
	uart_node("pl011@9000000", "arm,pl011", 0x9000000);
	uart_node("pl011@a000000", "arm,pl011", 0xa000000);
	uart_node("pl011@b000000", "arm,pl011", 0xb000000);
	chosen("/pl011@a000000");
	expect(UART_PL011, 0xa000000, 0x1000);
}

static void stdout_path_may_come_first_and_have_options(void **state)
{
	(void)state;
	chosen("/pl011@a000000:115200n8");
	uart_node("pl011@9000000", "arm,pl011", 0x9000000);
	uart_node("pl011@a000000", "arm,pl011", 0xa000000);
	expect(UART_PL011, 0xa000000, 0x1000);
}

static void stdout_path_may_be_an_alias(void **state)
{
	int options, before;

	(void)state;
	for (options = 0; options < 2; options++)
		for (before = 0; before < 2; before++) {
			begin_tree();
			if (before)
				chosen(options ? "serial1:9600" : "serial1");
			begin_node("aliases");
			string("serial", "/pl011@9000000");
			string("serial10", "/pl011@9000000");
			string("serial1", "/pl011@a000000");
			end_node();
			uart_node("pl011@9000000", "arm,pl011", 0x9000000);
			uart_node("pl011@a000000", "arm,pl011", 0xa000000);
			if (!before)
				chosen(options ? "serial1:9600" : "serial1");
			expect(UART_PL011, 0xa000000, 0x1000);
		}
}

/* Then it is the alias in /aliases, and the property in all that is read afterwards. */
static void an_alias_may_have_the_name_of_a_property(void **state)
{
	uint32_t i = 0;

	(void)state;
	begin_node("reserved-memory");
	cell("#address-cells", 1);
	cell("#size-cells", 1);
	begin_node("secret");
	cells("reg", 0x41000000, 0x1000);
	end_node();
	end_node();
	begin_node("aliases");
	string("reg", "/pl011@a000000");
	end_node();
	uart_node("pl011@9000000", "arm,pl011", 0x9000000);
	uart_node("pl011@a000000", "arm,pl011", 0xa000000);
	chosen("reg");
	expect(UART_PL011, 0xa000000, 0x1000);
	while (i < storage.bi.mrds.count && storage.bi.mrds.mrds[i].pbase != 0x41000000)
		i++;
	assert_true(i < storage.bi.mrds.count);
}

static void a_console_is_a_pl011_with_a_generic_name(void **state)
{
	static const struct {
		const char *name, *compatible;
		bool is_console;
	} cases[] = {
		{"pl011@9000000", "arm,pl011", true},	 {"serial@9000000", "arm,pl011", true},
		{"uart@9000000", "arm,pl011", true},	 {"serial", "arm,pl011", true},
		{"console@9000000", "arm,pl011", false}, {"Serial@9000000", "arm,pl011", false},
		{"serial@9000000", "ns16550a", false},	 {"uart@9000000", "vendor,uart", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char path[32] = "/";

		begin_tree();
		chosen(strcat(path, cases[i].name));
		uart_node(cases[i].name, cases[i].compatible, 0x9000000);
		if (cases[i].is_console)
			expect(UART_PL011, 0x9000000, 0x1000);
		else
			expect(UART_NONE, 0, 0);
	}
}

static void an_sbsa_uart_is_a_console_without_registers_to_set(void **state)
{
	(void)state;
	uart_node("sbsa-uart@22000000", "arm,sbsa-uart", 0x22000000);
	expect(UART_SBSA, 0x22000000, 0x1000);
	begin_tree();
	uart_node("sbsa-thing@22000000", "vendor,thing", 0x22000000);
	expect(UART_NONE, 0, 0);
}

static void compatible_lists_are_searched_to_their_end(void **state)
{
	static const char list[] = "vendor,x\0arm,pl011-not\0arm,pl011";

	(void)state;
	begin_node("uart@1");
	cells("reg", 0, 0x9000000, 0, 0x1000);
	bytes("compatible", list, sizeof(list));
	end_node();
	chosen("/uart@1");
	expect(UART_PL011, 0x9000000, 0x1000);
}

static void without_a_hint_the_first_enabled_pl011_is_taken(void **state)
{
	(void)state;
	uart_node("uart@8000000", "ns16550a", 0x8000000);
	/* QEMU virt,secure=on */
	begin_node("pl011@9040000");
	string("status", "disabled");
	string("secure-status", "okay");
	cells("reg", 0, 0x9040000, 0, 0x1000);
	string("compatible", "arm,pl011");
	end_node();
	uart_node("pl011@9000000", "arm,pl011", 0x9000000);
	uart_node("pl011@a000000", "arm,pl011", 0xa000000);
	expect(UART_PL011, 0x9000000, 0x1000);
}

static void hints_that_lead_nowhere_fall_back_to_the_first_pl011(void **state)
{
	static const char *const hints[] = {
		"/nowhere",
		"serial7",
		"/",
		"",
		":",
		"//pl011",
		"/pl011@9000000/child",
		"/pl011@a000000/child",
		"/pl011@a0000000",
		"/pl011@9000000/",
		"a-name-that-is-much-longer-than-any-alias-may-be",
		"/virtio",
		"loop",
		"/a/b/c/d/e/f/g/h/i/j",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		begin_tree();
		begin_node("aliases");
		string("loop", "loop"); /* an alias of itself */
		end_node();
		uart_node("virtio@1", "virtio,mmio", 0x1000000);
		uart_node("pl011@9000000", "arm,pl011", 0x9000000);
		uart_node("pl011@a000000", "arm,pl011", 0xa000000);
		chosen(hints[i]);
		expect(UART_PL011, 0x9000000, 0x1000);
	}
}

static void of_many_consoles_the_first_8_are_known(void **state)
{
	int n, i;

	(void)state;
	for (n = 7; n < 10; n++) {
		char name[32];

		begin_tree();
		for (i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "pl011@%x", 0x9000000 + i * 0x1000);
			uart_node(name, "arm,pl011", 0x9000000 + (uint32_t)i * 0x1000);
		}
		snprintf(name, sizeof(name), "/pl011@%x", 0x9000000 + (n - 1) * 0x1000);
		chosen(name);
		expect(UART_PL011, n > 8 ? 0x9000000 : 0x9000000 + (uint64_t)(n - 1) * 0x1000,
		       0x1000);
	}
}

/* Neither the path nor an alias of it is a string: there is no hint. */
static void paths_without_an_end_are_no_hints(void **state)
{
	int alias;

	(void)state;
	for (alias = 0; alias < 2; alias++) {
		begin_tree();
		uart_node("pl011@9000000", "arm,pl011", 0x9000000);
		uart_node("pl011@a000000", "arm,pl011", 0xa000000);
		begin_node("aliases");
		bytes("serial0", "/pl011@a000000", 14);
		end_node();
		begin_node("chosen");
		bytes("stdout-path", alias ? "serial0" : "/pl011@a000000", alias ? 8 : 14);
		end_node();
		expect(UART_PL011, 0x9000000, 0x1000);
	}
}

static void consoles_without_registers_are_none(void **state)
{
	(void)state;
	begin_node("uart@1");
	cells("reg", 0, 0x9000000, 0);
	string("compatible", "arm,pl011");
	end_node();
	begin_node("uart@2");
	string("compatible", "arm,pl011");
	end_node();
	chosen("/uart@1");
	expect(UART_NONE, 0, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(stdout_path_names_the_console),
		TEST(stdout_path_may_come_first_and_have_options),
		TEST(stdout_path_may_be_an_alias),
		TEST(an_alias_may_have_the_name_of_a_property),
		TEST(a_console_is_a_pl011_with_a_generic_name),
		TEST(an_sbsa_uart_is_a_console_without_registers_to_set),
		TEST(compatible_lists_are_searched_to_their_end),
		TEST(without_a_hint_the_first_enabled_pl011_is_taken),
		TEST(hints_that_lead_nowhere_fall_back_to_the_first_pl011),
		TEST(of_many_consoles_the_first_8_are_known),
		TEST(paths_without_an_end_are_no_hints),
		TEST(consoles_without_registers_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
