/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_PAGETABLE_H
#define UKASLR_PAGETABLE_H

/*
 * Page tables, one core for all
 *
 * The algorithm is here, mm/pagetable*.c; <arch/pte.h> of each architecture says
 * how entries are encoded and no more. What touches memory comes as operations,
 * so that tests, the early identity map, the final tables and a hypervisor that
 * owns the tables all use the same code. A table is a page of 512 entries of 8
 * bytes; levels count down to 0, whose entries map 4 KiB pages; levels 1 and 2
 * may map 2 MiB and 1 GiB.
 *
 * A mapping is never both writable and executable, and device registers are
 * never executable: asking for either is -EINVAL.
 *
 * Physical addresses are what the processor's table walk uses: in a guest of Xen
 * PV they are machine addresses, and the operations translate.
 */

#include <stdbool.h>
#include <stdint.h>
#include <arch/pt_attr.h>
#include <ukaslr/addr.h>

typedef uint64_t pte_t;

/*
 * Attributes of a mapping; all are readable. PT_WRITE, PT_EXEC (without it: never
 * executable) and PT_DEVICE (device registers: uncached, in order) are the bits in which
 * a leaf differs from a read-only one; <arch/pt_attr.h> has them.
 */
#define PT_READ		      0ull

#define PT_PAGE_SHIFT	      12u
#define PT_INDEX_BITS	      9u
#define PT_ENTRIES	      (1u << PT_INDEX_BITS)
#define PT_PAGE_SIZE	      (1ull << PT_PAGE_SHIFT)
#define PT_LEVELS_LIMIT	      5u /* no architecture has more */

/* Bytes that one entry of a level covers: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB */
#define PT_LEVEL_SHIFT(level) (PT_PAGE_SHIFT + PT_INDEX_BITS * (level))
#define PT_LEVEL_SIZE(level)  (1ull << PT_LEVEL_SHIFT(level))

/*
 * Are there trees that somebody else keeps? In Xen PV's guests, and in host programs, where
 * tests do; other images have not a byte of it.
 */
#define PT_FOREIGN	      (PROTOCOL_XENPV || __STDC_HOSTED__)

struct pagetable;

struct pagetable_ops {
	/*
	 * Gives a zeroed page for a table; 0 or a negative errno. May map something
	 * into the same tree, a new part of its own pool for instance.
	 */
	int (*alloc)(struct pagetable *pt, paddr_t *table);
	/* Tables are about to be written, and no longer so; may be NULL. */
	void (*edit)(bool begin);
#if PT_FOREIGN
	/*
	 * The entries of a table, for reading, and for writing through .write. NULL:
	 * a table's pointer is its physical address plus .table_offset; this is quicker.
	 */
	pte_t *(*entries)(struct pagetable *pt, paddr_t table);
	/*
	 * Puts value into *entry; 0 or a negative errno. NULL: a plain 64-bit store
	 * (with the barrier of <arch/pte.h>, which the core issues in either case).
	 */
	int (*write)(struct pagetable *pt, pte_t *entry, pte_t value);
	/*
	 * A page is about to become a table: make it read-only if the owner of the
	 * tables asks for it; 0 or a negative errno. May be NULL.
	 */
	int (*protect)(struct pagetable *pt, paddr_t table);
#endif
};

/*
 * Pages in a row, for tables. The first `used` are in use by now, the first `ready`
 * were zeroed in advance, with a barrier behind.
 */
struct pt_run {
	paddr_t pa;
	uint32_t used, ready;
};

/* How many pages are ready, and the first of them */
static inline uint32_t pt_ready(const struct pt_run *run)
{
	return run && run->used < run->ready ? run->ready - run->used : 0;
}

static inline paddr_t pt_next(const struct pt_run *run)
{
	return paddr_add(run->pa, run->used * PT_PAGE_SIZE);
}

struct pagetable {
	paddr_t root;
	unsigned levels;   /* 4 or 5 on x86_64; 4 (or 5 with 52 bits) on arm64 */
	unsigned max_leaf; /* highest level whose entries may map memory: 0, 1 or 2 */
	/*
	 * arm64: the tree of TTBR0_EL1, for addresses that begin with zeros; otherwise
	 * that of TTBR1_EL1. On x86_64 one tree holds both halves, and this is ignored.
	 */
	bool lower_half;
	struct pagetable_ops ops;
	uint64_t table_offset; /* unless there is ops.entries; modulo 2^64 */
	/*
	 * What tables are taken from without asking .alloc while there are enough for a whole
	 * branch, which costs a third; may be NULL. .alloc knows of them and may give one as
	 * well. .protect is not called for these pages.
	 */
	struct pt_run *run;
	void *owner; /* for the operations */
};

/*
 * Maps [va, va + len) to [pa, pa + len), all page aligned, with the largest
 * pages that fit. Nothing there may be mapped yet: -EEXIST, and -EINVAL for W+X,
 * misalignment, wrapping ranges, and addresses that the tree cannot translate
 * or an entry cannot hold; -ENOMEM when ops.alloc has no more, or what else an
 * operation answers. What was mapped before the error stays mapped; nothing is
 * overwritten.
 */
int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr);

/* A mapping: what the arguments of pt_map() are */
struct pt_mapping {
	vaddr_t va;
	paddr_t pa;
	uint64_t len;
	pte_t attr;
};

/*
 * The same for nr mappings, 1 or more and none of them empty, in order, which costs less; up to
 * the first error.
 */
int pt_map_all(struct pagetable *pt, const struct pt_mapping *m, unsigned nr);

/*
 * Removes [va, va + len). Holes are fine. A large page that is only partly
 * covered is -EINVAL, and nothing is removed. Tables are not given back. The
 * caller flushes the TLB.
 */
int pt_unmap(struct pagetable *pt, vaddr_t va, uint64_t len);

/*
 * Gives every page of [va, va + len) new attributes; the caller flushes. A hole
 * is -ENOENT; the pages before it have their new attributes by then. A large
 * page that is only partly covered is -EINVAL, and nothing is changed.
 */
int pt_protect(struct pagetable *pt, vaddr_t va, uint64_t len, pte_t attr);

/* What va is mapped to, and how (attr, level may be NULL); -ENOENT if it is not. */
int pt_translate(struct pagetable *pt, vaddr_t va, paddr_t *pa, pte_t *attr, unsigned *level);

/*
 * Calls visit for each leaf in ascending order of the translated bits, the lower
 * half first; stops at its first non-zero answer and returns it, else 0.
 * Upper-half addresses are passed with the bits above set, as pointers have them.
 */
typedef int (*pt_visit_t)(void *arg, vaddr_t va, pte_t pte, unsigned level);
int pt_walk(struct pagetable *pt, pt_visit_t visit, void *arg);

#endif /* UKASLR_PAGETABLE_H */
