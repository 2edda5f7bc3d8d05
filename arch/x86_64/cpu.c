/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Normal boot's descriptor tables
 */
#include <arch/cpuid.h>
#include <arch/trap.h>
#include <arch/x86.h>
#include <ukaslr/arch.h>
#include <ukaslr/image.h>
#include <ukaslr/xenpv.h>

#define IST_EXCEPTIONS 1

/* 64-bit task state segment, Intel SDM vol. 3, 8.7 */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iomap_base;
} __attribute__((packed));

/* Its descriptor, 8.2.3 */
struct tss_descriptor {
	uint16_t limit, base_0;
	uint8_t base_16, type, flags, base_24;
	uint64_t base_32;
} __attribute__((packed));

#define TYPE_TSS 0x89 /* present, available 64-bit TSS */

static struct {
	uint64_t none, code;
	struct tss_descriptor tss;
} gdt;
static struct tss tss;
static struct idt_gate idt[NR_TRAPS];

static void gdt_load(void)
{
	struct table_register gdtr;
	const uint64_t base = (uintptr_t)&tss;

	/* Field by field: as an initialiser it may become a constant that needs relocation. */
	gdtr.limit = sizeof(gdt) - 1;
	gdtr.base = (uintptr_t)&gdt;
	gdt.code = DESC_CODE64;
	gdt.tss.limit = sizeof(tss) - 1;
	gdt.tss.type = TYPE_TSS;
	gdt.tss.base_0 = (uint16_t)base;
	gdt.tss.base_16 = (uint8_t)(base >> 16);
	gdt.tss.base_24 = (uint8_t)(base >> 24);
	gdt.tss.base_32 = base >> 32;
	__asm__ volatile("lgdt %0\n\t"
			 "lldt %w2\n\t"
			 "ltr %w1"
			 :
			 : "m"(gdtr), "r"(SEL_TSS), "r"(0)
			 : "memory");
}

/* Bit `to` if bit `from`, which is lower, of the flags is set */
static uint32_t bit_if(uint32_t flags, unsigned from, unsigned to)
{
	return (flags & 1u << from) << (to - from);
}

/*
 * Nothing of user mode's is there to be run, touched or asked (Intel SDM vol. 3,
 * 4.6 and 2.5). CR0.WP and EFER.NXE are the entry code's.
 */
static void forbid_user_pages(void)
{
	struct cpuid has;
	uint64_t cr4;

	if (cpuid(CPUID_MAX).eax < CPUID_FEAT)
		return;
	has = cpuid(CPUID_FEAT);
	__asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
	cr4 |= bit_if(has.ebx, CPUID_SMEP_BIT, CR4_SMEP_BIT) |
	       bit_if(has.ebx, CPUID_SMAP_BIT, CR4_SMAP_BIT) |
	       bit_if(has.ecx, CPUID_UMIP_BIT, CR4_UMIP_BIT);
	__asm__ volatile("movq %0, %%cr4" : : "r"(cr4));
}

/*
 * Exceptions take a stack of their own, so that one that overflowed its stack
 * into the guard page can still be reported.
 */
static void take_processor(vaddr_t trap_stack_top)
{
	tss.ist[IST_EXCEPTIONS - 1] = trap_stack_top.va;
	tss.iomap_base = sizeof(tss);
	gdt_load();
	forbid_user_pages();
	idt_load(idt, IST_EXCEPTIONS);
}

void arch_init(vaddr_t trap_stack_top)
{
	const uint32_t mxcsr = MXCSR_DEFAULT;

	if (on_xenpv())
		xenpv_set_traps();
	else
		take_processor(trap_stack_top);
	__asm__ volatile("fninit\n\tldmxcsr %0" : : "m"(mxcsr));
}

/* CR0.WP off lets the kernel write to read-only pages (Intel SDM vol. 3, 4.6). */
void arch_edit_tables(bool begin)
{
	uint64_t cr0;

	__asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
	cr0 = begin ? cr0 & ~(uint64_t)CR0_WP : cr0 | CR0_WP;
	__asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
}

/* No mapping is global (<arch/pte.h>). In Xen PV, Xen stands in for the processor. */
void arch_flush_tlb(void)
{
	uint64_t cr3;

	__asm__ volatile("movq %%cr3, %0\n\t"
			 "movq %0, %%cr3"
			 : "=r"(cr3)
			 :
			 : "memory");
}
