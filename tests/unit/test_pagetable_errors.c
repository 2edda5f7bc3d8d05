/* SPDX-License-Identifier: BSD-3-Clause */
/* Page tables: what is refused, what an error leaves, and the operations of the owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../lib/pt_fixture.h"

static void writable_and_executable_is_refused(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_WRITE | PT_EXEC), -EINVAL);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_DEVICE | PT_EXEC),
			 -EINVAL);
	assert_int_equal(pa_at(UPPER), ~0ull);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_EXEC), 0);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 4 * KIB, PT_WRITE | PT_EXEC), -EINVAL);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 4 * KIB, PT_DEVICE | PT_EXEC), -EINVAL);
}

static void ranges_that_make_no_sense_are_refused(void **state)
{
	static const struct {
		uint64_t va, pa, len;
	} bad[] = {
		{UPPER + 1, 0, 4 * KIB},
		{UPPER, 1, 4 * KIB},
		{UPPER, 0, 4 * KIB + 1},
		{UPPER, 0, 1},
		{0 - 8 * KIB, 0, 12 * KIB},	/* wraps around */
		{UPPER, 0 - 8 * KIB, 12 * KIB}, /* so does this */
		{UPPER, 1ull << 52, 4 * KIB},	/* more than an entry can hold */
		{UPPER, (1ull << 52) - 4 * KIB, 8 * KIB},
		{0x8000ull << 44, 0, 4 * KIB},	  /* in neither half */
		{0xfffe900000000000, 0, 4 * KIB}, /* nor this */
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
			pt_map(&pt, VADDR(bad[i].va), PADDR(bad[i].pa), bad[i].len, PT_READ),
			-EINVAL);
		if (bad[i].pa)
			continue;
		assert_int_equal(pt_unmap(&pt, VADDR(bad[i].va), bad[i].len), -EINVAL);
		assert_int_equal(pt_protect(&pt, VADDR(bad[i].va), bad[i].len, PT_READ), -EINVAL);
	}
	assert_int_equal(pool.used, 1);
	assert_int_equal(pt_translate(&pt, VADDR(0xfffe900000000000), &(paddr_t){0}, NULL, NULL),
			 -ENOENT);
}

static void an_empty_range_is_nothing_to_do(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 0, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 0), 0);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 0, PT_READ), 0);
	assert_int_equal(pool.used, 1);
}

static void no_range_holds_both_halves(void **state)
{
	const uint64_t start = 0x7fff00000000;

	(void)state;
	pt.lower_half = true;
	assert_int_equal(pt_map(&pt, VADDR(start), PADDR(0), 4096, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(start), UPPER - start), -EINVAL);
	assert_int_equal(pt_unmap(&pt, VADDR(start), 0 - PT_PAGE_SIZE), -EINVAL);
	assert_int_equal(pa_at(start), 0);
}

static void the_ends_of_each_half_can_be_mapped(void **state)
{
	(void)state;
	for (unsigned levels = 4; levels <= 5; levels++) {
		for (unsigned lower = 0; lower <= 1; lower++) {
			uint64_t span, first, last;

			setup(NULL);
			pt.levels = levels;
			pt.lower_half = lower;
#ifdef PTE_XD
			span = 1ull << (levels == 5 ? 56 : 47);
#else
			span = 1ull << (levels == 5 ? 52 : 48);
#endif
			first = lower ? 0 : 0 - span;
			last = lower ? span - 4 * KIB : 0 - 4 * KIB;
			assert_int_equal(pt_map(&pt, VADDR(first), PADDR(0x1000), 4096, PT_READ),
					 0);
			assert_int_equal(pt_map(&pt, VADDR(last), PADDR(0x2000), 4096, PT_READ), 0);
			assert_int_equal(pa_at(first), 0x1000);
			assert_int_equal(pa_at(last + 4095), 0x2fff);
			assert_int_equal(pool.used, 1 + 2 * (levels - 1));
			/* One page more on the outer or inner side is in neither half */
			assert_int_equal(pt_unmap(&pt, VADDR(first - 4096), 8192), -EINVAL);
			assert_int_equal(pt_unmap(&pt, VADDR(last), 8192), -EINVAL);
			assert_int_equal(pa_at(first), 0x1000);
			assert_int_equal(pa_at(last), 0x2000);
		}
	}
}

