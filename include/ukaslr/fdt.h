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
 *	struct fdt f;
 *	const char *err = fdt_open(&f, dtb);
 *
 *	while (!err && (token = fdt_next(&f)) != FDT_END)
 *		if (token == FDT_BAD)
 *			err = f.error;
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukaslr/addr.h>

/* 5.2, the header, and 5.3.2, an entry of the memory reservation block; big endian */
struct fdt_header {
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

struct fdt_reserve_entry {
	uint32_t address[2];
	uint32_t size[2];
};

#define FDT_MAGIC	   0xd00dfeedu
#define FDT_OLDEST_VERSION 16u
#define FDT_KNOWN_VERSION  17u
#define FDT_ALIGN	   8u
#define FDT_RESERVE_ALIGN  8u
#define FDT_MAX_SIZE	   0x200000u /* Linux, arm64 booting.rst, 2 */

/* 5.4.1, tokens. FDT_NOP is never returned. */
enum fdt_token {
	FDT_BAD = 0,
	FDT_BEGIN_NODE = 1, /* .name is the node's */
	FDT_END_NODE = 2,
	FDT_PROP = 3, /* .prop is the property's */
	FDT_NOP = 4,
	FDT_END = 9,
};

/* A property in the structure block, big endian */
struct fdt_prop {
	uint32_t len;	  /* bytes of the value */
	uint32_t nameoff; /* of the name, in the strings block */
	uint32_t value[];
};

struct fdt {
	/* of the structure block */
	const uint32_t *next, *end;
	/* the strings block */
	const char *strings;
	uint32_t strings_len;
	/* what the last token was about */
	const char *name;
	const struct fdt_prop *prop;
	const char *error;
	/* the whole tree */
	const struct fdt_header *header;
	uint32_t totalsize;
};

/*
 * Checks the header, and starts f before the root node of the tree at dtb.
 * Returns NULL or the message.
 */
const char *fdt_open(struct fdt *f, paddr_t dtb);

/* From big endian or to it; a constant expression of a constant */
#define fdt32(x) __builtin_bswap32(x)

/* Number of 1 or 2 cells; 2.2.4 #address-cells */
static inline uint64_t fdt_cells(const uint32_t *value, unsigned cells)
{
	uint64_t n = fdt32(value[0]);

	return cells == 2 ? n << 32 | fdt32(value[1]) : n;
}

static inline uint32_t fdt_len(const struct fdt_prop *p)
{
	return fdt32(p->len);
}

/* Is name (size bytes with its NUL) the name at nameoff of the strings block? */
bool fdt_name_is(const struct fdt *f, uint32_t nameoff, const char *name, size_t size);

/* Reads the next token. After FDT_BAD (.error says why) or FDT_END there is none. */
enum fdt_token fdt_next(struct fdt *f);

#endif /* UKASLR_FDT_H */
