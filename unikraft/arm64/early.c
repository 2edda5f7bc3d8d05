/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Early code on KVM arm64: from the device tree to the jump
 */
#include <arch/firmware.h>
#include <arch/pte.h>
#include <ukaslr/console.h>
#include <ukaslr/machine.h>
#include <ukaslr/panic.h>
#include <ukaslr/reloc.h>
#include "../../boot/fdt_walk.h"
#include "../early.h"

/* Unikraft: the root of its boot page tables, and cache maintenance */
extern pte_t arm64_bpt_l3_pt0[PT_ENTRIES];
void clean_and_invalidate_dcache_range(uint64_t start, uint64_t len);

void kaslr_settle(void);
_Noreturn void kaslr_early_arm64(uint64_t dtb);

#define PREFIX	    "ukaslr: stop: "

/* PL011 of QEMU's virt (hw/arm/virt.c) */
#define UART	    0x09000000u

/* PSCI (Arm DEN0022), SYSTEM_OFF */
#define SYSTEM_OFF  0x84000008u

/* Table descriptors: nothing below is executable (Arm ARM, D8.3, PXNTable and UXNTable) */
#define PTE_NO_EXEC (1ull << 59 | 1ull << 60)

/* Behind what is mapped one to one, before where Unikraft itself would map all memory */
#define WINDOW	    (1ull << 40)
#define DIRECT_MAP  ((1ull << 48) - (1ull << 39))

/* Memory that Unikraft's boot tables allow to be executed */
#define CODE_START  KASLR_IDENTITY_START
#define CODE_END    (1ull << 31)

static union bootinfo_storage boot_info;
static struct kaslr_moved moved;

/* Of these rng.c asks for the way to reach firmware. */
struct machine machine_early, machine_moved;

void console_write(const char *s, size_t len)
{
	for (; len; len--, s++) {
		if (*s == '\n')
			pl011_putc(UART, '\r');
		pl011_putc(UART, *s);
	}
}

/* In place of boot/fdt_uart.c: the console that early code needs is known. */
void dt_look_at_uart(struct dt_walk *w, uint32_t depth)
{
	(void)w;
	(void)depth;
}

void dt_choose_uart(struct dt_walk *w)
{
	(void)w;
}

void shutdown(int status)
{
	uint64_t answer[4];

	(void)status;
	if (machine_early.psci == PSCI_HVC)
		firmware_hvc(SYSTEM_OFF, 0, answer);
	else if (machine_early.psci == PSCI_SMC)
		firmware_smc(SYSTEM_OFF, 0, answer);
	for (;;)
		__asm__ volatile("wfi");
}

#if CONFIG_KVM_BOOT_PROTO_LXBOOT
/*
 * Relocates the image to where it was loaded. With the MMU off no access may be unaligned:
 * what is called is compiled for that (Makefile.uk), and printf() is not.
 */
void kaslr_settle(void)
{
	const struct reloc_header *h = &__reloc_header;
	const uint64_t base = LINKED(_base_addr), slide = base - h->base;
	const struct reloc_target here = {_base_addr, h->base, slide, slide};
	const char *err = NULL;

	if (base < CODE_START || LINKED(_end) > CODE_END)
		err = "loaded where Unikraft's boot page tables have no code";
	else if (slide)
		err = reloc_check(h, _base_addr, LINKED(__bss_start) - base);
	if (!err && slide)
		reloc_apply(h, _base_addr, &here);
	if (!err)
		return;
	console_write(PREFIX, sizeof(PREFIX) - 1);
	for (; *err; err++)
		console_write(err, 1);
	console_write("\n", 1);
	shutdown(STATUS_STOP);
}
#endif

void kaslr_early_arm64(uint64_t dtb)
{
	const struct move_request want = {
		.limit = CONFIG_KASLR_VIRT ? KASLR_IDENTITY_END : CODE_END,
		.window = VADDR(WINDOW),
		.window_pages = (DIRECT_MAP - WINDOW) / PT_PAGE_SIZE,
		.tables_len = kaslr_tables_len(LINKED(_end) - LINKED(_base_addr)),
	};
	struct bootinfo *bi = &boot_info.bi;
	paddr_t root;

	bi->protocol = BOOT_FDT;
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS);
	kaslr_add_image(bi, fdt_parse(bi, PADDR(dtb)));
	machine_early.psci = bi->psci;
	kaslr_move(bi, &want, &moved);
	((struct machine *)COPY(&moved, &machine_early))->psci = bi->psci; /* for boot_stop() */
	clean_and_invalidate_dcache_range(moved.pa, LINKED(_etext) - moved.base);
	root = CONFIG_KASLR_VIRT ? kaslr_build_tables(&moved, arm64_bpt_l3_pt0, PTE_NO_EXEC)
				 : PADDR((uintptr_t)COPY(&moved, arm64_bpt_l3_pt0));
	((kaslr_enter_t)(uintptr_t)COPY_VA(&moved, kaslr_enter))(root.pa, dtb, moved.base,
								 moved.len);
	__builtin_unreachable();
}
