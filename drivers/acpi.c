/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the RSDP to the register and value of soft off
 *
 * Section numbers are those of ACPI 6.4.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <ukaslr/acpi.h>
#include <ukaslr/physmem.h>
#include "acpi_tables.h"

#define RSDP_STEP    16

/* 5.2.5.1: the segment of the extended BIOS data area, and the BIOS's own space */
#define EBDA_SEGMENT 0x40eu
#define EBDA_LENGTH  0x400u
#define BIOS_START   0xe0000u
#define BIOS_LENGTH  0x20000u

/* 5.2.9, what is needed of it. Older ones are shorter: what is not there reads as zero. */
struct fadt {
	struct acpi_table header;
	char unused36[4];
	uint32_t dsdt;
	char unused44[20];
	uint32_t pm1a_cnt;
	uint32_t pm1b_cnt;
	char unused72[40];
	uint32_t flags;
	char unused116[24];
	uint64_t x_dsdt;
	char unused148[24];
	struct acpi_gas x_pm1a_cnt;
	struct acpi_gas x_pm1b_cnt;
	char unused196[48];
	struct acpi_gas sleep_control;
} __attribute__((packed));

_Static_assert(offsetof(struct fadt, flags) == 112 && offsetof(struct fadt, x_dsdt) == 140 &&
		       offsetof(struct fadt, sleep_control) == 244,
	       "the FADT is laid out as table 5.9 says");

#define FADT_HW_REDUCED_ACPI (1u << 20)

/* 4.8.3.2.1, PM1 control: ACPI stays enabled, sleep type in bits 10 to 12 */
#define PM1_SCI_EN	     (1u << 0)
#define PM1_SLP_TYP_SHIFT    10
#define PM1_SLP_EN	     (1u << 13)

/* 4.8.3.7, sleep control: sleep type in bits 2 to 4 */
#define SLEEP_TYP_SHIFT	     2
#define SLEEP_EN	     (1u << 5)

#define SLP_TYP_MASK	     7u

/* 20.2, ACPI machine language */
#define AML_ZERO	     0x00
#define AML_ONE		     0x01
#define AML_NAME	     0x08
#define AML_BYTE_PREFIX	     0x0a
#define AML_DWORD_PREFIX     0x0c
#define AML_PACKAGE	     0x12
#define AML_ROOT_CHAR	     0x5c

/* Operator, length, number of elements */
#define AML_MIN_PACKAGE	     3

static uint64_t search(uint64_t start, uint64_t length)
{
	uint64_t at;

	for (at = start; at < start + length; at += RSDP_STEP)
		if (acpi_is_rsdp(at))
			return at;
	return 0;
}

/* Where the RSDP lies, or 0. */
static uint64_t find_rsdp(paddr_t hint)
{
	const uint8_t *segment;
	uint64_t pa = 0;

	if (acpi_is_rsdp(hint.pa))
		return hint.pa;
	segment = physmem(PADDR(EBDA_SEGMENT), sizeof(uint16_t));
	if (segment)
		pa = search((uint64_t)(segment[0] | segment[1] << 8) << 4, EBDA_LENGTH);
	return pa ? pa : search(BIOS_START, BIOS_LENGTH);
}

/*
 * 20.2.5.4: reads an integer of a package, of those encodings that name a sleep
 * type. Returns what follows it, or NULL.
 */
static const uint8_t *read_integer(const uint8_t *p, const uint8_t *end, uint32_t *value)
{
	uint32_t op, bytes, i;

	if (p == end)
		return NULL;
	op = *p++;
	*value = op == AML_ONE;
	if (op == AML_ZERO || op == AML_ONE)
		return p;
	if (op < AML_BYTE_PREFIX || op > AML_DWORD_PREFIX)
		return NULL;
	bytes = 1u << (op - AML_BYTE_PREFIX);
	if ((size_t)(end - p) < bytes)
		return NULL;
	for (i = 0; i < bytes; i++)
		*value |= (uint32_t)p[i] << 8 * i;
	return p + bytes;
}

