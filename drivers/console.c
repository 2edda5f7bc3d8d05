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

/*
 * Registers that are mapped are so only when there is something to say. An exception may
 * interrupt this; its report begins anew.
 */
static __attribute__((noinline)) void open(struct machine *m)
{
	/* Something went wrong before the loader was understood: say it where one might listen. */
	if (m->uart == UART_NONE && !m->console_known)
		arch_fallback_console();
	if (m->uart == UART_NONE)
		return;
#ifdef __x86_64__
	ns16550_init(m->uart_base);
#else
	if (m != &machine_early) {
		arch_map_console(m);
	} else if (!physmem_device(PADDR(m->uart_base), 1)) {
		m->uart = UART_NONE;
		return;
	}
	if (m->uart == UART_PL011)
		pl011_init(m->uart_base);
#endif
	m->uart_open = true;
}

static void console_putc(const struct machine *m, char c)
{
#ifdef __x86_64__
	ns16550_putc(m->uart_base, c);
#else
	pl011_putc(m->uart_base, c);
#endif
}

void console_write(const char *s, size_t len)
{
	struct machine *m = machine();

	if (!m->uart_open)
		open(m);
	if (m->uart == UART_NONE)
		return;
	if (PLATFORM_XEN && m->uart >= UART_XEN_RING) {
		xencons_write(s, len);
		return;
	}
	for (const char *const end = s + len; s < end; s++) {
		if (*s == '\n')
			console_putc(m, '\r');
		console_putc(m, *s);
	}
}
