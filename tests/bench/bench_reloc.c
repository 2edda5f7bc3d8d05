/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/*
 * What a relocation costs, in bytes and in nanoseconds, in four formats side by
 * side: ours (reloc/), the plain RELA loop, a table of 24-byte {offset, value,
 * size, flags} records, and a list of 4-byte offsets.
 *
 *	bench_reloc FILE...     any linked ELF files, finished images among them
 *
 * All four relocate the same memory: the file's loaded bytes, addends in place.
 * Each pass undoes nothing: it adds the next slide, or writes the same again. The
 * time is the best of several rounds, as everything else only adds to it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../reloc/host/image.h"
#include "../../reloc/host/memory.h"

#define SLIDE	 0x1000ull
#define ROUNDS	 15
#define ROUND_NS 200000.0 /* at least this long, or the clock is too coarse */
#define WORD	 8u

/* What some kernels' own tables look like */
struct wide {
	uint64_t offset, value;
	uint32_t size, flags;
};

struct bench {
	struct slots slots;
	uint64_t base; /* link address of memory[0] */
	unsigned char *memory;
	size_t size;
	struct reloc_header header;
	uint64_t *table; /* stands for the pristine image */
	Elf64_Rela *rela;
	struct wide *wide;
	uint32_t *offsets;
	uint64_t relative; /* r_info of a relative relocation */
};

typedef void (*format_fn)(const struct bench *b);

static void do_ours(const struct bench *b)
{
	reloc_walk(&b->header, b->table, b->memory, SLIDE, SLIDE);
}

static void do_ours_checked(const struct bench *b)
{
	if (reloc_check(&b->header, (const char *)b->table - b->header.table,
			b->header.table + WORD * (b->header.relr_words + b->header.rest_words)))
		abort();
	do_ours(b);
}

static void do_rela(const struct bench *b)
{
	const Elf64_Rela *r = b->rela, *end = r + b->slots.count;
	unsigned char *bias = b->memory - b->base;

	for (; r < end; r++) {
		if (r->r_info != b->relative)
			abort();
		*(uint64_t *)(void *)(bias + r->r_offset) = (uint64_t)r->r_addend + SLIDE;
	}
}

static void do_wide(const struct bench *b)
{
	const struct wide *w = b->wide, *end = w + b->slots.count;

	for (; w < end; w++) {
		uint64_t value = w->value + SLIDE;

		if (w->size == 8)
			*(uint64_t *)(void *)(b->memory + w->offset) = value;
		else
			memcpy(b->memory + w->offset, &value, w->size);
	}
}

static void do_offsets(const struct bench *b)
{
	const uint32_t *o = b->offsets, *end = o + b->slots.count;

	for (; o < end; o++)
		*(uint64_t *)(void *)(b->memory + *o) += SLIDE;
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const struct format {
	const char *name;
	format_fn run;
	size_t record; /* bytes; 0: ours */
} formats[] = {
	{"ours", do_ours, 0},
	{"ours + check", do_ours_checked, 0},
	{"RELA", do_rela, sizeof(Elf64_Rela)},
	{"24-byte records", do_wide, sizeof(struct wide)},
	{"4-byte offsets", do_offsets, sizeof(uint32_t)},
};
#define NR_FORMATS (sizeof(formats) / sizeof(*formats))

/* In turns, so that a slow moment of the machine hits all alike */
static void measure(const struct bench *b, double best[NR_FORMATS])
{
	for (size_t f = 0; f < NR_FORMATS; f++)
		best[f] = 1e30;
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t f = 0; f < NR_FORMATS; f++) {
			double start = now_ns(), spent;
			unsigned passes = 0;

			do {
				formats[f].run(b);
				passes++;
				spent = now_ns() - start;
			} while (spent < ROUND_NS);
			spent /= (double)passes * (double)b->slots.count;
			if (spent < best[f])
				best[f] = spent;
		}
	}
}

