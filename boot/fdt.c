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

/*
 * One bit for each hash of a name's first word that is of interest; it is made of the
 * first letter and the third. All bits are for nodes that are all of interest.
 */
#define HASH(word)	  (((word) ^ (word) >> 15) & 63)
#define NAMED(a, b, c, d) (UINT64_C(1) << HASH(DT_WORD(a, b, c, d)))
#define NAMES                                                                                \
	(NAMED('a', 'l', 'i', 'a') | NAMED('c', 'h', 'o', 's') | NAMED('m', 'e', 'm', 'o') | \
	 NAMED('p', 'l', '0', '1') | NAMED('p', 's', 'c', 'i') | NAMED('r', 'e', 's', 'e') | \
	 NAMED('s', 'e', 'r', 'i') | NAMED('u', 'a', 'r', 't') |                             \
	 (PLATFORM_XEN ? NAMED('h', 'y', 'p', 'e') | NAMED('s', 'b', 's', 'a') : 0))
#define ANY_NAME UINT64_MAX

#define DAMAGED	 "device tree: its nodes are damaged or more than 64 deep"

/* 3.4: "memory", or "memory@" and its address, of which the first word is known */
static bool is_memory(const uint32_t *name)
{
	return name[1] << 8 == DT_WORD(0, 'r', 'y', 0) || name[1] << 8 == DT_WORD(0, 'r', 'y', '@');
}

/* The node whose first property is at p becomes the one that is looked at. */
static __attribute__((noinline)) const uint32_t *read_node(struct dt_walk *w, const uint32_t *p)
{
	return dt_read(&w->f, p, &w->node);
}

/* The first words of names that consoles have, anywhere in the tree */
#define PL011  DT_WORD('p', 'l', '0', '1')
#define SERIAL DT_WORD('s', 'e', 'r', 'i')
#define UART   DT_WORD('u', 'a', 'r', 't')
#define SBSA   DT_WORD('s', 'b', 's', 'a') /* Xen's */

/* The same as look_at(), of a node with one of these */
static const uint32_t *look_at_uart(struct dt_walk *w, uint32_t depth, const uint32_t *p)
{
	p = read_node(w, p);
	dt_look_at_uart(w, depth);
	return p;
}

/* The same as look_at(), of a child of the root */
static const uint32_t *look_at_child(struct dt_walk *w, const uint32_t *name, const uint32_t *p)
{
	switch (name[0]) {
	case DT_WORD('a', 'l', 'i', 'a'):
		if (name[1] == DT_WORD('s', 'e', 's', 0))
			w->aliases = p;
		break;
	case DT_WORD('c', 'h', 'o', 's'):
		if (name[1] == DT_WORD('e', 'n', 0, 0))
			w->chosen = p;
		break;
#if PLATFORM_XEN
	case DT_WORD('h', 'y', 'p', 'e'):
		p = read_node(w, p);
		dt_look_at_hypervisor(w);
		break;
#endif
	case DT_WORD('m', 'e', 'm', 'o'):
		if (is_memory(name) && dt_says_all(w)) {
			p = read_node(w, p);
			if (dt_enabled(&w->node))
				w->err = dt_add_reg(w, w->root, UKPLAT_MEMRT_FREE);
		}
		break;
	case DT_WORD('p', 's', 'c', 'i'):
		p = read_node(w, p);
		dt_look_at_psci(w);
		break;
	case DT_WORD('r', 'e', 's', 'e'):
		if (name[1] == DT_WORD('r', 'v', 'e', 'd') &&
		    name[2] == DT_WORD('-', 'm', 'e', 'm'))
			w->reserved_memory = p;
		break;
#if PLATFORM_XEN
	case SBSA:
#endif
	case PL011:
	case SERIAL:
	case UART:
		return look_at_uart(w, 1, p);
	}
	return p;
}

/*
 * At a node whose hash is right, with p at its first property. Returns what follows
 * its properties, or p, and leaves a message in w->err. Names are compared by words,
 * and a word that a name goes on behind is not the block's last. Kept out of the way
 * of the walk, which has all it needs in registers.
 */
