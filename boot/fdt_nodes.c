/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: memory, what is reserved of it, and /chosen
 */

#include <ukaslr/entropy.h>
#include "fdt_walk.h"

/* Adds all of a node's reg, whose cells its parent counts (2.3.6). */
static const char *add_reg(struct dt_walk *w, const char *parent, const char *node, uint16_t type)
{
	const struct dt_prop *reg = dt_find(&w->f, node, "reg", 0);
	const char *err = NULL;
	const uint32_t *p, *end;
	uint32_t addr = w->root_address_cells, size = w->root_size_cells;

	if (!reg)
		return NULL;
	if (parent != w->root) {
		addr = dt_address_cells(&w->f, parent);
		size = dt_size_cells(&w->f, parent);
	}
	if (!dt_cells_ok(addr) || !dt_cells_ok(size))
		return "device tree: memory has addresses or sizes of neither 1 nor 2 cells";
	p = reg->value;
	end = p + dt_len(reg) / sizeof(*p);
	for (; (size_t)(end - p) >= addr + size && !err; p += addr + size)
		err = bootinfo_add(w->bi, PADDR(dt_cells(p, addr)), dt_cells(p + addr, size), type);
	return err;
}

/* 3.4 */
const char *dt_look_at_memory(struct dt_walk *w, const char *node)
{
	if (!dt_value_is(dt_find(&w->f, node, "device_type", 0), "memory", sizeof("memory")) ||
	    !dt_enabled(&w->f, node))
		return NULL;
	return add_reg(w, w->root, node, UKPLAT_MEMRT_FREE);
}

/*
 * Linux Documentation/devicetree/bindings/arm/psci.yaml. PSCI 0.1 ("arm,psci"
 * alone) has function numbers of its own, and no SYSTEM_OFF.
 */
void dt_look_at_psci(struct dt_walk *w, const char *node)
{
	const struct dt_prop *p = dt_find(&w->f, node, "method", 0);

	if (!DT_IS_COMPATIBLE(&w->f, node, "arm,psci-0.2") &&
	    !DT_IS_COMPATIBLE(&w->f, node, "arm,psci-1.0"))
		return;
	if (dt_value_is(p, "hvc", sizeof("hvc")))
		w->bi->psci = PSCI_HVC;
	else if (dt_value_is(p, "smc", sizeof("smc")))
		w->bi->psci = PSCI_SMC;
}

static paddr_t where(const struct dt_walk *w, const void *p)
{
	return paddr_add(w->dtb, (uint64_t)((const char *)p - (const char *)w->f.header));
}

_Static_assert(BOOTINFO_MAX_SEEDS >= 2, "there is room for kaslr-seed and rng-seed");

/* A seed in /chosen: where its bytes lie, for whoever reads and wipes them. */
static void add_seed(struct dt_walk *w, const char *name, enum entropy_source source)
{
	const struct dt_prop *p = dt_find(&w->f, w->chosen, name, 1);
	struct boot_seed *seed;

	if (!p)
		return;
	seed = &w->bi->seed[w->bi->nr_seeds++];
	seed->pa = where(w, p->value);
	seed->len = dt_len(p);
	seed->source = source;
}

/* Of 4 or 8 bytes, whatever #address-cells says */
static bool find_number(const struct dt_walk *w, const char *name, uint64_t *value)
{
	const struct dt_prop *p = dt_find(&w->f, w->chosen, name, sizeof(uint32_t));

	if (!p)
		return false;
	*value = dt_cells(p->value, dt_len(p) / sizeof(uint32_t));
	return true;
}

static const char *add_initrd(struct dt_walk *w)
{
	uint64_t start, end;

	if (!find_number(w, "linux,initrd-start", &start) ||
	    !find_number(w, "linux,initrd-end", &end))
		return NULL;
	if (end < start)
		return "device tree: the initrd ends before it starts";
	return bootinfo_add(w->bi, PADDR(start), end - start, UKPLAT_MEMRT_INITRD);
}

const char *dt_look_at_chosen(struct dt_walk *w)
{
	const struct dt_prop *p;
	uint64_t len;

	add_seed(w, "kaslr-seed", ENTROPY_KASLR_SEED);
	add_seed(w, "rng-seed", ENTROPY_RNG_SEED);
	p = dt_find(&w->f, w->chosen, "bootargs", 1);
	if (p) {
		len = bootinfo_strnlen((const char *)p->value, dt_len(p));
		if (len == dt_len(p))
			return "device tree: the command line has no end";
		w->bi->cmdline = where(w, p->value);
		w->bi->cmdline_len = len;
	}
	return add_initrd(w);
}

/* 5.3, the memory reservation block: ends with an entry of zeros */
static const char *add_reserve_map(struct dt_walk *w)
{
	const uint32_t off = dt32(w->f.header->off_mem_rsvmap), total = w->f.totalsize;
	const struct dt_reserve_entry *e;
	const char *err = NULL;
	uint64_t pa, len;
	uint32_t left;

	if (off > total || off % DT_RESERVE_ALIGN)
		return "device tree: the memory reservation block is not inside the tree";
	e = (const void *)((const char *)w->f.header + off);
	for (left = (uint32_t)((total - off) / sizeof(*e)); left && !err; left--, e++) {
		pa = dt_cells(e->address, 2);
		len = dt_cells(e->size, 2);
		if (!pa && !len)
			return NULL;
		err = bootinfo_add(w->bi, PADDR(pa), len, UKPLAT_MEMRT_RESERVED);
	}
	return err ? err : "device tree: the memory reservation block has no end";
}

/*
 * 3.5, /reserved-memory: the children's reg. A child without one only asks for
 * some memory, wherever it may be.
 */
static const char *add_reserved_nodes(struct dt_walk *w)
{
	struct dt_reader f = w->f;
	const char *err = NULL;
	uint32_t depth = 1;

	f.next = dt_first(w->reserved_memory);
	while (depth && !err) {
		switch (dt_next(&f)) {
		case DT_BEGIN_NODE:
			if (++depth == 2)
				err = add_reg(w, w->reserved_memory, f.name, UKPLAT_MEMRT_RESERVED);
			break;
		case DT_END_NODE:
			depth--;
			break;
		case DT_PROP:
			break;
		default:
			return f.error;
		}
	}
	return err;
}

/* After the initrd is known, which both ways to reserve memory often name as well. */
const char *dt_look_at_reserved(struct dt_walk *w)
{
	const char *err = add_reserve_map(w);

	return err || !w->reserved_memory ? err : add_reserved_nodes(w);
}
