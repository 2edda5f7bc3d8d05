/* SPDX-License-Identifier: BSD-3-Clause */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <string.h>

#include "source.h"

static const Dwfl_Callbacks callbacks = {
	.section_address = dwfl_offline_section_address,
	.find_debuginfo = dwfl_standard_find_debuginfo,
};

static bool source_open(struct source *src)
{
	if (src->tried || !src->file)
		return src->module;
	src->tried = true;
	src->dwfl = dwfl_begin(&callbacks);
	if (!src->dwfl)
		return false;
	dwfl_report_begin(src->dwfl);
	src->module = dwfl_report_offline(src->dwfl, "", src->file, -1);
	dwfl_report_end(src->dwfl, NULL, NULL);
	return src->module;
}

void source_close(struct source *src)
{
	if (src->dwfl)
		dwfl_end(src->dwfl);
	*src = (struct source){0};
}

/*
 * libdwfl puts each module at an address of its own, and each section of an
 * object file at an address in it: what to add to get there.
 */
static bool section_base(const struct source *src, const char *section, Dwarf_Addr *base)
{
	Elf *elf = dwfl_module_getelf(src->module, base);
	int n = section ? dwfl_module_relocations(src->module) : 0;

	for (int i = 0; elf && i < n; i++) {
		GElf_Word shndx;
		const char *name = dwfl_module_relocation_info(src->module, (unsigned)i, &shndx);
		GElf_Shdr h;

		if (!name || strcmp(name, section) != 0)
			continue;
		if (!gelf_getshdr(elf_getscn(elf, shndx), &h))
			return false;
		*base += h.sh_addr;
		return true;
	}
	return elf && !section;
}

static bool code_line(const struct source *src, Dwarf_Addr address, char *out, size_t size)
{
	Dwarf_Die *cu = NULL;
	Dwarf_Line *line = NULL;
	Dwarf_Addr bias;
	const char *file;
	int number = 0;

	/* Unit by unit: clang leaves out the index of addresses (.debug_aranges). */
	while (!line && (cu = dwfl_module_nextcu(src->module, cu, &bias)) != NULL)
		line = dwarf_getsrc_die(cu, address - bias);
	file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (!file || dwarf_lineno(line, &number))
		return false;
	snprintf(out, size, "%s:%d", file, number);
	return true;
}

/* A location that is one fixed address, in the operation or in .debug_addr (DWARF 5) */
static bool fixed_address(Dwarf_Attribute *location, Dwarf_Addr *address)
{
	Dwarf_Attribute indirect;
	Dwarf_Op *ops;
	size_t count;

	if (dwarf_getlocation(location, &ops, &count) || count != 1)
		return false;
	*address = ops[0].number;
	if (ops[0].atom == DW_OP_addr)
		return true;
	return (ops[0].atom == DW_OP_addrx || ops[0].atom == DW_OP_GNU_addr_index) &&
	       dwarf_getlocation_attr(location, &ops[0], &indirect) == 0 &&
	       dwarf_formaddr(&indirect, address) == 0;
}

/* Is die a variable at a fixed address that covers `address`? */
static bool is_variable_at(Dwarf_Die *die, Dwarf_Addr address)
{
	Dwarf_Attribute attr;
	Dwarf_Die type;
	Dwarf_Word bytes = 1;
	Dwarf_Addr start;

	if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &attr) ||
	    !fixed_address(&attr, &start))
		return false;
	if (dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, &type))
		dwarf_aggregate_size(&type, &bytes);
	return address - start < bytes;
}

struct search {
	Dwarf_Addr address;
	const char *unit; /* source file of the compilation unit */
	char *out;
	size_t size;
};

/* Looks at dies and below: static variables stand in functions and their blocks. */
static bool variable_line(const struct search *s, Dwarf_Die *die, int depth)
{
	do {
		Dwarf_Die child;
		int line = 0;

		if (is_variable_at(die, s->address)) {
			const char *file = dwarf_decl_file(die);

			/* libdw knows no file number 0, the unit's own in DWARF 5 */
			if (!file)
				file = s->unit;
			if (!file || dwarf_decl_line(die, &line))
				return false;
			snprintf(s->out, s->size, "%s:%d", file, line);
			return true;
		}
		if (depth && dwarf_child(die, &child) == 0 && variable_line(s, &child, depth - 1))
			return true;
	} while (dwarf_siblingof(die, die) == 0);
	return false;
}

bool source_line(struct source *src, const char *section, uint64_t address, char *out, size_t size)
{
	enum { DEPTH = 8 };
	struct search s = {.out = out, .size = size};
	Dwarf_Addr base, bias;
	Dwarf_Die *cu = NULL;

	out[0] = '\0';
	if (!source_open(src) || !section_base(src, section, &base))
		return false;
	if (code_line(src, base + address, out, size))
		return true;
	while ((cu = dwfl_module_nextcu(src->module, cu, &bias)) != NULL) {
		Dwarf_Die child;

		s.address = base + address - bias;
		s.unit = dwarf_diename(cu);
		if (dwarf_child(cu, &child) == 0 && variable_line(&s, &child, DEPTH))
			return true;
	}
	return false;
}
