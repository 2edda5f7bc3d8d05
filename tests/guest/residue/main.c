/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looks for what the early phase could have left behind: words that are addresses in
 * the image as it was loaded, in the registers that main is entered with, on arm64 in
 * those of the system too, on the stack, and in the image's writable memory; and bits
 * in x86_64's vector registers. main itself is in registers.c. Arguments say where the
 * image may have been loaded, in hexadecimal, if that is not where QEMU's loader puts it.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <ukaslr/image.h>
#include <ukaslr/stack_guard.h>
#include "../../../boot/handoff.h"

#define STACK_SIZE 0x10000 /* boot/layout.c */
#define PAGE	   4096

/* In the array of registers: main's arguments */
#ifdef __x86_64__
#define ARGC 9
#define ARGV 10
#else
#define ARGC 0
#define ARGV 1
#endif

int look_around(const uint64_t *registers, uint64_t nr, uint64_t inverse_base,
		uint64_t vector_bits);

#define MAX_PLACES 8
#define MAX_LINES  20

/* Complements, so that the search does not find itself */
static uint64_t inverse_bases[MAX_PLACES], nr_bases, len;
static int found;

static void look_at(const char *where, uint64_t word)
{
	for (uint64_t i = 0; i < nr_bases; i++) {
		if (word + inverse_bases[i] + 1 < len) {
			if (found++ < MAX_LINES)
				printf("%s: an early address\n", where);
		}
	}
}

static void look_through(const char *where, uintptr_t start, uintptr_t end)
{
	/* The list of regions names the load image, as memory that is free now. */
	const uintptr_t skip = (uintptr_t)&handoff.boot;

	for (uintptr_t at = (start + 7) & -8ul; at < end; at += 8)
		if (at - skip >= sizeof(handoff.boot))
			look_at(where, *(const volatile uint64_t *)at);
}

/* What an exception leaves, and what tells or told threads apart */
static void look_at_system_registers(void)
{
#ifdef __aarch64__
#define LOOK_AT(name)                                           \
	do {                                                    \
		uint64_t word;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(word)); \
		look_at(name, word);                            \
	} while (0)

	LOOK_AT("elr_el1");
	LOOK_AT("spsr_el1");
	LOOK_AT("esr_el1");
	LOOK_AT("far_el1");
	LOOK_AT("par_el1");
	LOOK_AT("vbar_el1");
	LOOK_AT("ttbr0_el1");
	LOOK_AT("tpidr_el0");
	LOOK_AT("tpidr_el1");
#endif
}

/* The complement of a hexadecimal number */
static uint64_t inverse_of(const char *s)
{
	uint64_t n = UINT64_MAX;

	for (; *s; s++)
		n = n << 4 | (uint64_t)(*s <= '9' ? '9' - *s + 6 : 'f' - *s);
	return n;
}

/* Where image, stack and heap are, in every way that looks like a pointer */
static void print_pointers(void)
{
	static int variable;
	int local = 0;
	void *block = malloc(1);

	printf("main at %p\n", (void *)look_around);
	printf("data at %p, stack at %p, heap at %p\n", (void *)&variable, (void *)&local, block);
	free(block);
}

int look_around(const uint64_t *registers, uint64_t nr, uint64_t inverse_base, uint64_t vector_bits)
{
	const uintptr_t top = ((uintptr_t)registers + PAGE - 1) & -(uintptr_t)PAGE;

	inverse_bases[0] = inverse_base;
	for (; nr_bases < registers[ARGC] - 1 && nr_bases < MAX_PLACES; nr_bases++)
		inverse_bases[nr_bases] = inverse_of(((char **)registers[ARGV])[nr_bases + 1]);
	if (registers[ARGC] - 1 > MAX_PLACES)
		found += puts("more places than can be looked for") == 0;
	nr_bases += !nr_bases;
	len = IMAGE_OFFSET(__early_end);
	for (uint64_t i = 0; i < nr; i++)
		look_at("register", registers[i]);
	look_at_system_registers();
	look_through("stack", top - STACK_SIZE, top);
	look_through("image", IMAGE_ADDR(__data_start), IMAGE_ADDR(__image_end));
	if (vector_bits)
		found += puts("vector registers were not wiped") == 0;
	if (!__stack_chk_guard || __stack_chk_guard & ~STACK_GUARD_MASK)
		found += puts("no canary") == 0;
	if (handoff.secret[SECRET_CANARY] | handoff.secret[SECRET_HEAP] |
	    handoff.secret[SECRET_HEAP + 1])
		found += puts("a secret was not wiped") == 0;
	print_pointers();
	puts(found ? "residue" : "nothing left");
	return found != 0;
}
