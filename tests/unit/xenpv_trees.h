/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_XENPV_TREES_H
#define TESTS_XENPV_TREES_H

/* Both trees of a PV domain's boot, for each test anew, and what the hypervisor sees in them */

#include "xenpv_hypervisor.h"

#define PAGE	   PT_PAGE_SIZE
#define EARLY_POOL FIRST_TABLES /* frames, from the first on */
#define FINAL_POOL WINDOW_FRAME
#define POOL_PAGES 96u
#define MAPPED	   40u
#define UPPER	   0xffffa00000000000ull
#define PHYS(i)	   PADDR(MEMORY + (i)*PAGE)
#define AT(i)	   (UPPER + (i)*PAGE)

static struct table_pool early_pool, pool;
static struct pagetable early, pt;

static inline struct table_pool pool_of(uint64_t frame, uint32_t nr)
{
	return (struct table_pool){.run.pa = PHYS(frame),
				   .va = (uint8_t *)(uintptr_t)PHYS(frame).pa,
				   .nr = nr,
				   .mapped = nr};
}

/* The tree that Xen made, and one of the domain's own that nobody has seen yet */
static inline int setup(void **state)
{
	(void)state;
	start_domain();
	may_panic = false;
	early_pool = pool_of(EARLY_POOL, 32);
	early = (struct pagetable){.levels = 4, .root = PADDR(MFN(0) * PAGE)};
	assert_int_equal(table_pool_attach(&early_pool, &early), 0);
	pool = pool_of(FINAL_POOL, POOL_PAGES);
	pt = (struct pagetable){.levels = 4};
	assert_int_equal(table_pool_attach(&pool, &pt), 0);
	return 0;
}

/* The window on the final tables, as boot/layout_map.c maps it */
static inline void map_window(pte_t attr)
{
	const uint32_t last = MAPPED - 1;
	uint32_t done = 0, n;

	assert_int_equal(map_memory(&pt, VADDR(WINDOW + last * PAGE), PHYS(FINAL_POOL + last), PAGE,
				    PT_WRITE),
			 0);
	for (; done < pool.run.used; done = n) {
		n = pool.run.used;
		assert_int_equal(map_memory(&pt, VADDR(WINDOW + done * PAGE),
					    PHYS(FINAL_POOL + done), (n - done) * PAGE, attr),
				 0);
	}
	assert_int_equal(map_memory(&pt, VADDR(WINDOW + done * PAGE), PHYS(FINAL_POOL + done),
				    (last - done) * PAGE, PT_WRITE),
			 0);
}

/* The jump: CR3 is written, and the tree is in use at its window. */
static inline void jump(void)
{
	map_window(PT_READ);
	xenpv_publish(&pt, &early);
	xen.base = pt.root.pa / PAGE;
	assert_true(all_is_well());
	pool.va = (uint8_t *)(uintptr_t)WINDOW;
	pool.mapped = MAPPED;
	pool.window_attr = PT_WRITE;
	assert_int_equal(table_pool_attach(&pool, &pt), 0);
}

/* And what normal boot does first */
static inline void arrive(void)
{
	jump();
	xenpv_drop_early(&pt);
}

/* By the stand-in's own eyes */
static inline uint64_t mapped_to(uint64_t va)
{
	const pte_t *entry = entry_of(va);

	return entry && *entry & PTE_P ? (*entry & PTE_ADDR) / PAGE : 0;
}

static inline void check_mapped(uint64_t frame, unsigned nr, pte_t attr)
{
	unsigned i;

	for (i = 0; i < nr; i++) {
		assert_int_equal(mapped_to(AT(i)), MFN(frame + i));
		assert_int_equal(pte_attr(*entry_of(AT(i))), attr);
	}
	assert_int_equal(mapped_to(AT(nr)), 0);
}

#endif /* TESTS_XENPV_TREES_H */
