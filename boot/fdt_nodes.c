/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: memory, what is reserved of it, and /chosen
 */

#include <ukaslr/entropy.h>
#include "fdt_walk.h"

/* Adds all of a node's reg, whose cells its parent counts (2.3.6). */
static const char *add_reg(struct fdt_walk *w, const struct fdt_prop *reg,
			   const struct fdt_node *parent, uint16_t type)
{
	const uint32_t addr = fdt_cell_count(parent, ID_ADDRESS_CELLS);
	const uint32_t size = fdt_cell_count(parent, ID_SIZE_CELLS);
	const uint32_t *p = reg->value;
	const uint32_t *const end = p + fdt_len(reg) / sizeof(*p);
	const char *err = NULL;

	if (addr < 1 || addr > 2 || size < 1 || size > 2)
		return "device tree: memory has addresses or sizes of neither 1 nor 2 cells";
	for (; (size_t)(end - p) >= addr + size && !err; p += addr + size)
		err = bootinfo_add(w->bi, PADDR(fdt_cells(p, addr)), fdt_cells(p + addr, size),
				   type);
	return err;
}

/* 3.4, a child of the root */
const char *fdt_look_at_memory(struct fdt_walk *w, const struct fdt_node *n)
{
	const struct fdt_prop *reg = fdt_prop(n, ID_REG, 0);

	if (!reg || !fdt_value_is(n->prop[ID_DEVICE_TYPE], "memory", sizeof("memory")) ||
	    !fdt_enabled(n))
		return NULL;
	return add_reg(w, reg, &w->node[0], UKPLAT_MEMRT_FREE);
}

/* A seed in /chosen: where its bytes lie, for whoever reads and wipes them. */
static void add_seed(struct fdt_walk *w, const struct fdt_prop *p, enum entropy_source source)
{
	struct bootinfo *bi = w->bi;
	struct boot_seed *seed = &bi->seed[bi->nr_seeds];

	if (!p || bi->nr_seeds == BOOTINFO_MAX_SEEDS)
		return;
	seed->pa =
		paddr_add(w->dtb, (uint64_t)((const char *)p->value - (const char *)w->f.header));
	seed->len = fdt_len(p);
	seed->source = source;
	bi->nr_seeds++;
}

/* linux,initrd-start and -end: 4 or 8 bytes, whatever #address-cells says */
static const char *add_initrd(struct fdt_walk *w, const struct fdt_prop *start,
			      const struct fdt_prop *end)
{
	uint64_t first, last;

	if (!start || !end)
		return NULL;
	first = fdt_cells(start->value, fdt_len(start) / sizeof(uint32_t));
	last = fdt_cells(end->value, fdt_len(end) / sizeof(uint32_t));
	if (last < first)
		return "device tree: the initrd ends before it starts";
	return bootinfo_add(w->bi, PADDR(first), last - first, UKPLAT_MEMRT_INITRD);
}

const char *fdt_look_at_chosen(struct fdt_walk *w, const struct fdt_node *n)
{
	const struct fdt_prop *args = fdt_prop(n, ID_BOOTARGS, 1);
	struct bootinfo *bi = w->bi;

	w->stdout_path = fdt_prop(n, ID_STDOUT_PATH, 1);
	add_seed(w, fdt_prop(n, ID_KASLR_SEED, 1), ENTROPY_KASLR_SEED);
	add_seed(w, fdt_prop(n, ID_RNG_SEED, 1), ENTROPY_RNG_SEED);
	if (args) {
		const char *s = (const char *)args->value;

		bi->cmdline = paddr_add(w->dtb, (uint64_t)(s - (const char *)w->f.header));
		bi->cmdline_len = bootinfo_strnlen(s, fdt_len(args));
		if (bi->cmdline_len == fdt_len(args))
			return "device tree: the command line has no end";
	}
	return add_initrd(w, fdt_prop(n, ID_INITRD_START, sizeof(uint32_t)),
			  fdt_prop(n, ID_INITRD_END, sizeof(uint32_t)));
}

/* 5.3, the memory reservation block: ends with an entry of zeros */
static const char *add_reserve_map(struct fdt_walk *w)
{
	const uint32_t off = fdt32(w->f.header->off_mem_rsvmap), total = w->f.totalsize;
	const struct fdt_reserve_entry *e;
	const char *err = NULL;
	uint64_t pa, len;
	uint32_t left;

	if (off > total || off % FDT_RESERVE_ALIGN)
		return "device tree: the memory reservation block is not inside the tree";
	e = (const void *)((const char *)w->f.header + off);
	for (left = (total - off) / sizeof(*e); left && !err; left--, e++) {
		pa = fdt_cells(e->address, 2);
		len = fdt_cells(e->size, 2);
		if (!pa && !len)
			return NULL;
		err = bootinfo_add(w->bi, PADDR(pa), len, UKPLAT_MEMRT_RESERVED);
	}
	return err ? err : "device tree: the memory reservation block has no end";
}

/*
 * 3.5, /reserved-memory: the children's reg. A child without one only asks for
 * some memory, wherever it may be. Its nodes are walked once more, after the
 * initrd is known, which they often name as well.
 */
static const char *add_reserved_nodes(struct fdt_walk *w)
{
	struct fdt_node *const node = w->node;
	const char *err = NULL;
	uint32_t depth = 1;

	node[0].have = 0;
	w->f = w->reserved_memory;
	while (depth && !err) {
		switch (fdt_next(&w->f)) {
		case FDT_BEGIN_NODE:
			if (++depth == 2)
				node[1].have = 0;
			break;
		case FDT_PROP:
			if (depth <= 2)
				err = fdt_note_property(w, &node[depth - 1]);
			break;
		case FDT_END_NODE:
			if (depth-- == 2 && fdt_prop(&node[1], ID_REG, 0))
				err = add_reg(w, node[1].prop[ID_REG], &node[0],
					      UKPLAT_MEMRT_RESERVED);
			break;
		default:
			return w->f.error;
		}
	}
	return err;
}

const char *fdt_look_at_reserved(struct fdt_walk *w)
{
	const char *err = add_reserve_map(w);

	return err || !w->reserved_memory.next ? err : add_reserved_nodes(w);
}
