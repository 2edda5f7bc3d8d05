/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot_fuzz.h"
#include <ukaslr/acpi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct acpi_power_off off;
	uint32_t i;

	if (!fuzz_begin(data, size))
		return 0;
	if (!acpi_find_power_off(PADDR(FUZZ_BASE), &off)) {
		fuzz_check(off.nr_writes >= 1 && off.nr_writes <= 2);
		for (i = 0; i < off.nr_writes; i++) {
			const struct acpi_write *w = &off.write[i];

			fuzz_check(w->space == ACPI_MEMORY || w->address <= UINT16_MAX);
			fuzz_check(w->address && w->width >= 1 && w->width <= 2);
			fuzz_check(!(w->value >> 8 * w->width));
		}
	}
	fuzz_end();
	return 0;
}
