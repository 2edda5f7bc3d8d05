/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DRIVERS_ACPI_TABLES_H
#define DRIVERS_ACPI_TABLES_H

/*
 * Finding ACPI's tables, through physmem()
 *
 * ACPI 6.4, 5.2. Tables are little endian and of any alignment, as are the
 * addresses in them. What is found is as long as it says itself, and can be read.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>

/* The four characters that a table begins with */
#define ACPI_SIGNATURE(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define ACPI_RSDT ACPI_SIGNATURE('R', 'S', 'D', 'T')
#define ACPI_XSDT ACPI_SIGNATURE('X', 'S', 'D', 'T')
#define ACPI_FADT ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define ACPI_DSDT ACPI_SIGNATURE('D', 'S', 'D', 'T')
#define ACPI_SPCR ACPI_SIGNATURE('S', 'P', 'C', 'R')

/* 5.2.6 */
struct acpi_table {
	uint32_t signature;
	uint32_t length;
	char unused[28];
} __attribute__((packed));

/* 5.2.3.2, generic address structure */
struct acpi_gas {
	uint8_t space;
	uint8_t bit_width;
	uint8_t bit_offset;
	uint8_t access_size;
	uint64_t address;
} __attribute__((packed));

#define ACPI_GAS_MEMORY 0
#define ACPI_GAS_IO	1

/* Is there a Root System Description Pointer (5.2.5)? */
bool acpi_is_rsdp(uint64_t pa);

/* The whole table at pa, if it has this signature and a length one can believe, else NULL. */
const struct acpi_table *acpi_table_at(uint64_t pa, uint32_t signature);

/* The first table of this signature that the pointer at rsdp leads to, else NULL */
const struct acpi_table *acpi_find_table(uint64_t rsdp, uint32_t signature);

#endif /* DRIVERS_ACPI_TABLES_H */
