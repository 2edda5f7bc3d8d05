/* SPDX-License-Identifier: BSD-3-Clause */
/* Misuse of the heap: how each kind is caught. */
#include "../lib/heap_machine.h"
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void shrink(void *p)
{
	(void)heap_realloc(p, 1);
}

static void allocate_64(void *arg)
{
	(void)arg;
	(void)heap_malloc(64);
}

static void double_free_is_caught(void **state)
{
	char *a, *b, *c, *d;

	(void)state;
	one_region();
	a = heap_malloc(100);
	b = heap_malloc(100);
	c = heap_malloc(100);
	d = heap_malloc(100);
	heap_free(b);
	assert_string_equal(panic_of(heap_free, b), "heap: a block was freed twice");
	assert_string_equal(panic_of(shrink, b), "heap: a block was freed twice");
	/* Also when it has become part of the free chunk before it, or behind it */
	heap_free(c);
	assert_string_equal(panic_of(heap_free, c), "heap: a block was freed twice");
	heap_free(a);
	assert_string_equal(panic_of(heap_free, b), "heap: a block was freed twice");
	assert_string_equal(panic_of(heap_free, a), "heap: a block was freed twice");
	heap_free(d);
	assert_string_equal(panic_of(heap_free, d), "heap: a block was freed twice");
}

static void wild_pointers_are_caught(void **state)
{
	static const char foreign[] = "heap: a pointer is freed that is not the heap's";
	static const char inside[] =
		"heap: no block starts at a pointer that is freed, or its head was overwritten";
	uint64_t on_stack[4] = {0};
	char *p;

	(void)state;
	one_region();
	p = heap_malloc(1000);
	memset(p, 0, 1000);
	assert_string_equal(panic_of(heap_free, on_stack), foreign);
	assert_string_equal(panic_of(heap_free, (void *)8), foreign);
	assert_string_equal(panic_of(heap_free, (void *)16), foreign);
	assert_string_equal(panic_of(heap_free, p + 8), foreign);
	assert_string_equal(panic_of(heap_free, p + 16), inside);
	assert_string_equal(panic_of(heap_free, (char *)(uintptr_t)chunks.low), foreign);
	assert_string_equal(panic_of(heap_free, (char *)(uintptr_t)chunks.high), foreign);
	assert_string_equal(panic_of(heap_free, (char *)(uintptr_t)chunks.high + 4096), foreign);
	heap_free(p);
}

/* The fence at the end of a region that is not the last has an address inside of the heap. */
static void a_fence_is_no_block(void **state)
{
	char *p;

	(void)state;
	machine_reset(10);
	free_region(4 * KIB, 64 * KIB);
	free_region(MIB, 64 * KIB);
	machine_start();
	p = heap_malloc(64 * KIB - 32);
	assert_non_null(heap_malloc(1));
	assert_non_null(panic_of(heap_free, p + 64 * KIB - 16));
	assert_false(machine.faulted);
}

static void each_byte_past_the_end_is_caught(void **state)
{
	static const char overrun[] = "heap: a block was written past its end";

	(void)state;
	for (unsigned next_is_free = 0; next_is_free <= 1; next_is_free++)
		for (unsigned i = 0; i < 16; i++) {
			one_region();
			char *a = heap_malloc(64), *b = heap_malloc(64);

			assert_non_null(heap_malloc(1));

			if (next_is_free)
				heap_free(b);
			a[64 + i] = (char)~a[64 + i];
			assert_string_equal(panic_of(heap_free, a), overrun);
			/* The block behind finds it as well when it is freed itself */
			if (!next_is_free)
				assert_non_null(panic_of(heap_free, b));
		}
}

static void a_copied_head_is_not_accepted(void **state)
{
	char *a, *b;

	(void)state;
	one_region();
	a = heap_malloc(64);
	b = heap_malloc(64);
	memcpy(b - 16, a - 16, 16);
	assert_non_null(panic_of(heap_free, b));
}

static void the_secret_makes_the_seal(void **state)
{
	static const uint64_t secrets[3][2] = {{1, 2}, {1, 3}, {2, 2}};
	uint64_t heads[3][2];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		one_region();
		heap_init(&machine.pt, machine.window, PADDR(0), secrets[i]);
		memcpy(heads[i], (char *)heap_malloc(64) - 16, 16);
	}
	assert_memory_not_equal(heads[0], heads[1], 16);
	assert_memory_not_equal(heads[0], heads[2], 16);
}

static void writing_to_links_of_freed_memory_is_caught(void **state)
{
	static const char written[] = "heap: freed memory was written to";

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		one_region();
		char *a = heap_malloc(64), *wall = heap_malloc(64);

		assert_non_null(wall);
		heap_free(a);
		a[i] = (char)~a[i];
		assert_string_equal(panic_of(allocate_64, NULL), written);
	}
}

/* As the secret is not known, a link can be changed, but not made to agree with another one. */
static void links_to_other_places_are_caught(void **state)
{
	static const char written[] = "heap: freed memory was written to";

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		one_region();
		char *a = heap_malloc(64), *wall = heap_malloc(64), *b = heap_malloc(64);
		char *first = i & 1 ? a : b, *second = i & 1 ? b : a;

		heap_malloc(64);
		heap_free(first);
		heap_free(second);
		/* second <-> first; 16 bytes further on is still a possible address */
		if (i & 2)
			first[8] ^= 16;
		else
			second[0] ^= 16;
		/* All three become one: b and then a are taken out of their list */
		assert_string_equal(panic_of(heap_free, wall), written);
	}
}

static void a_new_block_does_not_tell_the_secret(void **state)
{
	uint64_t *p;

	(void)state;
	one_region();
	p = heap_malloc(64);
	assert_int_equal(p[0], 0);
	assert_int_equal(p[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(double_free_is_caught),
		cmocka_unit_test(wild_pointers_are_caught),
		cmocka_unit_test(a_fence_is_no_block),
		cmocka_unit_test(each_byte_past_the_end_is_caught),
		cmocka_unit_test(a_copied_head_is_not_accepted),
		cmocka_unit_test(the_secret_makes_the_seal),
		cmocka_unit_test(writing_to_links_of_freed_memory_is_caught),
		cmocka_unit_test(links_to_other_places_are_caught),
		cmocka_unit_test(a_new_block_does_not_tell_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
