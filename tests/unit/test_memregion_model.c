/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random operations on lists of memory regions, each checked against a model
 * that counts pages (memregion_model.h). The same operations every time; give a
 * seed and a number of lists to try others.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "memregion_steps.h"

#define STEPS_PER_LIST 60

static uint64_t random_state = 0x9e3779b97f4a7c15;
static unsigned long nr_lists = 34000;

/* xorshift64*, by Marsaglia and Vigna */
static unsigned model_pick(unsigned n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (unsigned)((random_state * 0x2545f4914f6cdd1d) >> 33) % n;
}

static void random_operations_agree_with_the_model(void **state)
{
	unsigned long i, k;

	(void)state;
	for (i = 0; i < nr_lists; i++) {
		struct model t;

		model_begin(&t);
		for (k = 0; k < STEPS_PER_LIST; k++)
			model_step(&t);
		model_end(&t);
	}
	print_message("%lu operations\n", nr_lists * STEPS_PER_LIST);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_the_model),
	};

	if (argc > 1)
		random_state ^= strtoul(argv[1], NULL, 0);
	if (argc > 2)
		nr_lists = strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
