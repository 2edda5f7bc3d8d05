/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "mapping.h"

#define FIRST_CAPACITY 64

void mappings_add(struct mappings *m, uint64_t va, uint64_t pa, uint64_t page, unsigned flags)
{
	struct mapping *last = m->count ? &m->entry[m->count - 1] : NULL;

	if (last && last->va + last->len == va && last->pa + last->len == pa &&
	    last->page == page && last->flags == flags) {
		last->len += page;
		return;
	}
	if (m->count == m->capacity) {
		m->capacity = m->capacity ? 2 * m->capacity : FIRST_CAPACITY;
		m->entry = realloc(m->entry, m->capacity * sizeof(*m->entry));
		if (!m->entry) {
			perror("audit");
			exit(2);
		}
	}
	m->entry[m->count++] = (struct mapping){va, pa, page, page, flags};
}

void mappings_add_table(struct mappings *m, uint64_t pa)
{
	m->table = realloc(m->table, (m->nr_tables + 1) * sizeof(*m->table));
	if (!m->table) {
		perror("audit");
		exit(2);
	}
	m->table[m->nr_tables++] = pa;
}

void mappings_free(struct mappings *m)
{
	free(m->entry);
	free(m->table);
	*m = (struct mappings){0};
}
