/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Initrd and device tree when the regions are first asked for: where they go, and what
 * becomes of the pages that they leave
 */

#include "files_fixture.h"

static void both_move_and_leave_free_zeros(void **state)
{
	const struct ukplat_memregion_desc *r;
	const struct dt_header *h;

	(void)state;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(2 * MIB, 10000, UKPLAT_MEMRT_INITRD);
	add(3 * MIB, MIB, UKPLAT_MEMRT_DEVICETREE);
	add(5 * MIB, MIB, UKPLAT_MEMRT_FREE);
	fill(2 * MIB, 10000);
	put_tree(3 * MIB, MIB, 5000);
	assert_ptr_equal(ukplat_memregion_list_get(), list());

	r = find(UKPLAT_MEMRT_INITRD);
	assert_true(r->pbase != 2 * MIB && r->vbase == initrd_va && !r->pg_off && r->len == 10000);
	assert_true(is_filled((const uint8_t *)r->vbase, 10000));
	assert_true(is_zero(r->pbase + 10000, 3 * PAGE - 10000));
	assert_true(is_zero(2 * MIB, 10000));
	assert_int_equal(type_of(2 * MIB), UKPLAT_MEMRT_FREE);

	r = find(UKPLAT_MEMRT_DEVICETREE);
	h = (const struct dt_header *)r->vbase;
	assert_true(r->pbase != 3 * MIB && r->vbase == tree_va && r->pg_count == 2);
	assert_int_equal(r->len, 5000);
	assert_int_equal(dt32(h->totalsize), 5000);
	assert_int_equal(handoff.boot.bi.dtb.pa, r->pbase);
	assert_int_equal(handoff.boot.bi.dtb_len, 5000);
	assert_true(is_zero(3 * MIB, 5000));
	assert_int_equal(type_of(3 * MIB), UKPLAT_MEMRT_FREE);
	assert_int_equal(type_of(4 * MIB - PAGE), UKPLAT_MEMRT_FREE);
	assert_int_equal(handoff.secret[SECRET_FILES], 0);
	assert_int_equal(handoff.files, FILES_SETTLED);
	assert_int_equal(flushes, 2);

	/* Once is enough */
	handoff.secret[SECRET_FILES] = 1;
	ukplat_memregion_list_get();
	assert_int_equal(flushes, 2);
}

static void the_heap_begins_at_a_region_of_its_own(void **state)
{
	(void)state;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(2 * MIB, MIB, UKPLAT_MEMRT_RESERVED);
	handoff.heap_first = PADDR(MIB + 5 * PAGE);
	ukplat_memregion_list_get();
	assert_int_equal(list()->count, 3);
	assert_int_equal(list()->mrds[0].len, 5 * PAGE);
	assert_int_equal(list()->mrds[1].pbase, MIB + 5 * PAGE);
	assert_int_equal(list()->mrds[1].vbase, MIB + 5 * PAGE);
	assert_int_equal(list()->mrds[1].len, MIB - 5 * PAGE);
	assert_int_equal(list()->mrds[1].pg_count, MIB / PAGE - 5);
}

static void nothing_is_split_at_a_region_s_start_or_outside_of_free_memory(void **state)
{
	static const uint64_t first[] = {0, MIB, 2 * MIB, 2 * MIB + PAGE, 3 * MIB};

	(void)state;
	for (unsigned i = 0; i < sizeof(first) / sizeof(*first); i++) {
		list()->count = 0;
		handoff.files = FILES_MOVE;
		add(MIB, MIB, UKPLAT_MEMRT_FREE);
		add(2 * MIB, MIB, UKPLAT_MEMRT_RESERVED);
		handoff.heap_first = PADDR(first[i]);
		ukplat_memregion_list_get();
		assert_int_equal(list()->count, 2);
	}
}

static void pages_of_others_are_not_given_back(void **state)
{
	(void)state;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(2 * MIB, 0x800, UKPLAT_MEMRT_RESERVED);
	add(2 * MIB + 0x800, 3 * PAGE, UKPLAT_MEMRT_INITRD);
	add(2 * MIB + 3 * PAGE + 0x800, 2 * PAGE, UKPLAT_MEMRT_RESERVED);
	fill(2 * MIB + 0x800, 3 * PAGE);
	ukplat_memregion_list_get();
	assert_true(is_filled((const uint8_t *)initrd_va, 3 * PAGE));
	assert_int_equal(type_of(2 * MIB), UKPLAT_MEMRT_RESERVED);
	assert_int_equal(type_of(2 * MIB + PAGE), UKPLAT_MEMRT_FREE);
	assert_int_equal(type_of(2 * MIB + 2 * PAGE), UKPLAT_MEMRT_FREE);
	assert_int_equal(type_of(2 * MIB + 3 * PAGE), UKPLAT_MEMRT_RESERVED);
	assert_int_equal(memory[2 * MIB + 0x7ff], 0xee);
	assert_int_equal(memory[2 * MIB + 3 * PAGE + 0x800], 0xee);
	assert_true(is_zero(2 * MIB + 0x800, 3 * PAGE));
}

