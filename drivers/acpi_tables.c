/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the RSDP to any table
 *
 * Section numbers are those of ACPI 6.4.
 */

#include <stddef.h>
#include <string.h>
#include <ukaslr/physmem.h>
#include "acpi_tables.h"

/* 5.2.5.3 */
struct rsdp {
	uint64_t signature;
	uint8_t checksum;
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
} __attribute__((packed));

#define RSDP_SIGNATURE	   UINT64_C(0x2052545020445352) /* "RSD PTR " */
#define RSDP_V1_LENGTH	   offsetof(struct rsdp, length)
#define RSDP_REVISION_XSDT 2

/* The DSDTs of large servers are below 1 MiB. */
#define MAX_TABLE	   0x100000u

bool acpi_is_rsdp(uint64_t pa)
{
	const struct rsdp *r = pa ? physmem(PADDR(pa), RSDP_V1_LENGTH) : NULL;
	const uint8_t *byte = (const uint8_t *)r;
	uint8_t sum = 0;
	size_t i;

	if (!r || r->signature != RSDP_SIGNATURE)
		return false;
	for (i = 0; i < RSDP_V1_LENGTH; i++)
		sum = (uint8_t)(sum + byte[i]);
	return sum == 0;
}

const struct acpi_table *acpi_table_at(uint64_t pa, uint32_t signature)
{
	const struct acpi_table *t = pa ? physmem(PADDR(pa), sizeof(*t)) : NULL;

	if (!t || t->signature != signature || t->length < sizeof(*t) || t->length > MAX_TABLE)
		return NULL;
	return physmem(PADDR(pa), t->length);
}

/* 5.2.7 and 5.2.8: the root table lists the others, by 4 or by 8 bytes. */
static const struct acpi_table *find_in_root(const struct acpi_table *root, uint32_t entry_size,
					     uint32_t signature)
{
	const char *entry = (const char *)(root + 1);
	const char *const end = (const char *)root + root->length;
	const struct acpi_table *t;
	uint64_t pa;

	for (; (size_t)(end - entry) >= entry_size; entry += entry_size) {
		pa = 0;
		memcpy(&pa, entry, entry_size);
		t = acpi_table_at(pa, signature);
		if (t)
			return t;
	}
	return NULL;
}

const struct acpi_table *acpi_find_table(uint64_t rsdp, uint32_t signature)
{
	const struct rsdp *r = physmem(PADDR(rsdp), RSDP_V1_LENGTH);
	const struct acpi_table *root;

	if (r && r->revision >= RSDP_REVISION_XSDT) {
		r = physmem(PADDR(rsdp), sizeof(*r));
		root = r ? acpi_table_at(r->xsdt, ACPI_XSDT) : NULL;
		if (root)
			return find_in_root(root, sizeof(r->xsdt), signature);
	}
	root = r ? acpi_table_at(r->rsdt, ACPI_RSDT) : NULL;
	return root ? find_in_root(root, sizeof(r->rsdt), signature) : NULL;
}
