/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_XENPV_HYPERVISOR_H
#define TESTS_XENPV_HYPERVISOR_H

/*
 * A hypervisor that keeps a PV domain's page tables, played by the test
 *
 * After each request all trees that it knows are looked at anew, by rules that are
 * Xen's (xen/include/public/xen.h): a page is a table of one level, or may be mapped
 * writable, never both; tables lead to the domain's own frames; there are no large
 * pages. What breaks a rule is refused, and nothing has changed.
 *
 * The domain's memory is mapped at MEMORY, where virtual is physical, and from
 * WINDOW_FRAME on at WINDOW again, for a pool's window. Frames of the machine are in runs of four,
 * in disorder.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <arch/pte.h>
#include <arch/xenpv.h>
#include <ukaslr/machine.h>
#include <ukaslr/panic.h>
#include <ukaslr/physmem.h>
#include <ukaslr/xenpv.h>
#include "lib/xen_host.h"

#define MEMORY	     0x20000000ull     /* below what the address sanitizer has */
#define WINDOW	     0x200000000000ull /* above it */
#define NR	     512u	       /* frames, a whole table of leaves */
#define WINDOW_FRAME 64u
#define FIRST_PFN    (MEMORY / PT_PAGE_SIZE)
#define FIRST_MFN    0x1000u
#define MFN(i)	     (FIRST_MFN + ((i) ^ 4u))
#define PTE_US	     (1ull << 2) /* which Xen adds: the domain is in ring 3 */

/* xen.h: what the low bits of an update ask for */
#define NORMAL	     0u
#define MACHPHYS     1u
#define PRESERVE_AD  2u
#define KIND_MASK    7u

static uint64_t p2m[FIRST_PFN + NR], m2p[FIRST_MFN + NR];

static struct {
	uint64_t base;	 /* the frame in CR3 */
	bool pinned[NR]; /* by frame of the machine, as below */
	unsigned level[NR], writable[NR];
	unsigned calls; /* of mmu_update */
	unsigned flushes;
} xen;

static bool owned(uint64_t mfn)
{
	return mfn >= FIRST_MFN && mfn < FIRST_MFN + NR;
}

static pte_t *table_at(uint64_t mfn)
{
	return (pte_t *)(uintptr_t)(m2p[mfn] * PT_PAGE_SIZE);
}

static bool visit(uint64_t mfn, unsigned level)
{
	unsigned i;

	if (!owned(mfn) || (xen.level[mfn - FIRST_MFN] && xen.level[mfn - FIRST_MFN] != level))
		return false;
	if (xen.level[mfn - FIRST_MFN])
		return true;
	xen.level[mfn - FIRST_MFN] = level;
	for (i = 0; i < PT_ENTRIES; i++) {
		const pte_t pte = table_at(mfn)[i];
		const uint64_t to = (pte & PTE_ADDR) / PT_PAGE_SIZE;

		if (!(pte & PTE_P))
			continue;
		if (level > 1 ? pte & PTE_PS || !visit(to, level - 1) : !owned(to))
			return false;
		if (level == 1 && pte & PTE_RW)
			xen.writable[to - FIRST_MFN]++;
	}
	return true;
}

/* Does all that it knows keep to the rules? */
static bool all_is_well(void)
{
	unsigned i;

	memset(xen.level, 0, sizeof(xen.level));
	memset(xen.writable, 0, sizeof(xen.writable));
	for (i = 0; i < NR; i++)
		if ((xen.pinned[i] || FIRST_MFN + i == xen.base) && !visit(FIRST_MFN + i, 4))
			return false;
	for (i = 0; i < NR; i++)
		if (xen.level[i] && xen.writable[i])
			return false;
	return true;
}

static int64_t write_one(pte_t *entry, pte_t value)
{
	const pte_t old = *entry;

	*entry = value & PTE_P ? value | PTE_US : value;
	if (all_is_well())
		return 0;
	*entry = old;
	assert_true(all_is_well());
	return -EINVAL;
}

static int64_t mmu_update(const struct xen_mmu_update *u, uint64_t nr)
{
	int64_t err = 0;

	xen.calls++;
	assert_in_range(nr, 1, XENPV_QUEUE);
	for (; nr-- && !err; u++) {
		const uint64_t mfn = u->ptr / PT_PAGE_SIZE;

		if ((u->ptr & KIND_MASK) != NORMAL || !owned(mfn) || !xen.level[mfn - FIRST_MFN])
			return -EINVAL;
		err = write_one(table_at(mfn) + u->ptr % PT_PAGE_SIZE / sizeof(pte_t), u->val);
	}
	return err;
}

