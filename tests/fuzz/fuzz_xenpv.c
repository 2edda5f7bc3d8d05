/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What Xen says to a PV domain: any start info, any list of frames, and behind the last
 * whole page of the input a memory map.
 */
#include <sys/mman.h>
#include <ukaslr/machine.h>
#include "boot_fuzz.h"
#include "lib/xen_host.h"

/* Xen's own table may have 2^32 words; what was never written is 0. */
#define M2P_BYTES  (8ull << 32)
#define ENTRY_SIZE 20u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *map;
static size_t map_len;

/* memory.h, struct xen_memory_map */
static int64_t xen(uint32_t call, uint64_t a, uint64_t b, uint64_t c)
{
	struct {
		uint32_t nr_entries;
		uint8_t *buffer;
	} *to = (void *)(uintptr_t)b;
	const uint32_t entries = (uint32_t)(map_len / ENTRY_SIZE);

	(void)a;
	(void)c;
	fuzz_check(call == XEN_MEMORY_OP);
	memcpy(to->buffer, map,
	       ENTRY_SIZE * (size_t)(entries < to->nr_entries ? entries : to->nr_entries));
	to->nr_entries = entries;
	return 0;
}

static const uint64_t *empty_table(void)
{
	void *table = mmap(NULL, M2P_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			   -1, 0);

	fuzz_check(table != MAP_FAILED);
	return table;
}

static const char *parse(struct bootinfo *bi, paddr_t start_info)
{
	bi->protocol = BOOT_XENPV;
	return xenpv_parse(bi, start_info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!machine()->xen.m2p)
		machine()->xen.m2p = empty_table();
	if (!fuzz_begin(data, size))
		return 0;
	map_len = size % PAGE_SIZE;
	map = data + size - map_len;
	xen_host_answer = map_len ? xen : NULL;
	fuzz_parse(parse);
	fuzz_end();
	return 0;
}
