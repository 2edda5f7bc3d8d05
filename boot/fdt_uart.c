/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: the console, a PL011 or, as Xen's guests may have it, what Arm's SBSA
 * (DEN0029) leaves of one
 */

#include <string.h>
#include "fdt_walk.h"

/* 2.3.8: does a bus have the addresses of the bus that it is a child of? */
static bool has_parents_addresses(const struct dt_node *bus)
{
	const struct dt_prop *ranges = dt_get(bus, DT_RANGES, 0);

	return ranges && !ranges->len;
}

static const char pl011[] = "arm,pl011", sbsa[] = "arm,sbsa-uart";

/* Xen names such nodes "sbsa-uart" and "sbsa-pl011". */
static bool is_sbsa(const char *node)
{
	return PLATFORM_XEN && *(const uint32_t *)(const void *)node == DT_WORD('s', 'b', 's', 'a');
}

static bool is_uart(const struct dt_node *node, const char *name)
{
	if (is_sbsa(name))
		return dt_is_compatible(node, sbsa, sizeof(sbsa));
	return dt_is_compatible(node, pl011, sizeof(pl011));
}

static void read_named(const struct dt_reader *f, const char *name, struct dt_node *node)
{
	dt_read(f, dt_skip_name((const uint32_t *)(const void *)name), node);
}

/* What a bus on the way to a node at some depth says of its children's addresses */
static bool ask_buses(const struct dt_walk *w, uint32_t depth, struct dt_cells *cells)
{
	struct dt_node bus;
	uint32_t d;

	*cells = w->root;
	for (d = 1; d < depth; d++) {
		read_named(&w->f, w->path[d], &bus);
		if (!has_parents_addresses(&bus))
			return false;
		*cells = dt_cells_of(&bus);
	}
	return dt_cells_ok(*cells);
}

void dt_look_at_uart(struct dt_walk *w, uint32_t depth)
{
	struct dt_uart *const u = w->uarts_end;
	const struct dt_prop *reg;
	struct dt_cells cells;

	if (u == &w->uart[DT_MAX_UARTS] || depth - 1 >= DT_MAX_UART_DEPTH ||
	    !is_uart(&w->node, w->path[depth]) || !dt_enabled(&w->node) ||
	    !ask_buses(w, depth, &cells))
		return;
	reg = dt_get(&w->node, DT_REG, (cells.address + cells.size) * (uint32_t)sizeof(uint32_t));
	if (!reg)
		return;
	u->base = dt_number(reg->value, cells.address);
	u->len = dt_number(reg->value + cells.address, cells.size);
	u->depth = depth;
	memcpy(u->node, w->path + 1, depth * sizeof(*u->node));
	w->uarts_end++;
}

/* A string in the tree, if it ends */
static const char *string_of(const struct dt_prop *p)
{
	const uint32_t len = p ? dt_len(p) : 0;

	return len && !((const char *)p->value)[len - 1] ? (const char *)p->value : NULL;
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
	const struct dt_uart *u = w->uart, *const end = w->uarts_end;
	const char *path;

	if (end - u > 1) {
		path = string_of(dt_get(&w->node, DT_STDOUT_PATH, 0));
		/* 3.3: what is no path is an alias of one. */
		if (path && *path != '/') {
			w->f.also = path;
			dt_read(&w->f, w->aliases ? w->aliases : w->f.end, &w->node);
			w->f.also = NULL;
			path = string_of(dt_get(&w->node, DT_ALSO, 0));
		}
		if (path)
			while (u < end && !is_at(u, path))
				u++;
		if (u == end)
			u = w->uart;
	}
	if (end != w->uart) {
		w->bi->uart = is_sbsa(u->node[u->depth - 1]) ? UART_SBSA : UART_PL011;
		w->bi->uart_base = PADDR(u->base);
		w->bi->uart_len = u->len;
	}
}
