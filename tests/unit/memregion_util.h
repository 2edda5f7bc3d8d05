/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of memory regions for directed tests: short to write, exact in size (so
 * that the sanitizer sees an access behind the end), compared as a whole.
 */
#ifndef TESTS_MEMREGION_UTIL_H
#define TESTS_MEMREGION_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <uk/plat/common/memory.h>
#include <ukaslr/memregion.h>

typedef struct ukplat_memregion_desc mrd_t;
typedef struct ukplat_memregion_list list_t;

#define FREE	   UKPLAT_MEMRT_FREE
#define RESERVED   UKPLAT_MEMRT_RESERVED
#define KERNEL	   UKPLAT_MEMRT_KERNEL
#define INITRD	   UKPLAT_MEMRT_INITRD
#define DEVICETREE UKPLAT_MEMRT_DEVICETREE
#define RW	   (UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE)

#define P	   0x1000UL	 /* bytes of a page */
#define TOP(n)	   (0UL - (n)*P) /* n pages below the top of the address space */

static inline list_t *new_list(__u32 capacity)
{
	list_t *list = test_malloc(sizeof(*list) + capacity * sizeof(mrd_t));

	ukplat_memregion_list_init(list, capacity);
	return list;
}

/* A resource of len bytes at any address */
static inline mrd_t resource(__u16 type, __u64 addr, __sz len)
{
	mrd_t m = {.pbase = addr & ~(P - 1), .len = len, .type = type, .flags = RW};

	m.vbase = m.pbase;
	m.pg_off = (__off)(addr % P);
	m.pg_count = ((__sz)m.pg_off + len + P - 1) / P;
	return m;
}

/* n pages, starting at an address */
static inline mrd_t pages(__u16 type, __u64 addr, __u64 n)
{
	return resource(type, addr, n * P);
}

static inline int add(list_t *list, mrd_t m)
{
	return ukplat_memregion_list_insert(list, &m);
}

/* Writes a region into the list whatever it is and wherever it belongs. */
static inline void add_last(list_t *list, mrd_t m)
{
	assert_true(list->count < list->capacity);
	list->mrds[list->count++] = m;
}

static inline void assert_mrd(const mrd_t *m, mrd_t want)
{
	assert_int_equal(m->pbase, want.pbase);
	assert_int_equal(m->vbase, want.vbase);
	assert_int_equal(m->pg_off, want.pg_off);
	assert_int_equal(m->len, want.len);
	assert_int_equal(m->pg_count, want.pg_count);
	assert_int_equal(m->type, want.type);
	assert_int_equal(m->flags, want.flags);
}

/* The list is exactly the given regions. */
#define assert_list(list, ...) \
	assert_list_(list, (mrd_t[]){__VA_ARGS__}, sizeof((mrd_t[]){__VA_ARGS__}) / sizeof(mrd_t))

static inline void assert_list_(const list_t *list, const mrd_t *want, size_t n)
{
	size_t i;

	assert_int_equal(list->count, n);
	for (i = 0; i < n; i++)
		assert_mrd(&list->mrds[i], want[i]);
}

/* Coalesces regions given in any order, in a list with room for `capacity`, and compares. */
#define coalesce(capacity, want_rc, ...)                     \
	coalesce_(capacity, want_rc, (mrd_t[]){__VA_ARGS__}, \
		  sizeof((mrd_t[]){__VA_ARGS__}) / sizeof(mrd_t))

static inline list_t *coalesce_(__u32 capacity, int want_rc, const mrd_t *mrds, size_t n)
{
	list_t *l = new_list(capacity);
	size_t i;

	for (i = 0; i < n; i++)
		add_last(l, mrds[i]);
	assert_int_equal(ukplat_memregion_list_coalesce_checked(l), want_rc);
	return l;
}

#endif /* TESTS_MEMREGION_UTIL_H */
