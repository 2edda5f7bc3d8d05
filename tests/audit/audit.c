/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * audit - looks at a running guest from outside
 *
 *	audit [--xen-pv] SOCKET | HOST:PORT
 *
 * Attaches to QEMU's gdbstub, stops the guest, walks the page tables that its
 * processor uses, prints them as a table and says what in them breaks the rules
 * of rules.h. Exit status: 0 no rule is broken, 1 one is, 2 could not look.
 */

#include <stdio.h>
#include <string.h>

#include "controls.h"
#include "gdb.h"
#include "mapping.h"
#include "rules.h"

#define KIB	 1024ull
#define UNITS	 "KMGTPE"
#define SIZE_LEN 24

static bool xen_pv; /* --xen-pv: the guest has its tables from Xen */

static bool read_physical(void *arg, uint64_t pa, void *buf, size_t len)
{
	return gdb_physical(arg, pa, buf, len);
}

static const char *walk_live_x86(struct gdb *g, const struct physical *mem, struct mappings *out,
				 char *controls)
{
	struct x86_paging regs = {.xen_pv = xen_pv};

	if (xen_pv && !gdb_register(g, "cs", &regs.cs))
		return "a register cannot be read";
	if (!gdb_register(g, "cr0", &regs.cr0) || !gdb_register(g, "cr3", &regs.cr3) ||
	    !gdb_register(g, "cr4", &regs.cr4) || !gdb_register(g, "efer", &regs.efer))
		return "a register cannot be read";
	controls_x86(&regs, controls);
	return walk_x86(&regs, mem, out);
}

static const char *walk_live_arm64(struct gdb *g, const struct physical *mem, struct mappings *out,
				   char *controls)
{
	struct arm64_paging regs;

	if (!gdb_register(g, "SCTLR", &regs.sctlr) || !gdb_register(g, "TCR_EL1", &regs.tcr) ||
	    !gdb_register(g, "TTBR0_EL1", &regs.ttbr0) ||
	    !gdb_register(g, "TTBR1_EL1", &regs.ttbr1) || !gdb_register(g, "cpsr", &regs.cpsr))
		return "a register cannot be read";
	controls_arm64(&regs, controls);
	return walk_arm64(&regs, mem, out);
}

static const char *size_text(uint64_t size, char text[SIZE_LEN])
{
	const char *unit = UNITS;

	for (size /= KIB; size % KIB == 0 && unit[1]; unit++)
		size /= KIB;
	snprintf(text, SIZE_LEN, "%llu%c", (unsigned long long)size, *unit);
	return text;
}

static void print_mapping(const struct mapping *m)
{
	char len[SIZE_LEN], page[SIZE_LEN];

	printf("%016llx-%016llx  %012llx-%012llx  %8s  %5s  r%c%c%s\n", (unsigned long long)m->va,
	       (unsigned long long)(m->va + m->len - 1), (unsigned long long)m->pa,
	       (unsigned long long)(m->pa + m->len - 1), size_text(m->len, len),
	       size_text(m->page, page), m->flags & MAP_WRITE ? 'w' : '-',
	       m->flags & MAP_EXEC ? 'x' : '-', m->flags & MAP_USER ? " user" : "");
}

static void print_violation(void *arg, const char *what, const struct mapping *m,
			    const struct mapping *other)
{
	(void)arg;
	printf("audit: %s%s\n", what, m ? ":" : "");
	if (m)
		print_mapping(m);
	if (other)
		print_mapping(other);
}

static int audit(struct gdb *g)
{
	struct physical mem = {read_physical, g};
	struct mappings live = {0};
	bool x86 = strstr(gdb_architecture(g), "x86-64") != NULL;
	char controls[CONTROLS_LEN] = "";
	const char *error = (x86 ? walk_live_x86 : walk_live_arm64)(g, &mem, &live, controls);
	unsigned broken;

	printf("%-33s  %-25s  %8s  %5s  rights\n", "virtual", "physical", "size", "page");
	for (size_t i = 0; i < live.count; i++)
		print_mapping(&live.entry[i]);
	printf("audit: controls: %s\n", controls);
	printf("audit: root: 0x%llx\n", (unsigned long long)live.root);
	if (error) {
		printf("audit: %s\n", error);
		broken = 1;
	} else {
		broken = rules_check(&live, print_violation, NULL);
	}
	printf("audit: %s, %zu ranges, %u rules broken\n", x86 ? "x86_64" : "arm64", live.count,
	       broken);
	mappings_free(&live);
	return broken != 0;
}

int main(int argc, char **argv)
{
	struct gdb *g;
	int status;

	xen_pv = argc > 1 && !strcmp(argv[1], "--xen-pv");
	if (argc != 2 + xen_pv || argv[argc - 1][0] == '-') {
		fprintf(stderr, "usage: audit [--xen-pv] SOCKET | HOST:PORT\n");
		return 2;
	}
	g = gdb_open(argv[argc - 1]);
	if (!g)
		return 2;
	status = audit(g);
	gdb_close(g);
	return status;
}
