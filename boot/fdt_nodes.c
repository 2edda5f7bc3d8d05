/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: memory, what is reserved of it, PSCI and /chosen
 */

#include <ukaslr/entropy.h>
#include "fdt_walk.h"

/* Adds all of the node's reg, of which its parent says how many cells numbers have (2.3.6). */
const char *dt_add_reg(struct dt_walk *w, struct dt_cells cells, uint16_t type)
{
	const struct dt_prop *reg = dt_get(&w->node, DT_REG, 0);
	const uint32_t *p;
	const char *err;
	uint32_t words, left;

	if (!reg)
		return NULL;
	if (!dt_cells_ok(cells))
		return "device tree: numbers of neither 1 nor 2 cells";
	words = cells.address + cells.size;
	p = reg->value;
	for (left = dt_len(reg) / (uint32_t)sizeof(*p); left >= words; left -= words, p += words) {
		err = bootinfo_add(w->bi, PADDR(dt_number(p, cells.address)),
				   dt_number(p + cells.address, cells.size), type);
		if (err)
			return err;
	}
	return NULL;
}

/*
 * Linux Documentation/devicetree/bindings/arm/psci.yaml. PSCI 0.1 ("arm,psci"
 * alone) has function numbers of its own, and no SYSTEM_OFF.
 */
void dt_look_at_psci(struct dt_walk *w)
{
	static const char later[] = "arm,psci-";
	const struct dt_prop *p = dt_get(&w->node, DT_METHOD, sizeof("hvc"));

	if (!p || !dt_is_compatible(&w->node, later, sizeof(later) - 1))
		return;
	if (*p->value == DT_WORD('h', 'v', 'c', 0))
		w->bi->psci = PSCI_HVC;
	else if (*p->value == DT_WORD('s', 'm', 'c', 0))
		w->bi->psci = PSCI_SMC;
}

#if PLATFORM_XEN
/* Linux Documentation/devicetree/bindings/arm/xen.txt */
void dt_look_at_hypervisor(struct dt_walk *w)
{
	static const char xen[] = "xen,xen";

	if (dt_is_compatible(&w->node, xen, sizeof(xen)))
		w->bi->xen = XEN_HVC;
}
#endif

static paddr_t where(const struct dt_walk *w, const void *p)
{
	return PADDR((uintptr_t)p + w->to_pa);
}

_Static_assert(BOOTINFO_MAX_SEEDS >= 2, "there is room for kaslr-seed and rng-seed");

/* A seed in /chosen, for whoever reads and wipes it; there are two of them at most. */
static void add_seed(struct dt_walk *w, enum dt_name name, enum entropy_source source)
{
	const struct dt_prop *p = dt_get(&w->node, name, 1);

	if (p)
		bootinfo_add_seed(w->bi, where(w, p->value), dt_len(p), source);
}

/* A number of 4 or 8 bytes in /chosen, whatever #address-cells says */
static bool find_number(const struct dt_walk *w, enum dt_name name, uint64_t *n)
{
	const struct dt_prop *p = dt_get(&w->node, name, sizeof(uint32_t));

	if (p)
		*n = dt_number(p->value, dt_len(p) / (uint32_t)sizeof(uint32_t));
	return p;
}

static const char *add_initrd(struct dt_walk *w)
{
	uint64_t start, end;

	if (!find_number(w, DT_INITRD_START, &start) || !find_number(w, DT_INITRD_END, &end))
		return NULL;
	if (end < start)
		return "device tree: the initrd ends before it starts";
	return bootinfo_add(w->bi, PADDR(start), end - start, UKPLAT_MEMRT_INITRD);
}

const char *dt_look_at_chosen(struct dt_walk *w)
{
	const struct dt_prop *p;
	uint64_t len;

	add_seed(w, DT_KASLR_SEED, ENTROPY_KASLR_SEED);
	add_seed(w, DT_RNG_SEED, ENTROPY_RNG_SEED);
	if (!dt_says_all(w))
		return NULL;
	p = dt_get(&w->node, DT_BOOTARGS, 1);
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
const char *dt_add_reserve_map(struct dt_walk *w)
{
	const uint32_t off = dt32(w->f.header->off_mem_rsvmap);
	const char *const tree = (const char *)w->f.header;
	const struct dt_reserve_entry *e = (const void *)(tree + off);
	const char *err;

	if (off % DT_RESERVE_ALIGN == 0)
		for (; (const char *)(e + 1) <= tree + w->f.totalsize; e++) {
			const uint64_t pa = dt_number(e->address, 2), len = dt_number(e->size, 2);

			if (!pa && !len)
				return NULL;
			err = bootinfo_add(w->bi, PADDR(pa), len, UKPLAT_MEMRT_RESERVED);
			if (err)
				return err;
		}
	return DT_OUTSIDE;
}
