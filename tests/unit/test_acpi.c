/* SPDX-License-Identifier: BSD-3-Clause */
#include "acpi_fixture.h"

static struct acpi_power_off off;

static const char *find(uint64_t hint)
{
	memset(&off, 0x55, sizeof(off));
	machine_seal();
	return acpi_find_power_off(PADDR(hint), &off);
}

static void expect(const char *message, uint64_t hint)
{
	const char *err = find(hint);

	assert_non_null(err);
	if (strncmp(err, "acpi: ", 6) || !strstr(err, message))
		fail_msg("\"%s\" does not say \"%s\"", err, message);
}

static void expect_write(uint32_t i, int space, uint32_t width, uint64_t address, uint32_t value)
{
	assert_true(i < off.nr_writes);
	assert_int_equal(off.write[i].space, space);
	assert_int_equal(off.write[i].width, width);
	assert_int_equal(off.write[i].address, address);
	assert_int_equal(off.write[i].value, value);
}

static void pm1a_control_gets_sleep_type_and_enable(void **state)
{
	(void)state;
	assert_null(find(RSDP));
	assert_int_equal(off.nr_writes, 1);
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 1);
}

static void rsdp_is_searched_for_in_the_bios_area(void **state)
{
	(void)state;
	assert_null(find(0));
	assert_null(find(0x300000));
	assert_null(find(UINT64_MAX - 3));
	setup(NULL);
	memset(machine_at(RSDP), 0, 36);
	rsdp(0xffff0 - 32, 0, ROOT, 0);
	assert_null(find(0));
}

static void rsdp_is_searched_for_in_the_ebda(void **state)
{
	(void)state;
	memset(machine_at(RSDP), 0, 36);
	machine_put(0x40e, "\x80\x9f", 2);
	rsdp(0x9f800 + 0x3f0 - 16, 0, ROOT, 0);
	assert_null(find(0));
	setup(NULL);
	memset(machine_at(RSDP), 0, 36);
	machine_put(0x40e, "\x80\x9f", 2);
	rsdp(0x9f800 + 0x400, 0, ROOT, 0);
	expect("no RSDP", 0);
}

static void rsdp_with_a_wrong_checksum_is_none(void **state)
{
	(void)state;
	put8(RSDP + 8, (uint8_t)(*(uint8_t *)machine_at(RSDP + 8) + 1));
	expect("no RSDP", RSDP);
}

static void xsdt_is_preferred_from_revision_2_on(void **state)
{
	(void)state;
	rsdp(RSDP, 2, 0x300000, 0x240005);
	table(0x240005, "XSDT", 36 + 16);
	put64(0x240005 + 36, 0x230000);
	put64(0x240005 + 44, FADT);
	assert_null(find(0));
	setup(NULL);
	rsdp(RSDP, 2, ROOT, 0x7fffffffffff);
	assert_null(find(0));
	setup(NULL);
	rsdp(RSDP, 1, 0x300000, 0x240005);
	table(0x240005, "XSDT", 36 + 8);
	put64(0x240005 + 36, FADT);
	expect("no FADT", 0);
}

static void pm1b_gets_its_own_sleep_type(void **state)
{
	(void)state;
	fadt(116, 0x604, 0x704);
	DSDT_BYTES(S5(0x0a, 5, 0x0a, 6, 0, 0));
	assert_null(find(0));
	assert_int_equal(off.nr_writes, 2);
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 5 << 10 | 1);
	expect_write(1, ACPI_IO_PORT, 2, 0x704, 1 << 13 | 6 << 10 | 1);
}

static void sleep_types_come_in_every_encoding(void **state)
{
	(void)state;
	DSDT_BYTES(S5(0x01, 0, 0, 0));
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 1 << 10 | 1);
	setup(NULL);
	DSDT_BYTES(S5(0x0b, 7, 1, 0, 0, 0));
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 7 << 10 | 1);
	setup(NULL);
	DSDT_BYTES(S5(0x0c, 3, 0, 0, 1, 0));
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 3 << 10 | 1);
}

static void s5_may_begin_at_the_root_and_have_a_long_package_length(void **state)
{
	(void)state;
	DSDT_BYTES(0x08, 0x5c, '_', 'S', '5', '_', 0x12, 0x48, 0x00, 2, 0x0a, 2, 0x0a, 2);
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 2 << 10 | 1);
}

static void mentions_of_s5_that_do_not_name_a_package_are_passed_over(void **state)
{
	(void)state;
	DSDT_BYTES('_', 'S', '5', '_', 0x12, 3, 1, 1, 0x08, '_', 'S', '5', '_', 0x0a, 1,
		   S5(0x0a, 4, 0, 0, 0));
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 4 << 10 | 1);
}

