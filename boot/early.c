/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The early phase: where the loader put the image, before anything is relocated
 *
 * early_boot() at the end of this file is the whole of it, in order.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <ukaslr/arch.h>
#include <ukaslr/cmdline.h>
#include <ukaslr/console.h>
#include <ukaslr/image.h>
#include <ukaslr/machine.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include <ukaslr/reloc.h>
#include <ukaslr/xenpv.h>
#include "arguments.h"
#include "entropy_gather.h"
#include "handoff.h"
#include "layout.h"
#include "load_image.h"

/* Records of the region list that parsers leave to what comes after them */
#define SPARE_REGIONS 32

_Noreturn void early_boot(enum boot_protocol protocol, paddr_t handed_over);

/* reloc/header.S; mkreloc fills it in. */
extern const struct reloc_header __reloc_header;
_Static_assert(sizeof(struct reloc_header) == 56, "reloc/header.S reserves its bytes");

struct machine machine_early;
static struct table_pool early_pool;
static struct pagetable early_pt;
static union bootinfo_storage early_boot_info NOINIT;
static struct cmdline_options options;
static struct entropy entropy;
static struct layout layout;

/* The entry code's identity map becomes one that grows. */
static void map_early(void)
{
	early_pool.run.pa = PADDR(IMAGE_ADDR(early_root));
	early_pool.va = (uint8_t *)early_root;
	early_pool.nr = early_pool.mapped = EARLY_TABLES;
	early_pool.run.used = EARLY_TABLES_USED;
	early_pt.root = arch_pt_root();
	early_pt.levels = arch_pt_levels();
	early_pt.max_leaf = 1;
	early_pt.lower_half = true;
	table_pool_attach(&early_pool, &early_pt);
	machine_early.identity = &early_pt;
	machine_early.row = (pte_t *)(void *)(early_root + EARLY_ROW_PAGE * PAGE_SIZE);
	machine_early.row_start = EARLY_ROW_START(IMAGE_ADDR(__base_addr));
	machine_early.row_len = EARLY_ROW_PAGES * PT_ENTRIES;
}

/* Leaves in *whose what comes before a message that does not name the protocol itself. */
static const char *parse(struct bootinfo *bi, paddr_t handed_over, const char **whose)
{
	(void)whose; /* where no protocol needs one */
	switch (bi->protocol) {
#if PROTOCOL_MULTIBOOT
	case BOOT_MULTIBOOT:
		*whose = "multiboot: ";
		return multiboot_parse(bi, handed_over);
#endif
#if PROTOCOL_MULTIBOOT2
	case BOOT_MULTIBOOT2:
		*whose = "multiboot2: ";
		return multiboot2_parse(bi, handed_over);
#endif
#if PROTOCOL_LINUX
	case BOOT_LINUX:
		*whose = "linux: ";
		return linux_parse(bi, handed_over);
#endif
#if PROTOCOL_PVH
	case BOOT_PVH:
		*whose = "pvh: ";
		return pvh_parse(bi, handed_over);
#endif
#if PROTOCOL_XENPV
	case BOOT_XENPV:
		*whose = "xenpv: ";
		return xenpv_parse(bi, handed_over);
#endif
#if PROTOCOL_EFI
	case BOOT_EFI:
		return efi_parse(bi, handed_over);
#endif
#if PROTOCOL_FDT
	case BOOT_FDT:
		return fdt_parse(bi, handed_over);
#endif
	default:
		return "unknown boot protocol";
	}
}

/* The console that this machine has; of trees with errors in them, only Xen's own is believed. */
static void open_console(struct bootinfo *bi, bool understood)
{
	if (PLATFORM_XEN && xen_open_console(bi))
		return;
	if (ARCH_FIXED_CONSOLE)
		arch_fallback_console();
	else if ((understood || on_xen()) && uart_is_mapped(bi->uart))
		console_init(PLATFORM_XEN ? bi->uart : UART_PL011, bi->uart_base.pa);
}

