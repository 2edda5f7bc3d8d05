/* SPDX-License-Identifier: BSD-3-Clause */
#include "map.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/plat/memory.h>

#define BAR_WIDTH 64u
#define KIB	  1024u

static const struct kind {
	uint16_t type;
	char letter;
	const char *name;
} kinds[] = {
	/*
	 * From the rarest to the most frequent: a letter shows the first that is
	 * there. None could be a digit of an address.
	 */
	{UKPLAT_MEMRT_INITRD, 'i', "initrd"},
	{UKPLAT_MEMRT_DEVICETREE, 'T', "device tree"},
	{UKPLAT_MEMRT_STACK, 's', "stacks"},
	{UKPLAT_MEMRT_KERNEL, '#', "image, stack, page tables"},
	{UKPLAT_MEMRT_DEVICE, 'M', "device registers"},
	{UKPLAT_MEMRT_RESERVED, 'R', "reserved"},
	{UKPLAT_MEMRT_FREE, '.', "free"},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Regions that touch one another; half open. */
struct run {
	uint64_t start, end;
	bool has_free;
};

static uint64_t end_of(const struct ukplat_memregion_desc *r)
{
	return r->pbase + r->pg_count * PAGE_SIZE;
}

/* The run that begins with region i; returns the number of the region behind it. */
static int run_at(int i, struct run *run)
{
	struct ukplat_memregion_desc *r;

	ukplat_memregion_get(i, &r);
	run->start = r->pbase;
	run->has_free = false;
	do {
		run->end = end_of(r);
		run->has_free |= r->type == UKPLAT_MEMRT_FREE;
	} while (ukplat_memregion_get(++i, &r) == 0 && r->pbase <= run->end);
	return i;
}

static void print_size(uint64_t bytes)
{
	static const char units[] = "KMGTP";
	unsigned unit = 0;

	/* In tenths, rounded down; printf has no fractions */
	bytes = bytes / KIB * 10;
	for (; bytes >= KIB * 10ull && units[unit + 1]; unit++)
		bytes /= KIB;
	printf("%5lu.%lu %ciB", (unsigned long)(bytes / 10), (unsigned long)(bytes % 10),
	       units[unit]);
}

static char letter_for(uint64_t start, uint64_t end)
{
	struct ukplat_memregion_desc *r;
	size_t best = KINDS;

	for (int i = 0; ukplat_memregion_get(i, &r) == 0; i++)
		for (size_t k = 0; k < best; k++)
			if (r->type == kinds[k].type && r->pbase < end && start < end_of(r))
				best = k;
	return best < KINDS ? kinds[best].letter : '?';
}

/* A bar of letters for `cell` bytes each; what is longer than all others has no free memory. */
static void draw_run(const struct run *run, uint64_t cell)
{
	unsigned width = 0;

	putchar('|');
	for (uint64_t at = run->start; at < run->end; at += cell) {
		if (width++ == BAR_WIDTH) {
			printf("...");
			break;
		}
		putchar(letter_for(at, run->end - at < cell ? run->end : at + cell));
	}
	printf("| ");
	print_size(run->end - run->start);
	putchar('\n');
}

static void list_kinds(void)
{
	struct ukplat_memregion_desc *r;

	for (size_t k = KINDS; k-- > 0;) {
		uint64_t bytes = 0;
		unsigned n = 0;

		ukplat_memregion_foreach (&r, kinds[k].type, 0, 0) {
			bytes += r->pg_count * PAGE_SIZE;
			n++;
		}
		if (!n)
			continue;
		printf("  %c ", kinds[k].letter);
		print_size(bytes);
		printf(" in %3u region%s  %s\n", n, n == 1 ? ": " : "s:", kinds[k].name);
	}
}

void map_draw(void)
{
	int count = ukplat_memregion_count();
	uint64_t longest = 0, cell, end = 0;
	struct run run;

	for (int i = 0; i < count;) {
		i = run_at(i, &run);
		if (run.has_free && run.end - run.start > longest)
			longest = run.end - run.start;
	}
	cell = ((longest / BAR_WIDTH) | (PAGE_SIZE - 1)) + 1;
	printf("%d regions of memory; a letter is", count);
	print_size(cell);
	putchar('\n');
	for (int i = 0; i < count; end = run.end) {
		i = run_at(i, &run);
		if (run.start > end) {
			printf("  hole ");
			print_size(run.start - end);
			putchar('\n');
		}
		draw_run(&run, cell);
	}
	list_kinds();
}
