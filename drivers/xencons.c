/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen's consoles: a ring in a page that is shared with the toolstack (io/console.h),
 * and, for the hardware domain, Xen's own console by hypercall (console_io)
 */
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include <ukaslr/xen.h>

/*
 * How much is in the ring that was not read yet. The other end may write anything
 * to the page: more than there is room for means that the indices make no sense.
 */
static uint32_t unread(const struct xencons_ring *ring, uint32_t prod)
{
	return prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
}

/* False if nobody sane is at the other end. */
static bool wait_for_room(const struct xencons_ring *ring, uint32_t prod, uint32_t port)
{
	while (unread(ring, prod) == XENCONS_OUT_SIZE) {
		xen_notify(port);
		xen_yield();
	}
	return unread(ring, prod) < XENCONS_OUT_SIZE;
}

static bool ring_putc(struct xencons_ring *ring, uint32_t port, char c)
{
	const uint32_t prod = __atomic_load_n(&ring->out_prod, __ATOMIC_RELAXED);

	if (!wait_for_room(ring, prod, port))
		return false;
	ring->out[prod % XENCONS_OUT_SIZE] = c;
	__atomic_store_n(&ring->out_prod, prod + 1, __ATOMIC_RELEASE);
	return true;
}

static bool ring_write(struct xencons_ring *ring, uint32_t port, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((s[i] == '\n' && !ring_putc(ring, port, '\r')) || !ring_putc(ring, port, s[i]))
			return false;
	xen_notify(port);
	return true;
}

/* Xen adds what its console's lines end in itself. */
void xencons_write(const char *s, size_t len)
{
	struct machine *m = machine();

	if (m->uart == UART_XEN_IO) {
		xen_hypercall(XEN_CONSOLE_IO, CONSOLEIO_WRITE, len, (uintptr_t)s, 0);
		return;
	}
	if (ring_write((struct xencons_ring *)m->uart_base, m->xen.console_port, s, len))
		return;
	/* There is no other console to say so on; the rest of the boot is silent. */
	m->uart = UART_NONE;
	m->console_known = true;
}
