/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: consoles and PSCI
 */

#include <string.h>
#include "fdt_walk.h"

enum device {
	DEVICE_OTHER = 0,
	DEVICE_PL011,
	DEVICE_NS16550,
	DEVICE_PSCI,
};

static enum device string_to_device(const char *s, uint64_t size)
{
#define IS(name) (size == sizeof(name) && !memcmp(s, name, sizeof(name)))
	/* A UART as the SBSA asks for is a PL011 without its modem and baud rate registers. */
	if (IS("arm,pl011") || IS("arm,sbsa-uart"))
		return DEVICE_PL011;
	if (IS("ns16550a"))
		return DEVICE_NS16550;
	/* PSCI 0.1 ("arm,psci") has function numbers of its own, and no SYSTEM_OFF. */
	if (IS("arm,psci-0.2") || IS("arm,psci-1.0"))
		return DEVICE_PSCI;
	return DEVICE_OTHER;
#undef IS
}

/* 2.3.1: a list of strings, the most specific first */
static enum device compatible_to_device(const struct fdt_prop *p)
{
	const char *s = (const char *)p->value;
	const char *const end = s + fdt_len(p);
	enum device device = DEVICE_OTHER;
	uint64_t size;

	while (s < end && device == DEVICE_OTHER) {
		size = bootinfo_strnlen(s, (uint64_t)(end - s)) + 1;
		if (size > (uint64_t)(end - s))
			break;
		if (*s == 'a' || *s == 'n')
			device = string_to_device(s, size);
		s += size;
	}
	return device;
}

/*
 * 2.3.8: takes an address of the bus node[depth] to the bus that this is a child
 * of, node[depth - 1]. Without ranges there is no way from one to the other.
 */
static bool to_parent_bus(const struct fdt_node *bus, uint64_t *address)
{
	const uint32_t child = fdt_cell_count(bus, ID_ADDRESS_CELLS);
	const uint32_t parent = fdt_cell_count(bus - 1, ID_ADDRESS_CELLS);
	const uint32_t size = fdt_cell_count(bus, ID_SIZE_CELLS);
	const struct fdt_prop *ranges = fdt_prop(bus, ID_RANGES, 0);
	const uint32_t *p, *end;

	if (!ranges)
		return false;
	if (!fdt_len(ranges))
		return true;
	if (child - 1 > 1 || parent - 1 > 1 || size - 1 > 1)
		return false;
	p = ranges->value;
	end = p + fdt_len(ranges) / sizeof(*p);
	for (; (size_t)(end - p) >= child + parent + size; p += child + parent + size) {
		const uint64_t offset = *address - fdt_cells(p, child);

		if (offset < fdt_cells(p + child + parent, size)) {
			*address = fdt_cells(p + child, parent) + offset;
			return true;
		}
	}
	return false;
}

static bool uart_registers(const struct fdt_walk *w, uint32_t depth, struct fdt_uart *u)
{
	const struct fdt_node *n = &w->node[depth - 1], *bus = n - 1;
	const uint32_t addr = fdt_cell_count(bus, ID_ADDRESS_CELLS);
	const uint32_t size = fdt_cell_count(bus, ID_SIZE_CELLS);
	const struct fdt_prop *p;

	if (addr - 1 > 1 || size - 1 > 1)
		return false;
	p = fdt_prop(n, ID_REG, (addr + size) * (uint32_t)sizeof(uint32_t));
	if (!p)
		return false;
	u->base = fdt_cells(p->value, addr);
	u->len = fdt_cells(p->value + addr, size);
	for (; bus > w->node; bus--)
		if (!to_parent_bus(bus, &u->base))
			return false;
	return true;
}

