/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Coalescing lists of memory regions that are full, and hostile maps that fill them
 */

#include "memregion_util.h"

list_t *ukplat_memregion_list_get(void)
{
	return NULL;
}

#define MAP_ENTRIES 10000
#define MAP_PAGES   4096

static void full_list_is_an_error_and_keeps_the_larger_part(void **state)
{
	list_t *l = coalesce(2, -ENOMEM, pages(FREE, 0, 16), pages(RESERVED, 4 * P, 1));

	(void)state;
	assert_list(l, pages(RESERVED, 4 * P, 1), pages(FREE, 5 * P, 11));
	test_free(l);

	l = coalesce(2, -ENOMEM, pages(FREE, 0, 16), pages(RESERVED, 12 * P, 1));
	assert_list(l, pages(FREE, 0, 12), pages(RESERVED, 12 * P, 1));
	test_free(l);
}

static void full_list_never_frees_what_was_taken(void **state)
{
	list_t *l = coalesce(3, -ENOMEM, pages(FREE, 0, 16), pages(INITRD, 0, 12),
			     pages(RESERVED, 4 * P, 1));

	(void)state;
	assert_list(l, pages(INITRD, 0, 4), pages(RESERVED, 4 * P, 8), pages(FREE, 12 * P, 4));
	test_free(l);
}

static void coalescing_makes_room_in_a_full_list(void **state)
{
	list_t *l = coalesce(4, 0, pages(FREE, 0, 16), pages(FREE, 16 * P, 16),
			     pages(FREE, 32 * P, 16), pages(RESERVED, 20 * P, 1));

	(void)state;
	assert_list(l, pages(FREE, 0, 20), pages(RESERVED, 20 * P, 1), pages(FREE, 21 * P, 27));
	test_free(l);
}

static void tail_that_others_cover_needs_no_room(void **state)
{
	list_t *l = coalesce(3, 0, pages(FREE, 0, 8), pages(RESERVED, 2 * P, 3),
			     pages(KERNEL, 5 * P, 3));

	(void)state;
	assert_list(l, pages(FREE, 0, 2), pages(RESERVED, 2 * P, 3), pages(KERNEL, 5 * P, 3));
	test_free(l);
}

/*
 * A firmware's map of 10,000 entries, unsorted, overlapping, some empty or
 * wrapping, through a list of 160: free memory that finds no room may be
 * forgotten, but nothing is free that an accepted entry reserved, and nothing
 * appears that was not there.
 */
static void hostile_map_never_frees_what_is_reserved(void **state)
{
	static unsigned char reserved[MAP_PAGES], is_free[MAP_PAGES];
	list_t *l = new_list(160);
	unsigned i, accepted = 0;
	__u64 x = 1, p;

	(void)state;
	for (i = 0; i < MAP_ENTRIES; i++) {
		mrd_t m;
		int rc;

		x = x * 6364136223846793005 + 1442695040888963407; /* Knuth's MMIX generator */
		m = pages(x >> 63 ? FREE : RESERVED, (x >> 40) % MAP_PAGES * P, (x >> 33) % 5);
		if (i % 100 == 99)
			m = pages(RESERVED, TOP(1), 3);
		rc = add(l, m);
		if (rc == -ENOMEM) {
			ukplat_memregion_list_coalesce(l);
			rc = add(l, m);
		}
		assert_true(rc >= 0 || rc == -ENOMEM ||
			    (rc == -EINVAL && (m.len == 0 || i % 100 == 99)));
		for (p = 0; rc >= 0 && p < m.pg_count; p++)
			(m.type == FREE ? is_free : reserved)[(m.pbase / P + p) % MAP_PAGES] = 1;
		accepted += rc >= 0;
	}
	assert_true(accepted >= 160);
	ukplat_memregion_list_coalesce(l);
	for (i = 0; i < l->count; i++) {
		const mrd_t *m = &l->mrds[i];

		assert_true(i == 0 || m[-1].pbase + m[-1].len <= m->pbase);
		for (p = m->pbase / P; p < m->pbase / P + m->pg_count; p++) {
			assert_true(m->type == FREE ? is_free[p] : reserved[p]);
			assert_false(m->type == FREE && reserved[p]);
		}
	}
	test_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_list_is_an_error_and_keeps_the_larger_part),
		cmocka_unit_test(full_list_never_frees_what_was_taken),
		cmocka_unit_test(coalescing_makes_room_in_a_full_list),
		cmocka_unit_test(tail_that_others_cover_needs_no_room),
		cmocka_unit_test(hostile_map_never_frees_what_is_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
