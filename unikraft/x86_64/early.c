/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Early code on KVM x86_64: from the Multiboot information to the jump
 */
#include <arch/io.h>
#include <arch/pte.h>
#include <arch/x86.h>
#include <ukaslr/console.h>
#include <ukaslr/panic.h>
#include "../early.h"

/* Unikraft (plat/kvm/x86/pagetable64.S): the root of its boot page tables */
extern pte_t x86_bpt_pml4[PT_ENTRIES];

_Noreturn void kaslr_early_x86(uint64_t info);

/* The upper half, but for where Unikraft itself would map all memory (x86/paging.h) */
#define WINDOW	   0xffff800000000000ull
#define DIRECT_MAP 0xffffff8000000000ull

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

void kaslr_early_x86(uint64_t info)
{
	const struct move_request want = {
		.limit = KASLR_IDENTITY_END,
		.window = VADDR(WINDOW),
		.window_pages = (DIRECT_MAP - WINDOW) / PT_PAGE_SIZE,
		.tables_len = kaslr_tables_len(LINKED(_end) - LINKED(_base_addr)),
	};
	struct bootinfo *bi = &boot_info.bi;
	paddr_t root;

	bi->protocol = BOOT_MULTIBOOT;
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS);
	kaslr_add_image(bi, multiboot_parse(bi, PADDR(info)));
	kaslr_move(bi, &want, &moved);
	root = CONFIG_KASLR_VIRT ? kaslr_build_tables(&moved, x86_bpt_pml4, PTE_XD)
				 : PADDR((uintptr_t)COPY(&moved, x86_bpt_pml4));
	((kaslr_enter_t)(uintptr_t)COPY_VA(&moved, kaslr_enter))(root.pa, info, moved.base,
								 moved.len);
	__builtin_unreachable();
}
