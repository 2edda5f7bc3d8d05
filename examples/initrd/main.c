/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists the cpio archive that the loader brought as initrd, and prints a text
 * file of it: the one named by the first argument, or else the first that is
 * short and is text.
 *
 *	(cd folder && find . | cpio -o -H newc) > files.cpio
 *	qemu-system-x86_64 -kernel initrd.img -initrd files.cpio -append notes.txt ...
 *
 * The sums are the CRC-32 that gzip and zip use. Exit status: 0, 1 if there is no
 * initrd or no such file, 2 if the archive is damaged.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/plat/memory.h>
#include "cpio.h"

#define CRC32_POLYNOMIAL 0xedb88320u
#define BYTE_VALUES	 256u
#define SHORT_FILE	 4096u

enum { STATUS_MISSING = 1, STATUS_DAMAGED = 2 };

static uint32_t crc_table[BYTE_VALUES];

static void make_crc_table(void)
{
	for (uint32_t i = 0; i < BYTE_VALUES; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
		crc_table[i] = crc;
	}
}

static uint32_t crc32(const unsigned char *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	while (len--)
		crc = crc >> 8 ^ crc_table[(crc ^ *p++) & (BYTE_VALUES - 1)];
	return ~crc;
}

/* A console must not be told what to do by what is in a file. */
static bool is_printable(unsigned char c)
{
	return c >= ' ' && c <= '~';
}

static void print_name(const char *name)
{
	for (; *name; name++)
		putchar(is_printable((unsigned char)*name) ? *name : '?');
}

static bool is_text(const struct cpio_entry *e)
{
	if ((e->mode & CPIO_TYPE) != CPIO_FILE || !e->size || e->size > SHORT_FILE)
		return false;
	for (size_t i = 0; i < e->size; i++)
		if (!is_printable(e->data[i]) && e->data[i] != '\n' && e->data[i] != '\t')
			return false;
	return true;
}

static const char *type_of(const struct cpio_entry *e)
{
	switch (e->mode & CPIO_TYPE) {
	case CPIO_FILE:
		return "file";
	case CPIO_DIRECTORY:
		return "folder";
	case CPIO_LINK:
		return "link";
	default:
		return "other";
	}
}

/* "./a" and "a" are the same file: find and cpio write the former. */
static const char *plain(const char *name)
{
	return strncmp(name, "./", 2) ? name : name + 2;
}

static void list_entry(const struct cpio_entry *e)
{
	printf("%-6s %12lu bytes  crc %08x  ", type_of(e), (unsigned long)e->size,
	       crc32(e->data, e->size));
	print_name(e->name);
	putchar('\n');
}

/* Lists all, and remembers the file to show; false if the archive is damaged. */
static bool list(struct cpio *c, const char *wanted, struct cpio_entry *shown)
{
	unsigned long entries = 0, bytes = 0;
	enum cpio_result result;
	struct cpio_entry e;

	while ((result = cpio_next(c, &e)) == CPIO_ENTRY) {
		list_entry(&e);
		entries++;
		bytes += e.size;
		if (!shown->name && (wanted ? !strcmp(plain(e.name), plain(wanted)) : is_text(&e)))
			*shown = e;
	}
	printf("initrd: %lu entries, %lu bytes in them\n", entries, bytes);
	if (result == CPIO_END)
		return true;
	printf("initrd: damaged: no whole entry at byte %lu of %lu\n", (unsigned long)c->at,
	       (unsigned long)c->len);
	return false;
}

static int show(const struct cpio_entry *e)
{
	if (!is_text(e)) {
		print_name(e->name);
		printf(" is not a text file of %u bytes or less\n", SHORT_FILE);
		return STATUS_MISSING;
	}
	print_name(e->name);
	puts(":");
	for (size_t i = 0; i < e->size; i++)
		putchar(e->data[i]);
	if (e->data[e->size - 1] != '\n')
		putchar('\n');
	return 0;
}

int main(int argc, char *argv[])
{
	const char *wanted = argc > 1 ? argv[1] : NULL;
	struct ukplat_memregion_desc *initrd;
	struct cpio_entry shown = {0};
	struct cpio c = {0};

	if (ukplat_memregion_find_initrd0(&initrd) < 0) {
		puts("initrd: there is none");
		return STATUS_MISSING;
	}
	c.data = (const unsigned char *)initrd->vbase + initrd->pg_off;
	c.len = initrd->len;
	make_crc_table();
	if (!list(&c, wanted, &shown))
		return STATUS_DAMAGED;
	if (shown.name)
		return show(&shown);
	if (!wanted)
		return 0;
	printf("initrd: no %s\n", wanted);
	return STATUS_MISSING;
}
