/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_XEN_PLATFORM_H
#define STANDIN_XEN_PLATFORM_H

/* What the parts of the stand-in for Unikraft's Xen platform know of each other */

#include <uk/plat/common/bootinfo.h>
#include <xen-x86/mm.h>
#include <ukaslr/xenpv_start.h>

#define PAGE(address) ((unsigned long)(address) >> 12)

extern char _end[];
extern struct xenpv_start_info *HYPERVISOR_start_info;

long hypercall(long call, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
void say(const char *s);
void say_hex(const char *name, unsigned long value);
void expect(int good, const char *what);

/* walk.c: all that the page tables in use map */
void check_tables(void);

#endif /* STANDIN_XEN_PLATFORM_H */
