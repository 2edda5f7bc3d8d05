/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BOOT_FUZZ_H
#define TESTS_BOOT_FUZZ_H

/*
 * A machine whose memory is the fuzzer's input, at FUZZ_BASE, rounded up to
 * whole pages; there is no other memory. Inputs hold addresses, so the seeds in
 * tests/fuzz/corpus/ are made for this base (tests/fuzz/make_corpus.py).
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/memregion.h>
#include <ukaslr/physmem.h>

#define FUZZ_BASE 0x10000u
#define FUZZ_MAX  0x20000u

static unsigned char *fuzz_memory;
static uint64_t fuzz_len;
static union bootinfo_storage fuzz_storage;

void *physmem(paddr_t pa, uint64_t len)
{
	if (!len || pa.pa < FUZZ_BASE || pa.pa - FUZZ_BASE > fuzz_len ||
	    len > fuzz_len - (pa.pa - FUZZ_BASE))
		return NULL;
	return fuzz_memory + (pa.pa - FUZZ_BASE);
}

/* The boot list, for the part of the memory-region API that knows of one */
struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return &fuzz_storage.bi.mrds;
}

/* Exactly as much memory as the input has pages, so that going beyond is seen. */
static inline int fuzz_begin(const uint8_t *data, size_t size)
{
	if (size > FUZZ_MAX)
		return 0;
	fuzz_len = PAGE_ALIGN_UP((uint64_t)size);
	fuzz_memory = aligned_alloc(PAGE_SIZE, fuzz_len ? fuzz_len : PAGE_SIZE);
	memset(fuzz_memory, 0, fuzz_len);
	memcpy(fuzz_memory, data, size);
	return 1;
}

static inline void fuzz_end(void)
{
	free(fuzz_memory);
}

static inline void fuzz_check(int right)
{
	if (!right)
		abort();
}

/* Runs a parser, and checks what holds for every boot info. */
static inline const char *fuzz_parse(const char *(*parser)(struct bootinfo *, paddr_t))
{
	struct bootinfo *bi = &fuzz_storage.bi;
	const struct ukplat_memregion_desc *r;
	const char *err;
	uint32_t i, kept = 0;

	memset(&fuzz_storage, 0, sizeof(fuzz_storage));
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS);
	err = parser(bi, PADDR(FUZZ_BASE));
	fuzz_check(bi->mrds.count <= BOOTINFO_REGIONS);
	fuzz_check(!err || (err[0] && err[strlen(err) - 1] != '\n'));
	for (i = 0; i < bi->mrds.count; i++) {
		r = &bi->mrds.mrds[i];
		fuzz_check(r->pg_count && PAGE_ALIGNED(r->pbase) && r->vbase == r->pbase);
		fuzz_check(r->pbase + r->pg_count * PAGE_SIZE <= UINT64_C(1) << 52);
		fuzz_check(i == 0 || r[-1].pbase <= r->pbase);
		fuzz_check((uint64_t)r->pg_off + r->len <= r->pg_count * PAGE_SIZE && r->len);
		kept += r->type == UKPLAT_MEMRT_INITRD;
	}
	fuzz_check(kept <= 1);
	if (err)
		return err;
	fuzz_check(!bootinfo_check_memory(bi));
	if (bi->cmdline_len) {
		const char *s = physmem(bi->cmdline, bi->cmdline_len + 1);

		fuzz_check(s && strlen(s) == bi->cmdline_len);
	}
	for (i = 0; i < bi->nr_seeds; i++)
		fuzz_check(physmem(bi->seed[i].pa, bi->seed[i].len) != NULL);
	return NULL;
}

#endif /* TESTS_BOOT_FUZZ_H */
