/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does the forbidden thing that its argument names. Returns only if nothing
 * stopped it, and then says so.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/plat/memory.h>

#define FRAME	  512
#define FDT_MAGIC 0xedfe0dd0u /* big endian; Devicetree Specification 0.4, 5.2 */
#ifdef __x86_64__
#define LOAD_BASE 0x100000ul /* of a Multiboot or PVH loader */
#define RET	  0xc3u
#else
#define LOAD_BASE 0x40200000ul /* of QEMU's virt machine */
#define RET	  0xd65f03c0u
#endif

static const uint32_t constant = RET;
static int (*const relro)(const char *) = puts;
static uint32_t variable = RET;

static volatile uint32_t *at(uintptr_t address)
{
	__asm__("" : "+r"(address)); /* the compiler must not know it */
	return (volatile uint32_t *)address;
}

static void call(const void *code)
{
	void (*f)(void) = (void (*)(void))(uintptr_t)at((uintptr_t)code);

	f();
}

static void run_on_stack(void)
{
	uint32_t code = RET;

	call(&code);
}

static void run_on_heap(void)
{
	uint32_t *code = malloc(sizeof(*code));

	if (code)
		*code = RET;
	call(code);
}

/* Not a tail call, and frames that cannot be left out */
static unsigned overflow_stack(unsigned depth)
{
	volatile char frame[FRAME];

	frame[depth % FRAME] = 1;
	if (depth == UINT32_MAX)
		return 0;
	return overflow_stack(depth + 1) + (unsigned)frame[0];
}

/* Past the end of a buffer, over what lies between it and the return address */
static void smash_stack(void)
{
	uint32_t buffer[4];

	for (uintptr_t i = 0; i < 16; i++)
		*at((uintptr_t)buffer + i * sizeof(*buffer)) = RET;
}

static void undefined_instruction(void)
{
#ifdef __x86_64__
	__asm__ volatile("ud2");
#else
	__asm__ volatile("udf #0");
#endif
}

static void divide_by_zero(void)
{
#ifdef __x86_64__
	__asm__ volatile("xorl %%ecx, %%ecx; divl %%ecx" : : : "eax", "ecx", "edx");
#endif
}

/* x86_64: an address that is not canonical; arm64: one between the two halves */
static void no_mans_land(void)
{
	*at(1ul << 62) = 0;
}

/* Where the initrd is; a null pointer if there is none */
static uintptr_t initrd(void)
{
	struct ukplat_memregion_desc *mrd;

	if (ukplat_memregion_find_initrd0(&mrd) < 0)
		return 0;
	return mrd->vbase + (uintptr_t)mrd->pg_off;
}

/* The device tree, where its first word is what it must be; a null pointer if not */
static uintptr_t device_tree(void)
{
	struct ukplat_memregion_desc *mrd;
	uintptr_t tree;

	if (ukplat_memregion_find_next(-1, UKPLAT_MEMRT_DEVICETREE, 0, 0, &mrd) < 0)
		return 0;
	tree = mrd->vbase + (uintptr_t)mrd->pg_off;
	if (*at(tree) != FDT_MAGIC)
		return 0;
	puts("device tree: read");
	return tree;
}

static void misdeed(const char *name)
{
	if (!strcmp(name, "read-null"))
		(void)*at(0);
	else if (!strcmp(name, "write-null"))
		*at(8) = 0;
	else if (!strcmp(name, "call-null"))
		call(NULL);
	else if (!strcmp(name, "read-load-address"))
		(void)*at(LOAD_BASE);
	else if (!strcmp(name, "write-text"))
		*at((uintptr_t)misdeed) = 0;
	else if (!strcmp(name, "write-rodata"))
		*at((uintptr_t)&constant) = 0;
	else if (!strcmp(name, "write-relro"))
		*at((uintptr_t)&relro) = 0;
	else if (!strcmp(name, "run-data"))
		call(&variable);
	else if (!strcmp(name, "run-rodata"))
		call(&constant);
	else if (!strcmp(name, "run-stack"))
		run_on_stack();
	else if (!strcmp(name, "run-heap"))
		run_on_heap();
	else if (!strcmp(name, "write-initrd"))
		*at(initrd()) = 0;
	else if (!strcmp(name, "write-devicetree"))
		*at(device_tree()) = 0;
	else if (!strcmp(name, "run-initrd"))
		call((void *)initrd());
	else if (!strcmp(name, "before-initrd"))
		(void)*at(initrd() - sizeof(uint32_t));
	else if (!strcmp(name, "stack-overflow"))
		overflow_stack(0);
	else if (!strcmp(name, "smash-stack"))
		smash_stack();
	else if (!strcmp(name, "undefined"))
		undefined_instruction();
	else if (!strcmp(name, "divide"))
		divide_by_zero();
	else if (!strcmp(name, "no-mans-land"))
		no_mans_land();
	else
		puts("no such misdeed");
}

int main(int argc, char **argv)
{
	misdeed(argc > 1 ? argv[1] : "");
	puts("nothing stopped it");
	return 0;
}
