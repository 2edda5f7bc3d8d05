/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform's side of the contract: calls what the library wraps, as Unikraft does, and
 * says on the console what it found
 */
#include "platform.h"

#define STACK_SIZE (64u << 10)

extern char marker[], in_text[], in_text2[], in_data[], phys_in_data[];

static struct {
	struct ukplat_bootinfo bi;
	struct ukplat_memregion_desc room[16];
} boot = {
	.bi.mrds = {.capacity = 16, .count = 1},
	.room = {{.pbase = LINKED_AT,
		  .vbase = LINKED_AT,
		  .len = PAGE_SIZE,
		  .pg_count = 1,
		  .type = UKPLAT_MEMRT_KERNEL,
		  .flags = UKPLAT_MEMRF_READ}},
};

/* A pointer in data, which the linker relocates */
static char *volatile pointer = marker;

void say(const char *s)
{
	for (; *s; s++)
		machine_putc(*s);
}

static void say_hex(const char *name, uint64_t value)
{
	say(name);
	for (int i = 60; i >= 0; i -= 4)
		machine_putc("0123456789abcdef"[value >> i & 15]);
	say("\n");
}

void expect(int good, const char *what)
{
	if (!good)
		say("BROKEN ");
	say(what);
	say("\n");
}

struct ukplat_bootinfo *ukplat_bootinfo_get(void)
{
	return &boot.bi;
}

void ukplat_crash(void)
{
	say("BROKEN ukplat_crash\n");
	machine_off(1);
}

int ukplat_memregion_get(int i, struct ukplat_memregion_desc **mrd)
{
	if ((uint32_t)i >= boot.bi.mrds.count)
		return -1;
	*mrd = &boot.bi.mrds.mrds[i];
	return 0;
}

int ukplat_memregion_find_next(int i, __u32 type, __u32 flags, __u32 fmask,
			       struct ukplat_memregion_desc **mrd)
{
	while (!ukplat_memregion_get(++i, mrd))
		if ((*mrd)->type & type && ((*mrd)->flags & fmask) == flags)
			return i;
	return -1;
}

int ukplat_memregion_list_insert(struct ukplat_memregion_list *list,
				 const struct ukplat_memregion_desc *mrd)
{
	if (list->count == list->capacity)
		return -1;
	list->mrds[list->count++] = *mrd;
	return 0;
}

void *memmove(void *to, const void *from, size_t len)
{
	char *t = to;
	const char *f = from;

	if (t < f)
		for (size_t i = 0; i < len; i++)
			t[i] = f[i];
	else
		while (len--)
			t[len] = f[len];
	return to;
}

void *memcpy(void *to, const void *from, size_t len)
{
	return memmove(to, from, len);
}

static uint64_t bytes(const char *p, int n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | (uint8_t)p[n];
	return value;
}

static void check_slots(uint64_t va, uint64_t pa)
{
	uint64_t there = marker - _base_addr;

	expect(pointer == marker, "slot of the linker");
	expect(bytes(in_data, 8) == (uintptr_t)marker, "8 bytes at an odd place");
	expect(bytes(in_text + 1, 4) == (uint32_t)(va + there), "4 bytes in text");
	expect(bytes(in_text2 + 1, 2) == (uint16_t)(va + there), "2 bytes in text");
	expect(bytes(phys_in_data, 4) == pa + there, "4 bytes, physical");
}

static struct ukplat_memregion_desc *region(uint16_t type)
{
	struct ukplat_memregion_desc *mrd;

	return ukplat_memregion_find_next(-1, type, 0, 0, &mrd) < 0 ? NULL : mrd;
}

static void check_memory(uint64_t va, uint64_t pa)
{
	struct ukplat_memregion_desc *mrd, *free;
	char *stack;

	mrd = region(UKPLAT_MEMRT_KERNEL);
	expect(mrd->pbase == pa && mrd->vbase == va, "region of the image");
	mrd = region(UKPLAT_MEMRT_RESERVED);
	expect(!mrd || mrd->pbase == pa + (uint64_t)(_end - _base_addr),
	       "region of the page tables");
	mrd = region(UKPLAT_MEMRT_STACK);
	expect(mrd && mrd->len == STACK_SIZE, "region of the boot stack");
	stack = ukplat_memregion_alloc(STACK_SIZE, UKPLAT_MEMRT_STACK, 3);
	expect((uintptr_t)stack == mrd->vbase && ukplat_virt_to_phys(stack) == mrd->pbase,
	       "boot stack");
	stack[0] = stack[STACK_SIZE - 1] = 1;
	say_hex("stack=", (uintptr_t)stack);
	free = &boot.bi.mrds.mrds[boot.bi.mrds.count++];
	*free = (struct ukplat_memregion_desc){.pbase = FREE_AT,
					       .vbase = FREE_AT,
					       .len = STACK_SIZE + PAGE_SIZE,
					       .pg_count = STACK_SIZE / PAGE_SIZE + 1,
					       .type = UKPLAT_MEMRT_FREE,
					       .flags = 3};
	expect((uintptr_t)ukplat_memregion_alloc(STACK_SIZE, UKPLAT_MEMRT_STACK, 3) == FREE_AT,
	       "another stack in free memory");
	free[1].flags = 0;
	expect(!ukplat_memregion_alloc(PAGE_SIZE, UKPLAT_MEMRT_STACK, 3),
	       "none where free memory is not mapped");
	/* By the core's rules: what is reserved wins over free memory. */
	free[0].type = UKPLAT_MEMRT_RESERVED;
	free[1].pbase = free[1].vbase = FREE_AT;
	free[1].len = free[0].len + PAGE_SIZE;
	free[1].pg_count = free[0].pg_count + 1;
	ukplat_memregion_list_coalesce(&boot.bi.mrds);
	mrd = &boot.bi.mrds.mrds[boot.bi.mrds.count - 1];
	expect(mrd->type == UKPLAT_MEMRT_FREE && mrd->pbase == FREE_AT + STACK_SIZE &&
		       mrd->pg_count == 1,
	       "regions are coalesced");
}

/* What was loaded is wiped: nothing but zeros, where the one-to-one map shows it. */
static void check_old(uint64_t pa)
{
	const volatile uint64_t *old = (void *)(uintptr_t)kaslr_moved.base;
	uint64_t sum = 0;

	if (pa == kaslr_moved.base)
		return;
	for (uint64_t i = 0; i < (uint64_t)(_end - _base_addr) / 8; i++)
		sum |= old[i];
	expect(!sum, "the loaded image is wiped");
}

void fill_list(void)
{
	boot.bi.mrds.capacity = boot.bi.mrds.count;
}

int main(void)
{
	uint64_t va = (uintptr_t)_base_addr, pa = ukplat_virt_to_phys(_base_addr);

	expect(ukplat_virt_to_phys(_end) == (uintptr_t)_end, "addresses beyond the image");
	check_slots(va, pa);
	check_memory(va, pa);
	check_old(pa);
	say_hex("loaded=", kaslr_moved.base);
	say_hex("virt=", va);
	say_hex("phys=", pa);
	say_hex("heap=", heap_base());
	say_hex("direct=", check_direct_map(pa));
	say("END\n");
	return 0;
}
