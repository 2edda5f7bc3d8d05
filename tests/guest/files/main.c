/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asks for the regions, and compares what becomes of initrd and device tree with where the
 * loader put them: each has moved to other memory, is mapped and unchanged, its old pages
 * are free (those of firmware's tree are reserved), no page is lost. With the argument
 * "stay" nothing has moved, with "no-room" the initrd has not. Then takes all memory and looks
 * whether the files are still the same, and whether anything of them was left in it. With the
 * argument "wait" it then runs on.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/fdt.h>
#include <ukaslr/memregion.h>
#include "../../../boot/handoff.h"

#define FILES	   (UKPLAT_MEMRT_INITRD | UKPLAT_MEMRT_DEVICETREE)
#define FNV_START  0xcbf29ce484222325u
#define FNV_PRIME  0x100000001b3u
#define MARK_BYTES 32
#define LEAST	   4096

static struct file {
	uint16_t type;
	const char *name;
	struct ukplat_memregion_desc old, new;
	uint64_t sum;
	char mark[MARK_BYTES]; /* bytes that are nowhere else, each plus one */
} files[] = {{.type = UKPLAT_MEMRT_INITRD, .name = "initrd"},
	     {.type = UKPLAT_MEMRT_DEVICETREE, .name = "device tree"}};

#define NR_FILES (sizeof(files) / sizeof(files[0]))

static unsigned wrongs;

static void must(bool right, const struct file *f, const char *what)
{
	if (right)
		return;
	printf("WRONG: %s: %s\n", f->name, what);
	wrongs++;
}

static const struct ukplat_memregion_desc *find(const struct ukplat_memregion_list *list,
						uint16_t type)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->mrds[i].type == type)
			return &list->mrds[i];
	return NULL;
}

static uint64_t pages(const struct ukplat_memregion_list *list, unsigned types)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < list->count; i++)
		if (list->mrds[i].type & types)
			n += list->mrds[i].pg_count;
	return n;
}

static const char *bytes_of(const struct file *f)
{
	return (const char *)(uintptr_t)(f->new.vbase + (uint64_t)f->new.pg_off);
}

static uint64_t sum_of(const struct file *f)
{
	const char *p = bytes_of(f);
	uint64_t sum = FNV_START;

	for (uint64_t i = 0; i < f->new.len; i++)
		sum = (sum ^ (unsigned char)p[i]) * FNV_PRIME;
	return sum;
}

/* Is this page of memory in a free region of the list? */
static bool is_free(const struct ukplat_memregion_list *list, uint64_t pa)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->mrds[i].type == UKPLAT_MEMRT_FREE &&
		    pa - list->mrds[i].pbase < list->mrds[i].len)
			return true;
	return false;
}

static void look_at(struct file *f, const struct ukplat_memregion_list *list, bool stay)
{
	const struct ukplat_memregion_desc *r = find(list, f->type);
	const bool firmwares =
		handoff.boot.bi.protocol == BOOT_EFI && f->type == UKPLAT_MEMRT_DEVICETREE;

	must(r != NULL, f, "is gone");
	if (!r)
		return;
	f->new = *r;
	must((int64_t)r->vbase < 0, f, "is not in the upper half");
	must((r->pbase == f->old.pbase) == stay, f, stay ? "has moved" : "has not moved");
	must(stay || is_free(list, f->old.pbase + (f->old.pg_count / 2) * PAGE_SIZE) != firmwares,
	     f, "has left no free memory, or firmware's");
	if (f->type == UKPLAT_MEMRT_DEVICETREE) {
		const struct dt_header *h = (const struct dt_header *)(const void *)bytes_of(f);

		must(h->magic == dt32(DT_MAGIC), f, "is none");
		must(dt32(h->totalsize) == r->len, f, "has another size");
	} else {
		must(r->len == f->old.len, f, "has another size");
	}
	f->sum = sum_of(f);
	for (unsigned i = 0; i < MARK_BYTES; i++)
		f->mark[i] = (char)(bytes_of(f)[i] + 1);
	printf("%s: %lu bytes\n", f->name, (unsigned long)r->len);
}

static bool is_mark(const struct file *f, const char *p)
{
	for (unsigned i = 0; i < MARK_BYTES; i++)
		if (p[i] != (char)(f->mark[i] - 1))
			return false;
	return true;
}

static void look_for_marks(const char *p, size_t size)
{
	for (const struct file *f = files; f < files + NR_FILES; f++)
		for (size_t i = 0; f->new.len >= MARK_BYTES &&i + MARK_BYTES <= size; i += 8)
			if (p[i] == (char)(f->mark[0] - 1) && is_mark(f, p + i)) {
				must(false, f, "is left in free memory");
				return;
			}
}

/*
 * Takes all that the heap gives, looks for what the files begin with, and writes over it.
 * UEFI firmware has copies of its own, which nobody names.
 */
static void take_all(bool firmwares)
{
	size_t size = (size_t)1 << 30;

	while (size >= LEAST) {
		char *p = malloc(size);

		if (!p) {
			size /= 2;
			continue;
		}
		if (!firmwares)
			look_for_marks(p, size);
		memset(p, 0xa5, size);
	}
}

int main(int argc, char *argv[])
{
	const struct ukplat_memregion_list *list = &handoff.boot.bi.mrds;
	const uint64_t all = pages(list, UKPLAT_MEMRT_FREE | FILES | UKPLAT_MEMRT_RESERVED);
	const char *const word = argc > 1 ? argv[1] : "";
	unsigned found = 0;

	for (struct file *f = files; f < files + NR_FILES; f++)
		if (find(list, f->type))
			f->old = *find(list, f->type);
	list = ukplat_memregion_list_get();
	for (struct file *f = files; f < files + NR_FILES; f++)
		if (f->old.len) {
			look_at(f, list,
				!strcmp(word, "stay") || (!strcmp(word, "no-room") && f == files));
			found++;
		}
	must(pages(list, UKPLAT_MEMRT_FREE | FILES | UKPLAT_MEMRT_RESERVED) == all, &files[0],
	     "pages are lost");
	must(!handoff.secret[SECRET_FILES], &files[0], "the number was not wiped");
	take_all(handoff.boot.bi.protocol == BOOT_EFI);
	for (const struct file *f = files; f < files + NR_FILES; f++)
		must(!f->old.len || sum_of(f) == f->sum, f, "has changed");
	printf("files: %u, %s\n", found, wrongs ? "wrong" : "right");
	while (!wrongs && !strcmp(word, "wait"))
		__asm__ volatile("" : : : "memory");
	return wrongs != 0;
}
