/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader of flattened device trees; section numbers are those of the
 * Devicetree Specification v0.4
 */

#include <ukaslr/fdt.h>
#include <ukaslr/physmem.h>

/*
 * The root's name, behind its token, is empty (5.4.1), and so the first of those that end.
 * Behind the last name are its node's token and the block's, each a word whose last byte
 * is not 0.
 */
static const uint32_t *find_names_end(const uint32_t *start, const uint32_t *end)
{
	const char *const root = (const char *)(start + 2) - 1;
	const struct dt_word *last = dt_last_byte(end - 3);

	if (end - start < 4 || *root)
		return start;
	while ((last--)->byte[0])
		;
	DT_KEEP(last);
	return (const uint32_t *)(const void *)((const char *)last + 5);
}

/* 5.2: where the blocks are, and where what is searched for in them ends at the latest */
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
	while (len && f->strings[--len])
		;
	f->strings_end = len;
	f->also = NULL;

	f->start = (const uint32_t *)(const void *)((const char *)h + structure);
	f->end = f->start + size / sizeof(uint32_t);
	f->names_end = find_names_end(f->start, f->end);
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

/*
 * Property names are told apart by a hash of their first two letters, and then compared
 * to the last one. The second of two with the same hash comes right behind the first,
 * which the hash leads to.
 */
#define NAMES(ONE, SECOND)                                \
	ONE(ADDRESS_CELLS, "#address-cells", '#', 'a')    \
	SECOND(KASLR_SEED, "kaslr-seed")                  \
	ONE(SIZE_CELLS, "#size-cells", '#', 's')          \
	ONE(RANGES, "ranges", 'r', 'a')                   \
	ONE(REG, "reg", 'r', 'e')                         \
	ONE(RNG_SEED, "rng-seed", 'r', 'n')               \
	ONE(STDOUT_PATH, "stdout-path", 's', 't')         \
	SECOND(STATUS, "status")                          \
	ONE(COMPATIBLE, "compatible", 'c', 'o')           \
	ONE(METHOD, "method", 'm', 'e')                   \
	ONE(BOOTARGS, "bootargs", 'b', 'o')               \
	ONE(INITRD_START, "linux,initrd-start", 'l', 'i') \
	SECOND(INITRD_END, "linux,initrd-end")

#define HASH(first, second)		   (((unsigned)(first) << 3 ^ (unsigned)(second)) & 31)

#define MEMBER(name, text, ...)		   char name[sizeof(text)];
#define TEXT(name, text, ...)		   text,
#define OFFSET(name, ...)		   [DT_##name] = offsetof(struct names, text.name),
#define BY_HASH(name, text, first, second) [HASH(first, second)] = DT_##name,
#define NOTHING(...)

struct names {
	uint8_t by_hash[32];
	uint8_t offset_of[DT_NR_NAMES]; /* in this struct */
	struct {
		NAMES(MEMBER, MEMBER)
	} text;
};

static const struct names known_names = {
	.by_hash = {NAMES(BY_HASH, NOTHING)},
	.offset_of = {NAMES(OFFSET, OFFSET)},
	.text = {NAMES(TEXT, TEXT)},
};

static inline bool same(const char *s, const struct names *names, unsigned n)
{
	const char *name = (const char *)names + names->offset_of[n];
	char c;

	do {
		c = *s++;
		if (c != *name++)
			return false;
		DT_KEEP(s);
	} while (c);
	return true;
}

/* Is a property's name s the one that is looked for? Like a NUL, a colon ends that one. */
static __attribute__((noinline)) bool is_name(const char *s, const char *name)
{
	for (; *s == *name; s++, name++)
		if (!*s)
			return true;
	return !*s && *name == ':';
}

static inline enum dt_name name_of(const char *s, const struct names *names, const char *also)
{
	enum dt_name n = names->by_hash[HASH(s[0], s[1])];

	if (also && is_name(s, also))
		return DT_ALSO;
	if (!n || same(s, names, n))
		return n;
	n++;
	return same(s, names, n) ? n : DT_NOT_ASKED_FOR;
}

const uint32_t *dt_read(const struct dt_reader *f, const uint32_t *p, struct dt_node *node)
{
	const uint32_t *const limit = f->end - 1;
	const uint32_t strings_end = f->strings_end;
	const char *const strings = f->strings, *const also = f->also;
	const struct names *names = &known_names;
	uint32_t found = 0;

	DT_KEEP(names);
	while (p < limit) {
		while (*p == dt32(DT_PROP)) {
			const struct dt_prop *const prop = (const struct dt_prop *)p;
			enum dt_name name;
			uint32_t offset;

			p = dt_after(prop);
			if (p >= limit)
				goto out;
			offset = dt32(prop->nameoff);
			if (offset >= strings_end)
				continue;
			name = name_of(strings + offset, names, also);
			if (name == DT_NOT_ASKED_FOR)
				continue;
			found |= 1u << name;
			node->prop[name] = prop;
		}
		if (*p != dt32(DT_NOP))
			break;
		p++;
	}
out:
	node->found = found;
	return p;
}

const struct dt_prop *dt_get(const struct dt_node *node, enum dt_name name, uint32_t len)
{
	const struct dt_prop *const p = node->prop[name];

	return node->found >> name & 1 && dt_len(p) >= len ? p : NULL;
}

bool dt_is_compatible(const struct dt_node *node, const char *start, uint32_t size)
{
	const struct dt_prop *const p = dt_get(node, DT_COMPATIBLE, 0);
	const char *s, *end;

	if (!p)
		return false;
	s = (const char *)p->value;
	for (end = s + dt_len(p); (size_t)(end - s) >= size; s++) {
		const char *a = s, *b = start;
		uint32_t left = size;

		while (*a++ == *b++)
			if (!--left)
				return true;
		while (*s)
			if (++s == end)
				return false;
	}
	return false;
}

/* A value is padded to words: there are two bytes even if they are not its own. */
bool dt_enabled(const struct dt_node *node)
{
	const struct dt_prop *const p = dt_get(node, DT_STATUS, 1);

	return !p || (uint16_t)*p->value == DT_WORD('o', 'k', 0, 0);
}

static uint32_t cells(const struct dt_node *node, enum dt_name name, uint32_t otherwise)
{
	const struct dt_prop *const p = dt_get(node, name, sizeof(uint32_t));

	return p ? dt32(*p->value) : otherwise;
}

struct dt_cells dt_cells_of(const struct dt_node *node)
{
	const struct dt_cells c = {
		.address = cells(node, DT_ADDRESS_CELLS, 2),
		.size = cells(node, DT_SIZE_CELLS, 1),
	};

	return c;
}

uint64_t dt_number(const uint32_t *value, uint32_t words)
{
	uint64_t n = dt32(value[0]);

	return words == 2 ? n << 32 | dt32(value[1]) : n;
}
