/* SPDX-License-Identifier: BSD-3-Clause */
/* Page tables: random operations against an array of pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../lib/pt_model.h"
#include "../lib/random.h"

#define GIB   (1ull << 30)
#define UPPER 0xffff900000000000ull /* in the upper half of both architectures */

static struct pool pool;
static struct pagetable pt;

/* One random operation on both; true if they answered the same. */
static bool random_operation(struct model *m)
{
	static const pte_t attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE | PT_WRITE};
	uint64_t scale = 1ull << rnd(19), i = rnd(m->nr), pa = rnd(1 << 30) * 4096, nr;
	pte_t attr = attrs[rnd(4)];

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
		uint64_t start = run % 2 ? UPPER - 2 * GIB : 0 - 3 * GIB;
		struct model m;

		rnd_state = run;
		pool_init(&pt, &pool, 2400);
		pt.levels = run % 4 < 2 ? 4 : 5;
		pt.max_leaf = run % 3;
		model_init(&m, start, 3 * GIB / 4096, run % 3);
		for (unsigned op = 0; op < 250; op++) {
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
		cmocka_unit_test(random_operations_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
