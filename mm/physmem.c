/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * physmem() on a machine: an identity map that grows as it is used
 */
#include <errno.h>
#include <stddef.h>
#include <ukaslr/physmem.h>

#define STEP PT_LEVEL_SIZE(1)

/* In .data, as early code has no .bss. [start, end) is what the last call mapped. */
static struct {
	struct pagetable *pt;
	uint64_t start, end;
} window __attribute__((section(".data")));

void physmem_use(struct pagetable *pt)
{
	window.pt = pt;
	window.start = window.end = 0;
}

static void *map(paddr_t pa, uint64_t len, unsigned attr)
{
	uint64_t end = pa.pa + len, at;
	int rc;

	if (!len || end < pa.pa)
		return NULL;
	if (pa.pa >= window.start && end <= window.end)
		return (void *)(uintptr_t)pa.pa;
	for (at = pa.pa & -STEP; at < end; at += STEP) {
		rc = pt_map(window.pt, VADDR(at), PADDR(at), STEP, attr);
		if (rc && rc != -EEXIST)
			return NULL;
	}
	window.start = pa.pa & -STEP;
	window.end = at;
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
