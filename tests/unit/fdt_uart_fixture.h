/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FDT_UART_FIXTURE_H
#define TESTS_FDT_UART_FIXTURE_H

/*
 * Device trees with consoles, and which of these is found
 */

#include "fdt_fixture.h"

static inline int setup(void **state)
{
	(void)state;
	begin_tree();
	return 0;
}

static inline void uart_node(const char *name, const char *compatible, uint32_t base)
{
	begin_node(name);
	cells("reg", 0, base, 0, 0x1000);
	string("compatible", compatible);
	end_node();
}

static inline void chosen(const char *stdout_path)
{
	begin_node("chosen");
	string("stdout-path", stdout_path);
	end_node();
}

static inline void expect(enum boot_uart kind, uint64_t base, uint64_t len)
{
	struct bootinfo *bi;

	memory_node("memory@40000000", RAM, 0x4000000);
	end_tree();
	bi = parse_well();
	assert_int_equal(bi->uart, kind);
	assert_int_equal(bi->uart_base.pa, base);
	assert_int_equal(bi->uart_len, len);
}

#endif /* TESTS_FDT_UART_FIXTURE_H */
