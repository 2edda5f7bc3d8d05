/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_IMAGE_H
#define UKASLR_IMAGE_H

/*
 * The image's own parts, as the linker script lays them out (linker/common.lds.h
 * has the drawing). Taken position-independently these give runtime addresses:
 * in early code of the load image, after the jump of the moved one.
 */

#include <stdbool.h>
#include <stdint.h>

extern char __base_addr[];
extern char __initrd_start[], __initrd_end[]; /* with make INITRD= */
extern char __image_start[], __text_start[], __text_end[], __rodata_start[], __rodata_page[];
extern char __relro_start[], __data_start[], __reloc_start[], __bss_start[], __zero_start[],
	__image_end[];
extern char __early_start[], __early_wipe_start[], __early_end[];

/* The application's name; boot/app_name.c is compiled once for each. */
extern const char app_name[];
extern const uint32_t app_name_size; /* with its NUL */

/* Memory that nothing zeroes, for what is written before it is read. */
#define NOINIT		     __attribute__((section(".bss.noinit")))

/* The runtime address of a symbol, as a number. Works before relocation. */
#define IMAGE_ADDR(symbol)   ((uint64_t)(uintptr_t)(symbol))

/* How far a symbol is from the image's first byte: the same at link and run time. */
#define IMAGE_OFFSET(symbol) (IMAGE_ADDR(symbol) - IMAGE_ADDR(__base_addr))

/* Is it in the image, early part included, as wherever the caller runs? */
static inline bool in_image(uint64_t address)
{
	return address - IMAGE_ADDR(__base_addr) < IMAGE_OFFSET(__early_end);
}

/* The page that is never mapped, so that a null pointer faults: addresses below this */
#define NULL_PAGE_END 4096u

#endif /* UKASLR_IMAGE_H */
