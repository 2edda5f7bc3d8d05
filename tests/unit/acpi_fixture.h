/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_ACPI_FIXTURE_H
#define TESTS_ACPI_FIXTURE_H

/*
 * Firmware that leaves ACPI tables in a machine's memory
 */

#include "boot_fixture.h"
#include <ukaslr/acpi.h>

/* Where the tables lie: at odd addresses, as nobody promises better ones */
#define RSDP 0xf5a10u
#define ROOT 0x200101u
#define FADT 0x210203u
#define DSDT 0x220001u

static inline void put8(uint32_t pa, uint8_t value)
{
	machine_put(pa, &value, sizeof(value));
}

/* ACPI 6.4, 5.2.5.3 */
static inline void rsdp(uint32_t pa, uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
	unsigned char *p = machine_at(pa), sum = 0;
	int i;

	memcpy(p, "RSD PTR ", 8);
	p[15] = revision;
	put32(pa + 16, rsdt);
	put32(pa + 20, 36);
	put64(pa + 24, xsdt);
	p[8] = 0;
	for (i = 0; i < 20; i++)
		sum = (unsigned char)(sum + p[i]);
	p[8] = (unsigned char)-sum;
}

static inline void table(uint32_t pa, const char *signature, uint32_t length)
{
	machine_put(pa, signature, 4);
	put32(pa + 4, length);
}

static inline void rsdt(uint32_t first, uint32_t second)
{
	table(ROOT, "RSDT", 36 + 8);
	put32(ROOT + 36, first);
	put32(ROOT + 40, second);
}

static inline void fadt(uint32_t length, uint32_t pm1a, uint32_t pm1b)
{
	table(FADT, "FACP", length);
	put32(FADT + 40, DSDT);
	put32(FADT + 64, pm1a);
	put32(FADT + 68, pm1b);
}

static inline void gas(uint32_t offset, uint8_t space, uint64_t address)
{
	put8(FADT + offset, space);
	put64(FADT + offset + 4, address);
}

#define DSDT_BYTES(...)                                              \
	do {                                                         \
		static const unsigned char aml[] = {__VA_ARGS__};    \
		table(DSDT, "DSDT", 36 + 7 + (uint32_t)sizeof(aml)); \
		machine_put(DSDT + 36 + 7, aml, sizeof(aml));        \
	} while (0)

/* Name (_S5, Package (4) {...}) */
#define S5(...) 0x08, '_', 'S', '5', '_', 0x12, 2 + sizeof((char[]){__VA_ARGS__}), 4, __VA_ARGS__

/* What QEMU's pc has: RSDT, a FADT of ACPI 1.0, PM1a at 0x604, _S5 = {0, 0, 0, 0} */
static inline int setup(void **state)
{
	(void)state;
	machine_open(0);
	rsdp(RSDP, 0, ROOT, 0);
	rsdt(0x230000, FADT);
	table(0x230000, "APIC", 60);
	fadt(116, 0x604, 0);
	DSDT_BYTES(S5(0, 0, 0, 0));
	return 0;
}

#endif /* TESTS_ACPI_FIXTURE_H */
