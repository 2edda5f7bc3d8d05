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

/* As deep as Linux goes. More children of the root than any board has. */
#define DT_MAX_DEPTH	64
#define DT_MAX_CHILDREN 256

struct dt_walk {
	struct dt_reader f;
	struct bootinfo *bi;
	paddr_t dtb;
	const char *root;
	uint32_t root_address_cells, root_size_cells;

	/* those children of the root that are looked at, or NULL */
	const char *chosen, *aliases, *reserved_memory;

	/* the root's children: where in the structure block their names are, in words */
	uint32_t nr_children;
	uint32_t child[DT_MAX_CHILDREN];
};

static inline const char *dt_child(const struct dt_walk *w, uint32_t i)
{
	return (const char *)(w->f.start + w->child[i]);
}

/* boot/fdt_nodes.c: nodes that are children of the root */
const char *dt_look_at_memory(struct dt_walk *w, const char *node);
const char *dt_look_at_chosen(struct dt_walk *w);
void dt_look_at_psci(struct dt_walk *w, const char *node);

/* boot/fdt_nodes.c: both ways to reserve memory, after the initrd is known */
const char *dt_look_at_reserved(struct dt_walk *w);

/* boot/fdt_uart.c: the console that stdout-path names, else the first PL011 there is */
void dt_choose_uart(struct dt_walk *w);

#endif /* BOOT_FDT_WALK_H */
