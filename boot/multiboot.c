/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Multiboot 1: the information structure that EBX points to
 *
 * Multiboot Specification 0.6.96, 3.3. All addresses in it are physical, below
 * 4 GiB, and of any alignment.
 */

#include <string.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/physmem.h>

/* The information structure, as far as it is read. Which fields are there is told by .flags. */
struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower; /* KiB from 0 */
	uint32_t mem_upper; /* KiB from 1 MiB to the first hole */
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count;
	uint32_t mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length; /* bytes */
	uint32_t mmap_addr;
	uint32_t drives_length;
	uint32_t drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
} __attribute__((packed));

#define INFO_MEMORY	      (1u << 0)
#define INFO_CMDLINE	      (1u << 2)
#define INFO_MODS	      (1u << 3)
#define INFO_MEM_MAP	      (1u << 6)
#define INFO_BOOT_LOADER_NAME (1u << 9)

struct multiboot_module {
	uint32_t start, end; /* half open */
	uint32_t string;
	uint32_t reserved;
} __attribute__((packed));

/* .size counts what follows it, 20 or more */
struct multiboot_mmap_entry {
	uint32_t size;
	uint64_t addr, len;
	uint32_t type; /* as E820 */
} __attribute__((packed));

/* As much as thousands of entries; keeps a damaged length from being believed. */
#define MAX_MMAP_LENGTH 0x100000u

static const char *parse_modules(struct bootinfo *bi, uint32_t addr, uint32_t count)
{
	const struct multiboot_module *m;
	const char *err = NULL;
	uint32_t i;

	if (count > BOOTINFO_MAX_MODULES)
		return "more modules than anybody has";
	m = physmem(PADDR(addr), count * sizeof(*m));
	if (!m)
		return "the module list cannot be read";
	for (i = 0; i < count && !err; i++) {
		if (m[i].end < m[i].start)
			return "a module ends before it starts";
		err = bootinfo_add_module(bi, i, PADDR(m[i].start), m[i].end - m[i].start,
					  PADDR(m[i].string));
	}
	return err ? err : bootinfo_add(bi, PADDR(addr), count * sizeof(*m), UKPLAT_MEMRT_RESERVED);
}

/* GRUB 2 puts no path of the image before the command line, these do. */
static bool puts_path(const char *loader)
{
	static const struct {
		uint8_t at, len;
		char text[12];
	} names[] = {
		{0, 5, "qemu"}, /* with its NUL */
		{0, 5, "iPXE "},
		{0, 11, "GNU GRUB 0."}, /* Legacy */
		{3, 6, "LINUX "},	/* SYSLINUX, ISOLINUX and their kin */
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!memcmp(loader + names[i].at, names[i].text, names[i].len))
			return true;
	return false;
}

static const char *parse_loader_name(struct bootinfo *bi, uint32_t name)
{
	const char *p = physmem(PADDR(name), sizeof("GNU GRUB 0."));

	bi->cmdline_has_path = bi->cmdline_len && p && puts_path(p);
	return bootinfo_add_string(bi, PADDR(name));
}

static const char *parse_memory_map(struct bootinfo *bi, uint32_t addr, uint32_t length)
{
	const unsigned char *map;
	const char *err = NULL;
	uint64_t at = 0;

	if (!length)
		return "the memory map is empty";
	if (length > MAX_MMAP_LENGTH)
		return "the memory map is longer than 1 MiB";
	map = physmem(PADDR(addr), length);
	if (!map)
		return "the memory map cannot be read";
	err = bootinfo_add(bi, PADDR(addr), length, UKPLAT_MEMRT_RESERVED);

	while (at < length && !err) {
		const struct multiboot_mmap_entry *e = (const void *)(map + at);

		if (length - at < sizeof(*e))
			return "the memory map ends in the middle of an entry";
		if (e->size < sizeof(*e) - sizeof(e->size))
			return "an entry of the memory map is too short";
		err = bootinfo_add_e820(bi, PADDR(e->addr), e->len, e->type);
		at += sizeof(e->size) + e->size;
	}
	return err;
}

const char *multiboot_parse(struct bootinfo *bi, paddr_t info)
{
	const struct multiboot_info *m = physmem(info, sizeof(*m));
	const char *err = NULL;

	if (!m)
		return "the information structure cannot be read";
	if (m->flags & INFO_MODS && m->mods_count)
		err = parse_modules(bi, m->mods_addr, m->mods_count);
	if (!err)
		err = bootinfo_add_low(bi);
	if (!err)
		err = bootinfo_add(bi, info, sizeof(*m), UKPLAT_MEMRT_RESERVED);
	if (!err && m->flags & INFO_CMDLINE)
		err = bootinfo_set_cmdline(bi, PADDR(m->cmdline));
	if (!err && m->flags & INFO_BOOT_LOADER_NAME)
		err = parse_loader_name(bi, m->boot_loader_name);
	if (err)
		return err;

	if (m->flags & INFO_MEM_MAP)
		err = parse_memory_map(bi, m->mmap_addr, m->mmap_length);
	else if (m->flags & INFO_MEMORY)
		err = bootinfo_add(bi, PADDR(BOOTINFO_LOW_END), (uint64_t)m->mem_upper << 10,
				   UKPLAT_MEMRT_FREE);
	else
		err = "the loader gave no memory map";
	return err ? err : bootinfo_check_memory(bi);
}
