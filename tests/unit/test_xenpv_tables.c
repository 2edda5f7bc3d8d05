/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables that Xen keeps: the operations of arch/x86_64/xenpv_tables.c, and how
 * xenpv_early.c shows a tree to Xen
 */
#define _GNU_SOURCE
#include <ukaslr/xenpv_start.h>
#include "xenpv_trees.h"

static void a_tree_is_memory_until_it_is_shown(void **state)
{
	(void)state;
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(256), 21 * PAGE, PT_EXEC), 0);
	assert_int_equal(xen.calls, 0);
	xen.base = pt.root.pa / PAGE; /* to look, only */
	check_mapped(256, 21, PT_EXEC);
}

static void a_shown_tree_has_read_only_tables(void **state)
{
	uint32_t i;

	(void)state;
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(256), 21 * PAGE, PT_WRITE), 0);
	jump();
	check_mapped(256, 21, PT_WRITE);
	assert_true(xen.pinned[pt.root.pa / PAGE - FIRST_MFN]);
	assert_false(xen.pinned[early.root.pa / PAGE - FIRST_MFN]);
	for (i = 0; i < pool.run.used; i++) {
		assert_int_not_equal(xen.level[MFN(FINAL_POOL + i) - FIRST_MFN], 0);
		assert_int_equal(pte_attr(*entry_of(MEMORY + (FINAL_POOL + i) * PAGE)), PT_READ);
	}
	/* The old root is memory again, if it is mapped so */
	assert_int_equal(xen.level[MFN(0) - FIRST_MFN], 0);
}

static void a_tree_that_maps_its_tables_writable_is_no_tree(void **state)
{
	(void)state;
	map_window(PT_WRITE);
	may_panic = true;
	if (!setjmp(panicked)) {
		xenpv_publish(&pt, &early);
		fail();
	}
	assert_false(xen.pinned[pt.root.pa / PAGE - FIRST_MFN]);
}

static void leaves_go_by_many_and_follow_the_machine(void **state)
{
	(void)state;
	arrive();
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(256), PAGE, PT_WRITE), 0);
	xen.calls = 0;
	assert_int_equal(map_memory(&pt, VADDR(AT(1)), PHYS(257), 70 * PAGE, PT_WRITE), 0);
	check_mapped(256, 71, PT_WRITE);
	assert_int_equal(xen.calls, (70 + XENPV_QUEUE - 1) / XENPV_QUEUE);
	assert_false(machine()->xen.mapping);
	assert_int_equal(machine()->xen.queued, 0);
}

/* In 512 GiB each, so that each takes three tables, and the window must grow */
static void the_window_grows_as_tables_are_used_up(void **state)
{
	uint64_t i;

	(void)state;
	arrive();
	for (i = 0; pool.mapped < POOL_PAGES; i++)
		assert_int_equal(
			map_memory(&pt, VADDR(UPPER + (i << 39)), PHYS(256 + i), PAGE, PT_WRITE),
			0);
	assert_true(i > 5);
	while (i-- > 0)
		assert_int_equal(mapped_to(UPPER + (i << 39)), MFN(256 + i));
	for (i = 0; i < POOL_PAGES; i++) {
		assert_int_equal(mapped_to(WINDOW + i * PAGE), MFN(FINAL_POOL + i));
		assert_int_equal(pte_attr(*entry_of(WINDOW + i * PAGE)),
				 i < pool.run.used ? PT_READ : PT_WRITE);
	}
}

static void without_a_page_there_is_no_table(void **state)
{
	uint64_t i;
	int err = 0;

	(void)state;
	arrive();
	for (i = 0; !err; i++)
		err = map_memory(&pt, VADDR(UPPER + (i << 39)), PHYS(256), PAGE, PT_READ);
	assert_int_equal(err, -ENOMEM);
	assert_int_equal(pool.run.used, POOL_PAGES);
	assert_true(all_is_well());
}

static void pages_are_unmapped_and_protected(void **state)
{
	(void)state;
	arrive();
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(256), 9 * PAGE, PT_WRITE), 0);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 8 * PAGE, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(AT(8)), PAGE), 0);
	check_mapped(256, 8, PT_READ);
}

static void tables_cannot_be_mapped_writable(void **state)
{
	(void)state;
	arrive();
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(FINAL_POOL + 1), PAGE, PT_WRITE),
			 -EINVAL);
	assert_int_equal(mapped_to(UPPER), 0);
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(FINAL_POOL + 1), PAGE, PT_READ), 0);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), PAGE, PT_WRITE), -EINVAL);
	check_mapped(FINAL_POOL + 1, 1, PT_READ);
}

static void what_is_no_memory_is_not_mapped(void **state)
{
	(void)state;
	arrive();
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PADDR(0), PAGE, PT_READ), -EINVAL);
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(NR - 1), 2 * PAGE, PT_READ), -EINVAL);
	check_mapped(NR - 1, 1, PT_READ);
}

