/* SPDX-License-Identifier: BSD-3-Clause */
/* The audit's walkers */
#include "audit_fixture.h"

static const struct x86_paging x86_regs = {
	.cr0 = CR0_PG | CR0_WP, .cr3 = 0x1000, .efer = EFER_LMA | EFER_NXE};

static void x86_walk_joins_pages_and_takes_rights_from_all_levels(void **state)
{
	(void)state;
	entry(1, 511, 0x2000 | PTE_P | PTE_RW);
	entry(2, 510, 0x3000 | PTE_P | PTE_RW);
	entry(2, 511, 0x4000 | PTE_P); /* nothing below is writable */
	entry(3, 0, 0x5000 | PTE_P | PTE_RW);
	entry(3, 1, MIB(2) | PTE_P | PTE_RW | PTE_PS | PTE_XD);
	entry(4, 0, MIB(4) | PTE_P | PTE_RW | PTE_PS);
	entry(5, 0, 0x7000 | PTE_P);
	entry(5, 1, 0x8000 | PTE_P);
	entry(5, 3, 0xa000 | PTE_P);
	entry(5, 4, 0x9000 | PTE_P);
	assert_null(walk_x86(&x86_regs, &physical, &live));
	assert_int_equal(live.count, 5);
	expect_mapping(0, 0xffffffff80000000, 0x7000, KIB(8), MAP_EXEC);
	expect_mapping(1, 0xffffffff80003000, 0xa000, KIB(4), MAP_EXEC);
	expect_mapping(2, 0xffffffff80004000, 0x9000, KIB(4), MAP_EXEC);
	expect_mapping(3, 0xffffffff80200000, MIB(2), MIB(2), MAP_WRITE);
	expect_mapping(4, 0xffffffffc0000000, MIB(4), MIB(2), MAP_EXEC);
}

static void x86_walk_of_five_levels_extends_bit_56(void **state)
{
	struct x86_paging regs = x86_regs;

	(void)state;
	regs.cr4 = CR4_LA57;
	entry(1, 256, 0x2000 | PTE_P | PTE_RW);
	entry(2, 0, 0x3000 | PTE_P | PTE_RW);
	entry(3, 0, PTE_P | PTE_PS | MIB(1024));
	assert_null(walk_x86(&regs, &physical, &live));
	expect_mapping(0, 0xff00000000000000, MIB(1024), MIB(1024), MAP_EXEC);
}

static void x86_walk_refuses_registers_that_protect_nothing(void **state)
{
	struct x86_paging regs = x86_regs;

	(void)state;
	regs.cr0 = CR0_PG;
	assert_non_null(walk_x86(&regs, &physical, &live));
	regs = x86_regs;
	regs.efer = EFER_LMA;
	assert_non_null(walk_x86(&regs, &physical, &live));
	regs = x86_regs;
	regs.cr3 = MIB(1);
	assert_non_null(walk_x86(&regs, &physical, &live));
}

static void x86_walk_leaves_out_what_is_xens(void **state)
{
	struct x86_paging regs = x86_regs;

	(void)state;
	regs.xen_pv = true;
	regs.cs = 0xe033;
	entry(1, 255, 0x2000 | PTE_P | PTE_RW);
	entry(1, 256, MIB(1) | PTE_P | PTE_RW); /* not even read */
	entry(1, 271, MIB(1) | PTE_P | PTE_RW);
	entry(1, 272, 0x2000 | PTE_P | PTE_RW);
	entry(2, 256, MIB(1024) | PTE_P | PTE_PS);
	assert_null(walk_x86(&regs, &physical, &live));
	assert_int_equal(live.count, 2);
	expect_mapping(0, 0x00007fc000000000, MIB(1024), MIB(1024), MAP_EXEC);
	expect_mapping(1, 0xffff884000000000, MIB(1024), MIB(1024), MAP_EXEC);
	regs.cs = 0xe008;
	assert_non_null(walk_x86(&regs, &physical, &live));
}

#define TCR_48_BITS (16ull << 16 | 16 | (uint64_t)TCR_TG1_4K << 30)
#define TCR_EPD0    (1ull << 7)
#define ARM_EL1	    (1u << CPSR_EL_SHIFT)
#define PAGE_DESC   (DESC_VALID | DESC_TABLE)

static const struct arm64_paging arm_regs = {SCTLR_M, TCR_48_BITS | TCR_EPD0, 0, 0x1000, ARM_EL1};

static void arm_tables(void)
{
	entry(1, 0, 0x2000 | DESC_VALID | DESC_TABLE);
	entry(2, 0, 0x3000 | DESC_VALID | DESC_TABLE);
	entry(3, 0, 0x4000 | DESC_VALID | DESC_TABLE);
}

