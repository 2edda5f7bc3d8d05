/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_CONSOLE_H
#define UKASLR_CONSOLE_H

/*
 * The serial console, the same for early code and normal boot
 *
 * Nothing here waits on a timer; writing waits for room in the transmitter.
 */

#include <stddef.h>
#include <stdint.h>
#include <ukaslr/bootinfo.h>

/*
 * Selects the device, at an I/O port (UART_NS16550) or an address (uart_is_mapped()):
 * virtual, which is physical as well in the early phase. When something is first
 * written it is made ready to send: 8 data bits, no parity, 1 stop bit.
 */
void console_init(enum boot_uart uart, uintptr_t base);

/* Sends the bytes; a newline goes out as carriage return and newline. */
void console_write(const char *s, size_t len);

/* The drivers, for console.c */
void ns16550_init(uintptr_t port);
void ns16550_putc(uintptr_t port, char c);
void pl011_init(uintptr_t base);
void pl011_putc(uintptr_t base, char c);
void xencons_write(const char *s, size_t len);

#endif /* UKASLR_CONSOLE_H */