static void make_tables(struct bench *b)
{
	size_t n = b->slots.count;
	struct reloc_table t;

	reloc_encode(&b->slots, b->base, &t);
	b->table = t.words;
	b->header = (struct reloc_header){
		.signature = RELOC_SIGNATURE,
		.base = b->base,
		.table = (uint32_t)((b->size + WORD - 1) / WORD * WORD),
		.relr_words = (uint32_t)t.relr_words,
		.rest_words = (uint32_t)t.rest_words,
		.slots_end = (uint32_t)b->size,
		.slots = (uint32_t)n,
		.table_sum = reloc_sum(t.words, t.relr_words + t.rest_words),
	};
	b->header.header_sum = reloc_sum((const void *)&b->header, sizeof(b->header) / WORD - 1);
	b->rela = xrealloc(NULL, n * sizeof(*b->rela));
	b->wide = xrealloc(NULL, n * sizeof(*b->wide));
	b->offsets = xrealloc(NULL, n * sizeof(*b->offsets));
	for (size_t i = 0; i < n; i++) {
		const struct slot *s = &b->slots.at[i];
		uint64_t offset = s->address - b->base;

		b->rela[i] = (Elf64_Rela){s->address, b->relative, (Elf64_Sxword)s->value};
		b->wide[i] = (struct wide){offset, s->value, s->width, s->flags};
		b->offsets[i] = (uint32_t)offset;
	}
}

static void print_results(const struct bench *b, const char *name, const double best[NR_FORMATS])
{
	size_t n = b->slots.count;
	size_t ours = WORD * (b->header.relr_words + b->header.rest_words);

	printf("%s: %zu relocations\n", name, n);
	printf("  %-16s %12s %10s %10s %10s\n", "", "bytes", "B/reloc", "ns/reloc", "to RELA");
	for (size_t f = 0; f < NR_FORMATS; f++) {
		size_t bytes = formats[f].record ? formats[f].record * n : ours;

		printf("  %-16s %12zu %10.2f %10.3f %9.2fx\n", formats[f].name, bytes,
		       (double)bytes / (double)n, best[f], best[f] / best[2]);
	}
}

static bool load(struct bench *b, struct file *f, struct diag *d)
{
	struct source none = {0};
	struct collected c = {0};
	struct elf_view v;
	bool good;

	if (!elf_view_open(&v, f->name, f->data, f->size, d))
		return false;
	b->base = lowest_address(&v) & ~4095ull;
	b->relative = v.h.e_machine == EM_X86_64 ? R_X86_64_RELATIVE : R_AARCH64_RELATIVE;
	good = collect(&v, &none, COLLECT_COUNT, &c, d) &&
	       image_flatten(&v, b->base, &b->memory, &b->size, d);
	elf_view_close(&v);
	b->slots = c.slots;
	return good;
}

static int bench_file(const char *name, struct diag *d)
{
	struct file f = {.name = name};
	struct bench b = {0};
	double best[NR_FORMATS];
	bool good;

	if (!file_read(name, &f.data, &f.size, d))
		return EXIT_USAGE;
	good = load(&b, &f, d);
	free(f.data);
	if (good && !b.slots.count) {
		printf("%s: no relative relocations\n", name);
	} else if (good) {
		for (size_t i = 0; i < b.slots.count;
		     i++) /* RELA leaves the slots' bytes to chance */
			put_le(b.memory + (b.slots.at[i].address - b.base), b.slots.at[i].value,
			       b.slots.at[i].width);
		make_tables(&b);
		measure(&b, best);
		print_results(&b, name, best);
	}
	slots_free(&b.slots);
	free(b.memory);
	free(b.table);
	free(b.rela);
	free(b.wide);
	free(b.offsets);
	return good ? EXIT_FINE : EXIT_REFUSE;
}

int main(int argc, char **argv)
{
	struct diag d = {.tool = "bench_reloc", .out = stderr};
	int status = EXIT_FINE;

	if (argc < 2) {
		fputs("usage: bench_reloc FILE...\n", stderr);
		return EXIT_USAGE;
	}
	for (int i = 1; i < argc; i++) {
		int one = bench_file(argv[i], &d);

		if (one > status)
			status = one;
	}
	return status;
}
