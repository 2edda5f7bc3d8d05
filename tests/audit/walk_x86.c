/* SPDX-License-Identifier: BSD-3-Clause */
/* The page tables of x86_64: Intel SDM vol. 3, 4.5 (4-level and 5-level paging). */

#include "mapping.h"

#define CR0_WP	 (1u << 16)
#define CR0_PG	 (1u << 31)
#define CR4_LA57 (1u << 12)
#define CS_RING	 3u
#define EFER_LMA (1u << 10)
#define EFER_NXE (1u << 11)

#define PTE_P	 (1ull << 0)
#define PTE_RW	 (1ull << 1)
#define PTE_US	 (1ull << 2)
#define PTE_PS	 (1ull << 7)
#define PTE_XD	 (1ull << 63)
#define PTE_ADDR 0x000ffffffffff000ull

struct x86_walk {
	const struct physical *mem;
	struct mappings *out;
	unsigned va_bits;
	bool xen_pv;
};

/* Entries of the root that lead to what is Xen's: xen/include/public/arch-x86/xen-x86_64.h */
#define XEN_FIRST  256
#define XEN_LAST   271
#define ROOT_LEVEL 3 /* of 4-level paging, which PV guests have */

static uint64_t sign_extend(uint64_t va, unsigned bits)
{
	return (uint64_t)((int64_t)(va << (64 - bits)) >> (64 - bits));
}

/* Rights of a page: every level must allow writing and user access, and any may forbid execution.
 */
static unsigned restrict_rights(unsigned above, uint64_t pte)
{
	unsigned rights = above;

	if (!(pte & PTE_RW))
		rights &= ~MAP_WRITE;
	if (!(pte & PTE_US))
		rights &= ~MAP_USER;
	if (pte & PTE_XD)
		rights &= ~MAP_EXEC;
	return rights;
}

static const char *walk_x86_table(const struct x86_walk *w, uint64_t table, unsigned level,
				  uint64_t base, unsigned above)
{
	uint64_t pte[ENTRIES];
	unsigned shift = TABLE_SHIFT + INDEX_BITS * level;

	if (!w->mem->read(w->mem->arg, table, pte, sizeof(pte)))
		return "a page table lies outside of memory";
	mappings_add_table(w->out, table);
	for (unsigned i = 0; i < ENTRIES; i++) {
		uint64_t va = base | (uint64_t)i << shift;
		unsigned rights = restrict_rights(above, pte[i]);

		if (!(pte[i] & PTE_P))
			continue;
		if (w->xen_pv && level == ROOT_LEVEL && i >= XEN_FIRST && i <= XEN_LAST)
			continue;
		if (level == 0 || (level <= TOP_LEAF && pte[i] & PTE_PS)) {
			uint64_t page = 1ull << shift;

			mappings_add(w->out, sign_extend(va, w->va_bits),
				     pte[i] & PTE_ADDR & ~(page - 1), page, rights);
		} else {
			const char *error =
				walk_x86_table(w, pte[i] & PTE_ADDR, level - 1, va, rights);

			if (error)
				return error;
		}
	}
	return NULL;
}

const char *walk_x86(const struct x86_paging *regs, const struct physical *mem,
		     struct mappings *out)
{
	unsigned levels = regs->cr4 & CR4_LA57 ? 5 : 4;
	struct x86_walk w = {mem, out, TABLE_SHIFT + INDEX_BITS * levels, regs->xen_pv};

	if (!(regs->cr0 & CR0_PG) || !(regs->efer & EFER_LMA))
		return "the processor is not in long mode";
	if (!(regs->cr0 & CR0_WP))
		return "CR0.WP is clear: read-only pages can be written";
	if (regs->xen_pv && (regs->cs & CS_RING) != CS_RING)
		return "the processor is not in ring 3";
	if (!(regs->efer & EFER_NXE))
		return "EFER.NXE is clear: every page can be executed";
	out->root = regs->cr3 & PTE_ADDR;
	return walk_x86_table(&w, out->root, levels - 1, 0, MAP_WRITE | MAP_EXEC | MAP_USER);
}
