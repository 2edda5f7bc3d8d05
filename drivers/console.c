/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/console.h>

/* In .data by force: .bss does not exist before the move. */
struct console console __attribute__((section(".data"))) = {UART_NONE, 0};

void console_init(enum boot_uart type, uintptr_t base)
{
	console.type = type;
	console.base = base;
#ifdef __x86_64__
	if (type == UART_NS16550)
		ns16550_init(base);
#else
	if (type == UART_PL011)
		pl011_init(base);
#endif
}

static void console_putc(char c)
{
#ifdef __x86_64__
	if (console.type == UART_NS16550)
		ns16550_putc(console.base, c);
#else
	if (console.type == UART_PL011)
		pl011_putc(console.base, c);
#endif
}

void console_write(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n')
			console_putc('\r');
		console_putc(s[i]);
	}
}
