/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm64 without a device tree: what ACPI says of the console and of PSCI
 *
 * Section numbers are those of ACPI 6.4; "Serial Port Console Redirection Table"
 * and "Debug Port Table 2" are Microsoft's.
 */

#include <stddef.h>
#include <string.h>
#include <ukaslr/acpi.h>
#include "../drivers/acpi_tables.h"

/* 5.2.9, up to what is needed; ACPI 5.1 was the first to have it */
struct fadt_arm {
	struct acpi_table header;
	char unused36[93];
	uint16_t arm_boot_arch;
} __attribute__((packed));

_Static_assert(offsetof(struct fadt_arm, arm_boot_arch) == 129, "table 5.9: ARM_BOOT_ARCH");

/* 5.2.9.4 */
#define PSCI_COMPLIANT (1u << 0)
#define PSCI_USE_HVC   (1u << 1)

struct spcr {
	struct acpi_table header;
	uint8_t interface;
	char unused37[3];
	struct acpi_gas base;
} __attribute__((packed));

/* Debug Port Table 2, table 3, serial ports */
#define SPCR_PL011	0x03
#define SPCR_SBSA_32BIT 0x0d
#define SPCR_SBSA	0x0e

static void find_psci(struct bootinfo *bi)
{
	const struct fadt_arm *f = (const void *)acpi_find_table(bi->rsdp.pa, ACPI_FADT);

	if (f && f->header.length >= sizeof(*f) && f->arm_boot_arch & PSCI_COMPLIANT)
		bi->psci = f->arm_boot_arch & PSCI_USE_HVC ? PSCI_HVC : PSCI_SMC;
}

static void find_console(struct bootinfo *bi)
{
	const struct spcr *s = (const void *)acpi_find_table(bi->rsdp.pa, ACPI_SPCR);

	if (!s || s->header.length < sizeof(*s) || s->base.space != ACPI_GAS_MEMORY ||
	    !s->base.address)
		return;
	if (s->interface != SPCR_PL011 && s->interface != SPCR_SBSA &&
	    s->interface != SPCR_SBSA_32BIT)
		return;
	bi->uart = PLATFORM_XEN && s->interface != SPCR_PL011 ? UART_SBSA : UART_PL011;
	bi->uart_base = PADDR(s->base.address);
	bi->uart_len = PAGE_SIZE;
}

void acpi_find_devices(struct bootinfo *bi)
{
	if (!acpi_is_rsdp(bi->rsdp.pa))
		return;
	find_psci(bi);
	find_console(bi);
}
