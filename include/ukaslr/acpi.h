/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_ACPI_H
#define UKASLR_ACPI_H

/*
 * Switching a PC off, and what there is on an arm64 machine without a device tree
 *
 * ACPI 6.4. Firmware leaves tables in memory that say which register ends it
 * all: PM1 control (4.8.3.2.1), or the sleep control register of a machine with
 * reduced hardware (4.8.3.7), and which value stands for soft off, the package
 * \_S5 in the DSDT (7.4.2). The DSDT is a program; it is not run, \_S5 is looked
 * for in its bytes. Tables are read through physmem() and are not believed:
 * whatever is wrong with them gives a message.
 */

#include <stdint.h>
#include <ukaslr/bootinfo.h>

struct acpi_power_off {
	/* Do these in order; most machines have one. */
	uint32_t nr_writes;
	struct acpi_write {
		enum { ACPI_IO_PORT = 1, ACPI_MEMORY } space;
		uint32_t width; /* bytes: 1 or 2 */
		uint64_t address;
		uint32_t value;
	} write[2];
};

/*
 * Finds out what to write where. rsdp is where the Root System Description
 * Pointer lies; 0, or a place where there is none: it is searched for where
 * 5.2.5.1 says. Returns NULL, or what was wrong, and *off is then undefined.
 */
const char *acpi_find_power_off(paddr_t rsdp, struct acpi_power_off *off);

/*
 * Does it (x86_64, drivers/acpi_power_off.c). Returns if the tables do not say
 * how, or if the machine is still there.
 */
void acpi_power_off(paddr_t rsdp);

/*
 * arm64, when there is no device tree (boot/acpi_devices.c): the console of the SPCR
 * if it is a PL011 or SBSA's part of one, and how the FADT says that PSCI is
 * called. Tables that are missing or damaged say nothing, then bi stays as it is.
 */
void acpi_find_devices(struct bootinfo *bi);

#endif /* UKASLR_ACPI_H */
