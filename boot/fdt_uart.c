/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: the console
 */

#include <string.h>
#include "fdt_walk.h"

/* The way from the root, which is node[0], to a node, which is node[depth - 1] */
#define PATH_MAX_DEPTH 8

struct path {
	uint32_t depth;
	const char *node[PATH_MAX_DEPTH];
};

/* 3.3: an alias has 1 to 31 characters. */
#define ALIAS_MAX 32

static enum boot_uart kind_of(const struct dt_reader *f, const char *node)
{
	const struct dt_prop *shift;

	/* A UART as the SBSA asks for is a PL011 without modem and baud rate registers. */
	if (DT_IS_COMPATIBLE(f, node, "arm,pl011") || DT_IS_COMPATIBLE(f, node, "arm,sbsa-uart"))
		return UART_PL011;
	if (!DT_IS_COMPATIBLE(f, node, "ns16550a"))
		return UART_NONE;
	/* The driver knows registers of one byte, side by side. */
	shift = dt_find(f, node, "reg-shift", sizeof(uint32_t));
	return shift && shift->value[0] ? UART_NONE : UART_NS16550;
}

/*
 * 2.3.8: takes an address from a bus to the bus that this one is a child of.
 * Without ranges there is no way from one to the other.
 */
static bool to_parent_bus(const struct dt_reader *f, const char *parent, const char *bus,
			  uint64_t *address)
{
	const struct dt_prop *ranges = dt_find(f, bus, "ranges", 0);
	uint32_t here, there, size;
	const uint32_t *p, *end;
	uint64_t offset;

	if (!ranges)
		return false;
	if (!dt_len(ranges))
		return true;
	here = dt_address_cells(f, bus);
	there = dt_address_cells(f, parent);
	size = dt_size_cells(f, bus);
	if (!dt_cells_ok(here) || !dt_cells_ok(there) || !dt_cells_ok(size))
		return false;
	p = ranges->value;
	end = p + dt_len(ranges) / sizeof(*p);
	for (; (size_t)(end - p) >= here + there + size; p += here + there + size) {
		offset = *address - dt_cells(p, here);
		if (offset < dt_cells(p + here + there, size)) {
			*address = dt_cells(p + here, there) + offset;
			return true;
		}
	}
	return false;
}

/* Makes the node the console if it is one that there is a driver for. */
static bool take_uart(struct dt_walk *w, const struct path *path)
{
	const struct dt_reader *f = &w->f;
	const char *node = path->node[path->depth - 1];
	uint32_t addr = w->root_address_cells, size = w->root_size_cells, i;
	const enum boot_uart kind = kind_of(f, node);
	const struct dt_prop *reg;
	uint64_t base;

	if (kind == UART_NONE || !dt_enabled(f, node))
		return false;
	if (path->depth > 2) {
		addr = dt_address_cells(f, path->node[path->depth - 2]);
		size = dt_size_cells(f, path->node[path->depth - 2]);
	}
	if (!dt_cells_ok(addr) || !dt_cells_ok(size))
		return false;
	reg = dt_find(f, node, "reg", (addr + size) * (uint32_t)sizeof(uint32_t));
	if (!reg)
		return false;
	base = dt_cells(reg->value, addr);
	for (i = path->depth - 2; i; i--)
		if (!to_parent_bus(f, path->node[i - 1], path->node[i], &base))
			return false;
	w->bi->uart = kind;
	w->bi->uart_base = PADDR(base);
	w->bi->uart_len = dt_cells(reg->value + addr, size);
	return true;
}

/* 2.2.3: the unit address of a component may be left out. */
static bool component_is(const char *component, size_t len, const char *name)
{
	return !strncmp(component, name, len) && (!name[len] || name[len] == '@');
}

/* The child of a node that a component of a path names, or NULL. */
static const char *find_child(const struct dt_walk *w, const char *node, const char *component,
			      size_t len)
{
	struct dt_reader f = w->f;
	uint32_t depth = 1, i;

	if (node == w->root) {
		for (i = 0; i < w->nr_children; i++) {
			const char *child = dt_child(w, i);

			if (*child == *component && component_is(component, len, child))
				return child;
		}
		return NULL;
	}
	f.next = dt_first(node);
	while (depth) {
		switch (dt_next(&f)) {
		case DT_BEGIN_NODE:
			if (depth++ == 1 && component_is(component, len, f.name))
				return f.name;
			break;
		case DT_END_NODE:
			depth--;
			break;
		case DT_PROP:
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

/* Follows the path that begins at s with a slash and ends before end. */
static bool follow(const struct dt_walk *w, const char *s, const char *end, struct path *path)
{
	const char *start, *node = w->root;

	path->node[0] = node;
	path->depth = 1;
	while (s < end) {
		for (start = ++s; s < end && *s != '/';)
			s++;
		if (s == start || path->depth == PATH_MAX_DEPTH)
			return false;
		node = find_child(w, node, start, (size_t)(s - start));
		if (!node)
			return false;
		path->node[path->depth++] = node;
	}
	return true;
}

/* The end of a path: options come after a colon, as in serial0:115200n8. */
static const char *path_end(const struct dt_prop *p)
{
	const char *s = (const char *)p->value;
	const char *const end = s + dt_len(p);

	while (s < end && *s && *s != ':')
		s++;
	return s;
}

/* The path that stdout-path gives, as a property: a name is that of an alias (3.3). */
static const struct dt_prop *find_stdout_path(const struct dt_walk *w)
{
	const struct dt_prop *p = NULL;
	char alias[ALIAS_MAX];
	const char *s;
	size_t len;

	if (w->chosen)
		p = dt_find(&w->f, w->chosen, "stdout-path", 1);
	if (!p || *(const char *)p->value == '/')
		return p;
	s = (const char *)p->value;
	len = (size_t)(path_end(p) - s);
	if (!w->aliases || len >= sizeof(alias))
		return NULL;
	memcpy(alias, s, len);
	alias[len] = '\0';
	p = dt_find(&w->f, w->aliases, alias, 1);
	return p && *(const char *)p->value == '/' ? p : NULL;
}

/* Without a hint: the first PL011 that is enabled and can be reached. */
static void search_pl011(struct dt_walk *w)
{
	struct path path = {.depth = 0};
	struct dt_reader f = w->f;
	uint32_t depth = 0;

	for (f.next = f.start;;) {
		switch (dt_next(&f)) {
		case DT_BEGIN_NODE:
			if (depth++ >= PATH_MAX_DEPTH)
				break;
			path.node[depth - 1] = f.name;
			path.depth = depth;
			if (depth > 1 && kind_of(&f, f.name) == UART_PL011 && take_uart(w, &path))
				return;
			break;
		case DT_END_NODE:
			depth--;
			break;
		case DT_PROP:
			break;
		default:
			return;
		}
	}
}

void dt_choose_uart(struct dt_walk *w)
{
	const struct dt_prop *p = find_stdout_path(w);
	struct path path;

	if (!p || !follow(w, (const char *)p->value, path_end(p), &path) || !take_uart(w, &path))
		search_pl011(w);
}
