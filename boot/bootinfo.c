/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parsers of boot protocols share: regions and strings
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/physmem.h>

/* Both architectures stop at 52 bits of physical address (x86 MAXPHYADDR, FEAT_LPA). */
#define PHYS_END (UINT64_C(1) << 52)

static uint64_t region_end(const struct ukplat_memregion_desc *r)
{
	return r->pbase + r->pg_count * PAGE_SIZE;
}

/* Takes the smallest free region out of the list, if it is smaller than len. */
static bool drop_smallest_free(struct ukplat_memregion_list *list, uint64_t len)
{
	const struct ukplat_memregion_desc *r = list->mrds, *smallest = NULL;

	for (; r < &list->mrds[list->count]; r++)
		if (r->type == UKPLAT_MEMRT_FREE && (!smallest || r->len < smallest->len))
			smallest = r;
	if (!smallest || smallest->len >= len)
		return false;
	ukplat_memregion_list_delete(list, (__u32)(smallest - list->mrds));
	return true;
}

void bootinfo_make_room(struct bootinfo *bi, uint32_t n)
{
	while (bi->mrds.capacity - bi->mrds.count < n && drop_smallest_free(&bi->mrds, UINT64_MAX))
		bi->too_long = true;
}

static const char *insert_into_full(struct bootinfo *bi, uint64_t start, uint64_t end,
				    uint16_t type);

/* In order of address, equal ones in order of arrival: most loaders' maps are in order. */
static const char *insert(struct bootinfo *bi, uint64_t start, uint64_t end, uint16_t type)
{
	const uint64_t first = PAGE_ALIGN_DOWN(start), last = PAGE_ALIGN_UP(end);
	struct ukplat_memregion_list *const list = &bi->mrds;
	struct ukplat_memregion_desc *r;

	if (list->count == list->capacity)
		return insert_into_full(bi, start, end, type);
	if (bi->top < last)
		bi->top = last;
	for (r = &list->mrds[list->count++]; r > list->mrds && r[-1].pbase > first; r--)
		*r = r[-1];
	r->pbase = r->vbase = first;
	r->pg_off = (__off)(start - first);
	r->len = end - start;
	r->pg_count = (last - first) / PAGE_SIZE;
	r->type = type;
	r->flags = type == UKPLAT_MEMRT_FREE ? UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE
					     : UKPLAT_MEMRF_READ;
	return NULL;
}

/* Free memory gives way: the region itself, or the smallest one. Kept out of the way of others. */
static __attribute__((noinline)) const char *insert_into_full(struct bootinfo *bi, uint64_t start,
							      uint64_t end, uint16_t type)
{
	const bool is_free = type == UKPLAT_MEMRT_FREE;

	bi->too_long = true;
	if (drop_smallest_free(&bi->mrds, is_free ? end - start : UINT64_MAX))
		return insert(bi, start, end, type);
	return is_free ? NULL : "the memory map has too many regions that are not free";
}

/*
 * Inserts those pages of [first, last) that no region but free ones has yet, and records
 * whose bytes are in there.
 */
static __attribute__((noinline)) const char *reserve_gaps(struct bootinfo *bi, uint64_t first,
							  uint64_t last)
{
	uint64_t start = PAGE_ALIGN_DOWN(first);
	const char *err = NULL;

	while (start < last && !err) {
		const struct ukplat_memregion_desc *r = bi->mrds.mrds;
		const struct ukplat_memregion_desc *const behind = r + bi->mrds.count;
		uint64_t stop = PAGE_ALIGN_UP(last), next = stop;

		/* The lowest region in the way: [start, stop) is in nobody's. */
		for (; r < behind; r++) {
			uint64_t byte;

			if (r->pbase >= stop)
				break;
			if (r->type == UKPLAT_MEMRT_FREE || region_end(r) <= start)
				continue;
			stop = r->pbase;
			next = region_end(r);
			byte = stop + (uint64_t)r->pg_off;
			if (r->type != UKPLAT_MEMRT_RESERVED && byte < last &&
			    first < byte + r->len)
				bi->reserved_types |= r->type;
		}
		if (start < stop)
			err = insert(bi, start, stop, UKPLAT_MEMRT_RESERVED);
		start = next;
	}
	return err;
}

