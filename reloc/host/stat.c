/* SPDX-License-Identifier: BSD-3-Clause */
/* mkreloc --stat. Declared in image.h. */
#include <stdlib.h>

#include "image.h"

#define WORD 8u

static double per(size_t bytes, size_t slots)
{
	return slots ? (double)bytes / (double)slots : 0;
}

static void print_stat(FILE *out, const char *name, const struct collected *c,
		       const struct reloc_table *t)
{
	size_t slots = c->slots.count, table = (t->relr_words + t->rest_words) * WORD;
	size_t rela = slots * sizeof(Elf64_Rela);

	fprintf(out, "%s:\n", name);
	fprintf(out, "  RELA entries        %10zu  %10zu bytes, %zu not relative\n", c->rela,
		c->rela_bytes, c->others);
	fprintf(out, "  RELR slots          %10zu  %10zu bytes\n", c->relr, c->relr_bytes);
	fprintf(out, "  relative, together  %10zu\n", slots);
	fprintf(out, "  as RELA             %10zu  %10zu bytes  %6.2f a relocation\n", slots, rela,
		per(rela, slots));
	fprintf(out, "  as mkreloc's table  %10zu  %10zu bytes  %6.2f a relocation\n", slots, table,
		per(table, slots));
	fprintf(out, "    RELR words        %10zu\n    remainder         %10zu\n", t->relr_words,
		t->rest_words);
	if (rela)
		fprintf(out, "  saving              %20.1f %%\n",
			100.0 * (double)(rela - table) / (double)rela);
}

bool image_stat(struct file *f, FILE *out, struct diag *d)
{
	struct source none = {0};
	struct collected c = {0};
	struct reloc_table t;
	struct elf_view v;
	bool good;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	if (v.h.e_type != ET_DYN && v.h.e_type != ET_EXEC)
		good = diag_error(d, "%s: neither a linked program nor a shared object", f->name);
	else if (v.nr_sections <= 1)
		good = diag_error(d, "%s: no section headers: stripped of them", f->name);
	else
		good = collect(&v, &none, COLLECT_COUNT, &c, d);
	if (good && slots_overlap(&c.slots) < c.slots.count)
		good = diag_error(d, "%s: two relocations for the same bytes", f->name);
	if (good) {
		reloc_encode(&c.slots, c.slots.count ? c.slots.at[0].address : 0, &t);
		print_stat(out, f->name, &c, &t);
		free(t.words);
	}
	collected_free(&c);
	elf_view_close(&v);
	return good;
}
