/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks: what they keep, what comes back, and what an empty heap answers. */
#include "../lib/heap_machine.h"
#include "../lib/random.h"
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void there_is_no_heap_before_it_starts(void **state)
{
	(void)state;
	assert_null(heap_malloc(1));
	assert_int_equal(errno, ENOMEM);
	heap_free(NULL);
}

static void blocks_are_aligned_and_apart(void **state)
{
	static unsigned char *block[2000];

	(void)state;
	one_region();
	for (size_t i = 0; i < 2000; i++) {
		block[i] = heap_malloc(i);
		assert_non_null(block[i]);
		assert_int_equal((uintptr_t)block[i] % 16, 0);
		memset(block[i], (int)i, i);
	}
	for (size_t i = 0; i < 2000; i++) {
		for (size_t k = 0; k < i; k++)
			assert_int_equal(block[i][k], i & 255);
		heap_free(block[i]);
	}
}

static void freed_memory_comes_together_again(void **state)
{
	static void *block[6000];
	unsigned nr = 0;
	uint64_t most;

	(void)state;
	one_region();
	for (; (block[nr] = heap_malloc(1 + rnd(5000))); nr++)
		;
	assert_in_range(nr, 2000, 6000);
	for (unsigned left = nr; left; left--) {
		unsigned i = (unsigned)rnd(left);

		heap_free(block[i]);
		block[i] = block[left - 1];
	}
	/* The whole region less one head and the fence */
	most = 8 * MIB - 2 * CHUNK_HEAD;
	assert_null(heap_malloc(most + 1));
	block[0] = heap_malloc(most);
	assert_non_null(block[0]);
	assert_null(heap_malloc(1));
	heap_free(block[0]);
	assert_non_null(heap_malloc(most));
}

static void every_region_is_used(void **state)
{
	static unsigned char *block[4096];
	uint64_t got = 0;
	unsigned nr = 0;

	(void)state;
	machine_reset(100);
	for (unsigned i = 0; i < 20; i++)
		free_region(i * 5 * MIB + i * 4096, (1 + i * 13 % 20) * 64 * KIB);
	machine_start();
	for (unsigned size = 1 << 20; size >= 16; size /= 2)
		while ((block[nr] = heap_malloc(size))) {
			memset(block[nr++], (int)size, size);
			got += size;
		}
	/* 20 regions of 64 KiB to 1280 KiB; a head for each block, 64 bytes here and there */
	assert_in_range(got, 210 * 64 * KIB - nr * 16 - 20 * 128, 210 * 64 * KIB);
	while (nr)
		heap_free(block[--nr]);
	assert_non_null(heap_malloc(20 * 64 * KIB - 32));
}

static void a_request_finds_the_region_that_has_room(void **state)
{
	void *large, *small;

	(void)state;
	machine_reset(100);
	free_region(0x1000, 64 * KIB);
	free_region(MIB, 128 * KIB);
	free_region(4 * MIB, 16 * MIB);
	machine_start();
	large = heap_malloc(15 * MIB);
	assert_non_null(large);
	memset(large, 1, 15 * MIB);
	small = heap_malloc(60 * KIB);
	assert_true(small < large);
}

/* The one chunk that fits is the last of its list, behind many that do not. */
static void the_last_chunk_that_fits_is_found(void **state)
{
	char *small[20], *fits;

	(void)state;
	machine_reset(10);
	free_region(4 * KIB, 16 * KIB);
	machine_start();
	fits = heap_malloc(19 * 16 - 16);
	heap_malloc(1);
	for (unsigned i = 0; i < 20; i++) {
		small[i] = heap_malloc(16 * 16 - 16);
		heap_malloc(1);
	}
	while (heap_malloc(1))
		;
	heap_free(fits);
	for (unsigned i = 0; i < 20; i++)
		heap_free(small[i]);
	assert_ptr_equal(heap_malloc(19 * 16 - 16), fits);
	assert_null(heap_malloc(19 * 16 - 16));
}

