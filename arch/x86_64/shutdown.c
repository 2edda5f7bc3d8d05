/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/io.h>
#include <arch/x86.h>
#include <ukaslr/acpi.h>
#include <ukaslr/machine.h>
#include <ukaslr/shutdown.h>

/* A port that nobody decodes reads as ones. */
#define PORT_ABSENT 0xff

void shutdown(int status)
{
	if (status & 0x7f && inb(DEBUG_EXIT) != PORT_ABSENT)
		outb(DEBUG_EXIT, (uint8_t)(status & 0x7f));
	if (!machine()->stopping) {
		machine()->stopping = true;
		acpi_power_off(machine()->rsdp);
	}
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
