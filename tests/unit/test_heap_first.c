/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap begins with any region, and takes all of them
 */

#include "../lib/heap_machine.h"
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define WINDOW	 0x4000000000ull
#define NR	 4u
#define TAKE_ALL 0x1000000

static void all_regions_are_taken_from_any_one_on(void **state)
{
	static const uint64_t start[NR] = {MIB, 9 * MIB, 40 * MIB, 64 * MIB + 12 * KIB};
	static const uint64_t len[NR] = {5 * MIB, 16 * KIB, 6 * MIB, 3 * MIB};
	static const uint64_t secret[2] = {1, 2};

	(void)state;
	for (uint32_t first = 0; first < NR; first++) {
		uint64_t end, at, got, free_pages, pa_end = 0;
		uint32_t i = first;

		machine_reset(100);
		for (uint32_t r = 0; r < NR; r++)
			free_region(start[r], len[r]);
		end = WINDOW + heap_window_len(machine_list(), &free_pages);
		heap_init(&machine.pt, VADDR(WINDOW), PADDR(start[first]), secret);
		while ((got = heap_grow(TAKE_ALL, &at)) != 0) {
			paddr_t pa;

			assert_int_equal(pt_translate(&machine.pt, VADDR(at), &pa, NULL, NULL), 0);
			assert_true(at > WINDOW && at + got < end);
			if (pa.pa != pa_end) {
				assert_int_equal(pa.pa, start[i % NR]);
				i++;
			}
			pa_end = pa.pa + got;
		}
		assert_int_equal(i, first + NR);
		assert_int_equal(pa_end, start[(i - 1) % NR] + len[(i - 1) % NR]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_regions_are_taken_from_any_one_on),
	};

	return cmocka_run_group_tests_name("heap_first", tests, NULL, NULL);
}