static void nothing_mapped_is_ever_overwritten(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 8 * KIB), PADDR(0x5000), 4096, PT_EXEC), 0);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * MIB, PT_WRITE), -EEXIST);
	assert_int_equal(pa_at(UPPER + 4 * KIB), 4 * KIB);
	assert_int_equal(pa_at(UPPER + 8 * KIB), 0x5000);
	assert_int_equal(pa_at(UPPER + 12 * KIB), ~0ull);
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 4 * MIB), PADDR(0), 2 * MIB, PT_WRITE), 0);
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 5 * MIB), PADDR(0), 4096, PT_WRITE), -EEXIST);
}

static void a_large_page_is_not_taken_apart(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 6 * MIB, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 3 * MIB), -EINVAL);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER + MIB), 3 * MIB), -EINVAL);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER + 4096), 4096, PT_WRITE), -EINVAL);
	for (uint64_t off = 0; off < 6 * MIB; off += 4096)
		assert_int_equal(pa_at(UPPER + off), off);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER + 2 * MIB), 2 * MIB), 0);
	assert_int_equal(pa_at(UPPER + 2 * MIB), ~0ull);
	assert_int_equal(pa_at(UPPER + 4 * MIB), 4 * MIB);
}

static void protect_stops_at_a_hole(void **state)
{
	pte_t attr;
	paddr_t pa;

	(void)state;
	pt_map(&pt, VADDR(UPPER), PADDR(0), 8 * KIB, PT_WRITE);
	pt_map(&pt, VADDR(UPPER + 12 * KIB), PADDR(0), 4 * KIB, PT_WRITE);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 16 * KIB, PT_READ), -ENOENT);
	pt_translate(&pt, VADDR(UPPER + 4 * KIB), &pa, &attr, NULL);
	assert_int_equal(attr, PT_READ);
	pt_translate(&pt, VADDR(UPPER + 12 * KIB), &pa, &attr, NULL);
	assert_int_equal(attr, PT_WRITE);
}

static void running_out_of_tables_is_enomem(void **state)
{
	(void)state;
	for (unsigned nr = 1; nr <= 4; nr++) {
		setup(NULL);
		pool.nr = nr;
		assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_READ),
				 nr < 4 ? -ENOMEM : 0);
	}
	/* The second table cannot be had: what the first one holds stays mapped */
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 4 * KIB), PADDR(0), 3 * MIB, PT_READ), -ENOMEM);
	assert_int_equal(pa_at(UPPER + 2 * MIB - 4 * KIB), 2 * MIB - 8 * KIB);
	assert_int_equal(pa_at(UPPER + 2 * MIB), ~0ull);
}

static int counted_write(struct pagetable *p, pte_t *entry, pte_t value)
{
	struct pool *q = p->owner;

	q->writes++;
	if (pte_present(value) && pte_paddr(p->levels, value).pa >= POOL_BASE &&
	    pte_paddr(p->levels, value).pa >= POOL_BASE + PT_PAGE_SIZE * (q->protected + 1))
		q->unprotected_write = true;
	*entry = value;
	return 0;
}

static int counted_protect(struct pagetable *p, paddr_t table)
{
	struct pool *q = p->owner;

	(void)table;
	q->protected ++;
	return 0;
}

static int failing_write(struct pagetable *p, pte_t *entry, pte_t value)
{
	(void)p;
	(void)entry;
	(void)value;
	return -EPERM;
}

static int failing_protect(struct pagetable *p, paddr_t table)
{
	(void)p;
	(void)table;
	return -EPERM;
}