static void arm_walk_takes_rights_from_descriptors_and_tables(void **state)
{
	(void)state;
	arm_tables();
	entry(4, 0, 0x7000 | PAGE_DESC | DESC_AP_RO);
	entry(4, 1, 0x8000 | PAGE_DESC | DESC_PXN | DESC_UXN);
	entry(4, 2, 0x9000 | DESC_VALID); /* reserved at this level: faults */
	entry(3, 1, MIB(2) | DESC_VALID | DESC_AP_RO | DESC_PXN | DESC_UXN);
	entry(2, 1, 0x5000 | DESC_VALID | DESC_TABLE | TABLE_RO | TABLE_PXN);
	entry(5, 0, MIB(4) | DESC_VALID);
	assert_null(walk_arm64(&arm_regs, &physical, &live));
	assert_int_equal(live.count, 4);
	expect_mapping(0, 0xffff000000000000, 0x7000, KIB(4), MAP_EXEC);
	expect_mapping(1, 0xffff000000001000, 0x8000, KIB(4), MAP_WRITE);
	expect_mapping(2, 0xffff000000200000, MIB(2), MIB(2), 0);
	expect_mapping(3, 0xffff000040000000, MIB(4), MIB(2), 0);
}

static void arm_walk_of_52_bits_reads_the_small_top_table(void **state)
{
	struct arm64_paging regs = arm_regs;

	(void)state;
	regs.tcr = TCR_DS | TCR_EPD0 | 12ull << 16 | (uint64_t)TCR_TG1_4K << 30;
	regs.ttbr1 = 0x1f80; /* the last 16 entries of the page */
	entry(1, 511, 0x3000 | DESC_VALID | DESC_TABLE);
	entry(2, 0, 0x3000 | DESC_VALID | DESC_TABLE); /* behind the table's end */
	entry(3, 511, 0x4000 | DESC_VALID | DESC_TABLE);
	entry(4, 511, MIB(1024) | DESC_VALID | 0x100); /* output address bit 50 */
	assert_null(walk_arm64(&regs, &physical, &live));
	assert_int_equal(live.count, 1);
	expect_mapping(0, 0xffffffffc0000000, MIB(1024) | 1ull << 50, MIB(1024),
		       MAP_WRITE | MAP_EXEC);
}

static void arm_walk_sees_the_lower_half_too(void **state)
{
	struct arm64_paging regs = arm_regs;

	(void)state;
	arm_tables();
	entry(4, 7, 0x7000 | PAGE_DESC | DESC_AP_RO);
	regs.tcr &= ~TCR_EPD0;
	regs.ttbr0 = 0x1000;
	regs.ttbr1 = 0x9000;
	assert_null(walk_arm64(&regs, &physical, &live));
	assert_int_equal(live.count, 1);
	expect_mapping(0, 0x7000, 0x7000, KIB(4), MAP_EXEC);
	assert_int_equal(rules_check(&live, note, NULL), 2); /* identity, lower half */
}

static void arm_walk_refuses_another_level_and_no_mmu(void **state)
{
	struct arm64_paging regs = arm_regs;

	(void)state;
	regs.cpsr = 2u << CPSR_EL_SHIFT;
	assert_non_null(walk_arm64(&regs, &physical, &live));
	regs = arm_regs;
	regs.sctlr = 0;
	assert_non_null(walk_arm64(&regs, &physical, &live));
}

static void rules_find_a_page_table_that_can_be_written(void **state)
{
	(void)state;
	entry(1, 272, 0x2000 | PTE_P | PTE_RW);
	entry(2, 0, 0x3000 | PTE_P | PTE_RW);
	entry(3, 0, 0x4000 | PTE_P | PTE_RW);
	entry(4, 0, 0x3000 | PTE_P | PTE_XD);
	entry(4, 1, 0x7000 | PTE_P);
	assert_null(walk_x86(&x86_regs, &physical, &live));
	assert_int_equal(rules_check(&live, note, NULL), 0);
	mappings_add(&live, DATA_VA, 0, 0x2000, MAP_WRITE);
	expect_one_report("a page table can be written");
}

static void arm_tables_that_can_be_written_are_found(void **state)
{
	(void)state;
	arm_tables();
	entry(4, 0, 0x7000 | PAGE_DESC | DESC_AP_RO);
	entry(4, 1, 0x4000 | PAGE_DESC | DESC_PXN | DESC_UXN);
	assert_null(walk_arm64(&arm_regs, &physical, &live));
	expect_one_report("a page table can be written");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(x86_walk_joins_pages_and_takes_rights_from_all_levels),
		TEST(x86_walk_of_five_levels_extends_bit_56),
		TEST(x86_walk_leaves_out_what_is_xens),
		TEST(x86_walk_refuses_registers_that_protect_nothing),
		TEST(arm_walk_takes_rights_from_descriptors_and_tables),
		TEST(arm_walk_of_52_bits_reads_the_small_top_table),
		TEST(arm_walk_sees_the_lower_half_too),
		TEST(arm_walk_refuses_another_level_and_no_mmu),
		TEST(rules_find_a_page_table_that_can_be_written),
		TEST(arm_tables_that_can_be_written_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
