/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader of flattened device trees; section numbers are those of the
 * Devicetree Specification v0.4
 */

#include <string.h>
#include <ukaslr/fdt.h>
#include <ukaslr/physmem.h>

/* 5.2: where the blocks are. Both are cut so that what is searched for in them is there. */
static const char *find_blocks(struct dt_reader *f)
{
	const struct dt_header *h = f->header;
	const uint64_t strings = dt32(h->off_dt_strings), structure = dt32(h->off_dt_struct);
	const uint32_t size = dt32(h->size_dt_struct);
	uint32_t len = dt32(h->size_dt_strings);

	if (strings + len > f->totalsize || structure + size > f->totalsize ||
	    structure % sizeof(uint32_t))
		return DT_OUTSIDE;
	f->strings = (const char *)h + strings;
	while (len && f->strings[len - 1])
		len--;
	f->strings_len = len;

	f->start = (const uint32_t *)(const void *)((const char *)h + structure);
	f->end = f->start + size / sizeof(uint32_t);
	while (f->end > f->start && f->end[-1] > dt32(DT_END))
		f->end--;
	return NULL;
}

const char *dt_open(struct dt_reader *f, paddr_t dtb)
{
	const struct dt_header *h = NULL;

	if (!(dtb.pa & (DT_ALIGN - 1)))
		h = physmem(dtb, sizeof(*h));
	if (!h || h->magic != dt32(DT_MAGIC))
		return "device tree: there is none where the loader says";
	if (dt32(h->version) < DT_VERSION || dt32(h->last_comp_version) > DT_VERSION)
		return "device tree: its version is not 17";
	f->totalsize = dt32(h->totalsize);
	f->header = NULL;
	if (f->totalsize >= sizeof(*h) && f->totalsize <= DT_MAX_SIZE)
		f->header = physmem(dtb, f->totalsize);
	return f->header ? find_blocks(f) : "device tree: its size is wrong";
}

/* Is a property's name s the one that is looked for? Like a NUL, a colon ends that one. */
static inline bool is_name(const char *s, const char *name)
{
	for (; *s == *name; s++, name++)
		if (!*s)
			return true;
	return !*s && *name == ':';
}

const struct dt_prop *dt_find(const struct dt_reader *f, const char *node, const char *name,
			      uint32_t len)
{
	const uint32_t *p = dt_skip_name((const uint32_t *)(const void *)node);
	const uint32_t *const limit = f->end - DT_PROP_WORDS;
	const uint32_t strings_len = f->strings_len;
	const char *const strings = f->strings;
	const char first = *name;

	while (p <= limit) {
		const struct dt_prop *const prop = (const struct dt_prop *)p;
		const uint32_t offset = dt32(prop->nameoff);

		if (prop->token == dt32(DT_PROP)) {
			p = dt_after(prop);
			if (offset < strings_len && strings[offset] == first &&
			    is_name(strings + offset, name))
				return p <= f->end && dt_len(prop) >= len ? prop : NULL;
		} else if (prop->token == dt32(DT_NOP)) {
			p++;
		} else {
			break;
		}
	}
	return NULL;
}

bool dt_is_compatible(const struct dt_reader *f, const char *node, const char *start, uint32_t size)
{
	const struct dt_prop *p = dt_find(f, node, "compatible", 0);
	const char *s, *end;

	if (!p)
		return false;
	s = (const char *)p->value;
	for (end = s + dt_len(p); (size_t)(end - s) >= size; s++) {
		if (!memcmp(s, start, size))
			return true;
		while (*s)
			if (++s == end)
				return false;
	}
	return false;
}

/* A value is padded to words: there are two bytes even if they are not its own. */
bool dt_enabled(const struct dt_reader *f, const char *node)
{
	const struct dt_prop *p = dt_find(f, node, "status", 1);

	return !p || (uint16_t)*p->value == DT_WORD('o', 'k', 0, 0);
}

static uint32_t cells(const struct dt_reader *f, const char *node, const char *name,
		      uint32_t otherwise)
{
	const struct dt_prop *p = dt_find(f, node, name, sizeof(uint32_t));

	return p ? dt32(*p->value) : otherwise;
}

struct dt_cells dt_cells_of(const struct dt_reader *f, const char *node)
{
	const struct dt_cells c = {
		.address = cells(f, node, "#address-cells", 2),
		.size = cells(f, node, "#size-cells", 1),
	};

	return c;
}

uint64_t dt_number(const uint32_t *value, uint32_t words)
{
	uint64_t n = dt32(value[0]);

	return words == 2 ? n << 32 | dt32(value[1]) : n;
}