/* The entry of the current tree that decides about va; NULL without a table for it */
static pte_t *entry_of(uint64_t va)
{
	pte_t *entry = NULL;
	uint64_t mfn = xen.base;
	unsigned level = 4;

	for (; level--; mfn = (*entry & PTE_ADDR) / PT_PAGE_SIZE) {
		if (entry && !(*entry & PTE_P))
			return NULL;
		entry = table_at(mfn) + (va >> PT_LEVEL_SHIFT(level)) % PT_ENTRIES;
	}
	return entry;
}

static int64_t mmuext(const struct mmuext_op *op, uint64_t nr)
{
	for (; nr--; op++) {
		bool *pinned;

		if (op->cmd == MMUEXT_FLUSH_LOCAL) {
			xen.flushes++;
			continue;
		}
		if (!owned(op->frame))
			return -EINVAL;
		pinned = &xen.pinned[op->frame - FIRST_MFN];
		if (*pinned != (op->cmd == MMUEXT_UNPIN))
			return -EINVAL;
		*pinned = op->cmd == MMUEXT_PIN_L4;
		if (!all_is_well()) {
			*pinned = !*pinned;
			assert_true(all_is_well());
			return -EINVAL;
		}
	}
	return 0;
}

static int64_t answer(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	switch (call) {
	case XEN_MMU_UPDATE:
		return mmu_update((const struct xen_mmu_update *)(uintptr_t)a, b);
	case XEN_UPDATE_VA_MAPPING:
		assert_int_equal(c, UVMF_INVLPG_LOCAL);
		return entry_of(a) ? write_one(entry_of(a), b) : -EINVAL;
	case XEN_MMUEXT_OP:
		return mmuext((const struct mmuext_op *)(uintptr_t)a, b);
	}
	fail();
	return -ENOSYS;
}

static void map_frames_at(int file, uint64_t va, unsigned first)
{
	void *want = (void *)(uintptr_t)va;

	assert_ptr_equal(mmap(want, (NR - first) * PT_PAGE_SIZE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_FIXED_NOREPLACE, file,
			      (off_t)(first * PT_PAGE_SIZE)),
			 want);
}

/* Once: the machine */
static int make_machine(void **state)
{
	const int file = memfd_create("domain", 0);
	unsigned i;

	(void)state;
	assert_int_equal(ftruncate(file, NR * PT_PAGE_SIZE), 0);
	map_frames_at(file, MEMORY, 0);
	map_frames_at(file, WINDOW, WINDOW_FRAME);
	close(file);
	memset(p2m, 0xff, sizeof(p2m));
	for (i = 0; i < NR; i++) {
		p2m[FIRST_PFN + i] = MFN(i);
		m2p[MFN(i)] = FIRST_PFN + i;
	}
	return 0;
}

/* The first tables, in the first frames: all memory where it is, but for the tables writable */
#define FIRST_TABLES 4u

static void start_domain(void)
{
	pte_t *entries = (pte_t *)(uintptr_t)MEMORY;
	unsigned i, level;

	memset(entries, 0, NR * PT_PAGE_SIZE);
	for (i = 0, level = 3; level; i++, level--, entries += PT_ENTRIES)
		entries[(MEMORY >> PT_LEVEL_SHIFT(level)) % PT_ENTRIES] =
			MFN(i + 1) * PT_PAGE_SIZE | PTE_P | PTE_RW | PTE_A | PTE_US;
	for (i = 0; i < NR; i++)
		entries[i] = MFN(i) * PT_PAGE_SIZE | PTE_US |
			     pte_flags(0, i < FIRST_TABLES ? PT_READ : PT_WRITE);
	memset(&xen, 0, sizeof(xen));
	xen.base = MFN(0);
	xen.pinned[MFN(0) - FIRST_MFN] = true;
	assert_true(all_is_well());
	xen_host_answer = answer;
	memset(&machine_early, 0, sizeof(machine_early));
	machine_early.xen.call = XEN_SYSCALL;
	machine_early.xen.p2m = p2m;
	machine_early.xen.m2p = m2p;
	machine_early.xen.nr_frames = FIRST_PFN + NR;
	machine_early.xen.mapped_end = MEMORY + NR * PT_PAGE_SIZE;
}

/* What the code under test needs besides */
static jmp_buf panicked;
static bool may_panic;

_Noreturn void panic(const char *fmt, ...)
{
	if (!may_panic)
		fail_msg("panic: %s", fmt);
	longjmp(panicked, 1);
}

void xenpv_set_traps(void)
{
}

#endif /* TESTS_XENPV_HYPERVISOR_H */