static void add_uart(struct fdt_walk *w, uint32_t depth, enum boot_uart kind)
{
	const struct fdt_node *n = &w->node[depth - 1];
	const struct fdt_prop *shift = fdt_prop(n, ID_REG_SHIFT, sizeof(uint32_t));
	struct fdt_uart *u = &w->uart[w->nr_uarts];
	uint32_t i;

	if (w->nr_uarts == FDT_MAX_UARTS || !fdt_enabled(n))
		return;
	/* The driver knows registers of one byte, side by side. */
	if (kind == UART_NS16550 && shift && shift->value[0])
		return;
	if (!uart_registers(w, depth, u))
		return;
	u->kind = kind;
	u->depth = depth;
	for (i = 0; i < depth; i++)
		u->path[i] = w->node[i].name;
	w->nr_uarts++;
}

void fdt_look_at_device(struct fdt_walk *w, uint32_t depth)
{
	const struct fdt_node *n = &w->node[depth - 1];
	const struct fdt_prop *method;

	if (depth < 2)
		return;
	switch (compatible_to_device(n->prop[ID_COMPATIBLE])) {
	case DEVICE_PL011:
		add_uart(w, depth, UART_PL011);
		break;
	case DEVICE_NS16550:
		add_uart(w, depth, UART_NS16550);
		break;
	case DEVICE_PSCI:
		method = fdt_prop(n, ID_METHOD, 0);
		if (fdt_value_is(method, "hvc", sizeof("hvc")))
			w->bi->psci = PSCI_HVC;
		else if (fdt_value_is(method, "smc", sizeof("smc")))
			w->bi->psci = PSCI_SMC;
		break;
	default:
		break;
	}
}

/* 2.2.1: the unit address of a component may be left out. */
static bool component_is(const char *component, size_t len, const char *name)
{
	if (strncmp(component, name, len))
		return false;
	return !name[len] || name[len] == '@';
}

/* Is the path, which begins with a slash and ends before end, that of the node? */
static bool path_is(const char *path, const char *end, const struct fdt_uart *u)
{
	const char *start;
	uint32_t i;

	for (i = 1; i < u->depth; i++) {
		if (path == end || *path != '/')
			return false;
		for (start = ++path; path < end && *path != '/';)
			path++;
		if (path == start || !component_is(start, (size_t)(path - start), u->path[i]))
			return false;
	}
	return path == end;
}

/* The end of a path: options come after a colon, as in serial0:115200n8. */
static const char *path_end(const struct fdt_prop *p)
{
	const char *s = (const char *)p->value;
	const char *const end = s + bootinfo_strnlen(s, fdt_len(p));

	while (s < end && *s != ':')
		s++;
	return s;
}

/* 3.3: the property of /aliases with this name holds a path. */
static const struct fdt_prop *find_alias(struct fdt_walk *w, const char *alias, size_t len)
{
	struct fdt f = w->aliases;
	uint32_t nameoff;

	if (!f.next)
		return NULL;
	while (fdt_next(&f) == FDT_PROP) {
		nameoff = fdt32(f.prop->nameoff);
		if (fdt_name_is(&f, nameoff, alias, len) &&
		    fdt_name_is(&f, nameoff + (uint32_t)len, "", 1))
			return f.prop;
	}
	return NULL;
}

void fdt_choose_uart(struct fdt_walk *w)
{
	const struct fdt_prop *p = w->stdout_path;
	const struct fdt_uart *u = NULL, *first = NULL;
	uint32_t i;

	if (p && *(const char *)p->value != '/')
		p = find_alias(w, (const char *)p->value,
			       (size_t)(path_end(p) - (const char *)p->value));
	for (i = 0; i < w->nr_uarts && !u; i++) {
		if (p && path_is((const char *)p->value, path_end(p), &w->uart[i]))
			u = &w->uart[i];
		if (!first && w->uart[i].kind == UART_PL011)
			first = &w->uart[i];
	}
	u = u ? u : first;
	if (!u)
		return;
	w->bi->uart = u->kind;
	w->bi->uart_base = PADDR(u->base);
	w->bi->uart_len = u->len;
}
