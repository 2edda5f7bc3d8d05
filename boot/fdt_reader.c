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
static const char *find_blocks(struct dt_reader *f)
{
	const struct dt_header *h = f->header;
	const uint32_t strings = dt32(h->off_dt_strings), structure = dt32(h->off_dt_struct);
	uint32_t size = dt32(h->size_dt_struct);

	f->strings_len = dt32(h->size_dt_strings);
	if (!fits(strings, f->strings_len, f->totalsize))
		return "device tree: the strings block is not inside the tree";
	f->strings = (const char *)h + strings;

	if (dt32(h->version) < DT_KNOWN_VERSION)
		size = f->totalsize - structure;
	if (!fits(structure, size, f->totalsize) || structure % sizeof(uint32_t))
		return "device tree: the structure block is not inside the tree";
	f->next = (const uint32_t *)(const void *)((const char *)h + structure);
	f->end = f->next + size / sizeof(uint32_t);
	f->start = f->next;
	while (f->end > f->next && !dt_has_nul(f->end[-1]))
		f->end--;
	return NULL;
}

const char *dt_open(struct dt_reader *f, paddr_t dtb)
{
	const struct dt_header *h;

	if (dtb.pa & (DT_ALIGN - 1))
		return "device tree: its address is not a multiple of 8";
	h = physmem(dtb, sizeof(*h));
	if (!h)
		return "device tree: its header cannot be read";
	if (h->magic != dt32(DT_MAGIC))
		return "device tree: its header has the wrong magic number";
	if (dt32(h->version) < DT_OLDEST_VERSION || dt32(h->last_comp_version) > DT_KNOWN_VERSION)
		return "device tree: its version is neither 16 nor 17";
	f->totalsize = dt32(h->totalsize);
	if (f->totalsize < sizeof(*h) || f->totalsize > DT_MAX_SIZE)
		return "device tree: its size makes no sense";
	f->header = physmem(dtb, f->totalsize);
	f->error = NULL;
	return f->header ? find_blocks(f) : "device tree: it cannot be read to its end";
}

static enum dt_token bad(struct dt_reader *f, const char *error)
{
	f->error = error;
	return DT_BAD;
}

enum dt_token dt_next(struct dt_reader *f)
{
	const uint32_t *p = f->next;
	uint32_t token;

	do {
		if (p >= f->end)
			return bad(f, "device tree: the structure block has no end");
		token = dt32(*p++);
	} while (token == DT_NOP);

	switch (token) {
	case DT_PROP:
		f->prop = (const struct dt_prop *)p;
		if (f->end - p < DT_PROP_WORDS || dt_after(f->prop) > f->end)
			break;
		f->next = dt_after(f->prop);
		return DT_PROP;
	case DT_BEGIN_NODE:
		if (p >= f->end)
			break;
		f->name = (const char *)p;
		f->next = dt_first(f->name);
		return DT_BEGIN_NODE;
	case DT_END_NODE:
	case DT_END:
		f->next = p;
		return (enum dt_token)token;
	default:
		return bad(f, "device tree: the structure block has an unknown token");
	}
	f->next = f->end;
	return bad(f, "device tree: the structure block ends in the middle of a node");
}

const uint32_t *dt_first(const char *node)
{
	const uint32_t *p = (const uint32_t *)(const void *)node;

	while (!dt_has_nul(*p++))
		;
	return p;
}

const struct dt_prop *dt_find(const struct dt_reader *f, const char *node, const char *name,
			      uint32_t len)
{
	const uint32_t strings_len = f->strings_len;
	const char *const strings = f->strings;
	const uint32_t *p = dt_first(node);
	const struct dt_prop *prop;
	const char *s;
	uint32_t i;

	while (f->end - p > DT_PROP_WORDS) {
		const uint32_t token = *p++;

		if (token == dt32(DT_NOP))
			continue;
		if (token != dt32(DT_PROP))
			break;
		prop = (const struct dt_prop *)p;
		p = dt_after(prop);
		i = dt32(prop->nameoff);
		for (s = name; i < strings_len && strings[i] == *s; i++, s++)
			if (!*s)
				return p <= f->end && dt_len(prop) >= len ? prop : NULL;
	}
	return NULL;
}

bool dt_is_compatible(const struct dt_reader *f, const char *node, const char *string,
		      uint32_t size)
{
	const struct dt_prop *p = dt_find(f, node, "compatible", 0);
	const char *s, *end;

	if (!p)
		return false;
	s = (const char *)p->value;
	end = s + dt_len(p);
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

bool dt_value_is(const struct dt_prop *p, const char *string, uint32_t size)
{
	return p && dt_len(p) == size && !memcmp(p->value, string, size);
}

bool dt_enabled(const struct dt_reader *f, const char *node)
{
	const struct dt_prop *p = dt_find(f, node, "status", 0);

	return !p || dt_value_is(p, "okay", sizeof("okay")) || dt_value_is(p, "ok", sizeof("ok"));
}

static uint32_t cells(const struct dt_reader *f, const char *node, const char *name,
		      uint32_t otherwise)
{
	const struct dt_prop *p = dt_find(f, node, name, sizeof(uint32_t));

	return p ? dt32(p->value[0]) : otherwise;
}

uint32_t dt_address_cells(const struct dt_reader *f, const char *node)
{
	return cells(f, node, "#address-cells", 2);
}

uint32_t dt_size_cells(const struct dt_reader *f, const char *node)
{
	return cells(f, node, "#size-cells", 1);
}
