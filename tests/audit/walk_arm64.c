/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The translation tables of arm64, stage 1 of EL1 with 4 KiB granules: Arm ARM
 * DDI 0487, D8.3 (descriptors), D8.4 (permissions), D19.2 (TCR_EL1, TTBR0_EL1).
 */

#include "mapping.h"

#define CPSR_EL_SHIFT  2
#define CPSR_EL_MASK   3
#define SCTLR_M	       (1ull << 0)
#define SCTLR_WXN      (1ull << 19)

#define TCR_DS	       (1ull << 59) /* 52-bit addresses in 4 KiB granules (FEAT_LPA2) */
#define TCR_SZ	       0x3f
#define TCR_TG0_4K     0
#define TCR_TG1_4K     2

#define DESC_VALID     (1ull << 0)
#define DESC_TABLE     (1ull << 1) /* at the last level: a page */
#define DESC_AP_USER   (1ull << 6)
#define DESC_AP_RO     (1ull << 7)
#define DESC_PXN       (1ull << 53)
#define DESC_UXN       (1ull << 54)
#define TABLE_PXN      (1ull << 59)
#define TABLE_UXN      (1ull << 60)
#define TABLE_NO_USER  (1ull << 61)
#define TABLE_RO       (1ull << 62)
#define DESC_ADDR      0x0000fffffffff000ull
#define DESC_ADDR_DS   0x0003fffffffff000ull
#define DESC_TOP_DS    0x300 /* with DS: address bits 51:50 in bits 9:8 */
#define DESC_TOP_SHIFT 42
#define TTBR_ADDR      0x0000ffffffffffc0ull
#define TTBR_TOP_DS    0x3c /* with DS: address bits 51:48 in bits 5:2 */
#define TTBR_TOP_SHIFT 46

#define ENTRIES	       512
#define TABLE_SHIFT    12
#define INDEX_BITS     9
#define TOP_LEAF       2 /* 1 GiB blocks */
#define TOP_LEAF_DS    3 /* 512 GiB blocks */

/* Where the fields of TCR_EL1 are for each half */
struct half {
	unsigned sz, tg, tg_4k, epd, hpd;
};
static const struct half lower = {0, 14, TCR_TG0_4K, 7, 41};
static const struct half upper = {16, 30, TCR_TG1_4K, 23, 42};

/* Two kinds of execution meet in MAP_EXEC at the end; the walk needs them apart. */
#define EXEC_USER (1u << 3)

struct arm64_walk {
	const struct physical *mem;
	struct mappings *out;
	uint64_t first_va; /* of this half */
	unsigned top_level;
	unsigned top_entries; /* the top table may be smaller than a page */
	bool ds, wxn, hierarchical;
};

static uint64_t output_address(const struct arm64_walk *w, uint64_t desc)
{
	if (w->ds)
		return (desc & DESC_ADDR_DS) | (desc & DESC_TOP_DS) << DESC_TOP_SHIFT;
	return desc & DESC_ADDR;
}

static unsigned without(unsigned rights, uint64_t desc, uint64_t bit, unsigned right)
{
	return desc & bit ? rights & ~right : rights;
}

static unsigned table_rights(const struct arm64_walk *w, unsigned above, uint64_t desc)
{
	if (!w->hierarchical)
		return above;
	above = without(above, desc, TABLE_RO, MAP_WRITE);
	above = without(above, desc, TABLE_NO_USER, MAP_USER);
	above = without(above, desc, TABLE_PXN, MAP_EXEC);
	return without(above, desc, TABLE_UXN, EXEC_USER);
}

static unsigned page_rights(const struct arm64_walk *w, unsigned above, uint64_t desc)
{
	unsigned rights = without(above, desc, DESC_AP_RO, MAP_WRITE);

	rights = without(rights, ~desc, DESC_AP_USER, MAP_USER);
	rights = without(rights, desc, DESC_PXN, MAP_EXEC);
	rights = without(rights, desc, DESC_UXN, EXEC_USER);
	if (rights & MAP_USER && rights & EXEC_USER)
		rights |= MAP_EXEC;
	if (w->wxn && rights & MAP_WRITE)
		rights &= ~MAP_EXEC;
	return rights & ~EXEC_USER;
}

static const char *walk_arm64_table(const struct arm64_walk *w, uint64_t table, unsigned level,
				    uint64_t base, unsigned above)
{
	uint64_t desc[ENTRIES];
	unsigned shift = TABLE_SHIFT + INDEX_BITS * level;
	unsigned entries = level == w->top_level ? w->top_entries : ENTRIES;

	if (!w->mem->read(w->mem->arg, table, desc, entries * sizeof(*desc)))
		return "a translation table lies outside of memory";
	mappings_add_table(w->out, table);
	for (unsigned i = 0; i < entries; i++) {
		uint64_t va = base + ((uint64_t)i << shift), page = 1ull << shift;
		const char *error;

		if (!(desc[i] & DESC_VALID))
			continue;
		if (level == 0 || !(desc[i] & DESC_TABLE)) {
			if (level > (w->ds ? TOP_LEAF_DS : TOP_LEAF) ||
			    (level == 0 && !(desc[i] & DESC_TABLE)))
				continue; /* reserved encodings: they fault */
			mappings_add(w->out, va, output_address(w, desc[i]) & ~(page - 1), page,
				     page_rights(w, above, desc[i]));
			continue;
		}
		error = walk_arm64_table(w, output_address(w, desc[i]), level - 1, va,
					 table_rights(w, above, desc[i]));
		if (error)
			return error;
	}
	return NULL;
}

static const char *walk_half(const struct arm64_paging *regs, const struct half *half,
			     uint64_t ttbr, const struct physical *mem, struct mappings *out)
{
	unsigned va_bits = 64 - (unsigned)(regs->tcr >> half->sz & TCR_SZ);
	unsigned top = (va_bits - TABLE_SHIFT - 1) / INDEX_BITS;
	struct arm64_walk w = {
		.mem = mem,
		.out = out,
		.first_va = half == &upper ? -(1ull << va_bits) : 0,
		.top_level = top,
		.top_entries = 1u << (va_bits - TABLE_SHIFT - INDEX_BITS * top),
		.ds = (regs->tcr & TCR_DS) != 0,
		.wxn = (regs->sctlr & SCTLR_WXN) != 0,
		.hierarchical = !(regs->tcr >> half->hpd & 1),
	};
	uint64_t table = ttbr & TTBR_ADDR;

	if (regs->tcr >> half->epd & 1)
		return NULL;
	if ((regs->tcr >> half->tg & 3) != half->tg_4k)
		return "the granule is not 4 KiB";
	if (w.ds)
		table |= (ttbr & TTBR_TOP_DS) << TTBR_TOP_SHIFT;
	out->root = table;
	return walk_arm64_table(&w, table, top, w.first_va,
				MAP_WRITE | MAP_EXEC | MAP_USER | EXEC_USER);
}

const char *walk_arm64(const struct arm64_paging *regs, const struct physical *mem,
		       struct mappings *out)
{
	const char *error;

	if ((regs->cpsr >> CPSR_EL_SHIFT & CPSR_EL_MASK) != 1)
		return "the processor is not at EL1";
	if (!(regs->sctlr & SCTLR_M))
		return "the MMU is off";
	error = walk_half(regs, &lower, regs->ttbr0, mem, out);
	return error ? error : walk_half(regs, &upper, regs->ttbr1, mem, out);
}
