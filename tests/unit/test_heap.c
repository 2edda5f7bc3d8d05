/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap's window: how it is laid out, how it grows, and what tables that needs. */
#include "../lib/heap_machine.h"
#include "../lib/random.h"
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Grows the heap by about `need` each time until there is no more; bytes that it got. */
static uint64_t grow_all(uint64_t need)
{
	uint64_t start, len, sum = 0;

	while ((len = heap_grow(need, &start)))
		sum += len;
	return sum;
}

static uint64_t pa_at(uint64_t va)
{
	paddr_t pa = PADDR(~0ull);

	(void)pt_translate(&machine.pt, VADDR(va), &pa, NULL, NULL);
	return pa.pa;
}

static void nothing_is_mapped_at_the_start(void **state)
{
	(void)state;
	one_region();
	assert_int_equal(machine.pool.used, 1);
	assert_int_equal(machine.window_len, 14 * MIB);
}

static void window_holds_regions_congruent_and_apart(void **state)
{
	static const uint64_t region[][2] = {
		{0x1000, 0x9e000},	   {0x100000, 0x100000},   {0x202000, 0x1000},
		{0x204000, 0x5ff000},	   {0x1000000, 0x1000000}, {0x2400000, 0x200000},
		{0x100000000, 0x40000000},
	};
	const unsigned nr = sizeof(region) / sizeof(*region);
	uint64_t va = 0x7e0000000000, base = va;

	(void)state;
	machine_reset(100);
	for (unsigned i = 0; i < nr; i++) {
		free_region(region[i][0], region[i][1]);
		machine_add_region(region[i][0] + region[i][1], 4096, UKPLAT_MEMRT_RESERVED);
	}
	machine_start_untouched(base);
	grow_all(1);
	assert_int_equal(machine.window_len % (2 * MIB), 0);
	assert_int_equal(pa_at(va), ~0ull);
	for (unsigned i = 0; i < nr; i++) {
		uint64_t seam = va;

		while (pa_at(va) == ~0ull)
			va += 4096;
		assert_true(va - seam >= 4096 && va - seam < 2 * MIB + 4096);
		assert_int_equal(va % (2 * MIB), region[i][0] % (2 * MIB));
		for (uint64_t off = 0; off < region[i][1]; off += 4096)
			assert_int_equal(pa_at(va + off), region[i][0] + off);
		va += region[i][1];
		assert_int_equal(pa_at(va), ~0ull);
	}
	assert_true(va + 4096 <= base + machine.window_len);
}

static void growth_uses_large_pages_between_the_ends(void **state)
{
	uint64_t va, small = 0, large = 0;

	(void)state;
	for (unsigned step = 0; step < 3; step++) {
		machine_reset(100);
		free_region(2 * MIB - 8 * KIB, 8 * KIB + 96 * MIB + 20 * KIB);
		machine_start_untouched(0x7e0000000000);
		assert_int_equal(grow_all(step == 2 ? GIB
					  : step    ? 300 * KIB
						    : 1),
				 8 * KIB + 96 * MIB + 20 * KIB);
		for (va = machine.window.va, small = large = 0;
		     va < machine.window.va + machine.window_len; va += 4096) {
			unsigned level;
			paddr_t pa;

			if (pt_translate(&machine.pt, VADDR(va), &pa, NULL, &level))
				continue;
			small += level == 0;
			large += level == 1;
		}
		assert_int_equal(small, 7);
		assert_int_equal(large, 48 * 512);
		/* PDPT, PD, and a page table for each end */
		assert_int_equal(machine.pool.used, 1 + 2 + 2);
	}
}