const char *bootinfo_add(struct bootinfo *bi, paddr_t pa, uint64_t len, uint16_t type)
{
	uint64_t start = pa.pa, end;

	if (!len || start >= PHYS_END)
		return NULL;
	end = len < PHYS_END - start ? start + len : PHYS_END;

	if (type == UKPLAT_MEMRT_RESERVED) {
		if (end <= bi->kept_below)
			return NULL;
		if (start < bi->top)
			return reserve_gaps(bi, start, end);
		start = PAGE_ALIGN_DOWN(start);
		end = PAGE_ALIGN_UP(end);
	} else if (type == UKPLAT_MEMRT_FREE) {
		start = PAGE_ALIGN_UP(start);
		end = PAGE_ALIGN_DOWN(end);
		if (start >= end)
			return NULL;
	}
	return insert(bi, start, end, type);
}

const char *bootinfo_add_low(struct bootinfo *bi)
{
	/* Nothing that came before keeps pages of it */
	const bool whole = !bi->mrds.count || bi->mrds.mrds[0].pbase >= BOOTINFO_LOW_END;
	const char *err = bootinfo_add(bi, PADDR(0), BOOTINFO_LOW_END, UKPLAT_MEMRT_RESERVED);

	if (whole && !err)
		bi->kept_below = BOOTINFO_LOW_END;
	return err;
}

const char *bootinfo_add_e820(struct bootinfo *bi, paddr_t pa, uint64_t len, uint32_t type)
{
	const uint64_t low = pa.pa < BOOTINFO_LOW_END ? BOOTINFO_LOW_END - pa.pa : 0;

	if (len <= low)
		return NULL;
	return bootinfo_add(bi, paddr_add(pa, low), len - low,
			    type == E820_MEMORY ? UKPLAT_MEMRT_FREE : UKPLAT_MEMRT_RESERVED);
}

const char *bootinfo_add_string(struct bootinfo *bi, paddr_t string)
{
	uint64_t len;

	if (!string.pa || !bootinfo_strlen(string, &len))
		return NULL;
	return bootinfo_add(bi, string, len + 1, UKPLAT_MEMRT_RESERVED);
}

const char *bootinfo_add_module(struct bootinfo *bi, uint32_t i, paddr_t pa, uint64_t len,
				paddr_t string)
{
	const char *err =
		bootinfo_add(bi, pa, len, i ? UKPLAT_MEMRT_RESERVED : UKPLAT_MEMRT_INITRD);

	return err ? err : bootinfo_add_string(bi, string);
}

const char *bootinfo_set_cmdline(struct bootinfo *bi, paddr_t cmdline)
{
	bi->cmdline = cmdline;
	if (!bootinfo_strlen(cmdline, &bi->cmdline_len))
		return "the command line cannot be read or has no end";
	return bootinfo_add(bi, cmdline, bi->cmdline_len + 1, UKPLAT_MEMRT_RESERVED);
}

const char *bootinfo_add_seed(struct bootinfo *bi, paddr_t pa, uint32_t len,
			      enum entropy_source source)
{
	if (!len)
		return NULL;
	if (bi->nr_seeds == BOOTINFO_MAX_SEEDS)
		return "too many entropy seeds";
	bi->seed[bi->nr_seeds++] = (struct boot_seed){.pa = pa, .len = len, .source = source};
	return NULL;
}

const char *bootinfo_check_memory(const struct bootinfo *bi)
{
	const struct ukplat_memregion_desc *r = bi->mrds.mrds;

	for (; r < &bi->mrds.mrds[bi->mrds.count]; r++)
		if (r->type == UKPLAT_MEMRT_FREE)
			return NULL;
	return "there is no usable memory in what the loader says";
}

bool bootinfo_strlen(paddr_t s, uint64_t *len)
{
	uint64_t done = 0, n;

	while (done < BOOTINFO_STRING_MAX) {
		const paddr_t pa = paddr_add(s, done);
		const uint64_t chunk = PAGE_SIZE - (pa.pa & (PAGE_SIZE - 1));
		const char *p = physmem(pa, chunk);

		if (!p)
			return false;
		n = bootinfo_strnlen(p, chunk);
		done += n;
		if (n < chunk) {
			*len = done;
			return true;
		}
	}
	return false;
}
