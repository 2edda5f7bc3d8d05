/* SPDX-License-Identifier: BSD-3-Clause */
/* The RSDP is version 2, with an XSDT, as on every arm64 machine; table() and rsdp() are ACPI's. */
#include "acpi_fixture.h"

#define SPCR 0x230007u
#define UART 0x9000000u

static struct bootinfo *bi;

static void xsdt(uint64_t first, uint64_t second)
{
	table(ROOT, "XSDT", 36 + 16);
	put64(ROOT + 36, first);
	put64(ROOT + 44, second);
}

/* What QEMU's virt says of itself */
static int arm_setup(void **state)
{
	(void)state;
	machine_open(0);
	bi = fresh_bootinfo(BOOT_EFI);
	bi->rsdp = PADDR(RSDP);
	rsdp(RSDP, 2, 0, ROOT);
	xsdt(FADT, SPCR);
	table(FADT, "FACP", 276);
	put8(FADT + 129, 3); /* PSCI, by HVC */
	table(SPCR, "SPCR", 80);
	put8(SPCR + 36, 3); /* PL011 */
	put8(SPCR + 41, 32);
	put64(SPCR + 44, UART);
	return 0;
}

static void find(void)
{
	bi->psci = PSCI_NONE;
	bi->uart = UART_NONE;
	machine_seal();
	acpi_find_devices(bi);
	__asan_unpoison_memory_region(machine_at(0), MACHINE_SIZE);
}

static void console_and_psci_are_found(void **state)
{
	(void)state;
	find();
	assert_int_equal(bi->psci, PSCI_HVC);
	assert_int_equal(bi->uart, UART_PL011);
	assert_int_equal(bi->uart_base.pa, UART);
	assert_int_equal(bi->uart_len, PAGE_SIZE);
}

static void psci_may_be_called_by_smc_or_not_be_there(void **state)
{
	(void)state;
	put8(FADT + 129, 1);
	find();
	assert_int_equal(bi->psci, PSCI_SMC);
	put8(FADT + 129, 2);
	find();
	assert_int_equal(bi->psci, PSCI_NONE);
}

static void sbsas_part_of_a_pl011_is_a_console(void **state)
{
	(void)state;
	put8(SPCR + 36, 0x0e);
	find();
	assert_int_equal(bi->uart, UART_SBSA);
	put8(SPCR + 36, 0x0d);
	find();
	assert_int_equal(bi->uart, UART_SBSA);
}

static void a_console_of_another_kind_is_none(void **state)
{
	(void)state;
	put8(SPCR + 36, 0x12); /* 16550 */
	find();
	assert_int_equal(bi->uart, UART_NONE);
	put8(SPCR + 36, 3);
	put8(SPCR + 40, 1); /* at a port */
	find();
	assert_int_equal(bi->uart, UART_NONE);
	put8(SPCR + 40, 0);
	put64(SPCR + 44, 0); /* redirection is off */
	find();
	assert_int_equal(bi->uart, UART_NONE);
	assert_int_equal(bi->psci, PSCI_HVC);
}

static void tables_that_are_short_or_missing_say_nothing(void **state)
{
	(void)state;
	put32(FADT + 4, 130); /* ACPI 5.0 */
	put32(SPCR + 4, 51);
	find();
	assert_int_equal(bi->psci, PSCI_NONE);
	assert_int_equal(bi->uart, UART_NONE);
	put32(FADT + 4, UINT32_MAX);
	xsdt(FADT, 0x80000000);
	find();
	assert_int_equal(bi->psci, PSCI_NONE);
	assert_int_equal(bi->uart, UART_NONE);
	arm_setup(NULL);
	put8(RSDP, 'X');
	find();
	assert_int_equal(bi->psci, PSCI_NONE);
	bi->rsdp = PADDR(0);
	find();
	assert_int_equal(bi->psci, PSCI_NONE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, arm_setup)
	const struct CMUnitTest tests[] = {
		TEST(console_and_psci_are_found),
		TEST(psci_may_be_called_by_smc_or_not_be_there),
		TEST(sbsas_part_of_a_pl011_is_a_console),
		TEST(a_console_of_another_kind_is_none),
		TEST(tables_that_are_short_or_missing_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