static void a_page_shared_as_a_whole_has_no_free_region(void **state)
{
	uint32_t count;

	(void)state;
	add(2 * MIB, 100, UKPLAT_MEMRT_RESERVED);
	add(2 * MIB + 100, 100, UKPLAT_MEMRT_INITRD);
	add(3 * MIB, PAGE, UKPLAT_MEMRT_FREE);
	fill(2 * MIB + 100, 100);
	count = list()->count;
	ukplat_memregion_list_get();
	assert_int_equal(list()->count, count - 1);
	assert_int_equal(find(UKPLAT_MEMRT_INITRD)->pbase, 3 * MIB);
	assert_int_equal(type_of(2 * MIB), UKPLAT_MEMRT_RESERVED);
	assert_true(is_filled((const uint8_t *)initrd_va, 100));
}

static void assert_stays(uint64_t len)
{
	const struct ukplat_memregion_desc *r = find(UKPLAT_MEMRT_INITRD);

	assert_int_equal(r->pbase, 4 * MIB);
	assert_int_equal(r->len, len);
	assert_true(is_filled((const uint8_t *)r->vbase, len));
	assert_true(is_filled(memory + 4 * MIB, len));
	assert_int_equal(handoff.secret[SECRET_FILES], 0);
}

static void it_stays_without_room_or_record_or_chance(void **state)
{
	/* No room, no record, kaslr=off */
	for (unsigned i = 0; i < 3; i++) {
		start(state);
		add(MIB, i ? 2 * MIB : 5 * PAGE, UKPLAT_MEMRT_FREE);
		add(4 * MIB, 6 * PAGE, UKPLAT_MEMRT_INITRD);
		fill(4 * MIB, 6 * PAGE);
		if (i == 1)
			list()->capacity = list()->count;
		if (i == 2)
			handoff.files = FILES_STAY;
		ukplat_memregion_list_get();
		assert_stays(6 * PAGE);
	}
}

static void large_ones_are_congruent_with_their_memory(void **state)
{
	(void)state;
	add(MIB, 2 * MIB + 4 * PAGE, UKPLAT_MEMRT_FREE);
	add(4 * MIB, 2 * MIB + PAGE, UKPLAT_MEMRT_INITRD);
	fill(4 * MIB, 2 * MIB + PAGE);
	ukplat_memregion_list_get();
	assert_true(find(UKPLAT_MEMRT_INITRD)->pbase >= MIB);
	assert_int_equal((find(UKPLAT_MEMRT_INITRD)->vbase - find(UKPLAT_MEMRT_INITRD)->pbase) %
				 (2 * MIB),
			 0);
	assert_true(is_filled((const uint8_t *)find(UKPLAT_MEMRT_INITRD)->vbase, 2 * MIB + PAGE));
}

static void trees_that_say_odd_things_are_copied_as_a_whole_or_stay(void **state)
{
	struct dt_header *h = (struct dt_header *)(void *)(memory + 4 * MIB);

	(void)state;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(4 * MIB, 3 * PAGE, UKPLAT_MEMRT_DEVICETREE);
	put_tree(4 * MIB, 3 * PAGE, 5000);
	h->off_mem_rsvmap = dt32(2 * PAGE);
	ukplat_memregion_list_get();
	assert_int_equal(find(UKPLAT_MEMRT_DEVICETREE)->len, 3 * PAGE);
	assert_true(find(UKPLAT_MEMRT_DEVICETREE)->pbase < 2 * MIB);

	/* A part of it has gone to another region */
	start(state);
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(4 * MIB, 2 * PAGE, UKPLAT_MEMRT_DEVICETREE);
	put_tree(4 * MIB, 3 * PAGE, 5000);
	ukplat_memregion_list_get();
	assert_int_equal(find(UKPLAT_MEMRT_DEVICETREE)->pbase, 4 * MIB);
	assert_int_equal(dt32(((const struct dt_header *)tree_va)->totalsize), 3 * PAGE);
}

