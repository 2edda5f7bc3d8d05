/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_MACHINE_H
#define UKASLR_MACHINE_H

/*
 * State of code that serves both phases
 *
 * The console, the fault reporter, physmem() and shutdown() work from the first
 * C statement to the last, but before the move the image's .data must stay
 * pristine and its .bss does not exist yet. So their state exists twice: in the
 * early part, and in the moved image's .bss, to which early code hands a copy.
 * Which one is current shows in the address: early code runs in the lower half,
 * the moved image in the upper half.
 */

#include <stdbool.h>
#include <stdint.h>
#include <arch/layout.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/image.h>
#include <ukaslr/pagetable.h>
#include <ukaslr/table_pool.h>

struct machine {
	/* drivers/console.c: I/O port (UART_NS16550) or virtual address (uart_is_mapped()) */
	enum boot_uart uart;
	bool uart_open; /* it is mapped, and ready to send */
	uint64_t uart_base;
#if ARCH_CONSOLE_ON_USE
	/* normal boot: the physical page that will be mapped at uart_base, with these tables */
	paddr_t uart_page;
	struct table_pool uart_tables;
#endif
	/* the loader has been understood: from here on no console means no console */
	bool console_known;
	/* shutdown(): it has begun; a fault on the way must not begin it again */
	bool stopping;
	enum boot_psci psci; /* arm64 */
#if PLATFORM_XEN
	struct xen_machine xen;
#endif
	paddr_t rsdp; /* x86_64: 0 means search for it */
	/* lib/trap.c: a fault is being reported; the stack's end, and how far it may grow */
	bool reporting;
	uint64_t stack_end, stack_len;
	/*
	 * mm/physmem.c: the tables that the identity map grows in: the early ones, and once
	 * more the final ones when the machine is on its way down (x86_64, ACPI)
	 */
	struct pagetable *identity;
	/* Of the early ones, entries that lie in a row: most of a boot is mapped by one store */
	pte_t *row;
	uint64_t row_start; /* what the first entry maps, a multiple of 2 MiB */
	uint64_t row_len;   /* entries; 0: there is no row */
};

extern struct machine machine_early, machine_moved;

static inline struct machine *machine(void)
{
	return (int64_t)IMAGE_ADDR(__base_addr) < 0 ? &machine_moved : &machine_early;
}

/* Is this a guest of Xen? Never, in images without what its guests need. */
static inline bool on_xen(void)
{
#if PLATFORM_XEN
	return machine()->xen.call != XEN_NONE;
#else
	return false;
#endif
}

/* Is it one whose page tables Xen keeps (ukaslr/xenpv.h)? */
#if PROTOCOL_XENPV
#include <arch/ring.h>
#else
static inline bool on_xenpv(void)
{
	return false;
}
#endif

#endif /* UKASLR_MACHINE_H */
