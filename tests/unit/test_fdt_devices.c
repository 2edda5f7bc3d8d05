/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -lfdt */
#include "fdt_fixture.h"

static struct bootinfo *parse_devices(void)
{
	struct bootinfo *bi = fresh_bootinfo(BOOT_EFI);

	machine_seal();
	assert_null(fdt_parse_devices(bi, PADDR(dtb_at)));
	return bi;
}

static void a_machine(void)
{
	begin_tree();
	begin_node("psci");
	string("compatible", "arm,psci-1.0");
	string("method", "smc");
	end_node();
	begin_node("pl011@9000000");
	string("compatible", "arm,pl011");
	cells("reg", 0, 0x9000000, 0, 0x1000);
	end_node();
	begin_node("reserved-memory");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_node("secret@50000000");
	cells("reg", 0, 0x50000000, 0, 0x2000);
	end_node();
	end_node();
}

static void firmwares_map_is_not_contradicted(void **state)
{
	struct bootinfo *bi;

	(void)state;
	a_machine();
	begin_chosen();
	string("bootargs", "not these");
	cells("linux,initrd-start", 0x42000000);
	cells("linux,initrd-end", 0x42001000);
	cells("kaslr-seed", 1, 2);
	end_chosen();
	bi = parse_devices();
	assert_int_equal(bi->mrds.count, 2);
	assert_int_equal(bi->mrds.mrds[0].type, DEVICETREE);
	assert_int_equal(bi->mrds.mrds[1].type, RESERVED);
	assert_int_equal(bi->mrds.mrds[1].pbase, 0x50000000);
	assert_int_equal(bi->mrds.mrds[1].len, 0x2000);
	assert_int_equal(bi->cmdline_len, 0);
	assert_int_equal(bi->nr_seeds, 1);
	assert_int_equal(bi->uart, UART_PL011);
	assert_int_equal(bi->uart_base.pa, 0x9000000);
	assert_int_equal(bi->psci, PSCI_SMC);
}

static void a_tree_needs_no_memory_then(void **state)
{
	struct bootinfo *bi;
	const char *err;

	(void)state;
	a_machine();
	end_tree();
	bi = parse_devices();
	assert_non_null(bootinfo_check_memory(bi));
	parse(&err);
	assert_non_null(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmwares_map_is_not_contradicted),
		cmocka_unit_test(a_tree_needs_no_memory_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
