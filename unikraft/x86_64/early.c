/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Early code on KVM x86_64: from the Multiboot information to the jump
 */
#include <string.h>
#include <arch/io.h>
#include <arch/pte.h>
#include <arch/x86.h>
#include <ukaslr/console.h>
#include <ukaslr/panic.h>
#include <ukaslr/table_pool.h>
#include "../early.h"

/* Unikraft (plat/kvm/x86/pagetable64.S): the root of its boot page tables */
extern pte_t x86_bpt_pml4[PT_ENTRIES];

_Noreturn void kaslr_early_x86(uint64_t info);
void kaslr_enter(uint64_t root, uint64_t info, uint64_t old, uint64_t old_len);
typedef __typeof__(kaslr_enter) *enter_t;

/* The upper half, but for what Unikraft maps all memory at (x86/paging.h) */
#define WINDOW	       0xffff800000000000ull
#define DIRECT_MAP     0xffffff8000000000ull
#define DIRECT_MAP_PTE (PT_ENTRIES - 1)

/* What is mapped one to one */
#define IDENTITY_END   (1ull << 32)
#define LEVELS	       4u

static union bootinfo_storage boot_info;
static struct kaslr_moved moved;

void console_write(const char *s, size_t len)
{
	for (; len; len--, s++) {
		if (*s == '\n')
			ns16550_putc(COM1, '\r');
		ns16550_putc(COM1, *s);
	}
}

void shutdown(int status)
{
	outb(DEBUG_EXIT, (uint8_t)status);
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void map(struct pagetable *pt, uint64_t va, uint64_t pa, uint64_t len, unsigned attr)
{
	int rc = pt_map(pt, VADDR(va), PADDR(pa), len, attr);

	if (rc)
		panic("page tables: error %d", rc);
}

/* One part of the image, from symbol to symbol */
static void map_part(struct pagetable *pt, const struct kaslr_moved *m, const char *start,
		     const char *end, unsigned attr)
{
	uint64_t len = (LINKED(end) - LINKED(start) + PT_PAGE_SIZE - 1) & -PT_PAGE_SIZE;

	map(pt, COPY_VA(m, start), (uint64_t)(uintptr_t)COPY(m, start), len, attr);
}

/* Nobody who knows physical memory shall find the image, or its tables, in the identity map. */
static void hide(struct pagetable *pt, const struct kaslr_moved *m)
{
	uint64_t start = m->pa & -PT_LEVEL_SIZE(1), end = m->pa + m->len + m->tables_len;
	uint64_t stop = (end + PT_LEVEL_SIZE(1) - 1) & -PT_LEVEL_SIZE(1);
	int rc = pt_unmap(pt, VADDR(start), stop - start);

	if (rc)
		panic("identity map: error %d", rc);
	if (!start)
		start = PT_PAGE_SIZE; /* null pointers fault, as before */
	map(pt, start, start, m->pa - start, PT_WRITE);
	map(pt, end, end, stop - end, PT_WRITE);
}

/*
 * The final tables: Unikraft's own, moved with the image, not executable any more; and
 * the image at its virtual base, which takes effect in the tables in use as well.
 */
static paddr_t build_tables(const struct kaslr_moved *m)
{
	struct table_pool pool = {.pa = PADDR(m->tables_pa),
				  .va = (uint8_t *)(uintptr_t)m->tables_pa,
				  .nr = (uint32_t)(m->tables_len / PT_PAGE_SIZE)};
	struct pagetable pt = {.levels = LEVELS, .max_leaf = 1};
	const pte_t *theirs = COPY(m, x86_bpt_pml4);
	const uint64_t slot = m->va >> PT_LEVEL_SHIFT(LEVELS - 1) & (PT_ENTRIES - 1);
	pte_t *root;

	pool.mapped = pool.nr;
	if (table_pool_attach(&pool, &pt))
		panic("page tables: no page");
	root = (pte_t *)(uintptr_t)pt.root.pa;
	root[0] = theirs[0] | PTE_XD;
	if (theirs[DIRECT_MAP_PTE])
		root[DIRECT_MAP_PTE] = theirs[DIRECT_MAP_PTE] | PTE_XD;
	map_part(&pt, m, _base_addr, _etext, PT_EXEC);
	map_part(&pt, m, _rodata, _tls_start, PT_READ);
	map_part(&pt, m, _tls_start, _end, PT_WRITE);
	hide(&pt, m);
	x86_bpt_pml4[slot] = root[slot];
	return pt.root;
}

/* What the loader said, and the image itself, as regions */
static void gather(struct bootinfo *bi, uint64_t info)
{
	const char *err;

	bi->protocol = BOOT_MULTIBOOT;
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS);
	err = multiboot_parse(bi, PADDR(info));
	if (!err)
		err = bootinfo_add(bi, PADDR(LINKED(_base_addr)), LINKED(_end) - LINKED(_base_addr),
				   UKPLAT_MEMRT_KERNEL);
	if (err)
		boot_stop("%s", err);
	bootinfo_make_room(bi, 2); /* a cut may leave a piece on both sides */
	if (bi->warning)
		boot_warn("%s", bi->warning);
}

void kaslr_early_x86(uint64_t info)
{
	const struct move_request want = {
		.limit = IDENTITY_END,
		.window = VADDR(WINDOW),
		.window_pages = (DIRECT_MAP - WINDOW) / PT_PAGE_SIZE,
		.tables_len = CONFIG_KASLR_VIRT
				      ? PT_PAGE_SIZE *
						(3 + table_pages(LEVELS,
								 LINKED(_end) - LINKED(_base_addr)))
				      : 0};
	paddr_t root;

	gather(&boot_info.bi, info);
	kaslr_move(&boot_info.bi, &want, &moved);
	root = CONFIG_KASLR_VIRT ? build_tables(&moved)
				 : PADDR((uintptr_t)COPY(&moved, x86_bpt_pml4));
	((enter_t)(uintptr_t)COPY_VA(&moved, kaslr_enter))(root.pa, info, moved.base, moved.len);
	__builtin_unreachable();
}