static void every_entry_goes_through_the_operations(void **state)
{
	(void)state;
	pool.writes = pool.protected = 0;
	pool.unprotected_write = false;
	pt.ops.write = counted_write;
	pt.ops.protect = counted_protect;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0x1000), 12 * KIB, PT_READ), 0);
	assert_int_equal(pool.writes, 6);
	assert_int_equal(pool.protected, 3);
	assert_false(pool.unprotected_write);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 12 * KIB, PT_WRITE), 0);
	assert_int_equal(pool.writes, 9);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 16 * KIB), 0);
	assert_int_equal(pool.writes, 12);
}

static void an_error_of_an_operation_is_handed_on(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_READ), 0);
	pt.ops.write = failing_write;
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 4 * KIB), PADDR(0), 4 * KIB, PT_READ), -EPERM);
	assert_int_equal(pt_map(&pt, VADDR(UPPER + GIB), PADDR(0), 4 * KIB, PT_READ), -EPERM);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 4 * KIB), -EPERM);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 4 * KIB, PT_WRITE), -EPERM);
	pt.ops.write = NULL;
	pt.ops.protect = failing_protect;
	assert_int_equal(pt_map(&pt, VADDR(UPPER + GIB), PADDR(0), 4 * KIB, PT_READ), -EPERM);
	assert_int_equal(pa_at(UPPER), 0);
}

/* An allocator that maps its next page beside what is being mapped, once. */
static int reentrant_alloc(struct pagetable *p, paddr_t *table)
{
	if (!pool.writes++)
		assert_int_equal(pt_map(p, VADDR(UPPER + 8 * KIB), PADDR(0x7000), 4096, PT_WRITE),
				 0);
	return pool_alloc(p, table);
}

static void an_allocation_may_map_into_the_same_tree(void **state)
{
	(void)state;
	pool.writes = 0;
	pt.ops.alloc = reentrant_alloc;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0x1000), 4096, PT_READ), 0);
	assert_int_equal(pa_at(UPPER), 0x1000);
	assert_int_equal(pa_at(UPPER + 8 * KIB), 0x7000);
}

/* Then the table is not new, and what is in it stays. */
static void what_an_allocation_maps_is_not_overwritten(void **state)
{
	(void)state;
	pool.writes = 0;
	pt.ops.alloc = reentrant_alloc;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0x1000), 16 * KIB, PT_READ), -EEXIST);
	assert_int_equal(pa_at(UPPER + 4 * KIB), 0x2000);
	assert_int_equal(pa_at(UPPER + 8 * KIB), 0x7000);
	assert_int_equal(pa_at(UPPER + 12 * KIB), ~0ull);
}

static void tables_are_reached_at_an_offset_as_well(void **state)
{
	(void)state;
	pt.ops.entries = NULL;
	pt.table_offset = (uintptr_t)pool.page - POOL_BASE;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0x1000), 4096, PT_READ), 0);
	pt.ops.entries = pool_entries;
	assert_int_equal(pa_at(UPPER), 0x1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(writable_and_executable_is_refused, setup),
		cmocka_unit_test_setup(ranges_that_make_no_sense_are_refused, setup),
		cmocka_unit_test_setup(an_empty_range_is_nothing_to_do, setup),
		cmocka_unit_test_setup(no_range_holds_both_halves, setup),
		cmocka_unit_test_setup(the_ends_of_each_half_can_be_mapped, setup),
		cmocka_unit_test_setup(nothing_mapped_is_ever_overwritten, setup),
		cmocka_unit_test_setup(a_large_page_is_not_taken_apart, setup),
		cmocka_unit_test_setup(protect_stops_at_a_hole, setup),
		cmocka_unit_test_setup(running_out_of_tables_is_enomem, setup),
		cmocka_unit_test_setup(every_entry_goes_through_the_operations, setup),
		cmocka_unit_test_setup(an_error_of_an_operation_is_handed_on, setup),
		cmocka_unit_test_setup(an_allocation_may_map_into_the_same_tree, setup),
		cmocka_unit_test_setup(what_an_allocation_maps_is_not_overwritten, setup),
		cmocka_unit_test_setup(tables_are_reached_at_an_offset_as_well, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
