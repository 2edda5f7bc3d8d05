/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device tree: what the loader says on arm64
 *
 * Devicetree Specification v0.4 (section numbers below are its), Linux
 * Documentation/arch/arm64/booting.rst, and for the properties of /chosen the
 * dt-schema's chosen.yaml. One pass over the structure block: a node's
 * properties come before its children, so a node is looked at when it ends,
 * with its ancestors at hand.
 */

#include <string.h>
#include <ukaslr/physmem.h>
#include "fdt_walk.h"

bool fdt_value_is(const struct fdt_prop *p, const char *string, uint32_t size)
{
	return p && fdt_len(p) == size && !memcmp(p->value, string, size);
}

bool fdt_enabled(const struct fdt_node *n)
{
	const struct fdt_prop *p = fdt_prop(n, ID_STATUS, 0);

	return !p || fdt_value_is(p, "okay", sizeof("okay")) || fdt_value_is(p, "ok", sizeof("ok"));
}

static bool fits(uint32_t offset, uint32_t size, uint32_t total)
{
	return offset <= total && size <= total - offset;
}

const char *fdt_open(struct fdt *f, paddr_t dtb)
{
	const struct fdt_header *h;
	uint32_t total, off, size;

	if (dtb.pa & (FDT_ALIGN - 1))
		return "device tree: its address is not a multiple of 8";
	h = physmem(dtb, sizeof(*h));
	if (!h)
		return "device tree: its header cannot be read";
	if (h->magic != fdt32(FDT_MAGIC))
		return "device tree: its header has the wrong magic number";
	if (fdt32(h->version) < FDT_OLDEST_VERSION ||
	    fdt32(h->last_comp_version) > FDT_KNOWN_VERSION)
		return "device tree: its version is neither 16 nor 17";
	total = fdt32(h->totalsize);
	if (total < sizeof(*h) || total > FDT_MAX_SIZE)
		return "device tree: its size makes no sense";
	h = physmem(dtb, total);
	if (!h)
		return "device tree: it cannot be read to its end";

	f->header = h;
	f->totalsize = total;
	f->error = NULL;

	off = fdt32(h->off_dt_strings);
	f->strings_len = fdt32(h->size_dt_strings);
	if (!fits(off, f->strings_len, total))
		return "device tree: the strings block is not inside the tree";
	f->strings = (const char *)h + off;

	off = fdt32(h->off_dt_struct);
	size = fdt32(h->version) < FDT_KNOWN_VERSION ? total - off : fdt32(h->size_dt_struct);
	if (!fits(off, size, total) || off % sizeof(uint32_t))
		return "device tree: the structure block is not inside the tree";
	f->next = (const uint32_t *)(const void *)((const char *)h + off);
	f->end = f->next + size / sizeof(uint32_t);
	return NULL;
}

bool fdt_name_is(const struct fdt *f, uint32_t nameoff, const char *name, size_t size)
{
	const char *s = f->strings + nameoff;

	if (nameoff > f->strings_len || f->strings_len - nameoff < size)
		return false;
	while (size && *s == *name)
		s++, name++, size--;
	return !size;
}

static bool has_nul(uint32_t word)
{
	return (word - 0x01010101u) & ~word & 0x80808080u;
}

static enum fdt_token bad(struct fdt *f, const char *error)
{
	f->error = error;
	return FDT_BAD;
}

/* Inline, because the walk spends half its time here */
static inline __attribute__((always_inline)) enum fdt_token next_token(struct fdt *f)
{
	const uint32_t *p = f->next;
	uint64_t words;
	uint32_t token;

	do {
		if (p == f->end)
			return bad(f, "device tree: the structure block has no end");
		token = *p++;
	} while (token == fdt32(FDT_NOP));

	switch (token) {
	case fdt32(FDT_PROP):
		f->prop = (const struct fdt_prop *)p;
		if ((size_t)(f->end - p) < sizeof(*f->prop) / sizeof(*p))
			break;
		words = ((uint64_t)fdt_len(f->prop) + sizeof(*p) - 1) / sizeof(*p);
		p = f->prop->value;
		if ((size_t)(f->end - p) < words)
			break;
		f->next = p + words;
		return FDT_PROP;
	case fdt32(FDT_BEGIN_NODE):
		f->name = (const char *)p;
		while (p < f->end)
			if (has_nul(*p++)) {
				f->next = p;
				return FDT_BEGIN_NODE;
			}
		break;
	case fdt32(FDT_END_NODE):
	case fdt32(FDT_END):
		f->next = p;
		return (enum fdt_token)fdt32(token);
	default:
		return bad(f, "device tree: the structure block has an unknown token");
	}
	return bad(f, "device tree: the structure block ends in the middle of a node");
}

enum fdt_token fdt_next(struct fdt *f)
{
	return next_token(f);
}