/* What the loader says, and where the image itself lies, as sorted regions. */
static void gather(struct bootinfo *bi, paddr_t handed_over)
{
	const char *whose = "", *err;

	/* A parser does not get all records: overlaps and cuts need some later. */
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS - SPARE_REGIONS);
	err = parse(bi, handed_over, &whose);
	bi->mrds.capacity = BOOTINFO_REGIONS;
	open_console(bi, !err);
	machine_early.console_known = !err;
	if (!err && PLATFORM_XEN && bi->uart == UART_XEN_RING)
		err = bootinfo_add(bi, bi->uart_base, PAGE_SIZE, UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = load_image_add(bi);
	if (err)
		boot_stop("%s%s", whose, err);
	if (ukplat_memregion_list_coalesce_checked(&bi->mrds))
		bi->too_long = true;
	bootinfo_make_room(bi, LAYOUT_REGIONS);
	if (bi->warning)
		boot_warn("%s", bi->warning);
	if (bi->too_long)
		boot_warn("the memory map is too long: free memory was left out");
	machine_early.psci = bi->psci;
	machine_early.rsdp = bi->rsdp;
}

/* An address of the load image, as a place in the moved one */
#define MOVED(copy, symbol) ((void *)((copy) + (IMAGE_ADDR(symbol) - IMAGE_ADDR(__image_start))))
#define MOVED_VA(l, symbol) vaddr_add((l)->image.va, IMAGE_ADDR(symbol) - IMAGE_ADDR(__image_start))

/* Copies the part that moves, relocates the copy, and returns where it can be written. */
static char *move_image(const struct layout *l)
{
	const struct reloc_header *h = &__reloc_header;
	const uint64_t text_len = IMAGE_ADDR(__text_end) - IMAGE_ADDR(__text_start);
	struct reloc_target t;
	char *copy = __image_start, *zero;

	if (l->moves) {
		copy = reach(l->image.pa, l->image.len);
		/* The boot part stays behind: its end in front of text, and its tail. */
		memset(copy, 0, IMAGE_ADDR(__text_start) - IMAGE_ADDR(__image_start));
		memcpy(MOVED(copy, __text_start), __text_start, text_len);
		memset(MOVED(copy, __text_end), 0,
		       IMAGE_ADDR(__rodata_start) - IMAGE_ADDR(__text_end));
		memcpy(MOVED(copy, __rodata_start), __rodata_start,
		       IMAGE_ADDR(__reloc_start) - IMAGE_ADDR(__rodata_start));
	}
	t.copy = copy;
	t.copy_base = h->base + IMAGE_OFFSET(__image_start);
	t.slide = l->image.va.va - t.copy_base;
	t.phys_slide = l->image.pa.pa - t.copy_base;
	reloc_apply(h, __base_addr, &t);
	/* In place this is where the table was: it must come last. */
	zero = MOVED(copy, __zero_start);
	memset(zero, 0, l->image.len - (uint64_t)(zero - copy));
	arch_sync_code(MOVED(copy, __text_start), text_len);
	return copy;
}

#ifdef HANDOFF_POOL_VA
_Static_assert(offsetof(struct handoff, pool.va) == HANDOFF_POOL_VA, "moved_entry reads it");
#endif
#ifdef HANDOFF_WINDOW_ROOT
_Static_assert(offsetof(struct handoff, window.root) == HANDOFF_WINDOW_ROOT, "and this");
#endif

/* Where the console is in normal boot, or will be when something is said */
static void hand_over_console(const struct layout *l, const struct bootinfo *bi,
			      struct machine *moved)
{
	if (!uart_is_mapped(moved->uart))
		return;
	moved->uart_base = l->uart.va.va + (bi->uart_base.pa & (PAGE_SIZE - 1));
#if ARCH_CONSOLE_ON_USE
	moved->uart_open = false;
	moved->uart_page = l->uart.pa;
	/* The last pages of the pool that are in use: for this, and not yet */
	moved->uart_tables.run.pa = l->pool.run.pa;
	moved->uart_tables.run.used = l->pool.run.used - CONSOLE_TABLES;
	moved->uart_tables.va = (uint8_t *)(uintptr_t)l->pool_va.va;
	moved->uart_tables.nr = moved->uart_tables.mapped = l->pool.run.used;
#endif
}

