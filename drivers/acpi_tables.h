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

/* 5.2.6 */
struct acpi_table {
	char signature[4];
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
const struct acpi_table *acpi_table_at(uint64_t pa, const char *signature);

/* The first table of this signature that the pointer at rsdp leads to, else NULL */
const struct acpi_table *acpi_find_table(uint64_t rsdp, const char *signature);

#endif /* DRIVERS_ACPI_TABLES_H */
