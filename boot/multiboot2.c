/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Multiboot 2: the information that EBX points to
 *
 * Multiboot2 Specification 2.0, 3.6. A row of tags, each at a multiple of 8 bytes
 * from the first; strings and tables lie inside of their tags.
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/physmem.h>

struct multiboot2_info {
	uint32_t total_size; /* bytes, with this header */
	uint32_t reserved;
} __attribute__((packed));

struct multiboot2_tag {
	uint32_t type;
	uint32_t size; /* bytes, with this header, without the padding behind */
} __attribute__((packed));

enum {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_MODULE = 3,
	TAG_MMAP = 6,
	TAG_EFI64_SYSTAB = 12,
	TAG_ACPI_OLD = 14,
	TAG_ACPI_NEW = 15,
	TAG_EFI_MMAP = 17,
};

/* What follows a tag's header */
struct module {
	uint32_t start, end; /* half open */
	char string[];
} __attribute__((packed));

struct mmap_header {
	uint32_t entry_size, entry_version;
} __attribute__((packed));

struct mmap_entry {
	uint64_t addr, len;
	uint32_t type; /* as E820 */
	uint32_t reserved;
} __attribute__((packed));

struct efi_mmap_header {
	uint32_t desc_size, desc_version;
} __attribute__((packed));

/* More than any loader gives: keeps a damaged size from being believed. */
#define MAX_TOTAL_SIZE 0x400000u

/* A tag that was checked to lie within the information */
struct tag {
	uint32_t type;
	uint32_t len; /* of what follows the header ... */
	const unsigned char *data;
	paddr_t pa; /* ... and where that is */
};

/* The place of the next tag, on; a message if it does not fit into what is left */
struct tags {
	const unsigned char *info;
	paddr_t pa;
	uint32_t at, end;
};

static const char *next_tag(struct tags *tags, struct tag *tag)
{
	const struct multiboot2_tag *t = (const void *)(tags->info + tags->at);
	const uint32_t left = tags->end - tags->at;

	if (left < sizeof(*t))
		return "the information has no end tag";
	if (t->size < sizeof(*t) || t->size > left)
		return "a tag does not fit into the information";
	tag->type = t->type;
	tag->len = t->size - (uint32_t)sizeof(*t);
	tag->data = (const void *)(t + 1);
	tag->pa = paddr_add(tags->pa, tags->at + sizeof(*t));
	tags->at += left - t->size < 7 ? left : (t->size + 7) & ~7u;
	return NULL;
}

static const char *add_module(struct bootinfo *bi, const struct tag *tag, uint32_t i)
{
	const struct module *m = (const void *)tag->data;

	if (tag->len < sizeof(*m))
		return "a module's tag is too short";
	if (i == BOOTINFO_MAX_MODULES)
		return "more modules than anybody has";
	if (m->end < m->start)
		return "a module ends before it starts";
	/* Its string is in the information, which is kept as a whole. */
	return bootinfo_add_module(bi, i, PADDR(m->start), m->end - m->start, PADDR(0));
}

/* All modules first: what is reserved must not hide them. */
static const char *parse_modules(struct bootinfo *bi, struct tags tags)
{
	const char *err;
	struct tag tag;
	uint32_t i = 0;

	do {
		err = next_tag(&tags, &tag);
		if (!err && tag.type == TAG_MODULE)
			err = add_module(bi, &tag, i++);
	} while (!err && tag.type != TAG_END);
	return err;
}

static const char *set_cmdline(struct bootinfo *bi, const struct tag *tag)
{
	const uint64_t len = bootinfo_strnlen((const char *)tag->data, tag->len);

	if (len == tag->len)
		return "the command line has no end";
	bi->cmdline = tag->pa;
	bi->cmdline_len = len;
	return NULL;
}

static const char *parse_mmap(struct bootinfo *bi, const struct tag *tag)
{
	const struct mmap_header *h = (const void *)tag->data;
	const char *err = NULL;
	uint64_t at;

	if (tag->len < sizeof(*h) + sizeof(struct mmap_entry))
		return "the memory map is empty";
	if (h->entry_size < sizeof(struct mmap_entry))
		return "an entry of the memory map is too short";
	for (at = sizeof(*h); at < tag->len && !err; at += h->entry_size) {
		const struct mmap_entry *e = (const void *)(tag->data + at);

		if (tag->len - at < h->entry_size)
			return "the memory map ends in the middle of an entry";
		err = bootinfo_add_e820(bi, PADDR(e->addr), e->len, e->type);
	}
	return err;
}

static uint64_t read_pointer(const struct tag *tag)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < sizeof(value) && i < tag->len; i++)
		value |= (uint64_t)tag->data[i] << 8 * i;
	return value;
}

static void record_efi_mmap(struct bootinfo *bi, const struct tag *tag)
{
	const struct efi_mmap_header *h = (const void *)tag->data;

	if (tag->len <= sizeof(*h))
		return;
	bi->efi.map = paddr_add(tag->pa, sizeof(*h));
	bi->efi.map_len = tag->len - sizeof(*h);
	bi->efi.desc_size = h->desc_size;
}

static const char *parse_tag(struct bootinfo *bi, const struct tag *tag)
{
	switch (tag->type) {
	case TAG_CMDLINE:
		return set_cmdline(bi, tag);
	case TAG_MMAP:
		return parse_mmap(bi, tag);
	case TAG_ACPI_OLD: /* a copy of the RSDP; the new one is the better one */
		if (!bi->rsdp.pa)
			bi->rsdp = tag->pa;
		break;
	case TAG_ACPI_NEW:
		bi->rsdp = tag->pa;
		break;
	case TAG_EFI64_SYSTAB:
		bi->efi.systab = PADDR(read_pointer(tag));
		break;
	case TAG_EFI_MMAP:
		record_efi_mmap(bi, tag);
		break;
	default:
		break;
	}
	return NULL;
}

const char *multiboot2_parse(struct bootinfo *bi, paddr_t info)
{
	const struct multiboot2_info *head = physmem(info, sizeof(*head));
	struct tags tags = {.pa = info, .at = sizeof(*head)};
	struct tag tag;
	const char *err;

	if (!head)
		return "the information cannot be read";
	tags.end = head->total_size;
	if (tags.end < sizeof(*head) || tags.end > MAX_TOTAL_SIZE)
		return "the information has a size that nobody's has";
	tags.info = physmem(info, tags.end);
	if (!tags.info)
		return "the information cannot be read";
	err = parse_modules(bi, tags);
	if (!err)
		err = bootinfo_add_low(bi);
	if (!err)
		err = bootinfo_add(bi, info, tags.end, UKPLAT_MEMRT_RESERVED);
	while (!err) {
		err = next_tag(&tags, &tag);
		if (err || tag.type == TAG_END)
			break;
		err = parse_tag(bi, &tag);
	}
	return err ? err : bootinfo_check_memory(bi);
}
