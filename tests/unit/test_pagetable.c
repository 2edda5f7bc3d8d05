/* SPDX-License-Identifier: BSD-3-Clause */
/* Page tables: encodings by the manuals, the contract of each function, and a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arch/pte.h>
#include "../lib/pt_model.h"

#define KIB   1024ull
#define MIB   (1024 * KIB)
#define GIB   (1024 * MIB)

#define UPPER 0xffff900000000000ull /* in the upper half of both architectures */

static struct pool pool;
static struct pagetable pt;

static int setup(void **state)
{
	(void)state;
	pool_init(&pt, &pool, 2400);
	return 0;
}

static unsigned level_at(uint64_t va)
{
	unsigned level;
	paddr_t pa;

	assert_int_equal(pt_translate(&pt, VADDR(va), &pa, NULL, &level), 0);
	return level;
}

static uint64_t pa_at(uint64_t va)
{
	paddr_t pa;

	return pt_translate(&pt, VADDR(va), &pa, NULL, NULL) ? ~0ull : pa.pa;
}

/* Bit for bit what the manuals' tables say, written out once more by hand. */
static void entries_have_the_bits_of_the_manual(void **state)
{
	(void)state;
#ifdef PTE_XD /* x86_64: P 0, RW 1, PWT 3, PCD 4, A 5, D 6, PS 7, XD 63 */
	assert_int_equal(pte_table(PADDR(0x5000)), 0x5023);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_READ)), 0x8000000000005061);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_WRITE)), 0x8000000000005063);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_EXEC)), 0x5061);
	assert_int_equal(pte_leaf(PADDR(0x200000), pte_flags(1, PT_EXEC)), 0x2000e1);
	assert_int_equal(pte_leaf(PADDR(0x40000000), pte_flags(2, PT_WRITE)), 0x80000000400000e3);
	assert_int_equal(pte_leaf(PADDR(0xfe000000), pte_flags(0, PT_WRITE | PT_DEVICE)),
			 0x80000000fe00007b);
#else /* arm64: valid 0, type 1, AttrIndx 4:2, AP 7:6, SH 9:8, AF 10, PXN 53, UXN 54 */
	assert_int_equal(pte_table(PADDR(0x5000)), 0x5003);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_READ)), 0x60000000005783);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_WRITE)), 0x60000000005703);
	assert_int_equal(pte_leaf(PADDR(0x5000), pte_flags(0, PT_EXEC)), 0x40000000005783);
	assert_int_equal(pte_leaf(PADDR(0x200000), pte_flags(1, PT_EXEC)), 0x40000000200781);
	assert_int_equal(pte_leaf(PADDR(0x40000000), pte_flags(2, PT_WRITE)), 0x60000040000701);
	assert_int_equal(pte_leaf(PADDR(0xfe000000), pte_flags(0, PT_WRITE | PT_DEVICE)),
			 0x600000fe000707);
	assert_int_equal(MAIR_EL1_VALUE, 0x00ff);
#endif
	assert_false(pte_present(0));
}

static void attributes_survive_the_encoding(void **state)
{
	static const unsigned attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE,
					 PT_DEVICE | PT_WRITE};

	(void)state;
	for (unsigned level = 0; level <= 2; level++)
		for (unsigned i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
			pte_t pte = pte_leaf(PADDR(5 * GIB), pte_flags(level, attrs[i]));

			assert_true(pte_present(pte));
			assert_true(pte_is_leaf(pte, level));
			assert_int_equal(pte_attr(pte), attrs[i]);
			assert_int_equal(pte_paddr(pte).pa, 5 * GIB);
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

		assert_int_equal(pte, pte_table(pte_paddr(pte)));
		table = pte_paddr(pte);
	}
	assert_int_equal(pool_entries(&pt, table)[9],
			 pte_leaf(PADDR(0xabc000), pte_flags(0, PT_EXEC)));
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
		{-8 * KIB, 0, 12 * KIB},      /* wraps around */
		{UPPER, -8 * KIB, 12 * KIB},  /* so does this */
		{UPPER, 1ull << 52, 4 * KIB}, /* more than an entry can hold */
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
	assert_int_equal(pt_unmap(&pt, VADDR(start), -4096), -EINVAL);
	assert_int_equal(pa_at(start), 0);
}