static void x_pm1a_control_is_preferred(void **state)
{
	(void)state;
	fadt(244, 0x604, 0);
	gas(172, 1, 0xb004);
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0xb004, 1 << 13 | 1);
	setup(NULL);
	fadt(244, 0x604, 0);
	gas(172, 0, 0xfed00004);
	assert_null(find(0));
	expect_write(0, ACPI_MEMORY, 2, 0xfed00004, 1 << 13 | 1);
	/* A FADT that ends before it does not have it. */
	setup(NULL);
	gas(172, 1, 0xb004);
	assert_null(find(0));
	expect_write(0, ACPI_IO_PORT, 2, 0x604, 1 << 13 | 1);
}

static void x_dsdt_is_preferred(void **state)
{
	(void)state;
	fadt(244, 0x604, 0);
	put32(FADT + 40, 0x300000);
	put64(FADT + 140, DSDT);
	assert_null(find(0));
}

/* QEMU's microvm: the sleep control register of its generic event device */
static void reduced_hardware_has_a_sleep_control_register(void **state)
{
	(void)state;
	fadt(268, 0x604, 0);
	put32(FADT + 112, 1 << 20);
	gas(244, 0, 0xfea00200);
	DSDT_BYTES(S5(0x0a, 5, 0, 0, 0));
	assert_null(find(0));
	assert_int_equal(off.nr_writes, 1);
	expect_write(0, ACPI_MEMORY, 1, 0xfea00200, 1 << 5 | 5 << 2);
}

static void missing_tables_are_named(void **state)
{
	(void)state;
	put32(ROOT + 40, 0x300000);
	expect("no FADT", 0);
	setup(NULL);
	table(FADT, "FACQ", 116);
	expect("no FADT", 0);
	setup(NULL);
	table(DSDT, "SSDT", 80);
	expect("no DSDT", 0);
	setup(NULL);
	DSDT_BYTES(0x08, '_', 'S', '4', '_', 0x12, 4, 2, 0, 0);
	expect("_S5_", 0);
	setup(NULL);
	fadt(116, 0, 0);
	expect("no register", 0);
	setup(NULL);
	fadt(116, 0x10604, 0);
	expect("no register", 0);
}

static void lying_lengths_are_refused(void **state)
{
	(void)state;
	put32(ROOT + 4, 0xffffffff);
	expect("no FADT", 0);
	setup(NULL);
	put32(ROOT + 4, 35);
	expect("no FADT", 0);
	setup(NULL);
	put32(FADT + 4, MACHINE_SIZE);
	expect("no FADT", 0);
	setup(NULL);
	put32(DSDT + 4, MACHINE_SIZE - DSDT + 1);
	expect("no DSDT", 0);
	setup(NULL);
	put32(DSDT + 4, 0x100001);
	expect("no DSDT", 0);
	setup(NULL);
	put32(DSDT + 4, 3);
	expect("no DSDT", 0);
}

static void a_dsdt_cut_anywhere_has_no_s5(void **state)
{
	uint32_t length;

	(void)state;
	/* The whole table has 36 + 7 + 13 bytes; without the last two elements it still does. */
	for (length = 36; length < 36 + 7 + 10; length++) {
		setup(NULL);
		put32(DSDT + 4, length);
		expect("_S5_", 0);
	}
	for (length = 36 + 7 + 8; length < 36 + 7 + 13; length++) {
		setup(NULL);
		DSDT_BYTES(S5(0x0c, 1, 2, 3, 4));
		put32(DSDT + 4, length);
		expect("_S5_", 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(pm1a_control_gets_sleep_type_and_enable),
		TEST(rsdp_is_searched_for_in_the_bios_area),
		TEST(rsdp_is_searched_for_in_the_ebda),
		TEST(rsdp_with_a_wrong_checksum_is_none),
		TEST(xsdt_is_preferred_from_revision_2_on),
		TEST(pm1b_gets_its_own_sleep_type),
		TEST(sleep_types_come_in_every_encoding),
		TEST(s5_may_begin_at_the_root_and_have_a_long_package_length),
		TEST(mentions_of_s5_that_do_not_name_a_package_are_passed_over),
		TEST(x_pm1a_control_is_preferred),
		TEST(x_dsdt_is_preferred),
		TEST(reduced_hardware_has_a_sleep_control_register),
		TEST(missing_tables_are_named),
		TEST(lying_lengths_are_refused),
		TEST(a_dsdt_cut_anywhere_has_no_s5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
