/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: what the loader says on arm64
 *
 * Devicetree Specification v0.4, Linux Documentation/arch/arm64/booting.rst, and
 * for the properties of /chosen the dt-schema's chosen.yaml.
 *
 * One pass over the structure block notes where the root's children are; most of
 * what there is to know is in a few of these, which have prescribed names.
 */

#include <string.h>
#include "fdt_walk.h"

/*
 * The pass, but for the last words, up to the end of the root node. This loop is
 * most of the parser's time: a small tree has hundreds of tokens. So it does not
 * use dt_next(), and asks once a token whether there is room for the largest
 * fixed part, a property's. A property that is too long leads beyond the end,
 * wherever in 64 bits that is, and the loop ends. *depth counts open nodes.
 */
static const char *pass_over(struct dt_walk *w, uint32_t *depth)
{
	const uint32_t *p = w->f.next;
	const uint32_t *const limit = w->f.end - DT_PROP_WORDS;
	uint32_t *child = w->child;
	uint32_t open = *depth;

	while (p < limit) {
		const uint32_t token = *p;

		if (token == dt32(DT_PROP)) {
			p = dt_after((const struct dt_prop *)(p + 1));
			continue;
		}
		if (token == dt32(DT_BEGIN_NODE)) {
			p++;
			if (open == 1) {
				if (child == &w->child[DT_MAX_CHILDREN])
					return "device tree: the root has more than 256 children";
				*child++ = (uint32_t)(p - w->f.start);
			}
			if (++open > DT_MAX_DEPTH)
				return "device tree: its nodes are nested more than 64 deep";
			while (!dt_has_nul(*p++))
				;
			continue;
		}
		if (token == dt32(DT_END_NODE) && open > 1)
			open--;
		else if (token != dt32(DT_NOP))
			break;
		p++;
	}
	w->nr_children = (uint32_t)(child - w->child);
	*depth = open;
	w->f.next = p;
	return NULL;
}

/* One root node and the end, 5.4.2 */
static const char *walk(struct dt_walk *w)
{
	enum dt_token token;
	uint32_t depth = 1;
	const char *err;

	if (dt_next(&w->f) != DT_BEGIN_NODE)
		return "device tree: there is no root node";
	w->root = w->f.name;
	err = pass_over(w, &depth);
	if (err)
		return err;
	do
		token = dt_next(&w->f);
	while (token == DT_END_NODE && depth--);
	if (token == DT_END && !depth)
		return NULL;
	if (token == DT_BAD && w->f.next < w->f.end)
		return w->f.error;
	return depth ? "device tree: the structure block ends in the middle of a node"
		     : "device tree: the root node is not followed by the end";
}

/* Is this the node's name, without its unit address (2.2.1)? */
static bool is_called(const char *node, const char *name, size_t len)
{
	return !strncmp(node, name, len) && (!node[len] || node[len] == '@');
}
#define IS_CALLED(node, name) is_called(node, name, sizeof(name) - 1)

static const char *look_at_child(struct dt_walk *w, const char *node)
{
	switch (*node) {
	case 'a':
		if (!strcmp(node, "aliases"))
			w->aliases = node;
		break;
	case 'c':
		if (!strcmp(node, "chosen"))
			w->chosen = node;
		break;
	case 'm':
		if (IS_CALLED(node, "memory"))
			return dt_look_at_memory(w, node);
		break;
	case 'p':
		if (IS_CALLED(node, "psci"))
			dt_look_at_psci(w, node);
		break;
	case 'r':
		if (!strcmp(node, "reserved-memory"))
			w->reserved_memory = node;
		break;
	default:
		break;
	}
	return NULL;
}

static const char *look_at_children(struct dt_walk *w)
{
	const char *err = NULL;
	uint32_t i;

	w->root_address_cells = dt_address_cells(&w->f, w->root);
	w->root_size_cells = dt_size_cells(&w->f, w->root);
	for (i = 0; i < w->nr_children && !err; i++)
		err = look_at_child(w, dt_child(w, i));
	if (!err && w->chosen)
		err = dt_look_at_chosen(w);
	if (!err)
		err = dt_look_at_reserved(w);
	return err;
}

const char *fdt_parse(struct bootinfo *bi, paddr_t dtb)
{
	struct dt_walk w;
	const char *err;

	err = dt_open(&w.f, dtb);
	if (err)
		return err;
	w.bi = bi;
	w.dtb = dtb;
	w.chosen = w.aliases = w.reserved_memory = NULL;

	bi->dtb = dtb;
	bi->dtb_len = w.f.totalsize;
	err = bootinfo_add(bi, dtb, w.f.totalsize, UKPLAT_MEMRT_DEVICETREE);
	if (!err)
		err = walk(&w);
	if (err)
		return err;
	err = look_at_children(&w);
	dt_choose_uart(&w);
	if (!err && !bootinfo_has_free(bi))
		err = "device tree: there is no usable memory in it";
	return err;
}
