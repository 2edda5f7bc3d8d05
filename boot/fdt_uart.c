/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: the console, a PL011 or, as Xen's guests may have it, what Arm's SBSA
 * (DEN0029) leaves of one
 */

#include "fdt_walk.h"

/* 2.3.8: does a bus have the addresses of the bus that it is a child of? */
static bool has_parents_addresses(const struct dt_reader *f, const char *bus)
{
	const struct dt_prop *ranges = dt_find(f, bus, "ranges", 0);

	return ranges && !ranges->len;
}

static const char pl011[] = "arm,pl011", sbsa[] = "arm,sbsa-uart";

/* Xen names such nodes "sbsa-uart" and "sbsa-pl011". */
static bool is_sbsa(const char *node)
{
	return PLATFORM_XEN && *(const uint32_t *)(const void *)node == DT_WORD('s', 'b', 's', 'a');
}

static bool is_uart(const struct dt_reader *f, const char *node)
{
	if (is_sbsa(node))
		return dt_is_compatible(f, node, sbsa, sizeof(sbsa));
	return dt_is_compatible(f, node, pl011, sizeof(pl011));
}

void dt_look_at_uart(struct dt_walk *w, uint32_t depth)
{
	struct dt_uart *u = &w->uart[w->nr_uarts];
	const struct dt_reader *f = &w->f;
	const char **node = &w->path[depth];
	const struct dt_prop *reg;
	struct dt_cells cells = w->root;

	if (u == &w->uart[DT_MAX_UARTS] || depth - 1 >= DT_MAX_UART_DEPTH || !is_uart(f, *node) ||
	    !dt_enabled(f, *node))
		return;
	if (depth > 1)
		cells = dt_cells_of(f, node[-1]);
	if (!dt_cells_ok(cells))
		return;
	reg = dt_find(f, *node, "reg", (cells.address + cells.size) * (uint32_t)sizeof(uint32_t));
	if (!reg)
		return;
	u->base = dt_number(reg->value, cells.address);
	u->len = dt_number(reg->value + cells.address, cells.size);
	u->depth = depth;
	while (depth) {
		u->node[--depth] = *node--;
		if (depth && !has_parents_addresses(f, *node))
			return;
	}
	w->nr_uarts++;
}

/* A string in the tree, if it ends */
static const char *find_string(const struct dt_reader *f, const char *node, const char *name)
{
	const struct dt_prop *p = node ? dt_find(f, node, name, 1) : NULL;

	return p && !((const char *)p->value)[dt_len(p) - 1] ? (const char *)p->value : NULL;
}

/*
 * Is this the path of the console? 2.2.3: unit addresses may be left out. Options
 * come after a colon, as in /serial:115200n8. In the tree, a name's last word has
 * a control character in it, if only a NUL.
 */
static bool is_at(const struct dt_uart *u, const char *path)
{
	uint32_t i;

	for (i = 0; i < u->depth; i++) {
		const char *name = u->node[i];

		if (*path++ != '/')
			return false;
		for (; *name > ' ' && *name == *path; path++)
			name++;
		if (*name > ' ' && *name != '@')
			return false;
	}
	return !*path || *path == ':';
}

void dt_choose_uart(struct dt_walk *w)
{
	const struct dt_uart *u = w->uart, *const end = u + w->nr_uarts;
	const char *path = find_string(&w->f, w->chosen, "stdout-path");

	/* 3.3: what is no path is an alias of one. */
	if (path && *path != '/')
		path = find_string(&w->f, w->aliases, path);
	if (path)
		while (u < end && !is_at(u, path))
			u++;
	if (u == end)
		u = w->uart;
	if (w->nr_uarts) {
		w->bi->uart = is_sbsa(u->node[u->depth - 1]) ? UART_SBSA : UART_PL011;
		w->bi->uart_base = PADDR(u->base);
		w->bi->uart_len = u->len;
	}
}
