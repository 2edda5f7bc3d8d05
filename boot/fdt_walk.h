/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_FDT_WALK_H
#define BOOT_FDT_WALK_H

/*
 * What the device tree parser remembers while it walks (boot/fdt*.c)
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/fdt.h>

/* The properties that anything is done with */
enum fdt_id {
	ID_ADDRESS_CELLS,
	ID_SIZE_CELLS,
	ID_COMPATIBLE,
	ID_REG,
	ID_REG_SHIFT,
	ID_RANGES,
	ID_DEVICE_TYPE,
	ID_STATUS,
	ID_STDOUT_PATH,
	ID_METHOD,
	ID_BOOTARGS,
	ID_INITRD_START,
	ID_INITRD_END,
	ID_KASLR_SEED,
	ID_RNG_SEED,
	ID_COUNT
};

/* Nodes on the way from the root to the current one. Deeper nodes are passed over. */
#define FDT_MAX_DEPTH 8

struct fdt_node {
	const char *name;
	uint32_t have; /* bit (1 << id): .prop[id] is set */
	const struct fdt_prop *prop[ID_COUNT];
};

/* Consoles seen: the one that stdout-path names may come before or after it. */
#define FDT_MAX_UARTS 6

struct fdt_uart {
	enum boot_uart kind;
	uint64_t base, len;
	uint32_t depth; /* the node is path[depth - 1]; its path starts at path[1] */
	const char *path[FDT_MAX_DEPTH];
};

struct fdt_walk {
	struct fdt f;
	struct bootinfo *bi;
	paddr_t dtb;
	uint32_t depth; /* open nodes */
	uint32_t nr_uarts;
	/* name offsets of the two commonest properties, as they stand in the tree */
	uint32_t nameoff_reg, nameoff_compatible;
	/* where to come back to; .next is NULL if there is no such node */
	struct fdt aliases, reserved_memory;
	const struct fdt_prop *stdout_path;
	struct fdt_node node[FDT_MAX_DEPTH];
	struct fdt_uart uart[FDT_MAX_UARTS];
};

/* The property, or NULL if it is not there or shorter than len bytes */
static inline const struct fdt_prop *fdt_prop(const struct fdt_node *n, enum fdt_id id,
					      uint32_t len)
{
	return n->have & 1u << id && fdt_len(n->prop[id]) >= len ? n->prop[id] : NULL;
}

/* #address-cells or #size-cells (2.3.5), or what holds without */
static inline uint32_t fdt_cell_count(const struct fdt_node *n, enum fdt_id id)
{
	const struct fdt_prop *p = fdt_prop(n, id, sizeof(uint32_t));

	return p ? fdt32(p->value[0]) : id == ID_ADDRESS_CELLS ? 2 : 1;
}

/* Is the value this string? size counts its NUL. */
bool fdt_value_is(const struct fdt_prop *p, const char *string, uint32_t size);

/* May it be used (2.3.4)? */
bool fdt_enabled(const struct fdt_node *n);

/* boot/fdt.c: remembers the property w->f.prop in *n if it is one of enum fdt_id. */
const char *fdt_note_property(struct fdt_walk *w, struct fdt_node *n);

/* boot/fdt_nodes.c: for children of the root */
const char *fdt_look_at_memory(struct fdt_walk *w, const struct fdt_node *n);
const char *fdt_look_at_chosen(struct fdt_walk *w, const struct fdt_node *n);

/* boot/fdt_nodes.c, after the walk: both ways to reserve memory. Moves w->f. */
const char *fdt_look_at_reserved(struct fdt_walk *w);

/*
 * boot/fdt_uart.c: looks at a node that has a compatible property, w->node[depth - 1]: remembers
 * it if it is a console, takes the method if it is PSCI.
 */
void fdt_look_at_device(struct fdt_walk *w, uint32_t depth);

/* boot/fdt_uart.c, after the walk: the console that stdout-path names, else the first PL011. */
void fdt_choose_uart(struct fdt_walk *w);

#endif /* BOOT_FDT_WALK_H */
