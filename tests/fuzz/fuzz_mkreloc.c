/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/*
 * Hostile ELF files into mkreloc: relocate, check and stat must say what is
 * wrong, or do what they are for, within the bytes of the file. What mkreloc
 * finishes, its own check must find good.
 */
#include <stdlib.h>
#include <string.h>

#include "../../reloc/host/image.h"
#include "../../reloc/host/objcheck.h"

static struct file copy_of(const uint8_t *data, size_t size)
{
	struct file f = {.name = "fuzz", .data = malloc(size + !size), .size = size};

	memcpy(f.data, data, size);
	return f;
}

static void check_object(struct file *f, struct diag *d)
{
	static const char *const names[] = {"printf"};
	const struct allowed allowed = {names, 1};
	struct source none = {0};
	struct elf_view v;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return;
	objcheck(&v, &none, &allowed, d);
	elf_view_close(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *sink;
	struct diag d = {.tool = "fuzz"};
	struct image_report r;
	struct file f = copy_of(data, size);

	if (!sink)
		sink = fopen("/dev/null", "w");
	image_stat(&f, sink, &d);
	image_check(&f, &r, &d);
	check_object(&f, &d);
	if (image_relocate(&f, &r, &d) && !image_check(&f, &r, &d))
		abort();
	free(f.data);
	f = copy_of(data, size);
	f.kind = IMAGE_UNIKRAFT;
	image_relocate(&f, &r, &d);
	free(f.data);
	return 0;
}
