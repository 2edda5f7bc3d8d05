/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef AUDIT_RULES_H
#define AUDIT_RULES_H

/*
 * What must not be mapped once main runs
 */

#include "mapping.h"

/* Called for each violation: what it is, and the mapping or mappings (other may be NULL). */
typedef void (*report_t)(void *arg, const char *what, const struct mapping *m,
			 const struct mapping *other);

/*
 * Reports
 *	- a mapping that is writable and executable,
 *	- an identity mapping, virtual = physical,
 *	- anything in the lower half of the address space,
 *	- a physical page that is executable or read-only through one mapping and
 *	  writable through another,
 *	- a page table of the tree that is writable through a mapping,
 *	- no mapping that is executable: what was walked is not what runs.
 * Returns the number of reports.
 */
unsigned rules_check(const struct mappings *m, report_t report, void *arg);

#endif /* AUDIT_RULES_H */
