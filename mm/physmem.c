/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * physmem() on a machine: an identity map that grows as it is used
 */
#include <errno.h>
#include <stddef.h>
#include <ukaslr/machine.h>
#include <ukaslr/physmem.h>

#define STEP PT_LEVEL_SIZE(1)

void physmem_use(struct pagetable *pt)
{
	struct machine *m = machine();

	m->identity = pt;
	m->mapped_start = m->mapped_end = 0;
	m->image_start = m->image_end = 0;
}

void physmem_mapped(uint64_t start, uint64_t end)
{
	machine()->image_start = start & -STEP;
	machine()->image_end = (end + STEP - 1) & -STEP;
}

static void *map(paddr_t pa, uint64_t len, unsigned attr)
{
	struct machine *m = machine();
	uint64_t end = pa.pa + len, at;
	int rc;

	if (!len || end < pa.pa)
		return NULL;
	if ((pa.pa >= m->mapped_start && end <= m->mapped_end) ||
	    (pa.pa >= m->image_start && end <= m->image_end))
		return (void *)(uintptr_t)pa.pa;
	for (at = pa.pa & -STEP; at < end; at += STEP) {
		rc = pt_map(m->identity, VADDR(at), PADDR(at), STEP, attr);
		if (rc && rc != -EEXIST)
			return NULL;
	}
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
