/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <ukaslr/console.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include "lib/xen_host.h"

char __base_addr[1];
struct machine machine_early, machine_moved;

enum xen_call xen_host_detected;
xen_host_answer_t *xen_host_answer;

enum xen_call arch_xen_detect(void)
{
	return xen_host_detected;
}

#if PROTOCOL_XENPV
bool on_xenpv(void)
{
	return machine()->xen.call == XEN_SYSCALL;
}
#endif

int64_t xen_hypercall(uint32_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)d;
	return xen_host_answer ? xen_host_answer(call, a, b, c) : -ENOSYS;
}

void console_init(enum boot_uart uart, uintptr_t base)
{
	machine()->uart = uart;
	machine()->uart_base = base;
}
