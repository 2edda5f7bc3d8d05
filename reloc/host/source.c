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
	Dwfl_Line *line = dwfl_module_getsrc(src->module, address);
	int number = 0;
	const char *file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;

	if (!file)
		return false;
	snprintf(out, size, "%s:%d", file, number);
	return true;
}

/* Is die a variable at a fixed address that covers `address`? */
static bool is_variable_at(Dwarf_Die *die, Dwarf_Addr address)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t count;
	Dwarf_Die type;
	Dwarf_Word bytes = 1;

	if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation(&attr, &ops, &count) || count != 1 || ops[0].atom != DW_OP_addr)
		return false;
	if (dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, &type))
		dwarf_aggregate_size(&type, &bytes);
	return address - ops[0].number < bytes;
}

/* Looks at dies and below: static variables stand in functions and their blocks. */
static bool variable_line(Dwarf_Die *die, Dwarf_Addr address, char *out, size_t size, int depth)
{
	do {
		Dwarf_Die child;
		int line = 0;

		if (is_variable_at(die, address)) {
			const char *file = dwarf_decl_file(die);

			/* a definition may leave its line to the declaration */
			if (!file || dwarf_decl_line(die, &line))
				return false;
			snprintf(out, size, "%s:%d", file, line);
			return true;
		}
		if (depth && dwarf_child(die, &child) == 0 &&
		    variable_line(&child, address, out, size, depth - 1))
			return true;
	} while (dwarf_siblingof(die, die) == 0);
	return false;
}

bool source_line(struct source *src, const char *section, uint64_t address, char *out, size_t size)
{
	enum { DEPTH = 8 };
	Dwarf_Addr base, bias;
	Dwarf_Die *cu = NULL;

	out[0] = '\0';
	if (!source_open(src) || !section_base(src, section, &base))
		return false;
	if (code_line(src, base + address, out, size))
		return true;
	while ((cu = dwfl_module_nextcu(src->module, cu, &bias)) != NULL) {
		Dwarf_Die child;

		if (dwarf_child(cu, &child) == 0 &&
		    variable_line(&child, base + address - bias, out, size, DEPTH))
			return true;
	}
	return false;
}
