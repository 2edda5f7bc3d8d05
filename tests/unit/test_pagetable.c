/* SPDX-License-Identifier: BSD-3-Clause */
/* Page tables: encodings by the manuals, the tree, and the size of pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../lib/pt_fixture.h"

/* Bit for bit what the manuals' tables say, written out once more by hand. */
static void entries_have_the_bits_of_the_manual(void **state)
{
	(void)state;
#ifdef PTE_XD /* x86_64: P 0, RW 1, PWT 3, PCD 4, A 5, D 6, PS 7, XD 63 */
	assert_int_equal(pte_table(PADDR(0x5000)), 0x5023);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_READ)), 0x8000000000005061);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_WRITE)), 0x8000000000005063);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_EXEC)), 0x5061);
	assert_int_equal(pte_leaf(4, PADDR(0x200000), pte_flags(1, PT_EXEC)), 0x2000e1);
	assert_int_equal(pte_leaf(4, PADDR(0x40000000), pte_flags(2, PT_WRITE)),
			 0x80000000400000e3);
	assert_int_equal(pte_leaf(4, PADDR(0xfe000000), pte_flags(0, PT_WRITE | PT_DEVICE)),
			 0x80000000fe00007b);
#else /* arm64: valid 0, type 1, AttrIndx 4:2, AP 7:6, SH 9:8, AF 10, PXN 53, UXN 54 */
	assert_int_equal(pte_table(PADDR(0x5000)), 0x5003);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_READ)), 0x60000000005783);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_WRITE)), 0x60000000005703);
	assert_int_equal(pte_leaf(4, PADDR(0x5000), pte_flags(0, PT_EXEC)), 0x40000000005783);
	assert_int_equal(pte_leaf(4, PADDR(0x200000), pte_flags(1, PT_EXEC)), 0x40000000200781);
	assert_int_equal(pte_leaf(4, PADDR(0x40000000), pte_flags(2, PT_WRITE)), 0x60000040000701);
	assert_int_equal(pte_leaf(4, PADDR(0xfe000000), pte_flags(0, PT_WRITE | PT_DEVICE)),
			 0x600000fe000707);
	assert_int_equal(MAIR_EL1_VALUE, 0x00ff);
	/* 5 levels, TCR_EL1.DS = 1: bits 9:8 are address bits 51:50 */
	assert_int_equal(pte_table(PADDR(0xb000000005000)), 0x3000000005203);
	assert_int_equal(pte_leaf(5, PADDR(0x5000), pte_flags(0, PT_READ)), 0x60000000005483);
	assert_int_equal(pte_leaf(5, PADDR(0xf000000200000), pte_flags(1, PT_EXEC)),
			 0x43000000200781);
#endif
	assert_false(pte_present(0));
}

static void attributes_survive_the_encoding(void **state)
{
	static const pte_t attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE, PT_DEVICE | PT_WRITE};

	(void)state;
	for (unsigned level = 0; level <= 2; level++)
		for (unsigned i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
			pte_t pte = pte_leaf(4, PADDR(5 * GIB), pte_flags(level, attrs[i]));

			assert_true(pte_present(pte));
			assert_true(pte_is_leaf(pte, level));
			assert_int_equal(pte_attr(pte), attrs[i]);
			assert_int_equal(pte_paddr(4, pte).pa, 5 * GIB);
			if (level)
				assert_false(pte_is_leaf(pte_table(PADDR(0x5000)), level));
		}
}

static void the_tree_is_what_a_table_walk_expects(void **state)
{
	const uint64_t va = UPPER | 3ull << 39 | 5ull << 30 | 7ull << 21 | 9ull << 12;
	static const unsigned index[] = {0x120 + 3, 5, 7, 9};
	paddr_t table = pt.root;

	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(va), PADDR(0xabc000), 4096, PT_EXEC), 0);
	for (int i = 0; i < 3; i++) {
		pte_t pte = pool_entries(&pt, table)[index[i]];

		assert_int_equal(pte, pte_table(pte_paddr(4, pte)));
		table = pte_paddr(4, pte);
	}
	assert_int_equal(pool_entries(&pt, table)[9],
			 pte_leaf(4, PADDR(0xabc000), pte_flags(0, PT_EXEC)));
	assert_int_equal(pool.used, 4);
}