static void hand_over(const struct layout *l, struct bootinfo *bi, char *copy)
{
	struct handoff *h = MOVED(copy, &handoff);
	struct machine *moved = MOVED(copy, &machine_moved);

	h->argc = 1 + options.argc;
	h->argv = l->args.va;
	h->trap_stack = vaddr_add(l->trap_stack.va, l->trap_stack.len);
	h->pool = l->pool;
	h->pool.va = (uint8_t *)(uintptr_t)l->pool_va.va;
	h->pt = l->pt;
	if (ARCH_TABLES_APART)
		h->window = l->window;
	h->heap = l->heap_va;
	h->heap_first = l->heap_first;
	for (unsigned i = 0; i < NR_SECRETS; i++)
		h->secret[i] = entropy_u64(&entropy);
	h->files = options.mode == KASLR_OFF ? FILES_STAY : FILES_MOVE;
	*moved = machine_early;
	moved->stack_end = l->stack.va.va + l->stack.len;
	moved->stack_len = l->stack.len;
	moved->identity = (struct pagetable *)(uintptr_t)MOVED_VA(l, &handoff.pt).va;
	moved->row = NULL;
	moved->row_start = moved->row_len = 0;
	hand_over_console(l, bi, moved);
#if PROTOCOL_XENPV
	moved->xen.p2m = (const uint64_t *)(uintptr_t)l->p2m.va.va;
	moved->xen.mapped_end = 0;
#endif
	bi->warning = NULL; /* it points into the load image */
	memcpy(&h->boot, bi, sizeof(*bi) + bi->mrds.count * sizeof(struct ukplat_memregion_desc));
}

static void report(const struct layout *l)
{
	printf("kaslr: phys=0x%lx virt=0x%lx heap=0x%lx stack=0x%lx size=0x%lx ", l->image.pa.pa,
	       l->image.va.va, l->heap_va.va, l->stack.va.va, l->image.len);
	entropy_report(&entropy);
}

void early_boot(enum boot_protocol protocol, paddr_t handed_over)
{
	struct bootinfo *bi = &early_boot_info.bi;
	struct entropy *chance = &entropy;
	const char *err;
	char *copy;

	if (PROTOCOL_XENPV && protocol == BOOT_XENPV) {
		xenpv_start(&early_pool, &early_pt, handed_over);
	} else {
		arch_early_traps();
		map_early();
	}
	memset(bi, 0, sizeof(*bi));
	bi->protocol = protocol;
	gather(bi, handed_over);
	err = reloc_check(&__reloc_header, __base_addr, IMAGE_OFFSET(__early_start));
	if (err)
		boot_stop("%s", err);
	arguments_read(&options, bi);
	entropy_gather(&entropy, bi, &options);
	if (options.mode == KASLR_OFF)
		chance = NULL;
	layout_choose(&layout, bi, chance, arguments_len(&options));
	layout_map(&layout, bi);
	copy = move_image(&layout);
	arguments_write(reach(layout.args.pa, layout.args.len), layout.args.va, &options, bi);
	hand_over(&layout, bi, copy);
	if (options.report)
		report(&layout);
	entropy_wipe(&entropy);
	if (is_xenpv(bi))
		xenpv_publish(&layout.pt, &early_pt);
	else
		arch_shrink_identity(layout.pt.root, early_pool.run.used);
	arch_enter(layout.pt.root, vaddr_add(layout.stack.va, layout.stack.len),
		   MOVED_VA(&layout, is_xenpv(bi) ? xenpv_moved_entry : moved_entry),
		   MOVED_VA(&layout, &handoff));
}
