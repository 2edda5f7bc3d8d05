/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_FDT_H
#define UKASLR_FDT_H

/*
 * A small reader of flattened device trees
 *
 * Devicetree Specification v0.4, chapter 5. A reader walks the structure block
 * token by token, forwards only, and so ends on every input; it never leaves the
 * blocks that the header names. Nothing is copied: names and values point into
 * the tree. A reader is a value: a copy of one marks a place to come back to.
 *
 *	struct dt_reader f;
 *	const char *err = dt_open(&f, dtb);
 *
 *	while (!err && (token = dt_next(&f)) != DT_END)
 *		if (token == DT_BAD)
 *			err = f.error;
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukaslr/addr.h>

/* 5.2, the header, and 5.3.2, an entry of the memory reservation block; big endian */
struct dt_header {
	uint32_t magic;
	uint32_t totalsize;
	uint32_t off_dt_struct;
	uint32_t off_dt_strings;
	uint32_t off_mem_rsvmap;
	uint32_t version;
	uint32_t last_comp_version;
	uint32_t boot_cpuid_phys;
	uint32_t size_dt_strings;
	uint32_t size_dt_struct; /* from version 17 on */
};

struct dt_reserve_entry {
	uint32_t address[2];
	uint32_t size[2];
};

#define DT_MAGIC	  0xd00dfeedu
#define DT_OLDEST_VERSION 16u
#define DT_KNOWN_VERSION  17u
#define DT_ALIGN	  8u
#define DT_RESERVE_ALIGN  8u
#define DT_MAX_SIZE	  0x200000u /* Linux, arm64 booting.rst, 2 */

/* 5.4.1, tokens. DT_NOP is never returned. */
enum dt_token {
	DT_BAD = 0,
	DT_BEGIN_NODE = 1, /* .name is the node's */
	DT_END_NODE = 2,
	DT_PROP = 3, /* .prop is the property's */
	DT_NOP = 4,
	DT_END = 9,
};

/* A property in the structure block, big endian */
struct dt_prop {
	uint32_t len;	  /* bytes of the value */
	uint32_t nameoff; /* of the name, in the strings block */
	uint32_t value[];
};

/* Words of a property's fixed part */
#define DT_PROP_WORDS 2

struct dt_reader {
	/*
	 * Of the structure block. The word before .end has a NUL in it, so that no
	 * name that begins before .end goes beyond it.
	 */
	const uint32_t *start, *next, *end;
	/* the strings block */
	const char *strings;
	uint32_t strings_len;
	/* what the last token was about */
	const char *name; /* points into the structure block, 4-byte aligned, NUL-terminated */
	const struct dt_prop *prop;
	const char *error;
	/* the whole tree */
	const struct dt_header *header;
	uint32_t totalsize;
};

/*
 * Checks the header, and starts f before the root node of the tree at dtb.
 * Returns NULL or the message.
 */
const char *dt_open(struct dt_reader *f, paddr_t dtb);

/* From big endian or to it; a constant expression of a constant */
#define dt32(x) __builtin_bswap32(x)

/* Number of 1 or 2 cells; 2.2.4 #address-cells */
static inline uint64_t dt_cells(const uint32_t *value, unsigned cells)
{
	uint64_t n = dt32(value[0]);

	return cells == 2 ? n << 32 | dt32(value[1]) : n;
}

/* Is this how many cells numbers have here: does dt_cells() know them? */
static inline bool dt_cells_ok(uint32_t cells)
{
	return cells == 1 || cells == 2;
}

static inline uint32_t dt_len(const struct dt_prop *p)
{
	return dt32(p->len);
}

/*
 * What follows a property. That may be anywhere beyond the end of the structure
 * block, for the property may lie about its length, but in 64 bits it does not
 * wrap around.
 */
static inline const uint32_t *dt_after(const struct dt_prop *p)
{
	const uintptr_t end = (uintptr_t)p->value + dt_len(p);

	return (const uint32_t *)((end + sizeof(uint32_t) - 1) & -sizeof(uint32_t));
}

/* Has any byte of the word zero? */
static inline bool dt_has_nul(uint32_t word)
{
	return (word - 0x01010101u) & ~word & 0x80808080u;
}

/*
 * Reads the next token. After DT_BAD (.error says why) or DT_END there is none.
 */
enum dt_token dt_next(struct dt_reader *f);

/*
 * What comes after the name of a node: its first property, child or end. To walk
 * a node, put this into .next. The name is one that a reader of the same tree
 * returned.
 */
const uint32_t *dt_first(const char *node);

/*
 * The property of a node with this name, if its value has at least len bytes,
 * else NULL. The node is given by its name, as above.
 */
const struct dt_prop *dt_find(const struct dt_reader *f, const char *node, const char *name,
			      uint32_t len);

/* Is the string in the list of the node's compatible property (2.3.1)? size counts its NUL. */
bool dt_is_compatible(const struct dt_reader *f, const char *node, const char *string,
		      uint32_t size);
#define DT_IS_COMPATIBLE(f, node, string) dt_is_compatible(f, node, string, sizeof(string))

/* Is the value this string? size counts its NUL. */
bool dt_value_is(const struct dt_prop *p, const char *string, uint32_t size);

/* May the node be used (2.3.4)? */
bool dt_enabled(const struct dt_reader *f, const char *node);

/* #address-cells or #size-cells of a node (2.3.5), or what holds without */
uint32_t dt_address_cells(const struct dt_reader *f, const char *node);
uint32_t dt_size_cells(const struct dt_reader *f, const char *node);

#endif /* UKASLR_FDT_H */
