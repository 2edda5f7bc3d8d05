/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UNIKRAFT_XEN_EARLY_H
#define UNIKRAFT_XEN_EARLY_H

#include <ukaslr/pagetable.h>
#include <ukaslr/table_pool.h>
#include <ukaslr/xenpv_start.h>
#include "../early.h"

/*
 * The domain's memory, from 0 on (pseudo-physical): the image, what Xen left, its page tables
 * and a stack that is not used any more, our page tables, and what is free.
 */
struct domain {
	uint64_t len;	      /* bytes of memory */
	uint64_t shared_info; /* machine address of the page that Xen shares */
	uint64_t first_table; /* Xen's; all from here to the end of ours are mapped read-only */
	struct table_pool reach_pool;
	struct pagetable reach; /* Xen's page tables, which grow until ours are reached */
	struct table_pool pool;
	struct pagetable pt; /* ours */
};
extern struct domain domain;

/* tables.c: where they are going to be; how long they are depends on the domain alone */
void kaslr_place_tables(struct domain *d, uint64_t start, uint64_t image_len);

/* Builds them for the image and all memory, at the addresses chosen, and makes them Xen's. */
void kaslr_build_tables_xen(struct domain *d, const struct kaslr_moved *m);

/* entry.S: the moved image, for a call at its virtual address */
void kaslr_enter_xen(uint64_t start_info);
typedef __typeof__(kaslr_enter_xen) *kaslr_enter_xen_t;

#endif /* UNIKRAFT_XEN_EARLY_H */
