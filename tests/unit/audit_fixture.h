/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_AUDIT_FIXTURE_H
#define TESTS_AUDIT_FIXTURE_H

/*
 * The audit's walkers and rules, on page tables made by hand. Nothing here comes
 * from the page-table code of the image.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../audit/mapping.c"
#include "../audit/rules.c"
#include "../audit/walk_arm64.c"
#include "../audit/walk_x86.c"

#define MEMORY	(16 * 4096)
#define KIB(n)	((n)*1024ull)
#define MIB(n)	((n)*1024 * 1024ull)

#define DATA_VA 0xffffc00000000000ull

static uint64_t memory[MEMORY / 8];
static struct mappings live;
static unsigned reports;
static char reported[256];

static inline bool read_memory(void *arg, uint64_t pa, void *buf, size_t len)
{
	(void)arg;
	if (pa > MEMORY || len > MEMORY - pa)
		return false;
	memcpy(buf, (char *)memory + pa, len);
	return true;
}

static const struct physical physical = {read_memory, NULL};

static inline void note(void *arg, const char *what, const struct mapping *m,
			const struct mapping *other)
{
	(void)arg;
	(void)m;
	(void)other;
	reports++;
	snprintf(reported, sizeof(reported), "%s", what);
}

static inline int start(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	reports = 0;
	reported[0] = 0;
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	mappings_free(&live);
	return 0;
}

/* Entry i of the table that lies in page number table */
static inline void entry(unsigned table, unsigned i, uint64_t value)
{
	memory[table * 512 + i] = value;
}

static inline void expect_mapping(size_t i, uint64_t va, uint64_t pa, uint64_t len, unsigned flags)
{
	assert_true(i < live.count);
	assert_int_equal(live.entry[i].va, va);
	assert_int_equal(live.entry[i].pa, pa);
	assert_int_equal(live.entry[i].len, len);
	assert_int_equal(live.entry[i].flags, flags);
}

static inline void expect_one_report(const char *what)
{
	assert_int_equal(rules_check(&live, note, NULL), 1);
	assert_int_equal(reports, 1);
	assert_string_equal(reported, what);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, end)

#endif /* TESTS_AUDIT_FIXTURE_H */