/* Reads the package at p: its first two integers are the sleep types for PM1a and PM1b. */
static bool read_s5(const uint8_t *p, const uint8_t *end, uint32_t slp_typ[2])
{
	uint32_t nr;

	if (end - p < AML_MIN_PACKAGE || p[0] != AML_PACKAGE)
		return false;
	/* 20.2.4: the top two bits of a package length count the bytes that follow it. */
	p += 2 + (p[1] >> 6);
	if (p >= end)
		return false;
	nr = *p++;
	p = nr ? read_integer(p, end, &slp_typ[0]) : NULL;
	if (!p)
		return false;
	slp_typ[1] = slp_typ[0];
	return nr < 2 || read_integer(p, end, &slp_typ[1]);
}

/* Name (\_S5, Package ...) somewhere in the bytes of the DSDT, 20.2.5.1 */
static bool find_s5(const struct acpi_table *dsdt, uint32_t slp_typ[2])
{
	static const char name[4] = {'_', 'S', '5', '_'};
	const uint8_t *const start = (const uint8_t *)(dsdt + 1);
	const uint8_t *const end = (const uint8_t *)dsdt + dsdt->length;
	const uint8_t *p;

	for (p = start + 2; p < end && (size_t)(end - p) > sizeof(name); p++) {
		if (memcmp(p, name, sizeof(name)))
			continue;
		if (p[-1] != AML_NAME && !(p[-1] == AML_ROOT_CHAR && p[-2] == AML_NAME))
			continue;
		if (read_s5(p + sizeof(name), end, slp_typ))
			return true;
	}
	return false;
}

static uint32_t pm1_value(uint32_t slp_typ)
{
	return PM1_SCI_EN | (slp_typ & SLP_TYP_MASK) << PM1_SLP_TYP_SHIFT | PM1_SLP_EN;
}

/* The register is where the address structure says; without one, at the port of ACPI 1.0. */
static void add_write(struct acpi_power_off *off, const struct acpi_gas *gas, uint32_t legacy_port,
		      uint32_t width, uint32_t value)
{
	struct acpi_write *w = &off->write[off->nr_writes];

	w->space = ACPI_IO_PORT;
	w->address = legacy_port;
	if (gas->address && (gas->space == ACPI_GAS_IO || gas->space == ACPI_GAS_MEMORY)) {
		w->space = gas->space == ACPI_GAS_IO ? ACPI_IO_PORT : ACPI_MEMORY;
		w->address = gas->address;
	}
	w->width = width;
	w->value = value;
	if (w->address && (w->space == ACPI_MEMORY || w->address <= UINT16_MAX))
		off->nr_writes++;
}

const char *acpi_find_power_off(paddr_t rsdp, struct acpi_power_off *off)
{
	const struct acpi_table *t, *dsdt;
	uint32_t slp_typ[2];
	struct fadt f;
	uint64_t pa;

	off->nr_writes = 0;
	pa = find_rsdp(rsdp);
	if (!pa)
		return "acpi: there is no RSDP";
	t = acpi_find_table(pa, ACPI_FADT);
	if (!t)
		return "acpi: there is no FADT";
	memset(&f, 0, sizeof(f));
	memcpy(&f, t, t->length < sizeof(f) ? t->length : sizeof(f));
	dsdt = acpi_table_at(f.x_dsdt ? f.x_dsdt : f.dsdt, ACPI_DSDT);
	if (!dsdt)
		return "acpi: there is no DSDT";
	if (!find_s5(dsdt, slp_typ))
		return "acpi: the DSDT has no _S5_ package";

	if (f.flags & FADT_HW_REDUCED_ACPI) {
		add_write(off, &f.sleep_control, 0, 1,
			  (slp_typ[0] & SLP_TYP_MASK) << SLEEP_TYP_SHIFT | SLEEP_EN);
	} else {
		add_write(off, &f.x_pm1a_cnt, f.pm1a_cnt, 2, pm1_value(slp_typ[0]));
		add_write(off, &f.x_pm1b_cnt, f.pm1b_cnt, 2, pm1_value(slp_typ[1]));
	}
	return off->nr_writes ? NULL : "acpi: the FADT has no register to switch off with";
}
