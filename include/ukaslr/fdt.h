/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_FDT_H
#define UKASLR_FDT_H

/*
 * A small reader of flattened device trees
 *
 * Devicetree Specification v0.4, chapter 5. Nothing is copied: names and values
 * point into the tree. A node is known by its name there, which its properties
 * follow. Whatever a tree says of itself, nothing outside of the blocks that
 * its header names is read, and every loop only goes forward.
 *
 *	struct dt_reader f;
 *	struct dt_node node;
 *	const char *err = dt_open(&f, dtb);
 *	const uint32_t *behind = err ? NULL : dt_read(&f, dt_skip_name(name), &node);
 *	const struct dt_prop *reg = dt_get(&node, DT_REG, 8);
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
	uint32_t size_dt_struct;
};

struct dt_reserve_entry {
	uint32_t address[2];
	uint32_t size[2];
};

/* Version 17 is that of 2006; the only older one that it can be read as lacks size_dt_struct. */
#define DT_MAGIC	 0xd00dfeedu
#define DT_VERSION	 17u
#define DT_ALIGN	 8u
#define DT_RESERVE_ALIGN 8u
#define DT_MAX_SIZE	 0x200000u /* Linux, arm64 booting.rst, 2 */

/* 5.4.1 */
enum dt_token {
	DT_BEGIN_NODE = 1,
	DT_END_NODE = 2,
	DT_PROP = 3,
	DT_NOP = 4,
	DT_END = 9,
};

/* A property in the structure block, big endian */
struct dt_prop {
	uint32_t token;
	uint32_t len;	  /* bytes of the value */
	uint32_t nameoff; /* of the name, in the strings block */
	uint32_t value[];
};

/* Words of a property's fixed part */
#define DT_PROP_WORDS 3

/* The properties that somebody asks for; boot/fdt_reader.c has their names in the same order. */
enum dt_name {
	DT_NOT_ASKED_FOR,
	DT_ALSO, /* what dt_reader.also names */
	DT_ADDRESS_CELLS,
	DT_KASLR_SEED,
	DT_SIZE_CELLS,
	DT_RANGES,
	DT_REG,
	DT_RNG_SEED,
	DT_STDOUT_PATH,
	DT_STATUS,
	DT_COMPATIBLE,
	DT_METHOD,
	DT_BOOTARGS,
	DT_INITRD_START,
	DT_INITRD_END,
	DT_NR_NAMES
};

/* A node's properties, for dt_get() */
struct dt_node {
	uint32_t found;				 /* a bit for each name that it has, */
	const struct dt_prop *prop[DT_NR_NAMES]; /* and where */
};

struct dt_reader {
	const struct dt_header *header;
	/* Of the structure block. A name ends, as dt_skip_name() sees it, before .names_end or not
	 * at all; two words at least follow that. */
	const uint32_t *start, *end, *names_end;
	/* The strings block, and which byte of it is the last NUL: names begin before it. */
	const char *strings;
	uint32_t strings_end;
	/*
	 * One more property that is asked for, or NULL. Like a NUL, a colon ends its name.
	 * It comes before the others, should it have the name of one.
	 */
	const char *also;
	uint32_t totalsize;
};

/* #address-cells and #size-cells (2.3.5): words of an address and of a size in a node's children */
struct dt_cells {
	uint32_t address, size;
};

/*
 * Checks the header and finds the blocks of the tree at dtb. Returns NULL or the
 * message.
 */
const char *dt_open(struct dt_reader *f, paddr_t dtb);

/* Said of all blocks, 5.1 */
#define DT_OUTSIDE "device tree: a block is not inside of it"

/* From big endian or to it; a constant expression of a constant */
#define dt32(x)	   __builtin_bswap32(x)

/* Four characters of the tree as they are loaded */
#define DT_WORD(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/*
 * The compiler forgets what it knows of a variable, so it goes on with what is in the
 * register, and does not keep or make it another time.
 */
#define DT_KEEP(x) __asm__("" : "+r"(x))

static inline uint32_t dt_len(const struct dt_prop *p)
{
	return dt32(p->len);
}

/*
 * What follows a value of len bytes. That may be anywhere beyond the end of the
 * structure block, for a property may lie about its length, but in 64 bits it
 * does not wrap around.
 */
static inline const uint32_t *dt_behind(const uint32_t *value, uint32_t len)
{
	const uintptr_t end = (uintptr_t)value + len;

	return (const uint32_t *)((end + sizeof(uint32_t) - 1) & -sizeof(uint32_t));
}

/* What follows a property */
static inline const uint32_t *dt_after(const struct dt_prop *p)
{
	return dt_behind(p->value, dt_len(p));
}

/* The last bytes of words, as steps of four */
struct dt_word {
	char byte[sizeof(uint32_t)];
};

static inline const struct dt_word *dt_last_byte(const uint32_t *p)
{
	return (const struct dt_word *)(const void *)((const char *)(p + 1) - 1);
}

/*
 * What follows a node's name, which begins before .names_end. NULs fill the name's
 * last word (5.4.1), so that its last byte is 0; that of other words is a character.
 */
static inline const uint32_t *dt_skip_name(const uint32_t *p)
{
	const struct dt_word *last = dt_last_byte(p);

	while ((last++)->byte[0])
		;
	DT_KEEP(last);
	return (const uint32_t *)(const void *)((const char *)last - 3);
}

/*
 * Finds the properties of a node, of which the first is at p, and returns what
 * follows them all. Of several of one name, which no tree may have, the last counts.
 * Behind a property are two tokens at least, its node's end and the block's: one
 * without them does not count, and leads to the block's last word or beyond.
 */
const uint32_t *dt_read(const struct dt_reader *f, const uint32_t *p, struct dt_node *node);

/* A property of a node, if its value has at least len bytes, else NULL */
const struct dt_prop *dt_get(const struct dt_node *node, enum dt_name name, uint32_t len);

/* Does a string in the node's compatible property (2.3.1) begin with these bytes? */
bool dt_is_compatible(const struct dt_node *node, const char *start, uint32_t size);

/* May the node be used (2.3.4)? "okay", and the old "ok", are the only states that begin so. */
bool dt_enabled(const struct dt_node *node);

/* What a node says of its children's reg, or what holds if it says nothing */
struct dt_cells dt_cells_of(const struct dt_node *node);

/* Does dt_number() know numbers of so many words? */
static inline bool dt_cells_ok(struct dt_cells c)
{
	return ((c.address - 1) | (c.size - 1)) < 2;
}

/* A number of 1 or 2 words */
uint64_t dt_number(const uint32_t *value, uint32_t words);

#endif /* UKASLR_FDT_H */
