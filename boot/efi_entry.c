/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * efi_entry: where UEFI firmware enters the image (the PE header names it)
 *
 * UEFI Specification 2.10, 2.3.4.1 (x86_64) and 2.3.6.2 (arm64): MMU on, memory
 * mapped one to one, a stack of 128 KiB, interrupts on.
 */
#include <ukaslr/efi.h>
#include <ukaslr/image.h>

/* Outside of what the entry code zeroes behind efi_leave() */
static struct efi_handover handover NOINIT;

efi_status_t EFIAPI efi_entry(efi_handle_t image, struct efi_system_table *st);

efi_status_t EFIAPI efi_entry(efi_handle_t image, struct efi_system_table *st)
{
	efi_status_t status = efi_collect(image, st, &handover);

	if (status & EFI_ERROR)
		return status;
	efi_leave(&handover);
}
