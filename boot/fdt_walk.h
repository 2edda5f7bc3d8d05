/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_FDT_WALK_H
#define BOOT_FDT_WALK_H

/*
 * What the device tree parser remembers (boot/fdt*.c)
 *
 * Nodes are known by their names, which point into the tree.
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/fdt.h>

/* Nodes inside each other, as many as Linux takes */
#define DT_MAX_DEPTH	  64

/* Consoles, and the nodes on the way to one from below the root on */
#define DT_MAX_UARTS	  8
#define DT_MAX_UART_DEPTH 4

struct dt_uart {
	uint64_t base, len;
	const char *node[DT_MAX_UART_DEPTH];
	uint32_t depth;
};

struct dt_walk {
	/* the nodes that the walk is in, from where it began */
	const char *path[DT_MAX_DEPTH];

	struct dt_reader f;
	struct dt_node node; /* the one that is looked at */
	struct bootinfo *bi;
	const char *err; /* of what was looked at, or NULL */
#if PROTOCOL_EFI
	bool devices_only; /* memory, command line and initrd are somebody else's to say */
#endif
	uint64_t to_pa; /* from a pointer into the tree to its physical address */
	struct dt_cells root, reserved;

	/* those children of the root that are looked at last, from behind their names on, or NULL
	 */
	const uint32_t *chosen, *aliases, *reserved_memory;

	/* PL011s and their SBSA kind that are enabled and can be reached, in the tree's order */
	struct dt_uart *uarts_end;
	struct dt_uart uart[DT_MAX_UARTS];
};

static inline bool dt_says_all(const struct dt_walk *w)
{
#if PROTOCOL_EFI
	return !w->devices_only;
#else
	(void)w;
	return true;
#endif
}

/* boot/fdt_nodes.c: what the properties of w->node say if it is a child of the root */
const char *dt_add_reg(struct dt_walk *w, struct dt_cells cells, uint16_t type);
const char *dt_look_at_chosen(struct dt_walk *w);
const char *dt_add_reserve_map(struct dt_walk *w);
void dt_look_at_psci(struct dt_walk *w);
void dt_look_at_hypervisor(struct dt_walk *w);

/*
 * boot/fdt_uart.c: remembers the node at the end of a path, w->path[depth], if it
 * is a console.
 */
void dt_look_at_uart(struct dt_walk *w, uint32_t depth);

/*
 * boot/fdt_uart.c: the console that the stdout-path of /chosen, which is w->node,
 * names, else the first there is
 */
void dt_choose_uart(struct dt_walk *w);

#endif /* BOOT_FDT_WALK_H */
