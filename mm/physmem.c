/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * physmem() on a machine: an identity map that grows as it is used
 */
#include <errno.h>
#include <stddef.h>
#include <arch/pte.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv.h>

#define STEP PT_LEVEL_SIZE(1)

/* Kept out of the way of the usual call, which is about what the row has. */
static __attribute__((noinline)) void *map_in_tables(paddr_t pa, uint64_t len, pte_t attr)
{
	struct pagetable *pt = machine()->identity;
	const uint64_t last = pa.pa + len - 1;
	uint64_t at = pa.pa & -STEP;

	if (last < pa.pa || !len)
		return NULL;
	if (on_xenpv())
		return xenpv_reach(pt, pa, len);
	for (;; at += STEP) {
		int rc = pt_map(pt, VADDR(at), PADDR(at), STEP, attr);

		if (rc && rc != -EEXIST)
			return NULL;
		if (last - at < STEP)
			return (void *)(uintptr_t)pa.pa;
	}
}

/* By the row: one store for each 2 MiB that is not mapped yet. A device is never cached memory. */
static void *map(paddr_t pa, uint64_t len, pte_t attr)
{
	const struct machine *m = machine();
	const uint64_t first = pa.pa - m->row_start, last = pa.pa + len - 1 - m->row_start;
	const uint64_t end = last / STEP;
	uint64_t i = first / STEP;

	/* An empty range and one that wraps around are not within the row either */
	if (last < first || end >= m->row_len)
		return map_in_tables(pa, len, attr);
	do {
		const pte_t pte = m->row[i];

		if (!pte_present(pte)) {
			*(volatile pte_t *)&m->row[i] =
				pte_leaf(m->identity->levels, PADDR(m->row_start + i * STEP),
					 pte_flags(1, attr));
			pt_barrier();
		} else if ((pte ^ pte_flags(1, attr)) & PT_DEVICE) {
			return NULL;
		}
	} while (++i <= end);
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
