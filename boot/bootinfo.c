/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parsers of boot protocols share: regions and strings
 */

#include <ukaslr/bootinfo.h>
#include <ukaslr/physmem.h>

/* Both architectures stop at 52 bits of physical address (x86 MAXPHYADDR, FEAT_LPA). */
#define PHYS_END (UINT64_C(1) << 52)

#define TOO_LONG "the memory map is too long: free memory was left out"

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

static inline void describe(struct ukplat_memregion_desc *r, uint64_t start, uint64_t end,
			    uint16_t type)
{
	r->pbase = r->vbase = PAGE_ALIGN_DOWN(start);
	r->pg_off = (__off)(start & (PAGE_SIZE - 1));
	r->len = end - start;
	r->pg_count = (PAGE_ALIGN_UP(end) - r->pbase) / PAGE_SIZE;
	r->type = type;
	r->flags = type == UKPLAT_MEMRT_FREE ? UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE
					     : UKPLAT_MEMRF_READ;
}

/* The region does not belong at the end, or there is no room. Kept out of the way of most calls. */
static __attribute__((noinline)) const char *insert_slowly(struct bootinfo *bi, uint64_t start,
							   uint64_t end, uint16_t type)
{
	struct ukplat_memregion_desc r;

	describe(&r, start, end, type);
	if (bi->top < PAGE_ALIGN_UP(end))
		bi->top = PAGE_ALIGN_UP(end);
	if (ukplat_memregion_list_insert(&bi->mrds, &r) >= 0)
		return NULL;
	bi->warning = TOO_LONG;
	if (drop_smallest_free(&bi->mrds, type == UKPLAT_MEMRT_FREE ? end - start : UINT64_MAX) &&
	    ukplat_memregion_list_insert(&bi->mrds, &r) >= 0)
		return NULL;
	return type == UKPLAT_MEMRT_FREE
		       ? NULL
		       : "boot info: the memory map has too many regions that are not free";
}

void bootinfo_make_room(struct bootinfo *bi, uint32_t n)
{
	while (bi->mrds.capacity - bi->mrds.count < n && drop_smallest_free(&bi->mrds, UINT64_MAX))
		bi->warning = TOO_LONG;
}

/*
 * Most loaders give their maps in order, so most regions go behind all others.
 * These are made in place.
 */
static const char *insert(struct bootinfo *bi, uint64_t start, uint64_t end, uint16_t type)
{
	struct ukplat_memregion_list *const list = &bi->mrds;

	if (start < bi->top || list->count == list->capacity)
		return insert_slowly(bi, start, end, type);
	describe(&list->mrds[list->count++], start, end, type);
	bi->top = PAGE_ALIGN_UP(end);
	return NULL;
}

/* Inserts those pages of [start, end) that no region but free ones has yet. */
static const char *reserve(struct bootinfo *bi, uint64_t start, uint64_t end)
{
	const char *err = NULL;

	if (start >= bi->top)
		return insert(bi, start, end, UKPLAT_MEMRT_RESERVED);
	while (start < end && !err) {
		const struct ukplat_memregion_desc *r = bi->mrds.mrds;
		const struct ukplat_memregion_desc *const last = r + bi->mrds.count;
		uint64_t stop = end, next = end;

		/* The lowest region in the way: [start, stop) is in nobody's. */
		for (; r < last; r++) {
			if (r->pbase >= stop || r->type == UKPLAT_MEMRT_FREE ||
			    region_end(r) <= start)
				continue;
			stop = r->pbase;
			next = region_end(r);
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

	if (type == UKPLAT_MEMRT_RESERVED)
		return reserve(bi, PAGE_ALIGN_DOWN(start), PAGE_ALIGN_UP(end));
	if (type == UKPLAT_MEMRT_FREE) {
		start = PAGE_ALIGN_UP(start);
		end = PAGE_ALIGN_DOWN(end);
		if (start >= end)
			return NULL;
	}
	return insert(bi, start, end, type);
}

const char *bootinfo_add_low(struct bootinfo *bi)
{
	return bootinfo_add(bi, PADDR(0), BOOTINFO_LOW_END, UKPLAT_MEMRT_RESERVED);
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

bool bootinfo_set_cmdline(struct bootinfo *bi, paddr_t cmdline)
{
	bi->cmdline = cmdline;
	return bootinfo_strlen(cmdline, &bi->cmdline_len) &&
	       !bootinfo_add(bi, cmdline, bi->cmdline_len + 1, UKPLAT_MEMRT_RESERVED);
}

bool bootinfo_has_free(const struct bootinfo *bi)
{
	const struct ukplat_memregion_desc *r = bi->mrds.mrds;

	for (; r < &bi->mrds.mrds[bi->mrds.count]; r++)
		if (r->type == UKPLAT_MEMRT_FREE)
			return true;
	return false;
}

typedef uint32_t __attribute__((may_alias)) word_t;

uint64_t bootinfo_strnlen(const char *s, uint64_t max)
{
	const char *p = s, *const end = s + max;

	/* Bytes up to a word's boundary, then words, then the bytes that are left. */
	for (;;) {
		if (((uintptr_t)p & (sizeof(word_t) - 1)) == 0) {
			/* A byte's top bit stays set if it was zero (or above one that was). */
			for (; (uint64_t)(end - p) >= sizeof(word_t); p += sizeof(word_t)) {
				const word_t w = *(const word_t *)(const void *)p;
				const word_t zero = (w - 0x01010101u) & ~w & 0x80808080u;

				if (zero)
					return (uint64_t)(p - s) +
					       (unsigned)__builtin_ctz(zero) / 8;
			}
		}
		if (p == end || !*p)
			return (uint64_t)(p - s);
		p++;
	}
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
