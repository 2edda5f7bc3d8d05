/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_PT_MODEL_H
#define TESTS_PT_MODEL_H

/*
 * A slow page table that is obviously right, and a stand-in for memory
 *
 * The model is an array: for each page of one window of addresses what it is
 * mapped to, how, and by a leaf of which level. Beside it stands the real thing,
 * with its tables in a pool of host memory at made-up physical addresses. Unit
 * tests and the fuzzer drive both and compare. Functions return what the real
 * ones should.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/pagetable.h>

#define POOL_BASE 0x7654321000ull

struct pool {
	unsigned char *page; /* nr pages, or NULL */
	unsigned nr, used;
	unsigned writes; /* through .write */
	unsigned protected;
	bool unprotected_write; /* an entry pointed to a table that was not protected */
};

static inline int pool_alloc(struct pagetable *pt, paddr_t *table)
{
	struct pool *p = pt->owner;

	if (p->used == p->nr)
		return -ENOMEM;
	*table = PADDR(POOL_BASE + PT_PAGE_SIZE * p->used);
	memset(p->page + PT_PAGE_SIZE * p->used++, 0, PT_PAGE_SIZE);
	return 0;
}

static inline pte_t *pool_entries(struct pagetable *pt, paddr_t table)
{
	struct pool *p = pt->owner;
	uint64_t off = table.pa - POOL_BASE;

	if (off >= PT_PAGE_SIZE * p->used || off % PT_PAGE_SIZE)
		abort(); /* an entry was followed that leads to no table */
	return (pte_t *)(p->page + off);
}

/* A fresh tree; the pool's memory is kept from the last one if it is large enough. */
static inline void pool_init(struct pagetable *pt, struct pool *p, unsigned nr)
{
	if (!p->page)
		p->page = aligned_alloc(PT_PAGE_SIZE, PT_PAGE_SIZE * nr);
	p->nr = nr;
	p->used = 0;
	*pt = (struct pagetable){
		.levels = 4,
		.max_leaf = 1,
		.ops = {.alloc = pool_alloc, .entries = pool_entries},
		.owner = p,
	};
	if (pool_alloc(pt, &pt->root))
		abort();
}

/* The pool's next nr pages as tables that are ready, in a tree that nobody else keeps */
static inline void pool_ready(struct pagetable *pt, struct pool *p, struct pt_run *run, unsigned nr)
{
	*run = (struct pt_run){PADDR(POOL_BASE + PT_PAGE_SIZE * p->used), 0, nr};
	memset(p->page + PT_PAGE_SIZE * p->used, 0, PT_PAGE_SIZE * nr);
	p->used += nr;
	pt->run = run;
	pt->ops.entries = NULL;
	pt->table_offset = (uintptr_t)p->page - POOL_BASE;
}

#define MODEL_LEVELS 3 /* those that may have leaves */

struct model {
	uint64_t start; /* address of the first page, multiple of 1 GiB */
	uint64_t nr;	/* pages */
	unsigned max_leaf;
	struct {
		uint64_t pa;
		unsigned char mapped, level;
		pte_t attr;
	} * page;
	/* Does the entry of this level that covers page i lead to a table? By first page. */
	unsigned char *table[MODEL_LEVELS];
};

static inline void model_init(struct model *m, uint64_t start, uint64_t nr, unsigned max_leaf)
{
	m->start = start;
	m->nr = nr;
	m->max_leaf = max_leaf;
	m->page = calloc(nr, sizeof(*m->page));
	for (int l = 0; l < MODEL_LEVELS; l++)
		m->table[l] = calloc(nr, 1);
}

static inline void model_free(struct model *m)
{
	free(m->page);
	for (int l = 0; l < MODEL_LEVELS; l++)
		free(m->table[l]);
}

/* Pages that a leaf has; first page of the entry that covers page i. */
static inline uint64_t leaf_pages(unsigned level)
{
	return 1ull << (9 * level);
}

static inline uint64_t entry_of(uint64_t i, unsigned level)
{
	return i & ~(leaf_pages(level) - 1);
}

static inline int model_map(struct model *m, uint64_t i, uint64_t pa, uint64_t nr, pte_t attr)
{
	while (nr) {
		unsigned level = m->max_leaf;
		uint64_t n = leaf_pages(level);

		if (m->page[i].mapped)
			return -EEXIST;
		while (level &&
		       (m->table[level][entry_of(i, level)] || i % n || pa / 4096 % n || n > nr))
			n = leaf_pages(--level);
		for (unsigned l = level + 1; l < MODEL_LEVELS; l++)
			m->table[l][entry_of(i, l)] = 1;
		for (; n; n--, i++, nr--, pa += 4096) {
			m->page[i].pa = pa;
			m->page[i].attr = attr;
			m->page[i].level = (unsigned char)level;
			m->page[i].mapped = 1;
		}
	}
	return 0;
}

/* Is there a large page with only some of its pages in [i, i + nr)? */
static inline bool model_cuts(const struct model *m, uint64_t i, uint64_t nr)
{
	for (uint64_t k = i; k < i + nr; k++) {
		uint64_t first = entry_of(k, m->page[k].level);

		if (m->page[k].mapped &&
		    (first < i || first + leaf_pages(m->page[k].level) > i + nr))
			return true;
	}
	return false;
}

static inline int model_unmap(struct model *m, uint64_t i, uint64_t nr)
{
	if (model_cuts(m, i, nr))
		return -EINVAL;
	for (; nr; nr--, i++)
		m->page[i].mapped = 0;
	return 0;
}

static inline int model_protect(struct model *m, uint64_t i, uint64_t nr, pte_t attr)
{
	if (model_cuts(m, i, nr))
		return -EINVAL;
	for (; nr; nr--, i++) {
		if (!m->page[i].mapped)
			return -ENOENT;
		m->page[i].attr = attr;
	}
	return 0;
}

/* Does the real thing say of page i what the model says? */
static inline bool model_agrees(const struct model *m, struct pagetable *pt, uint64_t i)
{
	unsigned level, byte = i % 4096;
	pte_t attr;
	paddr_t pa;
	int err = pt_translate(pt, VADDR(m->start + 4096 * i + byte), &pa, &attr, &level);

	if (!m->page[i].mapped)
		return err == -ENOENT;
	return !err && pa.pa == m->page[i].pa + byte && attr == m->page[i].attr &&
	       level == m->page[i].level;
}

struct model_walk {
	const struct model *m;
	uint64_t next; /* page */
	bool ok;
};

static inline int model_visit(void *arg, vaddr_t va, pte_t pte, unsigned level)
{
	struct model_walk *w = arg;
	uint64_t i = (va.va - w->m->start) / 4096;

	(void)pte;
	for (; w->next < i && w->next < w->m->nr; w->next++)
		w->ok = w->ok && !w->m->page[w->next].mapped;
	w->ok = w->ok && i == w->next && i < w->m->nr && w->m->page[i].mapped &&
		w->m->page[i].level == level;
	w->next += leaf_pages(level);
	return !w->ok;
}

/* Do all pages agree, and is nothing mapped outside of the window? */
static inline bool model_agrees_all(const struct model *m, struct pagetable *pt)
{
	struct model_walk w = {m, 0, true};

	if (pt_walk(pt, model_visit, &w))
		return false;
	for (; w.next < m->nr; w.next++)
		if (m->page[w.next].mapped)
			return false;
	for (uint64_t i = 0; i < m->nr; i++)
		if (!model_agrees(m, pt, i))
			return false;
	return true;
}

#endif /* TESTS_PT_MODEL_H */
