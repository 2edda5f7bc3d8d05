/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader of flattened device trees; section numbers are those of the
 * Devicetree Specification v0.4
 */

#include <string.h>
#include <ukaslr/fdt.h>
#include <ukaslr/physmem.h>

static bool fits(uint32_t offset, uint32_t size, uint32_t total)
{
	return offset <= total && size <= total - offset;
}

/* 5.2: where the blocks are */
static const char *find_blocks(struct fdt *f)
{
	const struct fdt_header *h = f->header;
	const uint32_t strings = fdt32(h->off_dt_strings), structure = fdt32(h->off_dt_struct);
	uint32_t size = fdt32(h->size_dt_struct);

	f->strings_len = fdt32(h->size_dt_strings);
	if (!fits(strings, f->strings_len, f->totalsize))
		return "device tree: the strings block is not inside the tree";
	f->strings = (const char *)h + strings;

	if (fdt32(h->version) < FDT_KNOWN_VERSION)
		size = f->totalsize - structure;
	if (!fits(structure, size, f->totalsize) || structure % sizeof(uint32_t))
		return "device tree: the structure block is not inside the tree";
	f->next = (const uint32_t *)(const void *)((const char *)h + structure);
	f->end = f->next + size / sizeof(uint32_t);
	f->start = f->next;
	while (f->end > f->next && !fdt_has_nul(f->end[-1]))
		f->end--;
	return NULL;
}

const char *fdt_open(struct fdt *f, paddr_t dtb)
{
	const struct fdt_header *h;

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
	f->totalsize = fdt32(h->totalsize);
	if (f->totalsize < sizeof(*h) || f->totalsize > FDT_MAX_SIZE)
		return "device tree: its size makes no sense";
	f->header = physmem(dtb, f->totalsize);
	f->error = NULL;
	return f->header ? find_blocks(f) : "device tree: it cannot be read to its end";
}

static enum fdt_token bad(struct fdt *f, const char *error)
{
	f->error = error;
	return FDT_BAD;
}

enum fdt_token fdt_next(struct fdt *f)
{
	const uint32_t *p = f->next;
	uint32_t token;

	do {
		if (p >= f->end)
			return bad(f, "device tree: the structure block has no end");
		token = fdt32(*p++);
	} while (token == FDT_NOP);

	switch (token) {
	case FDT_PROP:
		f->prop = (const struct fdt_prop *)p;
		if (f->end - p < FDT_PROP_WORDS || fdt_after(f->prop) > f->end)
			break;
		f->next = fdt_after(f->prop);
		return FDT_PROP;
	case FDT_BEGIN_NODE:
		if (p >= f->end)
			break;
		f->name = (const char *)p;
		f->next = fdt_first(f->name);
		return FDT_BEGIN_NODE;
	case FDT_END_NODE:
	case FDT_END:
		f->next = p;
		return (enum fdt_token)token;
	default:
		return bad(f, "device tree: the structure block has an unknown token");
	}
	f->next = f->end;
	return bad(f, "device tree: the structure block ends in the middle of a node");
}

const uint32_t *fdt_first(const char *node)
{
	const uint32_t *p = (const uint32_t *)(const void *)node;

	while (!fdt_has_nul(*p++))
		;
	return p;
}

const struct fdt_prop *fdt_find(const struct fdt *f, const char *node, const char *name,
				uint32_t len)
{
	const uint32_t strings_len = f->strings_len;
	const char *const strings = f->strings;
	const uint32_t *p = fdt_first(node);
	const struct fdt_prop *prop;
	const char *s;
	uint32_t i;

	while (f->end - p > FDT_PROP_WORDS) {
		const uint32_t token = *p++;

		if (token == fdt32(FDT_NOP))
			continue;
		if (token != fdt32(FDT_PROP))
			break;
		prop = (const struct fdt_prop *)p;
		p = fdt_after(prop);
		i = fdt32(prop->nameoff);
		for (s = name; i < strings_len && strings[i] == *s; i++, s++)
			if (!*s)
				return p <= f->end && fdt_len(prop) >= len ? prop : NULL;
	}
	return NULL;
}

bool fdt_is_compatible(const struct fdt *f, const char *node, const char *string, uint32_t size)
{
	const struct fdt_prop *p = fdt_find(f, node, "compatible", 0);
	const char *s, *end;

	if (!p)
		return false;
	s = (const char *)p->value;
	end = s + fdt_len(p);
	while ((size_t)(end - s) >= size) {
		if (!memcmp(s, string, size))
			return true;
		while (*s)
			if (++s == end)
				return false;
		s++;
	}
	return false;
}

bool fdt_value_is(const struct fdt_prop *p, const char *string, uint32_t size)
{
	return p && fdt_len(p) == size && !memcmp(p->value, string, size);
}

bool fdt_enabled(const struct fdt *f, const char *node)
{
	const struct fdt_prop *p = fdt_find(f, node, "status", 0);

	return !p || fdt_value_is(p, "okay", sizeof("okay")) || fdt_value_is(p, "ok", sizeof("ok"));
}

static uint32_t cells(const struct fdt *f, const char *node, const char *name, uint32_t otherwise)
{
	const struct fdt_prop *p = fdt_find(f, node, name, sizeof(uint32_t));

	return p ? fdt32(p->value[0]) : otherwise;
}

uint32_t fdt_address_cells(const struct fdt *f, const char *node)
{
	return cells(f, node, "#address-cells", 2);
}

uint32_t fdt_size_cells(const struct fdt *f, const char *node)
{
	return cells(f, node, "#size-cells", 1);
}