static void large_pages_are_used_where_they_fit(void **state)
{
	(void)state;
	pt.max_leaf = 2;
	/* 4 KiB below a 2 MiB boundary, 2 MiB to a 1 GiB boundary, 1 GiB, and down again */
	uint64_t va = UPPER + GIB - 2 * MIB - 4 * KIB, pa = 7 * GIB - 2 * MIB - 4 * KIB;
	uint64_t len = 4 * KIB + 2 * MIB + GIB + 4 * MIB + 8 * KIB;

	assert_int_equal(pt_map(&pt, VADDR(va), PADDR(pa), len, PT_WRITE), 0);
	assert_int_equal(level_at(va), 0);
	assert_int_equal(level_at(va + 4 * KIB), 1);
	assert_int_equal(level_at(va + 4 * KIB + 2 * MIB), 2);
	assert_int_equal(level_at(va + len - 8 * KIB - 1), 1);
	assert_int_equal(level_at(va + len - 1), 0);
	for (uint64_t off = 0; off < len; off += 4 * KIB)
		assert_int_equal(pa_at(va + off), pa + off);
	assert_int_equal(pa_at(va - 1), ~0ull);
	assert_int_equal(pa_at(va + len), ~0ull);
}

static void max_leaf_bounds_the_page_size(void **state)
{
	(void)state;
	for (unsigned max = 0; max <= 2; max++) {
		setup(NULL);
		pt.max_leaf = max;
		assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), GIB, PT_READ), 0);
		assert_int_equal(level_at(UPPER), max);
		assert_int_equal(pool.used, max == 2 ? 2 : max == 1 ? 3 : 3 + 512);
	}
}

static void pages_that_are_not_congruent_stay_small(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(4 * KIB), 4 * MIB, PT_READ), 0);
	assert_int_equal(level_at(UPPER + 2 * MIB), 0);
}

static void an_empty_table_is_filled_with_small_pages(void **state)
{
	(void)state;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * KIB, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 4 * KIB), 0);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 4 * MIB, PT_READ), 0);
	assert_int_equal(level_at(UPPER), 0);
	assert_int_equal(level_at(UPPER + 2 * MIB), 1);
}

/* The last page of the address space, and each end of a half, with both tree depths. */
static int collect(void *arg, vaddr_t va, pte_t pte, unsigned level)
{
	uint64_t **out = arg;

	(void)pte;
	(void)level;
	*(*out)++ = va.va;
	return 0;
}

static int stop_at_second(void *arg, vaddr_t va, pte_t pte, unsigned level)
{
	int *count = arg;

	(void)va;
	(void)pte;
	(void)level;
	return ++*count == 2 ? 42 : 0;
}

static void walk_visits_leaves_in_order_and_stops_when_told(void **state)
{
	static const uint64_t vas[] = {0xffff800000000000, 0xffff8000001ff000, UPPER,
				       UPPER + 512 * GIB,  0 - 2 * MIB,	       0 - 4 * KIB};
	uint64_t seen[16], *end = seen;
	int count = 0;

	(void)state;
	for (int i = 5; i >= 0; i--)
		assert_int_equal(pt_map(&pt, VADDR(vas[i]), PADDR(0), 4096, PT_READ), 0);
	assert_int_equal(pt_walk(&pt, collect, &end), 0);
	assert_int_equal(end - seen, 6);
	assert_memory_equal(seen, vas, sizeof(vas));
	assert_int_equal(pt_walk(&pt, stop_at_second, &count), 42);
	assert_int_equal(count, 2);
}

static unsigned editing, edits;

static void count_edit(bool begin)
{
	assert_int_equal(editing, begin ? 0 : 1);
	editing = begin;
	edits += begin;
}

/* A table is only written while it is edited, which ends with each call, whatever it answers. */
static void edits_begin_and_end_once_a_call(void **state)
{
	(void)state;
	editing = edits = 0;
	pt.ops.edit = count_edit;
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), GIB, PT_WRITE), 0);
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), MIB, PT_WRITE), -EEXIST);
	assert_int_equal(pt_protect(&pt, VADDR(UPPER), GIB, PT_READ), 0);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), 4 * KIB), -EINVAL);
	assert_int_equal(pt_unmap(&pt, VADDR(UPPER), GIB), 0);
	assert_int_equal(edits, 5);
	assert_int_equal(editing, 0);
	/* Nothing to do, or nothing that may be done: no edit */
	assert_int_equal(pt_map(&pt, VADDR(UPPER), PADDR(0), 0, PT_WRITE), 0);
	assert_int_equal(pt_map(&pt, VADDR(UPPER + 1), PADDR(0), MIB, PT_WRITE), -EINVAL);
	assert_int_equal(edits, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(entries_have_the_bits_of_the_manual, setup),
		cmocka_unit_test_setup(attributes_survive_the_encoding, setup),
		cmocka_unit_test_setup(the_tree_is_what_a_table_walk_expects, setup),
		cmocka_unit_test_setup(large_pages_are_used_where_they_fit, setup),
		cmocka_unit_test_setup(max_leaf_bounds_the_page_size, setup),
		cmocka_unit_test_setup(pages_that_are_not_congruent_stay_small, setup),
		cmocka_unit_test_setup(an_empty_table_is_filled_with_small_pages, setup),
		cmocka_unit_test_setup(walk_visits_leaves_in_order_and_stops_when_told, setup),
		cmocka_unit_test_setup(edits_begin_and_end_once_a_call, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
