/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * physmem() on a machine: an identity map that grows as it is used
 */
#include <errno.h>
#include <stddef.h>
#include <arch/pte.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>

#define STEP PT_LEVEL_SIZE(1)

void physmem_use(struct pagetable *pt)
{
	struct machine *m = machine();

	m->identity = pt;
	m->row_start = m->row_end = 0;
	m->mapped_start = m->mapped_end = 0;
}

void physmem_row(pte_t *row, uint64_t start, uint64_t end)
{
	struct machine *m = machine();

	m->row = row;
	m->row_start = start;
	m->row_end = end;
}

/* Maps the 2 MiB at `at`, if they are not mapped yet. */
static bool map_step(struct machine *m, uint64_t at, unsigned attr)
{
	pte_t *entry;
	int rc;

	if (at >= m->row_start && at < m->row_end) {
		entry = m->row + ((at - m->row_start) >> PT_LEVEL_SHIFT(1));
		if (!pte_present(*entry)) {
			*(volatile pte_t *)entry = pte_leaf(PADDR(at), pte_flags(1, attr));
			pt_barrier();
		}
		return true;
	}
	rc = pt_map(m->identity, VADDR(at), PADDR(at), STEP, attr);
	return !rc || rc == -EEXIST;
}

static void *map(paddr_t pa, uint64_t len, unsigned attr)
{
	struct machine *m = machine();
	uint64_t end = pa.pa + len, at;

	if (!len || end < pa.pa)
		return NULL;
	if (pa.pa >= m->mapped_start && end <= m->mapped_end)
		return (void *)(uintptr_t)pa.pa;
	for (at = pa.pa & -STEP; at < end; at += STEP)
		if (!map_step(m, at, attr))
			return NULL;
	m->mapped_start = pa.pa & -STEP;
	m->mapped_end = at;
	return (void *)(uintptr_t)pa.pa;
}

void *physmem(paddr_t pa, uint64_t len)
{
	return map(pa, len, PT_WRITE);
}

void *physmem_device(paddr_t pa, uint64_t len)
{
	return map(pa, len, PT_WRITE | PT_DEVICE);
}
