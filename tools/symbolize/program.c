/* SPDX-License-Identifier: BSD-3-Clause */
#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#define UNKNOWN "??"

enum call { CALL_NONE, CALL_DIRECT, CALL_INDIRECT };

/* Does the symbol cover the address, or lie before it without a size; better than what was found?
 */
static bool is_better(const GElf_Sym *s, uint64_t address, const GElf_Sym *found, bool any)
{
	if (s->st_value > address || (s->st_size && address - s->st_value >= s->st_size))
		return false;
	if (any && !s->st_size != !found->st_size)
		return s->st_size;
	return !any || s->st_value > found->st_value;
}

/* The symbol of this name, or, if that is NULL, the nearest one before an address */
static bool find_symbol(struct program *p, uint64_t address, const char *name, GElf_Sym *found,
			const char **found_name)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr h;
	bool any = false;

	if (!name && address >= p->end)
		return false;
	while ((scn = elf_nextscn(p->elf, scn)) != NULL) {
		Elf_Data *data;
		GElf_Sym s;

		if (!gelf_getshdr(scn, &h) || h.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; data && gelf_getsym(data, i, &s); i++) {
			const char *text = elf_strptr(p->elf, h.sh_link, s.st_name);
			unsigned type = GELF_ST_TYPE(s.st_info);

			/* $d, $x: AArch64's mapping symbols */
			if (!text || !text[0] || text[0] == '$' || s.st_shndx == SHN_UNDEF ||
			    type == STT_SECTION || type == STT_FILE)
				continue;
			if (name ? strcmp(text, name) != 0 : !is_better(&s, address, found, any))
				continue;
			*found = s;
			*found_name = text;
			any = true;
		}
	}
	return any;
}

/* Bytes that are linked at an address, len of them; NULL if the file does not have them. */
static const unsigned char *bytes_at(struct program *p, uint64_t address, uint64_t len)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr h;

	while ((scn = elf_nextscn(p->elf, scn)) != NULL) {
		Elf_Data *data;

		if (!gelf_getshdr(scn, &h) || h.sh_type != SHT_PROGBITS ||
		    !(h.sh_flags & SHF_ALLOC) || address < h.sh_addr ||
		    address - h.sh_addr > h.sh_size || len > h.sh_size - (address - h.sh_addr))
			continue;
		data = elf_rawdata(scn, NULL);
		return data ? (unsigned char *)data->d_buf + (address - h.sh_addr) : NULL;
	}
	return NULL;
}

static bool complain(const char *file, const char *what)
{
	fprintf(stderr, "symbolize: %s: %s\n", file, what);
	return false;
}

bool program_open(struct program *p, const char *file)
{
	const char *name;
	GElf_Ehdr ehdr;
	GElf_Sym s;

	*p = (struct program){.file = file, .fd = open(file, O_RDONLY)};
	if (p->fd < 0)
		return complain(file, strerror(errno));
	p->dwarf = dwarf_begin(p->fd, DWARF_C_READ);
	if (!p->dwarf)
		return complain(file, "no ELF file with debug information");
	p->elf = dwarf_getelf(p->dwarf);
	p->cfi = dwarf_getcfi(p->dwarf);
	if (!gelf_getehdr(p->elf, &ehdr) ||
	    (ehdr.e_machine != EM_X86_64 && ehdr.e_machine != EM_AARCH64))
		return complain(file, "neither for x86-64 nor for AArch64");
	p->machine = ehdr.e_machine;
	if (!find_symbol(p, 0, "__base_addr", &s, &name))
		return complain(file, "no image: it has no symbol __base_addr");
	p->base = s.st_value;
	if (find_symbol(p, 0, "__early_end", &s, &name))
		p->end = s.st_value;
	if (find_symbol(p, 0, "app_name", &s, &name))
		p->app_name = (const char *)bytes_at(p, s.st_value, s.st_size);
	if (!p->app_name || !memchr(p->app_name, 0, s.st_size))
		return complain(file, "no image: it has no string app_name");
	return true;
}

void program_close(struct program *p)
{
	dwarf_end(p->dwarf);
	if (p->fd >= 0)
		close(p->fd);
}

/* Unit by unit: clang leaves out the index of addresses (.debug_aranges). */
static bool find_unit(struct program *p, uint64_t address, Dwarf_Die *unit)
{
	Dwarf_CU *cu = NULL;

	while (dwarf_get_units(p->dwarf, cu, &cu, NULL, NULL, unit, NULL) == 0)
		if (dwarf_haspc(unit, address) > 0)
			return true;
	return false;
}

static void print_line(FILE *out, const char *function, const char *file, int line)
{
	/* Relative to the folder of the build, which compilers write in two ways */
	if (file && !strncmp(file, "./", 2))
		file += 2;
	fprintf(out, "%s at %s:", function ? function : UNKNOWN, file ? file : UNKNOWN);
	if (line)
		fprintf(out, "%d\n", line);
	else
		fprintf(out, UNKNOWN "\n");
}

