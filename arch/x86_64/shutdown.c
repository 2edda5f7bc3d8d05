/* SPDX-License-Identifier: BSD-3-Clause */
#include <arch/io.h>
#include <arch/trap.h>
#include <arch/x86.h>
#include <ukaslr/acpi.h>
#include <ukaslr/machine.h>
#include <ukaslr/shutdown.h>

/* A port that nobody decodes reads as ones. */
#define PORT_ABSENT	 0xff

/* Reset control register of the PC's chipsets (Intel ICH9 data sheet, 13.7.5): RST_CPU, SYS_RST */
#define RESET_CONTROL	 0xcf9
#define RESET_HARD	 0x06

/* Keyboard controller (8042): pulse the reset line */
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET	 0xfe

void shutdown(int status)
{
	if (on_xen())
		xen_shutdown(status ? XEN_CRASH : XEN_POWEROFF);
	if (status & 0x7f && inb(DEBUG_EXIT) != PORT_ABSENT)
		outb(DEBUG_EXIT, (uint8_t)(status & 0x7f));
	if (!machine()->stopping) {
		machine()->stopping = true;
		acpi_power_off(machine()->rsdp);
	}
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

/* Machines that have neither register start anew when a fault cannot even be reported. */
void restart(void)
{
	const struct table_register none = {.limit = 0};

	if (on_xen())
		xen_shutdown(XEN_REBOOT);
	outb(RESET_CONTROL, RESET_HARD);
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	__asm__ volatile("lidt %0\n\tud2" : : "m"(none));
	__builtin_unreachable();
}
