/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_PLATFORM_H
#define UKASLR_PLATFORM_H

/*
 * What the end of the machine needs to know, from the boot info
 *
 * Like the console, this lies in .data and is inherited by the moved image, so
 * that shutdown() works at any time.
 */

#include <ukaslr/bootinfo.h>

struct platform {
	enum boot_psci psci; /* arm64 */
	paddr_t rsdp;	     /* x86_64: 0 means search for it */
};

extern struct platform platform;

#endif /* UKASLR_PLATFORM_H */