static void what_is_no_whole_page_is_not_mapped(void **state)
{
	const paddr_t page = PHYS(300);

	(void)state;
	arrive();
	assert_int_equal(map_memory(&pt, VADDR(UPPER), paddr_add(page, 8), PAGE, 0), -EINVAL);
	assert_int_equal(map_memory(&pt, VADDR(UPPER), page, PAGE + 8, 0), -EINVAL);
	assert_int_equal(map_memory(&pt, VADDR(UPPER + 8), page, PAGE, 0), -EINVAL);
	assert_int_equal(mapped_to(UPPER), 0);
}

static void early_code_reaches_what_is_not_mapped(void **state)
{
	const uint64_t first = MEMORY + 300 * PAGE, len = 60 * PAGE;

	(void)state;
	assert_ptr_equal(xenpv_reach(&early, PADDR(first), len), (void *)first);
	assert_int_equal(xen.calls, 0); /* below the end of what Xen mapped */
	assert_int_equal(pt_unmap(&early, VADDR(first), 20 * PAGE), 0);
	assert_int_equal(pt_unmap(&early, VADDR(first + 25 * PAGE), 35 * PAGE), 0);
	machine()->xen.mapped_end = first;
	assert_ptr_equal(xenpv_reach(&early, PADDR(first + 7), len - 8), (void *)(first + 7));
	for (uint64_t i = 0; i < 60; i++)
		assert_int_equal(mapped_to(first + i * PAGE), MFN(300 + i));
	assert_null(xenpv_reach(&early, PADDR(MEMORY + NR * PAGE), 8));
	assert_null(xenpv_reach(&early, PADDR(-8ull), 8));
}

static void at_last_the_early_map_is_dropped(void **state)
{
	(void)state;
	jump();
	assert_int_equal(mapped_to(MEMORY), MFN(0));
	xenpv_drop_early(&pt);
	assert_null(entry_of(MEMORY));
	assert_int_equal(xen.flushes, 1);
	/* Xen's tables are memory again. */
	assert_int_equal(map_memory(&pt, VADDR(UPPER), PHYS(0), FIRST_TABLES * PAGE, PT_WRITE), 0);
}

/* A fault is reported before the console is known: by hypercall, as there is no UART to set up */
static void from_its_start_on_a_domain_can_speak(void **state)
{
	static const struct xenpv_start_info info; /* bad, too */

	(void)state;
	xenpv_start(&early_pool, &early, PADDR((uintptr_t)&info));
	assert_int_equal(machine()->uart, UART_XEN_IO);
	assert_true(machine()->uart_open);
}

/* The stand-in itself */
static void it_refuses_what_xen_refuses(void **state)
{
	const struct mmuext_op unpin = {MMUEXT_UNPIN, MFN(20), 0};
	struct xen_mmu_update u = {MFN(3) * PAGE + 8 * 9, MFN(9) * PAGE | PTE_P | PTE_RW};

	(void)state;
	assert_int_equal(mmu_update(&u, 1), 0);
	u.ptr |= MACHPHYS;
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.ptr ^= MACHPHYS | PRESERVE_AD;
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.ptr ^= PRESERVE_AD;
	u.val = MFN(2) * PAGE | PTE_P | PTE_RW; /* a table */
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.val = (FIRST_MFN + NR) * PAGE | PTE_P; /* of another domain */
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.ptr = MFN(20) * PAGE; /* not a table */
	u.val = 0;
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.ptr = MFN(2) * PAGE; /* would be a table, but is mapped writable */
	u.val = MFN(20) * PAGE | PTE_P;
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	u.val |= PTE_PS;
	assert_int_equal(mmu_update(&u, 1), -EINVAL);
	assert_int_equal(mmuext(&unpin, 1), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(it_refuses_what_xen_refuses),
		TEST(a_tree_is_memory_until_it_is_shown),
		TEST(a_shown_tree_has_read_only_tables),
		TEST(a_tree_that_maps_its_tables_writable_is_no_tree),
		TEST(leaves_go_by_many_and_follow_the_machine),
		TEST(the_window_grows_as_tables_are_used_up),
		TEST(without_a_page_there_is_no_table),
		TEST(pages_are_unmapped_and_protected),
		TEST(tables_cannot_be_mapped_writable),
		TEST(what_is_no_memory_is_not_mapped),
		TEST(what_is_no_whole_page_is_not_mapped),
		TEST(early_code_reaches_what_is_not_mapped),
		TEST(at_last_the_early_map_is_dropped),
		TEST(from_its_start_on_a_domain_can_speak),
	};

	return cmocka_run_group_tests(tests, make_machine, NULL);
}
