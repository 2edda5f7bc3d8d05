/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FILES_FIXTURE_H
#define TESTS_FILES_FIXTURE_H

/*
 * A machine for boot/files.c: physical memory is a memfd, a mapping is one of the host's,
 * and the handoff is what early code would leave.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <ukaslr/arch.h>
#include <ukaslr/fdt.h>
#include <ukaslr/memregion.h>
#include <ukaslr/panic.h>
#include "../../boot/handoff.h"

#define PAGE   4096ull
#define MIB    0x100000ull
#define MEMORY (16 * MIB)
#define ROOM   (32 * MIB) /* of host addresses, for each window */

struct handoff handoff;

static int memfd;
static uint8_t *memory;			    /* all of it, for the test */
static uint64_t window, initrd_va, tree_va; /* multiples of 2 MiB */
static unsigned flushes;

void arch_flush_tlb(void)
{
	flushes++;
}

_Noreturn void panic(const char *fmt, ...)
{
	fprintf(stderr, "panic: %s\n", fmt);
	abort();
}

int pt_map(struct pagetable *pt, vaddr_t va, paddr_t pa, uint64_t len, pte_t attr)
{
	const int rights = attr == PT_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;

	(void)pt;
	return mmap((void *)va.va, len, rights, MAP_SHARED | MAP_FIXED, memfd, (off_t)pa.pa) ==
	       MAP_FAILED;
}

int pt_unmap(struct pagetable *pt, vaddr_t va, uint64_t len)
{
	(void)pt;
	return mmap((void *)va.va, len, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED;
}

int pt_protect(struct pagetable *pt, vaddr_t va, uint64_t len, pte_t attr)
{
	(void)pt;
	assert_int_equal(attr, PT_READ);
	return mprotect((void *)va.va, len, PROT_READ);
}

static inline uint64_t addresses(void)
{
	void *p = mmap(NULL, ROOM + 2 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	assert_true(p != MAP_FAILED);
	return ((uintptr_t)p + 2 * MIB - 1) & -(2 * MIB);
}

static struct ukplat_memregion_list *list(void)
{
	return &handoff.boot.bi.mrds;
}

/* In ascending order */
static struct ukplat_memregion_desc *add(uint64_t pa, uint64_t len, uint16_t type)
{
	struct ukplat_memregion_desc *r = &list()->mrds[list()->count++];

	*r = (struct ukplat_memregion_desc){
		.pbase = pa & -PAGE,
		.vbase = pa & -PAGE,
		.pg_off = (__off)(pa & (PAGE - 1)),
		.len = len,
		.pg_count = ((pa & (PAGE - 1)) + len + PAGE - 1) / PAGE,
		.type = type,
		.flags = UKPLAT_MEMRF_READ | (type == UKPLAT_MEMRT_FREE ? UKPLAT_MEMRF_WRITE : 0),
	};
	if (type == UKPLAT_MEMRT_INITRD)
		r->vbase = initrd_va;
	if (type == UKPLAT_MEMRT_DEVICETREE)
		r->vbase = tree_va;
	return r;
}

static void fill(uint64_t pa, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		memory[pa + i] = (uint8_t)(i * 7 + i / 256 + 1);
}

static bool is_filled(const uint8_t *p, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		if (p[i] != (uint8_t)(i * 7 + i / 256 + 1))
			return false;
	return true;
}

static bool is_zero(uint64_t pa, uint64_t len)
{
	return !memory[pa] && !memcmp(memory + pa, memory + pa + 1, len - 1);
}

/* A tree of totalsize bytes that uses `used` */
static void put_tree(uint64_t pa, uint32_t totalsize, uint32_t used)
{
	struct dt_header *h = (struct dt_header *)(void *)(memory + pa);

	fill(pa, totalsize);
	*h = (struct dt_header){.magic = dt32(DT_MAGIC),
				.totalsize = dt32(totalsize),
				.off_mem_rsvmap = dt32(40),
				.off_dt_struct = dt32(56),
				.size_dt_struct = dt32(used - 56 - 20),
				.off_dt_strings = dt32(used - 20),
				.size_dt_strings = dt32(20)};
	handoff.boot.bi.dtb = PADDR(pa);
	handoff.boot.bi.dtb_len = totalsize;
}

static const struct ukplat_memregion_desc *find(uint64_t type)
{
	for (unsigned i = 0; i < list()->count; i++)
		if (list()->mrds[i].type == type)
			return &list()->mrds[i];
	return NULL;
}

/* The type of the only region, or of all that share it, that has this page; 0: none */
static uint16_t type_of(uint64_t pa)
{
	uint16_t type = 0;

	for (unsigned i = 0; i < list()->count; i++) {
		if (pa - list()->mrds[i].pbase >= list()->mrds[i].pg_count * PAGE)
			continue;
		assert_true(!type || type == list()->mrds[i].type);
		type = list()->mrds[i].type;
	}
	return type;
}

static int start(void **state)
{
	(void)state;
	if (!memory) {
		memfd = memfd_create("physical memory", 0);
		if (ftruncate(memfd, MEMORY))
			return -1;
		memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
		window = addresses();
		initrd_va = addresses();
		tree_va = addresses();
	}
	memset(memory, 0xee, MEMORY);
	memset(&handoff, 0, sizeof(handoff));
	handoff.heap = VADDR(window);
	handoff.files = FILES_MOVE;
	handoff.secret[SECRET_FILES] = 0x9e3779b97f4a7c15;
	handoff.pt.max_leaf = 1;
	handoff.boot.bi.protocol = BOOT_FDT;
	ukplat_memregion_list_init(list(), BOOTINFO_REGIONS);
	flushes = 0;
	return 0;
}

#endif /* TESTS_FILES_FIXTURE_H */