static __attribute__((noinline)) const uint32_t *look_at(struct dt_walk *w, uint32_t depth,
							 const uint32_t *p)
{
	const uint32_t *const name = (const uint32_t *)(const void *)w->path[depth];

	if (depth == 1)
		return look_at_child(w, name, p);
	if (*name == PL011 || *name == SERIAL || *name == UART || (PLATFORM_XEN && *name == SBSA))
		return look_at_uart(w, depth, p);
	return p;
}

/* At a node inside of /reserved-memory */
static const uint32_t *reserve(struct dt_walk *w, uint32_t depth, const uint32_t *p)
{
	if (depth == 1) {
		p = read_node(w, p);
		w->err = dt_add_reg(w, w->reserved, UKPLAT_MEMRT_RESERVED);
	}
	return p;
}

/*
 * Walks over what is in a node, from its first property on, and returns w->err. This
 * loop is most of the parser's time: a small tree has hundreds of tokens, most of them
 * properties that nobody asks for, and most nodes follow one that has no nodes in it.
 * So two words are read at once, a token and what follows: a property's length, the
 * beginning of a node's name, or the next token. A property that is too long leads
 * beyond the end, wherever in 64 bits that is; a name does not. Nodes of other than
 * these names are not looked at.
 */
static const char *walk(struct dt_walk *w, const uint32_t *p, uint64_t names)
{
	const uint32_t *const limit = w->f.end - 1, *const names_end = w->f.names_end;
	uint32_t depth = 1, begin_node = dt32(DT_BEGIN_NODE), end_node = dt32(DT_END_NODE);

	DT_KEEP(begin_node);
	DT_KEEP(end_node);
	if (p >= limit)
		return DAMAGED;
	for (;;) {
		uint32_t token = p[0], word = p[1];

		while (token == dt32(DT_PROP)) {
			p = dt_behind(p + DT_PROP_WORDS, dt32(word));
			if (p >= limit)
				return DAMAGED;
			token = p[0];
			word = p[1];
		}
		if (token == end_node) {
			if (!--depth)
				return names == ANY_NAME || word == dt32(DT_END) ? NULL : DAMAGED;
			p++;
			if (word != begin_node) {
				if (p >= limit)
					break;
				continue;
			}
		} else if (token == dt32(DT_NOP)) {
			if (++p >= limit)
				break;
			continue;
		} else if (token != begin_node || depth == DT_MAX_DEPTH) {
			break;
		}
		if (++p >= names_end)
			break;
		w->path[depth++] = (const char *)p;
		word = *p;
		p = dt_skip_name(p);
		if (names >> HASH(word) & 1) {
			p = names == ANY_NAME ? reserve(w, depth - 1, p) : look_at(w, depth - 1, p);
			if (w->err)
				return w->err;
			if (p >= limit)
				break;
		}
	}
	return DAMAGED;
}

static const char *look_around(struct dt_walk *w)
{
	const uint32_t *p = w->f.start;
	const char *err;

	/* The root's token and its name */
	if (w->f.names_end - p < 2 || *p != dt32(DT_BEGIN_NODE))
		return DAMAGED;
	p = read_node(w, dt_skip_name(p + 1));
	w->root = dt_cells_of(&w->node);
	err = walk(w, p, NAMES);
	read_node(w, w->chosen ? w->chosen : w->f.end);
	if (!err)
		err = dt_look_at_chosen(w);
	dt_choose_uart(w);
	/* After the initrd is known, which both ways to reserve memory often name as well */
	if (!err)
		err = dt_add_reserve_map(w);
	if (err || !w->reserved_memory)
		return err;
	p = read_node(w, w->reserved_memory);
	w->reserved = dt_cells_of(&w->node);
	return walk(w, p, ANY_NAME);
}

static const char *parse(struct dt_walk *w, struct bootinfo *bi, paddr_t dtb)
{
	const char *err;

	err = dt_open(&w->f, dtb);
	if (err)
		return err;
	w->bi = bi;
	w->to_pa = dtb.pa - (uintptr_t)w->f.header;
	w->err = NULL;
	w->chosen = w->aliases = w->reserved_memory = NULL;
	w->uarts_end = w->uart;

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