/* The names of enum fdt_id that begin with the character; most properties have none. */
static enum fdt_id name_to_id(const struct fdt *f, uint32_t nameoff)
{
#define TRY(id, name)                                    \
	if (fdt_name_is(f, nameoff, name, sizeof(name))) \
	return id
	switch (f->strings[nameoff]) {
	case '#':
		TRY(ID_ADDRESS_CELLS, "#address-cells");
		TRY(ID_SIZE_CELLS, "#size-cells");
		break;
	case 'b':
		TRY(ID_BOOTARGS, "bootargs");
		break;
	case 'c':
		TRY(ID_COMPATIBLE, "compatible");
		break;
	case 'd':
		TRY(ID_DEVICE_TYPE, "device_type");
		break;
	case 'k':
		TRY(ID_KASLR_SEED, "kaslr-seed");
		break;
	case 'l':
		TRY(ID_INITRD_START, "linux,initrd-start");
		TRY(ID_INITRD_END, "linux,initrd-end");
		break;
	case 'm':
		TRY(ID_METHOD, "method");
		break;
	case 'r':
		TRY(ID_REG, "reg");
		TRY(ID_RANGES, "ranges");
		TRY(ID_REG_SHIFT, "reg-shift");
		TRY(ID_RNG_SEED, "rng-seed");
		break;
	case 's':
		TRY(ID_STATUS, "status");
		TRY(ID_STDOUT_PATH, "stdout-path");
		break;
	}
	return ID_COUNT;
#undef TRY
}

const char *fdt_note_property(struct fdt_walk *w, struct fdt_node *n)
{
	const struct fdt_prop *p = w->f.prop;
	uint32_t nameoff = p->nameoff;
	enum fdt_id id;

	/* Most properties of a tree are reg or compatible: these are known by their offset. */
	if (nameoff == w->nameoff_reg) {
		id = ID_REG;
	} else if (nameoff == w->nameoff_compatible) {
		id = ID_COMPATIBLE;
	} else {
		nameoff = fdt32(nameoff);
		if (nameoff >= w->f.strings_len)
			return "device tree: a property's name is outside the strings block";
		id = name_to_id(&w->f, nameoff);
		if (id == ID_COUNT)
			return NULL;
		if (id == ID_REG)
			w->nameoff_reg = p->nameoff;
		if (id == ID_COMPATIBLE)
			w->nameoff_compatible = p->nameoff;
	}
	n->have |= 1u << id;
	n->prop[id] = p;
	return NULL;
}

/* A child of the root begins: marks those whose contents are looked at after the walk. */
static void mark_node(struct fdt_walk *w)
{
	const char *name = w->f.name;

	if (name[0] == 'a' && !strcmp(name, "aliases"))
		w->aliases = w->f;
	else if (name[0] == 'r' && !strcmp(name, "reserved-memory"))
		w->reserved_memory = w->f;
}

/* A node has ended; w->depth of its ancestors are open. */
static const char *end_node(struct fdt_walk *w)
{
	const struct fdt_node *n = &w->node[w->depth];

	if (n->have & 1u << ID_COMPATIBLE)
		fdt_look_at_device(w, w->depth + 1);
	if (w->depth != 1)
		return NULL;
	if (n->have & 1u << ID_DEVICE_TYPE)
		return fdt_look_at_memory(w, n);
	if (n->name[0] == 'c' && !strcmp(n->name, "chosen"))
		return fdt_look_at_chosen(w, n);
	return NULL;
}

/* The one pass. A tree has one root; node[] holds the innermost open nodes' ancestors. */
static const char *walk(struct fdt_walk *w)
{
	bool seen_root = false;
	const char *err = NULL;
	struct fdt_node *n;

	while (!err) {
		switch (next_token(&w->f)) {
		case FDT_PROP:
			if (!w->depth)
				return "device tree: there is a property outside of all nodes";
			if (w->depth <= FDT_MAX_DEPTH)
				err = fdt_note_property(w, &w->node[w->depth - 1]);
			break;
		case FDT_BEGIN_NODE:
			if (!w->depth && seen_root)
				return "device tree: there is more than one root node";
			seen_root = true;
			if (w->depth < FDT_MAX_DEPTH) {
				n = &w->node[w->depth];
				n->name = w->f.name;
				n->have = 0;
			}
			if (++w->depth == 2)
				mark_node(w);
			break;
		case FDT_END_NODE:
			if (!w->depth)
				return "device tree: a node ends that never began";
			if (--w->depth < FDT_MAX_DEPTH)
				err = end_node(w);
			break;
		case FDT_END:
			if (w->depth)
				return "device tree: the structure block ends in the middle of a "
				       "node";
			return seen_root ? NULL : "device tree: there is no root node";
		default:
			return w->f.error;
		}
	}
	return err;
}

const char *fdt_parse(struct bootinfo *bi, paddr_t dtb)
{
	struct fdt_walk w;
	const char *err;

	err = fdt_open(&w.f, dtb);
	if (err)
		return err;
	w.bi = bi;
	w.dtb = dtb;
	w.depth = w.nr_uarts = 0;
	w.nameoff_reg = w.nameoff_compatible = UINT32_MAX;
	w.aliases.next = w.reserved_memory.next = NULL;
	w.stdout_path = NULL;

	bi->dtb = dtb;
	bi->dtb_len = w.f.totalsize;
	err = bootinfo_add(bi, dtb, w.f.totalsize, UKPLAT_MEMRT_DEVICETREE);
	if (!err)
		err = walk(&w);
	if (!err)
		err = fdt_look_at_reserved(&w);
	if (!err && !bootinfo_has_free(bi))
		err = "device tree: there is no usable memory in it";
	fdt_choose_uart(&w);
	return err;
}