static void growth_starts_small_and_doubles(void **state)
{
	uint64_t start, sum = 0;
	unsigned calls = 0;

	(void)state;
	machine_reset(100);
	free_region(4 * KIB, GIB);
	machine_start_untouched(0x7e0000000000);
	assert_int_equal(heap_grow(100, &start), 64 * KIB);
	assert_int_equal(heap_grow(100, &start), 64 * KIB);
	assert_int_equal(heap_grow(100, &start), 128 * KIB);
	for (uint64_t len = 1; len; calls++) {
		sum += len = heap_grow(100, &start);
		assert_true(len <= 64 * MIB);
	}
	assert_int_equal(sum, GIB - 256 * KIB);
	assert_true(calls < 30);
}

static void a_step_is_as_large_as_the_request(void **state)
{
	uint64_t start;

	(void)state;
	machine_reset(100);
	free_region(4 * KIB, GIB);
	machine_start_untouched(0x7e0000000000);
	assert_in_range(heap_grow(300 * MIB, &start), 300 * MIB, 302 * MIB);
	assert_in_range(heap_grow(400 * MIB + 1, &start), 400 * MIB, 402 * MIB);
}

/* Regions from a page to 2^(scale + 8) pages, small and large gaps, some ends at 2 MiB. */
static void random_regions(unsigned scale)
{
	unsigned nr = 1 + (unsigned)rnd(8), shift = 8 + (unsigned)rnd(scale);
	uint64_t pos = rnd(1 << 10) * 4096;

	for (unsigned i = 0; i < nr; i++) {
		uint64_t len = (1 + rnd(1ull << rnd(shift))) * 4096;
		uint64_t gap = (1 + rnd(1ull << rnd(shift))) * 4096;

		if (rnd(3) == 0)
			pos = (pos + 2 * MIB - 1) & ~(2 * MIB - 1);
		if (rnd(3) == 0)
			len = (len + 2 * MIB - 1) & ~(2 * MIB - 1);
		free_region(pos, len);
		pos += len;
		machine_add_region(pos, gap, rnd(2) ? UKPLAT_MEMRT_RESERVED : UKPLAT_MEMRT_KERNEL);
		pos += gap;
	}
}

/* Cuts pages out of a free region, or gives a region of the image back. */
static bool random_edit(void)
{
	struct ukplat_memregion_list *list = machine_list();
	unsigned i = (unsigned)rnd(list->count);
	struct ukplat_memregion_desc *r = &list->mrds[i];
	uint64_t first, nr;

	if (r->type == UKPLAT_MEMRT_KERNEL) {
		r->type = UKPLAT_MEMRT_FREE;
		ukplat_memregion_list_coalesce(list);
		return true;
	}
	if (r->type != UKPLAT_MEMRT_FREE)
		return false;
	first = rnd(r->pg_count);
	nr = 1 + rnd(r->pg_count - first);

	struct ukplat_memregion_desc cut = {.pbase = r->pbase + 4096 * first,
					    .vbase = r->pbase + 4096 * first,
					    .len = 4096 * nr,
					    .pg_count = nr,
					    .type = UKPLAT_MEMRT_KERNEL,
					    .flags = 3};

	return ukplat_memregion_list_cut(list, &cut) >= 0;
}

static void tables_for_all_growth_are_counted(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 600; run++) {
		uint64_t pages, bytes = 0, edits = rnd(4), done = 0;

		rnd_state = run;
		machine_reset(4095);
		machine.pt.levels = run % 2 ? 5 : 4;
		machine.pt.max_leaf = run % 5 ? 1 : 0;
		random_regions(run % 5 ? 16 : 8);
		pages = heap_table_pages(&machine.pt, machine_list(), (unsigned)edits);
		while (done < edits)
			done += random_edit();
		for (unsigned i = 0; i < machine_list()->count; i++)
			if (machine_list()->mrds[i].type == UKPLAT_MEMRT_FREE)
				bytes += machine_list()->mrds[i].len;
		/* Just below, or across, the ends of what higher tables cover */
		machine_start_untouched(512 * GIB * (1 + rnd(100)) - 2 * MIB * rnd(1 << rnd(18)));
		assert_int_equal(grow_all(1 + rnd(1ull << rnd(30))), bytes);
		assert_true(machine.pool.used - 1 <= pages);
	}
}

