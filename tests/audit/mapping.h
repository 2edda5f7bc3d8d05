/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef AUDIT_MAPPING_H
#define AUDIT_MAPPING_H

/*
 * What the live page tables of a guest map
 *
 * The walkers decode page tables by themselves, from the manuals, and share no
 * line with the code of the image: an audit that trusted what it audits would
 * repeat its mistakes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_WRITE   (1u << 0) /* by the kernel */
#define MAP_EXEC    (1u << 1) /* by the kernel, or by user mode where it may enter */
#define MAP_USER    (1u << 2) /* user mode may access it */

/* Both architectures, with pages of 4 KiB: each level of tables decides 9 bits of an address. */
#define ENTRIES	    512
#define TABLE_SHIFT 12
#define INDEX_BITS  9
#define TOP_LEAF    2 /* the level of 1 GiB pages; level 0 has pages of 4 KiB */

/* Pages that follow each other in virtual and physical memory, all alike */
struct mapping {
	uint64_t va, pa;
	uint64_t len;  /* bytes */
	uint64_t page; /* bytes of one page */
	unsigned flags;
};

/*
 * Ascending virtual addresses within each half, and the page tables that say so. Zero
 * it before use; mappings_free() ends it.
 */
struct mappings {
	struct mapping *entry;
	size_t count, capacity;
	uint64_t *table; /* physical addresses */
	size_t nr_tables;
	uint64_t root; /* one of them, in CR3, or TTBR1_EL1 */
};

/* How the walkers read physical memory; false if they cannot. */
struct physical {
	bool (*read)(void *arg, uint64_t pa, void *buf, size_t len);
	void *arg;
};

/* Adds one page, joined to the last mapping if it continues it. Ends the program without memory. */
void mappings_add(struct mappings *m, uint64_t va, uint64_t pa, uint64_t page, unsigned flags);
void mappings_add_table(struct mappings *m, uint64_t pa);
void mappings_free(struct mappings *m);

/*
 * Paging registers of an x86_64 in long mode (Intel SDM vol. 3, 2.5 and 4.1).
 */
struct x86_paging {
	uint64_t cr0, cr3, cr4, efer;
	/* A PV guest of Xen: stopped in ring 3 (cs), and Xen's part of its tree is left out */
	bool xen_pv;
	uint64_t cs;
};

/*
 * Translation registers of an arm64 at EL1 (Arm ARM DDI 0487, D19.2).
 */
struct arm64_paging {
	uint64_t sctlr, tcr, ttbr0, ttbr1, cpsr;
};

/*
 * Each walks all of the live tables. Returns NULL, or why they cannot be what
 * protects the guest (paging is off, write protection is off, ...).
 */
const char *walk_x86(const struct x86_paging *regs, const struct physical *mem,
		     struct mappings *out);
const char *walk_arm64(const struct arm64_paging *regs, const struct physical *mem,
		       struct mappings *out);

#endif /* AUDIT_MAPPING_H */