static void firmware_keeps_its_tree(void **state)
{
	(void)state;
	handoff.boot.bi.protocol = BOOT_EFI;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(4 * MIB, 3 * PAGE, UKPLAT_MEMRT_DEVICETREE);
	put_tree(4 * MIB, 3 * PAGE, 5000);
	ukplat_memregion_list_get();
	assert_true(find(UKPLAT_MEMRT_DEVICETREE)->pbase < 2 * MIB);
	assert_int_equal(type_of(4 * MIB), UKPLAT_MEMRT_RESERVED);
	assert_int_equal(dt32(((const struct dt_header *)(void *)(memory + 4 * MIB))->totalsize),
			 3 * PAGE);
}

static void reserved_memory_is_never_free(void **state)
{
	(void)state;
	handoff.boot.bi.reserved_types = UKPLAT_MEMRT_INITRD;
	add(MIB, MIB, UKPLAT_MEMRT_FREE);
	add(4 * MIB, 10000, UKPLAT_MEMRT_INITRD);
	add(5 * MIB, 3 * PAGE, UKPLAT_MEMRT_DEVICETREE);
	fill(4 * MIB, 10000);
	put_tree(5 * MIB, 3 * PAGE, 5000);
	ukplat_memregion_list_get();
	assert_true(find(UKPLAT_MEMRT_INITRD)->pbase < 2 * MIB);
	assert_true(is_filled((const uint8_t *)initrd_va, 10000));
	assert_int_equal(type_of(4 * MIB), UKPLAT_MEMRT_RESERVED);
	assert_true(is_filled(memory + 4 * MIB, 10000));
	/* The tree is in none */
	assert_int_equal(type_of(5 * MIB), UKPLAT_MEMRT_FREE);
}

/* 8 places for the first; of what its number leaves, 8 for the second, each as often */
static void each_place_is_as_likely(void **state)
{
	unsigned initrds[9] = {0}, trees[9] = {0};

	for (unsigned i = 0; i < 64; i++) {
		start(state);
		handoff.secret[SECRET_FILES] = i * (UINT64_MAX / 64 + 1) + UINT64_MAX / 128;
		add(MIB, 9 * PAGE, UKPLAT_MEMRT_FREE);
		add(4 * MIB, 2 * PAGE, UKPLAT_MEMRT_INITRD);
		ukplat_memregion_list_get();
		initrds[(find(UKPLAT_MEMRT_INITRD)->pbase - MIB) / PAGE]++;

		start(state);
		handoff.secret[SECRET_FILES] = i * (UINT64_MAX / 64 + 1) + UINT64_MAX / 128;
		add(MIB, 8 * PAGE, UKPLAT_MEMRT_FREE);
		add(4 * MIB, PAGE, UKPLAT_MEMRT_INITRD);
		add(5 * MIB, PAGE, UKPLAT_MEMRT_DEVICETREE);
		put_tree(5 * MIB, PAGE, 1000);
		ukplat_memregion_list_get();
		if (find(UKPLAT_MEMRT_DEVICETREE)->pbase == 4 * MIB)
			trees[8]++;
		else
			trees[(find(UKPLAT_MEMRT_DEVICETREE)->pbase - MIB) / PAGE]++;
	}
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(initrds[i], 8);
		/* One of the 8 is the initrd's; the page that that has left is one, too */
		assert_in_range(trees[i], 6, 8);
	}
	assert_int_equal(trees[8], 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both_move_and_leave_free_zeros, start),
		cmocka_unit_test_setup(the_heap_begins_at_a_region_of_its_own, start),
		cmocka_unit_test_setup(
			nothing_is_split_at_a_region_s_start_or_outside_of_free_memory, start),
		cmocka_unit_test_setup(pages_of_others_are_not_given_back, start),
		cmocka_unit_test_setup(a_page_shared_as_a_whole_has_no_free_region, start),
		cmocka_unit_test_setup(it_stays_without_room_or_record_or_chance, start),
		cmocka_unit_test_setup(large_ones_are_congruent_with_their_memory, start),
		cmocka_unit_test_setup(trees_that_say_odd_things_are_copied_as_a_whole_or_stay,
				       start),
		cmocka_unit_test_setup(firmware_keeps_its_tree, start),
		cmocka_unit_test_setup(reserved_memory_is_never_free, start),
		cmocka_unit_test_setup(each_place_is_as_likely, start),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