static void a_small_machine_needs_few_tables(void **state)
{
	uint64_t free_pages;

	(void)state;
	/* 2 MiB of memory: an image in the middle of what the firmware leaves */
	machine_reset(0);
	free_region(0x1000, 0x9e000);
	machine_add_region(0x9f000, 0x61000, UKPLAT_MEMRT_RESERVED);
	free_region(0x100000, 0x40000);
	machine_add_region(0x140000, 0x10000, UKPLAT_MEMRT_KERNEL);
	free_region(0x150000, 0xb0000);
	machine_add_region(0xfffc0000, 0x40000, UKPLAT_MEMRT_RESERVED);
	assert_int_equal(heap_table_pages(&machine.pt, machine_list(), 8), 1 + 2 + 2);
	/* the free regions, 2 MiB for each and for one that is split, guards */
	assert_int_equal(heap_window_len(machine_list(), &free_pages), 10 * MIB);
	assert_int_equal(free_pages, 0x9e + 0x40 + 0xb0);
}

static void a_large_machine_needs_a_table_for_each_gib(void **state)
{
	(void)state;
	machine_reset(0);
	free_region(MIB, 64 * GIB);
	assert_in_range(heap_table_pages(&machine.pt, machine_list(), 4), 64, 64 + 2 + 8 + 4);
}

static void without_tables_the_heap_ends_early(void **state)
{
	(void)state;
	for (unsigned pages = 0; pages <= 4; pages++) {
		uint64_t got = 0;

		machine_reset(pages);
		free_region(4 * KIB, 8 * MIB);
		free_region(16 * MIB, MIB);
		machine_start();
		while (heap_malloc(1000))
			got += 1000;
		assert_int_equal(errno, ENOMEM);
		if (pages < 3)
			assert_int_equal(got, 0);
		else
			assert_in_range(got, pages == 3 ? 2 * MIB - 300 * KIB : 7 * MIB, 9 * MIB);
	}
}

/* One region cannot get its page table, the next one needs none. */
static void a_region_without_tables_is_passed_over(void **state)
{
	(void)state;
	machine_reset(3);
	free_region(4 * KIB, 8 * KIB);
	free_region(2 * MIB + 4 * KIB, 8 * KIB);
	free_region(4 * MIB, 4 * MIB);
	machine_start_untouched(0x7e0000000000);
	assert_int_equal(grow_all(1), 8 * KIB + 4 * MIB);
}

static void touch(void *p)
{
	*(volatile char *)p = 1;
}

static void seams_and_ends_of_the_window_fault(void **state)
{
	char *p;

	(void)state;
	machine_reset(10);
	free_region(4 * KIB, 64 * KIB);
	free_region(MIB, 64 * KIB);
	machine_start();
	p = heap_malloc(64 * KIB - 32);
	assert_non_null(heap_malloc(64 * KIB - 32));
	assert_null(panic_of(touch, p + 64 * KIB - 33));
	assert_string_equal(panic_of(touch, p + 64 * KIB - 16), "fault");
	assert_string_equal(panic_of(touch, p - 17), "fault");
	assert_string_equal(panic_of(touch, (void *)machine.window.va), "fault");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_mapped_at_the_start),
		cmocka_unit_test(window_holds_regions_congruent_and_apart),
		cmocka_unit_test(growth_uses_large_pages_between_the_ends),
		cmocka_unit_test(growth_starts_small_and_doubles),
		cmocka_unit_test(a_step_is_as_large_as_the_request),
		cmocka_unit_test(tables_for_all_growth_are_counted),
		cmocka_unit_test(a_small_machine_needs_few_tables),
		cmocka_unit_test(a_large_machine_needs_a_table_for_each_gib),
		cmocka_unit_test(without_tables_the_heap_ends_early),
		cmocka_unit_test(seams_and_ends_of_the_window_fault),
		cmocka_unit_test(a_region_without_tables_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
