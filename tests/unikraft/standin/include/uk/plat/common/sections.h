/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_PLAT_COMMON_SECTIONS_H
#define UK_PLAT_COMMON_SECTIONS_H

extern char _base_addr[], _end[];

#define __BASE_ADDR ((__uptr)_base_addr)
#define __END	    ((__uptr)_end)

#endif
