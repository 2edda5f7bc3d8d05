/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FDT_WHOLE_TREE_H
#define TESTS_FDT_WHOLE_TREE_H

#include "fdt_fixture.h"

/* A tree with a bit of everything */
static inline int setup(void **state)
{
	(void)state;
	machine_open(RAM);
	dtb_at = RAM;
	fdt = machine_at(dtb_at);
	OK(fdt_create(fdt, DTB_SIZE));
	OK(fdt_add_reservemap_entry(fdt, 0x41000000, 0x1000));
	OK(fdt_finish_reservemap(fdt));
	begin_node("");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	begin_node("aliases");
	string("serial0", "/soc/pl011@9000000");
	end_node();
	begin_node("reserved-memory");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	memory_node("x@41800000", 0x41800000, 0x1000);
	end_node();
	memory_node("memory@40000000", RAM, 0x4000000);
	begin_node("psci");
	string("compatible", "arm,psci-1.0");
	string("method", "hvc");
	end_node();
	begin_node("soc");
	cell("#address-cells", 2);
	cell("#size-cells", 2);
	bytes("ranges", "", 0);
	memory_node("pl011@9000000", 0x9000000, 0x1000);
	string("compatible", "arm,pl011");
	end_node();
	begin_node("chosen");
	string("bootargs", "a=b");
	string("stdout-path", "serial0:115200n8");
	bytes("kaslr-seed", "01234567", 8);
	cell("linux,initrd-start", 0x42000000);
	cell("linux,initrd-end", 0x42001234);
	end_node();
	end_tree();
	return 0;
}

#endif /* TESTS_FDT_WHOLE_TREE_H */