/* The last page of the address space, and each end of a half, with both tree depths. */
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
			first = lower ? 0 : -span;
			last = lower ? span - 4 * KIB : -4 * KIB;
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
				       UPPER + 512 * GIB,  -2 * MIB,	       -4096};
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
	unsigned attr;
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

/* The operations as a hypervisor that owns the tables would fill them. */
static int counted_write(struct pagetable *p, pte_t *entry, pte_t value)
{
	struct pool *q = p->owner;

	q->writes++;
	if (pte_present(value) && pte_paddr(value).pa >= POOL_BASE &&
	    pte_paddr(value).pa >= POOL_BASE + PT_PAGE_SIZE * (q->protected + 1))
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

static uint64_t rnd_state;

static uint64_t rnd(uint64_t below)
{
	rnd_state += 0x9e3779b97f4a7c15;

	uint64_t z = rnd_state;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* One random operation on both; true if they answered the same. */
static bool random_operation(struct model *m)
{
	static const unsigned attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE | PT_WRITE};
	uint64_t scale = 1ull << rnd(19), i = rnd(m->nr), pa = rnd(1 << 30) * 4096, nr;
	unsigned attr = attrs[rnd(4)];

	/* Often aligned, and often congruent, so that large pages have a chance */
	if (rnd(2))
		i &= ~(leaf_pages((unsigned)rnd(3)) - 1);
	if (rnd(4))
		pa = (pa & ~(GIB - 1)) + i * 4096 % GIB;
	nr = 1 + rnd(scale);
	if (rnd(2))
		nr = (nr + 511) & ~511ull;
	if (nr > m->nr - i)
		nr = m->nr - i;

	vaddr_t va = VADDR(m->start + i * 4096);

	switch (rnd(4)) {
	case 0:
	case 1:
		return pt_map(&pt, va, PADDR(pa), nr * 4096, attr) == model_map(m, i, pa, nr, attr);
	case 2:
		return pt_unmap(&pt, va, nr * 4096) == model_unmap(m, i, nr);
	default:
		return pt_protect(&pt, va, nr * 4096, attr) == model_protect(m, i, nr, attr);
	}
}

static void random_operations_agree_with_the_model(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 12; run++) {
		/* Two windows of 3 GiB: across a boundary of 512 GiB, and at the very top */
		uint64_t start = run % 2 ? UPPER - 2 * GIB : -3 * GIB;
		struct model m;

		rnd_state = run;
		setup(NULL);
		pt.levels = run % 4 < 2 ? 4 : 5;
		pt.max_leaf = run % 3;
		model_init(&m, start, 3 * GIB / 4096, run % 3);
		for (unsigned op = 0; op < 500; op++) {
			assert_true(random_operation(&m));
			for (int k = 0; k < 20; k++)
				assert_true(model_agrees(&m, &pt, rnd(m.nr)));
		}
		assert_true(model_agrees_all(&m, &pt));
		model_free(&m);
	}
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
		cmocka_unit_test_setup(writable_and_executable_is_refused, setup),
		cmocka_unit_test_setup(ranges_that_make_no_sense_are_refused, setup),
		cmocka_unit_test_setup(an_empty_range_is_nothing_to_do, setup),
		cmocka_unit_test_setup(no_range_holds_both_halves, setup),
		cmocka_unit_test_setup(the_ends_of_each_half_can_be_mapped, setup),
		cmocka_unit_test_setup(walk_visits_leaves_in_order_and_stops_when_told, setup),
		cmocka_unit_test_setup(nothing_mapped_is_ever_overwritten, setup),
		cmocka_unit_test_setup(a_large_page_is_not_taken_apart, setup),
		cmocka_unit_test_setup(protect_stops_at_a_hole, setup),
		cmocka_unit_test_setup(running_out_of_tables_is_enomem, setup),
		cmocka_unit_test_setup(every_entry_goes_through_the_operations, setup),
		cmocka_unit_test_setup(an_error_of_an_operation_is_handed_on, setup),
		cmocka_unit_test_setup(random_operations_agree_with_the_model, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
