/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * x86_64: the writes that switch the machine off
 */

#include <stdio.h>
#include <arch/io.h>
#include <ukaslr/acpi.h>
#include <ukaslr/physmem.h>

static void write_memory(const struct acpi_write *w)
{
	volatile void *reg = physmem_device(PADDR(w->address), w->width);

	if (!reg)
		return;
	if (w->width == sizeof(uint8_t))
		*(volatile uint8_t *)reg = (uint8_t)w->value;
	else
		*(volatile uint16_t *)reg = (uint16_t)w->value;
}

static void write_port(const struct acpi_write *w)
{
	if (w->width == sizeof(uint8_t))
		outb((uint16_t)w->address, (uint8_t)w->value);
	else
		outw((uint16_t)w->address, (uint16_t)w->value);
}

void acpi_power_off(paddr_t rsdp)
{
	struct acpi_power_off off;
	const char *err = acpi_find_power_off(rsdp, &off);
	uint32_t i;

	if (err) {
		printf("ukaslr: this machine cannot be switched off: %s\n", err);
		return;
	}
	for (i = 0; i < off.nr_writes; i++)
		if (off.write[i].space == ACPI_IO_PORT)
			write_port(&off.write[i]);
		else
			write_memory(&off.write[i]);
}
