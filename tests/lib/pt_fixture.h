/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_PT_FIXTURE_H
#define TESTS_PT_FIXTURE_H

/*
 * An empty tree for each test, and what one asks of it. Needs cmocka.
 */

#include <arch/pte.h>
#include "pt_model.h"

#define KIB   1024ull
#define MIB   (1024 * KIB)
#define GIB   (1024 * MIB)

#define UPPER 0xffff900000000000ull /* in the upper half of both architectures */

static struct pool pool;
static struct pagetable pt;

static inline int setup(void **state)
{
	(void)state;
	pool_init(&pt, &pool, 2400);
	return 0;
}

static inline unsigned level_at(uint64_t va)
{
	unsigned level;
	paddr_t pa;

	assert_int_equal(pt_translate(&pt, VADDR(va), &pa, NULL, &level), 0);
	return level;
}

static inline uint64_t pa_at(uint64_t va)
{
	paddr_t pa;

	return pt_translate(&pt, VADDR(va), &pa, NULL, NULL) ? ~0ull : pa.pa;
}

#endif /* TESTS_PT_FIXTURE_H */
