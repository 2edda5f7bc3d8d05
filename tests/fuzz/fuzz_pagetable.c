/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables: any sequence of operations agrees with the model, and arguments
 * that make no sense do no harm
 *
 * Input: a byte of choices (levels, largest page, are tables ready), then records of 8
 * bytes, one operation each.
 */
#include <stddef.h>
#include "../lib/pt_model.h"

#define WINDOW_START                                                                 \
	(0xffff900000000000ull - (2ull << 20)) /* multiple of 2 MiB, crosses 512 GiB \
						*/
#define WINDOW_PAGES 1536u
#define MAX_OPS	     64

struct op {
	uint8_t kind, attr;
	uint16_t page, nr, pa;
};

static struct pool pool;

static int raw(struct pagetable *pt, const struct op *op, const uint8_t *bytes)
{
	uint64_t v[3];

	memcpy(v, bytes, sizeof(v));
	switch (op->kind >> 2 & 3) {
	case 0:
		return pt_map(pt, VADDR(v[0]), PADDR(v[1]), v[2], op->attr);
	case 1:
		return pt_unmap(pt, VADDR(v[0]), v[2] & 0xffffffff);
	case 2:
		return pt_protect(pt, VADDR(v[0]), v[2] & 0xffffffff, op->attr);
	default:
		return pt_translate(pt, VADDR(v[0]), &(paddr_t){0}, NULL, NULL);
	}
}

static void in_window(struct pagetable *pt, struct model *m, const struct op *op)
{
	static const pte_t attrs[] = {PT_READ, PT_WRITE, PT_EXEC, PT_DEVICE};
	uint64_t i = op->page % m->nr, nr = op->nr % (m->nr - i) + 1;
	uint64_t pa = (uint64_t)op->pa * 4096;
	pte_t attr = attrs[op->attr % 4];
	vaddr_t va = VADDR(m->start + i * 4096);
	int err, expected;

	/* Congruent in every other case, so that large pages come up */
	if (op->attr & 0x80)
		pa = i * 4096;
	switch (op->kind & 3) {
	case 1:
		err = pt_unmap(pt, va, nr * 4096);
		expected = model_unmap(m, i, nr);
		break;
	case 2:
		err = pt_protect(pt, va, nr * 4096, attr);
		expected = model_protect(m, i, nr, attr);
		break;
	default:
		err = pt_map(pt, va, PADDR(pa), nr * 4096, attr);
		expected = model_map(m, i, pa, nr, attr);
	}
	if (err != expected)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pagetable pt;
	struct model m;
	struct pt_run run;
	bool use_model;

	if (size < 1)
		return 0;
	pool_init(&pt, &pool, 64);
	pt.levels = data[0] & 1 ? 5 : 4;
	pt.max_leaf = (data[0] >> 1 & 3) % 3;
	use_model = data[0] & 8;
	if (data[0] & 16)
		pool_ready(&pt, &pool, &run, 16);
	model_init(&m, WINDOW_START, WINDOW_PAGES, pt.max_leaf);
	data++;
	size--;
	for (int n = 0; n < MAX_OPS && size >= 32; n++, data += 8, size -= 8) {
		struct op op;

		memcpy(&op, data, sizeof(op));
		if (use_model) {
			in_window(&pt, &m, &op);
		} else {
			(void)raw(&pt, &op, data + 8);
			data += 24;
			size -= 24;
		}
	}
	if (use_model && !model_agrees_all(&m, &pt))
		abort();
	model_free(&m);
	return 0;
}
