/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_HEAP_MACHINE_H
#define TESTS_HEAP_MACHINE_H

/*
 * A machine for the heap: memory, page tables, and a processor that obeys them
 *
 * Physical memory is a memfd: physical address = offset. The heap's window is
 * reserved address space without access. A touch faults; the handler does what a
 * processor does, walks the page tables, and puts exactly the page that they
 * name there. What the tables do not map stays a fault, which ends the test, or
 * jumps to who expects it.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>
#include <ukaslr/heap.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include "pt_model.h"
#include "../../mm/chunk.h"
#include "../../mm/heap_grow.h"

#define KIB		1024ull
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)

#define MACHINE_REGIONS 32

static struct machine {
	int memory; /* the memfd */
	struct pool pool;
	struct pagetable pt;
	uint64_t reserved, reserved_len; /* address space, the window is in it */
	vaddr_t window;
	uint64_t window_len;
	_Alignas(8) unsigned char regions[sizeof(struct ukplat_memregion_list) +
					  MACHINE_REGIONS * sizeof(struct ukplat_memregion_desc)];
	sigjmp_buf jump; /* where panic() and, if it is expected, a fault go */
	bool expecting;
	bool faulted;
	char message[128];
} machine;

static inline struct ukplat_memregion_list *machine_list(void)
{
	return (struct ukplat_memregion_list *)machine.regions;
}

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return machine_list();
}

_Noreturn void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(machine.message, sizeof(machine.message), fmt, args);
	va_end(args);
	if (!machine.expecting) {
		fprintf(stderr, "panic: %s\n", machine.message);
		abort();
	}
	siglongjmp(machine.jump, 1);
}

static void machine_fault(int sig, siginfo_t *info, void *context)
{
	uint64_t va = (uintptr_t)info->si_addr;
	unsigned level;
	pte_t attr;
	paddr_t pa;

	(void)context;
	if (va - machine.window.va < machine.window_len &&
	    !pt_translate(&machine.pt, VADDR(va), &pa, &attr, &level) && attr == PT_WRITE) {
		uint64_t mask = PT_LEVEL_SIZE(level) - 1;

		if (mmap((void *)(va & ~mask), mask + 1, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, machine.memory,
			 (off_t)(pa.pa & ~mask)) != MAP_FAILED)
			return;
	}
	if (machine.expecting) {
		machine.faulted = true;
		siglongjmp(machine.jump, 1);
	}
	signal(sig, SIG_DFL);
}

/* Calls f(arg); its panic message, or "fault", or NULL if nothing happened. */
static inline const char *panic_of(void (*f)(void *), void *arg)
{
	machine.expecting = true;
	machine.faulted = false;
	machine.message[0] = 0;
	if (!sigsetjmp(machine.jump, 1))
		f(arg);
	machine.expecting = false;
	if (machine.faulted)
		return "fault";
	return machine.message[0] ? machine.message : NULL;
}

static inline void machine_add_region(uint64_t pbase, uint64_t len, uint16_t type)
{
	struct ukplat_memregion_list *list = machine_list();

	if (list->count == MACHINE_REGIONS)
		abort();
	list->mrds[list->count++] = (struct ukplat_memregion_desc){
		.pbase = pbase,
		.vbase = pbase,
		.len = len,
		.pg_count = len / 4096,
		.type = type,
		.flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
	};
}

/* A machine without memory regions and with so many pages for tables, besides the root. */
static inline void machine_reset(unsigned table_pages)
{
	pool_init(&machine.pt, &machine.pool, 4096);
	machine.pool.nr = 1 + table_pages;
	/* As on machines where tables are written like any memory */
	machine.pt.ops.entries = NULL;
	machine.pt.table_offset = (uintptr_t)machine.pool.page - POOL_BASE;
	machine.pt.lower_half = true;
	ukplat_memregion_list_init(machine_list(), MACHINE_REGIONS);
}

/* Starts the heap over the regions, in a window that is only numbers: for heap_grow(). */
static inline void machine_start_untouched(uint64_t window)
{
	/* Pi's digits: by a number with a pattern some seals would be equal at some addresses */
	static const uint64_t secret[2] = {0x243f6a8885a308d3, 0x13198a2e03707344};

	uint64_t free_pages;

	machine.window = VADDR(window);
	machine.window_len = heap_window_len(machine_list(), &free_pages);
	heap_init(&machine.pt, machine.window, PADDR(0), secret);
}

/*
 * Starts the heap in a window that can be touched. It begins with a GiB: how many tables it
 * takes must not depend on where the host has room.
 */
static inline void machine_start(void)
{
	const struct ukplat_memregion_desc *last = &machine_list()->mrds[machine_list()->count - 1];
	uint64_t free_pages, len = heap_window_len(machine_list(), &free_pages) + GIB;
	struct sigaction on_fault = {.sa_sigaction = machine_fault,
				     .sa_flags = SA_SIGINFO | SA_NODEFER};
	void *p;

	sigaction(SIGSEGV, &on_fault, NULL);
	if (machine.reserved)
		munmap((void *)machine.reserved, machine.reserved_len);
	else
		machine.memory = memfd_create("physical memory", 0);
	p = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED || ftruncate(machine.memory, 0) ||
	    ftruncate(machine.memory,
		      (off_t)((last->pbase + last->len + 2 * MIB - 1) & ~(2 * MIB - 1))))
		abort();
	machine.reserved = (uintptr_t)p;
	machine.reserved_len = len;
	machine_start_untouched((machine.reserved + GIB - 1) & ~(GIB - 1));
}

static inline void free_region(uint64_t pbase, uint64_t len)
{
	machine_add_region(pbase, len, UKPLAT_MEMRT_FREE);
}

/* A heap of 8 MiB in one piece, at an odd place. */
static inline void one_region(void)
{
	machine_reset(100);
	free_region(MIB + 12 * KIB, 8 * MIB);
	machine_start();
}

#endif /* TESTS_HEAP_MACHINE_H */
