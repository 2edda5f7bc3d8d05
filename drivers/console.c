/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/arch.h>
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>

void console_init(enum boot_uart uart, uintptr_t base)
{
	machine()->uart = uart;
	machine()->uart_base = base;
	machine()->uart_open = uart >= UART_XEN_RING;
}

/* The early phase maps the registers only when there is something to say; normal boot has them. */
static __attribute__((noinline)) void open(struct machine *m)
{
	m->uart_open = true;
#ifdef __x86_64__
	if (m->uart == UART_NS16550)
		ns16550_init(m->uart_base);
#else
	if (m == &machine_early && !physmem_device(PADDR(m->uart_base), 1))
		m->uart = UART_NONE;
	if (m->uart == UART_PL011)
		pl011_init(m->uart_base);
#endif
}

static void console_putc(const struct machine *m, char c)
{
#ifdef __x86_64__
	if (m->uart == UART_NS16550)
		ns16550_putc(m->uart_base, c);
#else
	if (m->uart == UART_PL011 || (PLATFORM_XEN && m->uart == UART_SBSA))
		pl011_putc(m->uart_base, c);
#endif
}

void console_write(const char *s, size_t len)
{
	struct machine *m = machine();

	/* Something went wrong before the loader was understood: say it where one might listen. */
	if (m->uart == UART_NONE && !m->console_known)
		arch_fallback_console();
	if (PLATFORM_XEN && m->uart >= UART_XEN_RING) {
		xencons_write(s, len);
		return;
	}
	if (!m->uart_open)
		open(m);
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n')
			console_putc(m, '\r');
		console_putc(m, s[i]);
	}
}
