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

/* By the row: one store for each 2 MiB that is not mapped yet. A device is never cached memory. */
static bool map_in_row(const struct machine *m, uint64_t first, uint64_t last, paddr_t start,
		       pte_t attr)
{
	pte_t leaf = pte_leaf(m->identity->levels, start, pte_flags(1, attr));
	pte_t *e = m->row + first, *const end = m->row + last;

	for (; e <= end; e++, leaf = pte_next(leaf, STEP)) {
		if (!pte_present(*e))
			*(volatile pte_t *)e = leaf;
		else if ((*e ^ leaf) & PT_DEVICE)
			break;
	}
	/* Also if only some were mapped: whoever asks for one of those later finds it present */
	pt_barrier();
	return e > end;
}

static bool map_in_tables(struct pagetable *pt, uint64_t at, uint64_t last, pte_t attr)
{
	for (;; at += STEP) {
		int rc = pt_map(pt, VADDR(at), PADDR(at), STEP, attr);

		if (rc && rc != -EEXIST)
			return false;
		if (last - at < STEP)
			return true;
	}
}

/* Kept out of the way of the usual call, which finds its 2 MiB mapped. */
static __attribute__((noinline)) void *map_slowly(const struct machine *m, paddr_t pa, uint64_t len,
						  pte_t attr)
{
	const uint64_t start = pa.pa & -STEP, last = pa.pa + len - 1;
	const uint64_t first_in_row = (start - m->row_start) / STEP;
	const uint64_t last_in_row = (last - m->row_start) / STEP;

	if (!len || last < pa.pa)
		return NULL;
	if (on_xenpv())
		return xenpv_reach(m->identity, pa, len);
	if (first_in_row < m->row_len && last_in_row < m->row_len) {
		if (!map_in_row(m, first_in_row, last_in_row, PADDR(start), attr))
			return NULL;
	} else if (!map_in_tables(m->identity, start, last, attr)) {
		return NULL;
	}
	return (void *)(uintptr_t)pa.pa;
}

static void *map(paddr_t pa, uint64_t len, pte_t attr)
{
	const struct machine *m = machine();
	const uint64_t i = (pa.pa - m->row_start) / STEP;

	if (len && i < m->row_len && (pa.pa + len - 1 - m->row_start) / STEP == i &&
	    pte_present(m->row[i]) && !((m->row[i] ^ pte_flags(1, attr)) & PT_DEVICE))
		return (void *)(uintptr_t)pa.pa;
	return map_slowly(m, pa, len, attr);
}

void *physmem(paddr_t pa, uint64_t len)
{
	return map(pa, len, PT_WRITE);
}

void *physmem_device(paddr_t pa, uint64_t len)
{
	return map(pa, len, PT_WRITE | PT_DEVICE);
}