/* Where an inlined function was called: file and line, if they are known. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *inlined, const char **file, int *line)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word value;
	size_t count;

	*file = NULL;
	*line = 0;
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &value) &&
	    !dwarf_getsrcfiles(unit, &files, &count))
		*file = dwarf_filesrc(files, value, NULL, NULL);
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr), &value))
		*line = (int)value;
}

/* The functions around an address, from the innermost to the one that is not inlined. */
static bool print_functions(Dwarf_Die *unit, uint64_t address, const char *file, int line,
			    FILE *out)
{
	Dwarf_Die *innermost, *scopes;
	bool any = false;
	int n = dwarf_getscopes(unit, address, &innermost);

	if (n <= 0)
		return false;
	n = dwarf_getscopes_die(&innermost[0], &scopes);
	free(innermost);
	if (n <= 0)
		return false;
	for (int i = 0; i < n; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		if (any)
			fprintf(out, "        inlined into ");
		print_line(out, dwarf_diename(&scopes[i]), file, line);
		any = true;
		if (tag == DW_TAG_subprogram)
			break;
		call_site(unit, &scopes[i], &file, &line);
	}
	free(scopes);
	return any;
}

bool program_print_code(struct program *p, uint64_t offset, bool is_return, FILE *out)
{
	uint64_t address = p->base + offset - is_return;
	const char *file = NULL, *name;
	Dwarf_Die unit;
	Dwarf_Line *source;
	GElf_Sym s;
	int line = 0;
	bool has_unit = find_unit(p, address, &unit);

	if (has_unit) {
		source = dwarf_getsrc_die(&unit, address);
		file = source ? dwarf_linesrc(source, NULL, NULL) : NULL;
		if (source)
			dwarf_lineno(source, &line);
		if (print_functions(&unit, address, file, line, out))
			return true;
	}
	/* Assembly has lines, but no functions other than the symbols */
	if (!find_symbol(p, address, NULL, &s, &name))
		name = NULL;
	print_line(out, name, file, line);
	return name || file;
}

bool program_print_symbol(struct program *p, uint64_t offset, FILE *out)
{
	const char *name;
	GElf_Sym s;

	if (!find_symbol(p, p->base + offset, NULL, &s, &name))
		return false;
	fprintf(out, "%s+0x%llx", name, (unsigned long long)(p->base + offset - s.st_value));
	return true;
}

bool program_is_in(struct program *p, uint64_t offset, const char *function)
{
	const char *name;
	GElf_Sym s;

	return find_symbol(p, p->base + offset, NULL, &s, &name) && !strcmp(name, function);
}

/* CALL of Intel SDM vol. 2: E8 rel32, or FF /2 with a register or memory operand */
static enum call call_x86(const unsigned char *end, uint64_t at, uint64_t *target)
{
	static const unsigned char lengths[] = {2, 3, 4, 6, 7};
	int32_t distance;

	if (end[-5] == 0xe8) {
		memcpy(&distance, end - sizeof(distance), sizeof(distance));
		*target = at + (uint64_t)(int64_t)distance;
		return CALL_DIRECT;
	}
	for (size_t i = 0; i < sizeof(lengths); i++)
		if (end[-lengths[i]] == 0xff && (end[1 - lengths[i]] >> 3 & 7) == 2)
			return CALL_INDIRECT;
	return CALL_NONE;
}

/* BL and BLR: Arm ARM C6.2 */
static enum call call_arm64(const unsigned char *end, uint64_t at, uint64_t *target)
{
	uint32_t word;

	memcpy(&word, end - sizeof(word), sizeof(word));
	*target = at - sizeof(word) + (uint64_t)((int64_t)((uint64_t)word << 38) >> 36);
	if ((word & 0xfc000000) == 0x94000000)
		return CALL_DIRECT;
	return (word & 0xfffffc1f) == 0xd63f0000 ? CALL_INDIRECT : CALL_NONE;
}

bool program_follows_call(struct program *p, uint64_t offset, uint64_t callee)
{
	enum { LONGEST = 7 };
	uint64_t at = p->base + offset, target = 0;
	const unsigned char *code = bytes_at(p, at - LONGEST, LONGEST);
	const char *name;
	GElf_Sym s;
	enum call call;

	if (!code)
		return false;
	call = p->machine == EM_X86_64 ? call_x86(code + LONGEST, at, &target)
				       : call_arm64(code + LONGEST, at, &target);
	if (call == CALL_DIRECT)
		return find_symbol(p, p->base + callee, NULL, &s, &name) && s.st_value == target;
	return call == CALL_INDIRECT;
}
