/* SPDX-License-Identifier: BSD-3-Clause */
/* Page tables: physical addresses of 52 bits, and where arm64 has 48 only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../lib/pt_fixture.h"

#define TIB (1024 * GIB)
#define PIB (1024 * TIB)

static int setup_wide(void **state)
{
	setup(state);
	pt.levels = 5;
	pt.max_leaf = 2;
	return 0;
}

/* The address in an entry of 5 levels, as the manuals have it. */
static uint64_t address_in(pte_t pte)
{
#ifdef PTE_XD /* x86_64: 51:12 in place */
	return pte & 0xffffffffff000;
#else /* arm64 with TCR_EL1.DS = 1: 49:12 in place, 51:50 in 9:8 */
	return (pte & 0x3fffffffff000) | (pte & 0x300) << 42;
#endif
}

static pte_t attr_at(uint64_t va)
{
	pte_t attr;
	paddr_t pa;

	assert_int_equal(pt_translate(&pt, VADDR(va), &pa, &attr, NULL), 0);
	return attr;
}

static void check_address(uint64_t pa, unsigned level)
{
	static const pte_t attrs[] = {PT_WRITE, PT_EXEC, PT_DEVICE | PT_WRITE, PT_READ};
	const uint64_t size = PT_LEVEL_SIZE(level);

	setup_wide(NULL);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(pa), size, PT_READ), 0);
	for (unsigned i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
		assert_int_equal(pa_at(UPPER + size - 1), pa + size - 1);
		assert_int_equal(pt_protect(&pt, VADDR(UPPER), size, attrs[i]), 0);
		assert_int_equal(attr_at(UPPER), attrs[i]);
		assert_int_equal(level_at(UPPER), level);
		assert_int_equal(pa_at(UPPER), pa);
	}
}

static void every_address_bit_is_kept_by_map_and_protect(void **state)
{
	(void)state;
	for (unsigned level = 0; level <= 2; level++)
		for (uint64_t bit = PT_LEVEL_SIZE(level); bit < 4 * PIB; bit <<= 1) {
			check_address(bit, level);
			check_address(4 * PIB - bit, level);
		}
}

struct visited {
	uint64_t va, pa;
	pte_t attr;
};

static int is_next(void *arg, vaddr_t va, pte_t pte, unsigned level)
{
	struct visited *v = arg;

	assert_int_equal(va.va, v->va);
	assert_int_equal(address_in(pte), v->pa);
	assert_int_equal(pte_attr(pte), v->attr);
	v->va += PT_LEVEL_SIZE(level);
	v->pa += PT_LEVEL_SIZE(level);
	return 0;
}

static int plain_write(struct pagetable *p, pte_t *entry, pte_t value)
{
	(void)p;
	*entry = value;
	return 0;
}

/* Neighbours in one table whose addresses differ in the highest bits. */
static void one_run_goes_across_the_highest_address_bits(void **state)
{
	(void)state;
	for (unsigned level = 0; level <= 2; level++)
		for (uint64_t edge = 256 * TIB; edge < 4 * PIB; edge += 256 * TIB)
			for (int by_operation = 0; by_operation <= 1; by_operation++) {
				const uint64_t len = 4 * PT_LEVEL_SIZE(level), pa = edge - len / 2;
				struct visited v = {UPPER, pa, PT_WRITE};

				setup_wide(NULL);
				pt.ops.write = by_operation ? plain_write : NULL;
				assert_int_equal(
					pt_map(&pt, VADDR(UPPER), PADDR(pa), len, PT_WRITE), 0);
				assert_int_equal(pt_walk(&pt, is_next, &v), 0);
				assert_int_equal(v.pa, pa + len);
				assert_int_equal(pt_protect(&pt, VADDR(UPPER), len, PT_READ), 0);
				v = (struct visited){UPPER, pa, PT_READ};
				assert_int_equal(pt_walk(&pt, is_next, &v), 0);
				assert_int_equal(pa_at(UPPER + len - 1), pa + len - 1);
			}
}

/* The pool's pages, as tables in the last of the physical addresses. */
#define TABLES_UP (4 * PIB - TIB)

static int alloc_far_up(struct pagetable *p, paddr_t *table)
{
	int err = pool_alloc(p, table);

	table->pa += TABLES_UP;
	return err;
}

static pte_t *entries_far_up(struct pagetable *p, paddr_t table)
{
	return pool_entries(p, PADDR(table.pa - TABLES_UP));
}

static void tables_may_be_anywhere(void **state)
{
	struct visited v = {UPPER, 0x5000, PT_EXEC};

	(void)state;
	pt.root.pa += TABLES_UP;
	pt.ops.alloc = alloc_far_up;
	pt.ops.entries = entries_far_up;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0x5000), 8 * KIB, PT_EXEC), 0);
	assert_int_equal(pt_walk(&pt, is_next, &v), 0);
	assert_int_equal(pa_at(UPPER + 4 * KIB), 0x6000);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 8 * KIB), 0);
	assert_int_equal(pa_at(UPPER), ~0ull);
}

static void what_an_entry_cannot_hold_is_refused(void **state)
{
	(void)state;
	for (pt.levels = 4; pt.levels <= 5; pt.levels++) {
#ifdef PTE_XD
		const uint64_t limit = 4 * PIB;
#else
		const uint64_t limit = pt.levels == 5 ? 4 * PIB : 256 * TIB;
#endif

		for (uint64_t pa = limit; pa; pa <<= 1)
			assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(pa), 4 * KIB, PT_READ),
					 -EINVAL);
		assert_int_equal(
			pt_map(&pt, VADDR(UPPER), PADDR(limit - 4 * KIB), 8 * KIB, PT_READ),
			-EINVAL);
		assert_int_equal(pool.used, 1);
		assert_int_equal(pa_at(UPPER), ~0ull);
	}
}

static void the_last_page_of_memory_can_be_mapped_with_four_levels(void **state)
{
#ifdef PTE_XD
	const uint64_t last = 4 * PIB - 4 * KIB;
#else
	const uint64_t last = 256 * TIB - 4 * KIB;
#endif

	(void)state;
	pt.levels = 4;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(last - 4 * KIB), 8 * KIB, PT_READ), 0);
	assert_int_equal(pa_at(UPPER), last - 4 * KIB);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), 8 * KIB, PT_WRITE), 0);
	assert_int_equal(pa_at(UPPER + 8 * KIB - 1), last + 4 * KIB - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_address_bit_is_kept_by_map_and_protect, setup_wide),
		cmocka_unit_test_setup(one_run_goes_across_the_highest_address_bits, setup_wide),
		cmocka_unit_test_setup(tables_may_be_anywhere, setup_wide),
		cmocka_unit_test_setup(what_an_entry_cannot_hold_is_refused, setup_wide),
		cmocka_unit_test_setup(the_last_page_of_memory_can_be_mapped_with_four_levels,
				       setup_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
