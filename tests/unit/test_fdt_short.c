/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device trees whose last block is a structure block of a few words: all there are of
 * what decides how the parser goes on. Behind the last word the address sanitizer is, so
 * a token or a name that the block has no room for would be seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ukaslr/bootinfo.h>
#include <ukaslr/fdt.h>
#include <ukaslr/memregion.h>
#include <ukaslr/physmem.h>

#define AT	  0x40000000u
#define MAX_WORDS 8u

static const uint32_t words[] = {
	dt32(DT_BEGIN_NODE),
	dt32(DT_END_NODE),
	dt32(DT_PROP),
	dt32(DT_NOP),
	dt32(DT_END),
	0, /* no name, or no length, or the first property name */
	dt32(4),
	DT_WORD('p', 'l', '0', '1'),
	DT_WORD('1', 0, 0, 0),
};
#define NR_WORDS (sizeof(words) / sizeof(*words))

struct tree {
	struct dt_header header;
	struct dt_reserve_entry no_more;
	char strings[sizeof("reg")];
	uint32_t structure[];
};

static struct tree *tree;
static uint32_t tree_len;
static union bootinfo_storage storage;

void *physmem(paddr_t pa, uint64_t len)
{
	return pa.pa == AT && len <= tree_len ? tree : NULL;
}

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return &storage.bi.mrds;
}

static void make_tree(uint32_t nr)
{
	tree_len = (uint32_t)(offsetof(struct tree, structure) + nr * sizeof(uint32_t));
	tree = malloc(tree_len);
	*tree = (struct tree){
		.header = {.magic = dt32(DT_MAGIC),
			   .totalsize = dt32(tree_len),
			   .off_dt_struct = dt32((uint32_t)offsetof(struct tree, structure)),
			   .off_dt_strings = dt32((uint32_t)offsetof(struct tree, strings)),
			   .off_mem_rsvmap = dt32((uint32_t)offsetof(struct tree, no_more)),
			   .version = dt32(DT_VERSION),
			   .last_comp_version = dt32(DT_VERSION),
			   .size_dt_strings = dt32((uint32_t)sizeof(tree->strings)),
			   .size_dt_struct = dt32(nr * (uint32_t)sizeof(uint32_t))},
		.strings = "reg",
	};
}

/* None of them has memory in it, so each is refused. */
static void refuse_all(uint32_t *word, const uint32_t *end)
{
	struct bootinfo *bi = &storage.bi;

	if (word < end) {
		for (size_t i = 0; i < NR_WORDS; i++) {
			*word = words[i];
			refuse_all(word + 1, end);
		}
		return;
	}
	memset(bi, 0, sizeof(*bi));
	ukplat_memregion_list_init(&bi->mrds, BOOTINFO_REGIONS);
	assert_non_null(fdt_parse(bi, PADDR(AT)));
}

static void no_short_block_leads_out_of_it(void **state)
{
	uint32_t nr;

	(void)state;
	for (nr = 0; nr <= MAX_WORDS; nr++) {
		/* The longer ones begin with a root, as nothing goes on without one. */
		const uint32_t fixed = nr > 4 ? 2 : 0;

		make_tree(nr);
		if (fixed) {
			tree->structure[0] = dt32(DT_BEGIN_NODE);
			tree->structure[1] = 0;
		}
		refuse_all(tree->structure + fixed, tree->structure + nr);
		free(tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_short_block_leads_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
