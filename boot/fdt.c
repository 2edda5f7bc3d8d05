/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: what the loader says on arm64
 *
 * Devicetree Specification v0.4, Linux Documentation/arch/arm64/booting.rst, and
 * for the properties of /chosen the dt-schema's chosen.yaml.
 *
 * One walk over the structure block. What there is to know is in a few nodes:
 * children of the root with prescribed names, and consoles, which have one of the
 * generic names (2.2.2) "serial" and "uart", QEMU's "pl011", or Xen's "sbsa-...".
 */

#include "fdt_walk.h"

/* One bit for each letter that a name of interest begins with, by its low 6 bits */
#define LETTER(c) (UINT64_C(1) << ((c)&63))
#define LETTERS                                                                              \
	(LETTER('a') | LETTER('c') | LETTER('m') | LETTER('p') | LETTER('r') | LETTER('s') | \
	 LETTER('u') | (PLATFORM_XEN ? LETTER('h') : 0))
#define ANY_LETTER UINT64_MAX

#define DAMAGED	   "device tree: its nodes are damaged or more than 64 deep"

/*
 * At a node whose first letter is right; names are compared by words, and a word
 * that a name goes on behind is not the block's last. Kept out of the way of the
 * walk, which has all it needs in registers.
 */
static __attribute__((noinline)) const char *look_at(struct dt_walk *w, uint32_t depth)
{
	const char *const node = w->path[depth];
	const uint32_t *const name = (const uint32_t *)(const void *)node;

	if (w->path[0] == w->reserved_memory)
		return depth == 1 ? dt_add_reg(w, w->reserved, node, UKPLAT_MEMRT_RESERVED) : NULL;
	switch (name[0]) {
	case DT_WORD('p', 'l', '0', '1'):
	case DT_WORD('s', 'e', 'r', 'i'):
	case DT_WORD('u', 'a', 'r', 't'):
#if PLATFORM_XEN
	case DT_WORD('s', 'b', 's', 'a'):
#endif
		dt_look_at_uart(w, depth);
		return NULL;
	}
	if (depth != 1)
		return NULL;
	switch (name[0]) {
	case DT_WORD('a', 'l', 'i', 'a'):
		if (name[1] == DT_WORD('s', 'e', 's', 0))
			w->aliases = node;
		break;
	case DT_WORD('c', 'h', 'o', 's'):
		if (name[1] == DT_WORD('e', 'n', 0, 0))
			w->chosen = node;
		break;
#if PLATFORM_XEN
	case DT_WORD('h', 'y', 'p', 'e'):
		dt_look_at_hypervisor(w, node);
		break;
#endif
	case DT_WORD('m', 'e', 'm', 'o'):
		/* 3.4: "memory", or "memory@" and its address */
		if ((name[1] << 8 == DT_WORD(0, 'r', 'y', 0) ||
		     name[1] << 8 == DT_WORD(0, 'r', 'y', '@')) &&
		    dt_enabled(&w->f, node) && dt_says_all(w))
			return dt_add_reg(w, w->root, node, UKPLAT_MEMRT_FREE);
		break;
	case DT_WORD('p', 's', 'c', 'i'):
		dt_look_at_psci(w, node);
		break;
	case DT_WORD('r', 'e', 's', 'e'):
		if (name[1] == DT_WORD('r', 'v', 'e', 'd') &&
		    name[2] == DT_WORD('-', 'm', 'e', 'm'))
			w->reserved_memory = node;
		break;
	}
	return NULL;
}

/*
 * Walks over the node at p and all that is in it. This loop is most of the
 * parser's time: a small tree has hundreds of tokens, most of them properties
 * that nobody asks for. So two words are read at once, a token and what follows,
 * a property's length or the beginning of a node's name. A property that is too
 * long leads beyond the end, wherever in 64 bits that is. Nodes of other than
 * these first letters are not looked at.
 */
static const char *walk(struct dt_walk *w, const uint32_t *p, uint64_t letters)
{
	const uint32_t *const limit = w->f.end - 1;
	uint32_t depth = 0;
	const char *err;

	while (p < limit) {
		uint32_t token = p[0], word = p[1];

		while (token == dt32(DT_PROP)) {
			p = dt_behind(p + DT_PROP_WORDS, dt32(word));
			if (p >= limit)
				return DAMAGED;
			token = p[0];
			word = p[1];
		}
		if (token == dt32(DT_END_NODE)) {
			p++;
			if (--depth)
				continue;
			if (letters == ANY_LETTER || word == dt32(DT_END))
				return NULL;
			break;
		} else if (token == dt32(DT_BEGIN_NODE)) {
			if (depth >= DT_MAX_DEPTH)
				break;
			w->path[depth] = (const char *)(p + 1);
			p = dt_skip_name(p + 1);
			if (letters >> (word & 63) & 1) {
				err = look_at(w, depth);
				if (err)
					return err;
			}
			depth++;
		} else if (token == dt32(DT_NOP)) {
			p++;
		} else {
			break;
		}
	}
	return DAMAGED;
}

static const char *look_around(struct dt_walk *w)
{
	const char *err;

	/* The root's token and its name */
	if (w->f.end - w->f.start < 2)
		return DAMAGED;
	w->root = dt_cells_of(&w->f, (const char *)(w->f.start + 1));
	err = walk(w, w->f.start, LETTERS);
	if (!err && w->chosen)
		err = dt_look_at_chosen(w);
	dt_choose_uart(w);
	/* After the initrd is known, which both ways to reserve memory often name as well */
	if (!err)
		err = dt_add_reserve_map(w);
	if (err || !w->reserved_memory)
		return err;
	w->reserved = dt_cells_of(&w->f, w->reserved_memory);
	return walk(w, (const uint32_t *)(const void *)w->reserved_memory - 1, ANY_LETTER);
}

static const char *parse(struct dt_walk *w, struct bootinfo *bi, paddr_t dtb)
{
	const char *err;

	err = dt_open(&w->f, dtb);
	if (err)
		return err;
	w->bi = bi;
	w->to_pa = dtb.pa - (uintptr_t)w->f.header;
	w->chosen = w->aliases = w->reserved_memory = NULL;
	w->nr_uarts = 0;

	bi->dtb = dtb;
	bi->dtb_len = w->f.totalsize;
	err = bootinfo_add(bi, dtb, w->f.totalsize, UKPLAT_MEMRT_DEVICETREE);
	return err ? err : look_around(w);
}

#if PROTOCOL_EFI
const char *fdt_parse_devices(struct bootinfo *bi, paddr_t dtb)
{
	struct dt_walk w;

	w.devices_only = true;
	return parse(&w, bi, dtb);
}
#endif

const char *fdt_parse(struct bootinfo *bi, paddr_t dtb)
{
	struct dt_walk w;
	const char *err;

#if PROTOCOL_EFI
	w.devices_only = false;
#endif
	err = parse(&w, bi, dtb);
	return err ? err : bootinfo_check_memory(bi);
}
