/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_LOAD_IMAGE_H
#define BOOT_LOAD_IMAGE_H

/*
 * The image where the loader put it, as regions of memory: taken while early code
 * runs there, and given back. An initrd that was baked in (make INITRD=) stays.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/bootinfo.h>

/*
 * Adds the load image, and the baked-in initrd if the loader brought none. Returns
 * NULL, or what is wrong: no room for them, or reserved memory in that initrd.
 */
const char *load_image_add(struct bootinfo *bi);

/*
 * Makes free memory of it, in a list that is coalesced: of all of it when the image
 * moves, else of all but the image_len bytes from __image_start on. In Xen PV also of
 * the memory below and of Xen's first page tables.
 */
void load_image_release(struct bootinfo *bi, bool moves, uint64_t image_len);

#endif /* BOOT_LOAD_IMAGE_H */
