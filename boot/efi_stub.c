/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The image as a UEFI program: everything that is asked while the firmware lives
 *
 * UEFI Specification 2.10. This runs where the firmware put the image, on its
 * stack and in its page tables, which may forbid to write what is executed and to
 * execute what is written (the sections of the PE header say which is which).
 */

#include <string.h>
#include <ukaslr/efi.h>
#include <ukaslr/image.h>

/* Memory descriptors that may come up between one look at the map and the next */
#define SPARE_DESCRIPTORS 8

/* 7.4.6: another try after each change of the map; nobody needs more than two. */
#define EXIT_TRIES	  8

/* More than any boot entry holds; keeps a damaged size from being believed. */
#define MAX_OPTIONS	  0x20000u

static const struct efi_guid loaded_image_guid = {
	0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
static const struct efi_guid load_file2_guid = {
	0x4006c0c1, 0xfcb3, 0x403e, {0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}};
static const struct efi_guid rng_guid = {
	0x3152bca5, 0xeade, 0x433d, {0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44}};
/* UEFI Shell Specification 2.2, 3.3.1 */
static const struct efi_guid shell_parameters_guid = {
	0x752f3136, 0x4e16, 0x4fdc, {0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca}};

/*
 * Linux Documentation/arch/x86/boot.rst and efi-stub.rst: the initrd is what is
 * loaded from the device path of this vendor's medium (10.3.5.3), and no more.
 */
static const struct {
	uint8_t type, subtype, length[2];
	struct efi_guid vendor;
	uint8_t end[4];
} __attribute__((packed)) initrd_path = {
	4,
	3,
	{20, 0},
	{0x5568e427, 0x68fc, 0x4f3d, {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}},
	{0x7f, 0xff, 4, 0},
};

/* Not an error when boot services work: they are told apart from success by one bit. */
static bool failed(efi_status_t status)
{
	return status & EFI_ERROR;
}

static efi_status_t refuse(const struct efi_system_table *st, const char *message,
			   efi_status_t status)
{
	static const char start[] = "ukaslr: stop: efi: ";
	uint16_t text[128];
	uint32_t n = 0, i;

	for (i = 0; i < sizeof(start) - 1; i++)
		text[n++] = (uint8_t)start[i];
	for (; *message && n < sizeof(text) / sizeof(*text) - 3; message++)
		text[n++] = (uint8_t)*message;
	text[n++] = '\r';
	text[n++] = '\n';
	text[n] = 0;
	if (st->con_out)
		st->con_out->output_string(st->con_out, text);
	return status;
}

static efi_status_t load_options(efi_handle_t image, const struct efi_boot_services *bs,
				 struct efi_handover *h)
{
	struct efi_loaded_image *loaded = NULL;
	efi_status_t status;
	void *text, *shell;
	uint32_t size;

	status = bs->handle_protocol(image, &loaded_image_guid, (void **)&loaded);
	if (failed(status))
		return status;
	size = loaded->load_options_size;
	if (!size || !loaded->load_options)
		return EFI_SUCCESS;
	h->trouble = EFI_TROUBLE_OPTIONS;
	if (size > MAX_OPTIONS)
		return EFI_SUCCESS;
	status = bs->allocate_pool(EFI_LOADER_DATA, EFI_UTF8_ROOM(size), &text);
	if (failed(status))
		return status;
	if (!efi_utf8(loaded->load_options, size, text))
		return EFI_SUCCESS;
	/*
	 * It may hold a seed, and of these two copies only the other will be wiped when that is
	 * read. Firmware may have more, which nobody names.
	 */
	memset(loaded->load_options, 0, size);
	h->trouble = EFI_TROUBLE_NONE;
	h->cmdline = PADDR((uintptr_t)text);
	/* Boot managers pass arguments alone, the shell the program's name as well. */
	h->cmdline_has_path = !failed(bs->handle_protocol(image, &shell_parameters_guid, &shell));
	return EFI_SUCCESS;
}

static efi_status_t load_initrd(const struct efi_boot_services *bs, struct efi_handover *h)
{
	struct efi_load_file2 *source = NULL;
	const void *path = &initrd_path;
	efi_handle_t handle = NULL;
	efi_status_t status;
	uint64_t len = 0, pa = 0;

	if (failed(bs->locate_device_path(&load_file2_guid, &path, &handle)) ||
	    failed(bs->handle_protocol(handle, &load_file2_guid, (void **)&source)))
		return EFI_SUCCESS;
	status = source->load_file(source, path, false, &len, NULL);
	if (status == EFI_NOT_FOUND || (!failed(status) && !len))
		return EFI_SUCCESS;
	if (status != EFI_BUFFER_TOO_SMALL || !len)
		return failed(status) ? status : EFI_LOAD_ERROR;
	status = bs->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_LOADER_DATA,
				    (len - 1) / EFI_PAGE_SIZE + 1, &pa);
	if (failed(status))
		return status;
	status = source->load_file(source, path, false, &len, (void *)(uintptr_t)pa);
	h->initrd = PADDR(pa);
	h->initrd_len = len;
	return status;
}