static void too_much_is_enomem(void **state)
{
	static const size_t sizes[] = {SIZE_MAX,   SIZE_MAX - 15,    SIZE_MAX - 64, 1ull << 63,
				       1ull << 44, (1ull << 44) - 1, 9 * MIB};
	void *p;

	(void)state;
	one_region();
	p = heap_malloc(100);
	memset(p, 7, 100);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		errno = 0;
		assert_null(heap_malloc(sizes[i]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(heap_realloc(p, sizes[i]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(heap_aligned_alloc(64, sizes[i]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(heap_calloc(sizes[i], 1));
		assert_int_equal(errno, ENOMEM);
	}
	assert_null(heap_calloc(1ull << 32, 1ull << 32));
	assert_null(heap_aligned_alloc(1ull << 63, 1));
	for (int k = 0; k < 100; k++)
		assert_int_equal(((char *)p)[k], 7);
	assert_non_null(heap_malloc(7 * MIB));
}

static void aligned_alloc_aligns(void **state)
{
	static unsigned char *block[300];

	(void)state;
	one_region();
	for (unsigned i = 0; i < 300; i++) {
		size_t align = 1ull << i % 15, size = 1 + rnd(3000);

		block[i] = heap_aligned_alloc(align, size);
		assert_non_null(block[i]);
		assert_int_equal((uintptr_t)block[i] % align, 0);
		memset(block[i], 0xff, size);
	}
	for (unsigned i = 0; i < 300; i++)
		heap_free(block[i]);
	assert_non_null(heap_malloc(8 * MIB - 32));

	errno = 0;
	assert_null(heap_aligned_alloc(24, 100));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(heap_aligned_alloc(0, 100));
	assert_int_equal(errno, EINVAL);
}

static void aligned_alloc_gives_back_what_it_does_not_need(void **state)
{
	char *p;

	(void)state;
	one_region();
	/* What is left behind, and what is skipped before */
	p = heap_aligned_alloc(MIB, 16);
	assert_ptr_equal(heap_malloc(1500 * KIB), p + 32);
	assert_true((char *)heap_malloc(900 * KIB) < p);
}

static void calloc_zeroes_used_memory(void **state)
{
	unsigned char *p;

	(void)state;
	one_region();
	p = heap_malloc(5000);
	memset(p, 0xff, 5000);
	heap_free(p);
	assert_ptr_equal(heap_calloc(50, 100), p);
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(p[i], 0);
}

static void realloc_grows_in_place_if_it_can(void **state)
{
	char *p, *q, *wall;

	(void)state;
	one_region();
	p = heap_realloc(NULL, 100);
	memset(p, 5, 100);
	assert_ptr_equal(heap_realloc(p, 10000), p);
	wall = heap_malloc(1);
	assert_true(wall > p);
	q = heap_realloc(p, 20000);
	assert_ptr_not_equal(q, p);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(q[i], 5);
	assert_ptr_equal(heap_malloc(10000), p);
	assert_ptr_equal(heap_realloc(q, 0), q);
	assert_ptr_equal(heap_malloc(10), q + 32);
}

/* A model: what each block should hold. */
static void random_use_keeps_every_byte(void **state)
{
	enum { SLOTS = 200 };
	struct {
		unsigned char *p, fill;
		size_t size;
	} slot[SLOTS] = {0};

	(void)state;
	rnd_state = 1;
	machine_reset(100);
	for (unsigned i = 0; i < 6; i++)
		free_region(i * 3 * MIB + i * 4096, 300 * KIB + i * 200 * KIB);
	machine_start();
	for (unsigned op = 0; op < 60000; op++) {
		unsigned i = (unsigned)rnd(SLOTS), kind = (unsigned)rnd(8);
		size_t size = 1 + rnd(1ull << rnd(18)), keep;
		unsigned char *p;

		for (size_t k = 0; k < slot[i].size; k += 1 + k / 8)
			assert_int_equal(slot[i].p[k], slot[i].fill);
		if (kind < 3 || size > 64 * KIB) {
			heap_free(slot[i].p);
			slot[i].p = NULL;
			slot[i].size = 0;
			continue;
		}
		if (slot[i].p || kind == 3) {
			p = heap_realloc(slot[i].p, size);
		} else if (kind == 4) {
			p = heap_aligned_alloc(1ull << rnd(13), size);
		} else {
			p = kind == 5 ? heap_calloc(1, size) : heap_malloc(size);
		}
		if (!p)
			continue;
		keep = size < slot[i].size ? size : slot[i].size;
		for (size_t k = 0; k < keep; k++)
			assert_int_equal(p[k], slot[i].fill);
		slot[i].p = p;
		slot[i].size = size;
		slot[i].fill = (unsigned char)op;
		memset(p, slot[i].fill, size);
	}
	for (unsigned i = 0; i < SLOTS; i++)
		heap_free(slot[i].p);
	/* All is whole again: each region gives one block of its size */
	for (unsigned i = 6; i-- > 0;)
		assert_non_null(heap_malloc(300 * KIB + i * 200 * KIB - 32));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_no_heap_before_it_starts),
		cmocka_unit_test(blocks_are_aligned_and_apart),
		cmocka_unit_test(freed_memory_comes_together_again),
		cmocka_unit_test(every_region_is_used),
		cmocka_unit_test(a_request_finds_the_region_that_has_room),
		cmocka_unit_test(too_much_is_enomem),
		cmocka_unit_test(aligned_alloc_aligns),
		cmocka_unit_test(calloc_zeroes_used_memory),
		cmocka_unit_test(realloc_grows_in_place_if_it_can),
		cmocka_unit_test(random_use_keeps_every_byte),
		cmocka_unit_test(the_last_chunk_that_fits_is_found),
		cmocka_unit_test(aligned_alloc_gives_back_what_it_does_not_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
