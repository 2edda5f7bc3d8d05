/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stand-in for Unikraft's Xen platform: what it does with memory before main(), in its
 * order, and what must be true then
 */
#include "platform.h"

#define SHUTDOWN_POWEROFF 0u
#define SIF_FIRST_DOMAIN  2u
#define PAGE_NX		  (1ul << 63)
#define UVMF_INVLPG	  2u

extern char _base_addr[], _libxenplat_shared_info[];

_Noreturn void platform_entry(struct xenpv_start_info *start_info);
void ukplat_memregion_list_coalesce(struct ukplat_memregion_list *list);

struct xenpv_start_info *HYPERVISOR_start_info;

static struct {
	struct ukplat_bootinfo bi;
	struct ukplat_memregion_desc room[4];
} boot = {
	.bi.mrds = {.capacity = 4, .count = 1},
	.room = {{.len = PAGE_SIZE, .pg_count = 1, .type = UKPLAT_MEMRT_KERNEL, .flags = 1}},
};

/* Pointers in data, which the linker relocates */
static char marker;
static char *volatile pointer = &marker;
static volatile unsigned long untouched = 0x1234;

struct ukplat_bootinfo *ukplat_bootinfo_get(void)
{
	return &boot.bi;
}

int ukplat_memregion_find_next(int i, __u32 type, __u32 flags, __u32 fmask,
			       struct ukplat_memregion_desc **mrd)
{
	while ((__u32)++i < boot.bi.mrds.count) {
		*mrd = &boot.bi.mrds.mrds[i];
		if ((*mrd)->type & type && ((*mrd)->flags & fmask) == flags)
			return i;
	}
	return -1;
}

int ukplat_memregion_get(int i, struct ukplat_memregion_desc **mrd)
{
	*mrd = &boot.bi.mrds.mrds[i];
	return (__u32)i < boot.bi.mrds.count ? 0 : -1;
}

/* xen-x86_64.h */
long hypercall(long call, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	register unsigned long r10 __asm__("r10") = d;

	__asm__ volatile("syscall"
			 : "+a"(call), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
			 :
			 : "rcx", "r11", "memory");
	return call;
}

void say(const char *s)
{
	unsigned long len = 0;

	while (s[len])
		len++;
	hypercall(18, 0, len, (unsigned long)s, 0); /* console_io */
}

void say_hex(const char *name, unsigned long value)
{
	char text[17] = {0};

	for (int i = 0; i < 16; i++)
		text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
	say(name);
	say(text);
	say("\n");
}

void expect(int good, const char *what)
{
	if (!good)
		say("BROKEN ");
	say(what);
	say("\n");
}

static void check_start_info(const struct xenpv_start_info *s)
{
	const char *text = s->cmd_line;

	expect(s->flags & SIF_FIRST_DOMAIN && s->nr_pages == 64 << 8, "start info");
	expect(text[0] == 'o' && text[1] == 'n' && text[2] == 'e', "command line");
	expect(pointer == &marker, "slot of the linker");
	expect(untouched == 0x1234, "data that is no slot");
}

/* What Unikraft would do to page tables, and the page of Xen's that it maps itself */
static void prepare(unsigned long *start_pfn, unsigned long *max_pfn)
{
	struct xenpv_start_info *s = HYPERVISOR_start_info;

	if (hypercall(14, (unsigned long)_libxenplat_shared_info, s->shared_info | 7, UVMF_INVLPG,
		      0))
		say("BROKEN update_va_mapping\n");
	phys_to_machine_mapping = (unsigned long *)s->mfn_list;
	pt_base = (unsigned long *)s->pt_base;
	*start_pfn = PAGE(to_phys(pt_base)) + s->nr_pt_frames;
	*max_pfn = s->nr_pages;
	_init_mem_build_pagetable(start_pfn, max_pfn);
	_init_mem_clear_bootstrap();
	_init_mem_set_readonly(_text, _end);
}

/* Every page of what is to be the heap is writable; then it becomes a region. */
static void add_memory(unsigned long start_pfn, unsigned long max_pfn)
{
	struct ukplat_memregion_list *list = &boot.bi.mrds;

	for (unsigned long pfn = start_pfn; pfn < max_pfn; pfn++)
		*(volatile unsigned long *)to_virt(pfn << 12) = pfn;
	list->mrds[list->count++] = (struct ukplat_memregion_desc){
		.pbase = start_pfn << 12,
		.vbase = (__vaddr_t)to_virt(start_pfn << 12),
		.len = (max_pfn - start_pfn) << 12,
		.pg_count = max_pfn - start_pfn,
		.type = UKPLAT_MEMRT_FREE,
		.flags = 3,
	};
	_init_mem_demand_area(1, 2);
	ukplat_memregion_list_coalesce(list);
	expect(list->mrds[0].vbase == (__vaddr_t)_base_addr, "region of the image");
	say_hex("memory=", (unsigned long)to_virt(0));
}

void platform_entry(struct xenpv_start_info *start_info)
{
	const unsigned reason = SHUTDOWN_POWEROFF;
	unsigned long start_pfn, max_pfn;

	HYPERVISOR_start_info = start_info;
	check_start_info(start_info);
	prepare(&start_pfn, &max_pfn);
	add_memory(start_pfn, max_pfn);
	check_tables();
	expect(L1_PROT == (PAGE_NX | 0x27) && L1_PROT_RO == (PAGE_NX | 0x25) &&
		       L2_PROT == (PAGE_NX | 0x67) && (L3_PROT & L4_PROT) == L2_PROT,
	       "what Unikraft maps is not executable");
	say_hex("virt=", (unsigned long)_base_addr);
	say("END\n");
	hypercall(29, 2, (unsigned long)&reason, 0, 0); /* sched_op, shutdown */
	for (;;)
		;
}