static void get_seed(const struct efi_boot_services *bs, struct efi_handover *h)
{
	struct efi_rng *rng = NULL;

	if (!failed(bs->locate_protocol(&rng_guid, NULL, (void **)&rng)) &&
	    !failed(rng->get_rng(rng, NULL, sizeof(h->seed), h->seed)))
		h->seed_len = sizeof(h->seed);
}

/*
 * 7.4.6: the key says which map was seen; if it has changed since, the firmware
 * refuses, and another look is needed. From the first try on only memory may be
 * asked for, nothing else.
 */
static efi_status_t exit_boot_services(efi_handle_t image, const struct efi_boot_services *bs,
				       struct efi_handover *h, bool *tried)
{
	uint64_t room = 0, key = 0, *size = &h->map_size;
	efi_status_t status = EFI_BUFFER_TOO_SMALL;
	void *map = NULL;
	unsigned i;

	for (i = 0; i < EXIT_TRIES; i++) {
		*size = room;
		status = bs->get_memory_map(size, map, &key, &h->descriptor_size,
					    &h->descriptor_version);
		if (status == EFI_BUFFER_TOO_SMALL) {
			if (map)
				bs->free_pool(map);
			room = *size + SPARE_DESCRIPTORS * h->descriptor_size;
			if (failed(bs->allocate_pool(EFI_LOADER_DATA, room, &map)))
				return EFI_OUT_OF_RESOURCES;
			continue;
		}
		if (failed(status))
			return status;
		*tried = true;
		status = bs->exit_boot_services(image, key);
		if (status != EFI_INVALID_PARAMETER)
			break;
	}
	h->map = PADDR((uintptr_t)map);
	return status;
}

efi_status_t efi_collect(efi_handle_t image, struct efi_system_table *st, struct efi_handover *h)
{
	const struct efi_boot_services *bs = st->boot_services;
	efi_status_t status;
	bool tried = false;

	memset(h, 0, sizeof(*h));
	h->system_table = PADDR((uintptr_t)st);
	status = load_options(image, bs, h);
	if (failed(status))
		return refuse(st, "the command line cannot be had", status);
	status = load_initrd(bs, h);
	if (failed(status))
		return refuse(st, "the initrd cannot be loaded", status);
	if (h->initrd_len && h->cmdline.pa)
		efi_cut_initrd((char *)(uintptr_t)h->cmdline.pa);
	get_seed(bs, h);
	status = exit_boot_services(image, bs, h, &tried);
	if (failed(status) && !tried)
		return refuse(st, "the memory map cannot be had", status);
	if (failed(status))
		h->trouble = EFI_TROUBLE_EXIT;
	return EFI_SUCCESS;
}
