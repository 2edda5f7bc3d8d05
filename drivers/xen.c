/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Xen: what a guest asks of it in both phases
 */
#include <ukaslr/xen.h>

/* sched.h, struct sched_shutdown; event_channel.h, struct evtchn_send */
struct sched_shutdown {
	uint32_t reason;
};

struct evtchn_send {
	uint32_t port;
};

void xen_shutdown(enum xen_shutdown_reason reason)
{
	const struct sched_shutdown s = {.reason = reason};

	xen_hypercall(XEN_SCHED_OP, SCHEDOP_SHUTDOWN, (uintptr_t)&s, 0, 0);
}

void xen_notify(uint32_t port)
{
	const struct evtchn_send s = {.port = port};

	xen_hypercall(XEN_EVENT_CHANNEL_OP, EVTCHNOP_SEND, (uintptr_t)&s, 0, 0);
}

void xen_yield(void)
{
	xen_hypercall(XEN_SCHED_OP, SCHEDOP_YIELD, 0, 0, 0);
}
