/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules.h"

#define UPPER_HALF (1ull << 63)

static bool overlap(const struct mapping *a, const struct mapping *b)
{
	return a->pa < b->pa + b->len && b->pa < a->pa + a->len;
}

static unsigned check_alone(const struct mapping *m, report_t report, void *arg)
{
	unsigned found = 0;

	if ((m->flags & (MAP_WRITE | MAP_EXEC)) == (MAP_WRITE | MAP_EXEC)) {
		report(arg, "writable and executable", m, NULL);
		found++;
	}
	if (m->va == m->pa) {
		report(arg, "identity mapping", m, NULL);
		found++;
	}
	if (m->va < UPPER_HALF) {
		report(arg, "in the lower half", m, NULL);
		found++;
	}
	return found;
}

/* Other mappings through which what m must not write, or executes, can be written */
static unsigned check_aliases(const struct mappings *all, const struct mapping *m, report_t report,
			      void *arg)
{
	unsigned found = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct mapping *other = &all->entry[i];

		if (other != m && other->flags & MAP_WRITE && overlap(m, other)) {
			report(arg,
			       m->flags & MAP_EXEC ? "executable, with a writable alias"
						   : "read-only, with a writable alias",
			       m, other);
			found++;
		}
	}
	return found;
}

static unsigned check_tables(const struct mappings *all, const struct mapping *m, report_t report,
			     void *arg)
{
	unsigned found = 0;

	for (size_t i = 0; m->flags & MAP_WRITE && i < all->nr_tables; i++)
		if (all->table[i] >= m->pa && all->table[i] < m->pa + m->len) {
			report(arg, "a page table can be written", m, NULL);
			found++;
		}
	return found;
}

unsigned rules_check(const struct mappings *m, report_t report, void *arg)
{
	unsigned found = 0, executable = 0;

	for (size_t i = 0; i < m->count; i++) {
		found += check_alone(&m->entry[i], report, arg);
		found += check_tables(m, &m->entry[i], report, arg);
		if (m->entry[i].flags & MAP_EXEC || !(m->entry[i].flags & MAP_WRITE))
			found += check_aliases(m, &m->entry[i], report, arg);
		if (m->entry[i].flags & MAP_EXEC)
			executable++;
	}
	if (!executable) {
		report(arg, "nothing is executable: these are not the live tables", NULL, NULL);
		found++;
	}
	return found;
}
