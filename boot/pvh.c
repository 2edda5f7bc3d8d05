/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PVH: the start info that EBX points to
 *
 * The x86 HVM direct boot ABI: Xen docs/misc/pvh.pandoc and
 * xen/include/public/arch-x86/hvm/start_info.h. Addresses are physical. Version
 * 1 appended the memory map; Xen's hardware domain has version 0, and the map is a
 * hypercall away.
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/physmem.h>

struct hvm_start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
} __attribute__((packed));

/* What version 1 appends */
struct hvm_start_info_v1 {
	struct hvm_start_info v0;
	uint64_t memmap_paddr;
	uint32_t memmap_entries;
	uint32_t reserved;
} __attribute__((packed));

#define HVM_START_MAGIC 0x336ec578u

struct hvm_modlist_entry {
	uint64_t paddr, size;
	uint64_t cmdline_paddr;
	uint64_t reserved;
} __attribute__((packed));

struct hvm_memmap_entry {
	uint64_t addr, size;
	uint32_t type; /* as E820 */
	uint32_t reserved;
} __attribute__((packed));

/* Thousands more than any loader gives; keeps a damaged count from being believed. */
#define MAX_ENTRIES 0x8000u

static const char *parse_modules(struct bootinfo *bi, paddr_t list, uint32_t count)
{
	const struct hvm_modlist_entry *m;
	const char *err = NULL;
	uint32_t i;

	if (count > BOOTINFO_MAX_MODULES)
		return "more modules than anybody has";
	m = physmem(list, count * sizeof(*m));
	if (!m)
		return "the module list cannot be read";
	for (i = 0; i < count && !err; i++) {
		if (m[i].size > UINT64_MAX - m[i].paddr)
			return "a module is larger than the address space";
		err = bootinfo_add_module(bi, i, PADDR(m[i].paddr), m[i].size,
					  PADDR(m[i].cmdline_paddr));
	}
	return err ? err : bootinfo_add(bi, list, count * sizeof(*m), UKPLAT_MEMRT_RESERVED);
}

static const char *parse_memory_map(struct bootinfo *bi, paddr_t start_info)
{
	const struct hvm_start_info_v1 *s = physmem(start_info, sizeof(*s));
	const struct hvm_memmap_entry *e;
	const char *err;
	uint32_t i;

	if (!s)
		return "the start info cannot be read";
	if (!s->memmap_paddr || !s->memmap_entries)
		return "the memory map is empty";
	if (s->memmap_entries > MAX_ENTRIES)
		return "the memory map is longer than anybody's";
	e = physmem(PADDR(s->memmap_paddr), s->memmap_entries * sizeof(*e));
	if (!e)
		return "the memory map cannot be read";
	err = bootinfo_add(bi, start_info, sizeof(*s), UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = bootinfo_add(bi, PADDR(s->memmap_paddr), s->memmap_entries * sizeof(*e),
				   UKPLAT_MEMRT_RESERVED);
	for (i = 0; i < s->memmap_entries && !err; i++)
		err = bootinfo_add_e820(bi, PADDR(e[i].addr), e[i].size, e[i].type);
	return err;
}

static const char *ask_for_memory_map(struct bootinfo *bi, paddr_t start_info)
{
	const char *err =
		bootinfo_add(bi, start_info, sizeof(struct hvm_start_info), UKPLAT_MEMRT_RESERVED);

	return err ? err : xen_memory_map(bi);
}

const char *pvh_parse(struct bootinfo *bi, paddr_t start_info)
{
	const struct hvm_start_info *s = physmem(start_info, sizeof(*s));
	const char *err = NULL;

	if (!s)
		return "the start info cannot be read";
	if (s->magic != HVM_START_MAGIC)
		return "the start info has the wrong magic number";
	if (s->version < 1 && !(PLATFORM_XEN && xen_is_here(bi)))
		return "the start info is of version 0, which has no memory map";

	bi->rsdp = PADDR(s->rsdp_paddr);
	if (s->nr_modules)
		err = parse_modules(bi, PADDR(s->modlist_paddr), s->nr_modules);
	if (!err)
		err = bootinfo_add_low(bi);
	if (!err && s->cmdline_paddr)
		err = bootinfo_set_cmdline(bi, PADDR(s->cmdline_paddr));
	if (!err && s->rsdp_paddr)
		err = bootinfo_add(bi, bi->rsdp, RSDP_LENGTH, UKPLAT_MEMRT_RESERVED);
	if (!err)
		err = PLATFORM_XEN && s->version < 1 ? ask_for_memory_map(bi, start_info)
						     : parse_memory_map(bi, start_info);
	return err ? err : bootinfo_check_memory(bi);
}
