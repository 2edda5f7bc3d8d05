/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_EFI_FIRMWARE_H
#define TESTS_EFI_FIRMWARE_H

/*
 * A stand-in for UEFI firmware
 *
 * Its boot services are functions that say what the test wants, and watch that the
 * rules of UEFI 2.10, 7.4.6, are kept: after the first try to exit nothing but
 * memory services and another try, and nothing at all after it succeeded.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ukaslr/efi.h>

#define EFI_DEVICE_ERROR (EFI_ERROR | 7)
#define MAX_BUFFERS	 32
#define MAX_TEXT	 64

static struct {
	/* what there is */
	const uint16_t *options;
	uint32_t options_size;
	bool has_shell, has_initrd, has_rng;
	const char *initrd;
	uint64_t initrd_len;
	efi_status_t initrd_status, rng_status, image_status, map_status, pages_status;
	/* the map: entries, and how many more there are at each look */
	uint64_t entries, growth;
	/* how often an exit is refused, and with what */
	unsigned refusals;
	efi_status_t refusal;
	/* what happened */
	unsigned looks, exits;
	bool tried, gone;
	uint64_t key, free_buffers;
	void *buffer[MAX_BUFFERS];
	unsigned nr_buffers;
	char said[256];
} firmware;

static void boot_service(void)
{
	assert_false(firmware.tried);
}

static void memory_service(void)
{
	assert_false(firmware.gone);
}

static EFIAPI efi_status_t get_memory_map(uint64_t *size, void *map, uint64_t *key,
					  uint64_t *descriptor_size, uint32_t *version)
{
	uint64_t needed;

	memory_service();
	firmware.looks++;
	if (firmware.map_status)
		return firmware.map_status;
	needed = firmware.entries * 48;
	*descriptor_size = 48;
	*version = 1;
	firmware.entries += firmware.growth;
	if (*size < needed) {
		*size = needed;
		return EFI_BUFFER_TOO_SMALL;
	}
	assert_non_null(map);
	memset(map, 0x11, needed);
	*size = needed;
	*key = ++firmware.key;
	return EFI_SUCCESS;
}

static void *keep(void *p)
{
	assert_true(firmware.nr_buffers < MAX_BUFFERS);
	return firmware.buffer[firmware.nr_buffers++] = p;
}

static EFIAPI efi_status_t allocate_pool(uint32_t type, uint64_t size, void **buffer)
{
	memory_service();
	assert_int_equal(type, EFI_LOADER_DATA);
	*buffer = keep(malloc(size));
	firmware.key++; /* an allocation changes the map */
	return EFI_SUCCESS;
}

static EFIAPI efi_status_t free_pool(void *buffer)
{
	memory_service();
	for (unsigned i = 0; i < firmware.nr_buffers; i++)
		if (firmware.buffer[i] == buffer) {
			free(buffer);
			firmware.buffer[i] = firmware.buffer[--firmware.nr_buffers];
			return EFI_SUCCESS;
		}
	fail_msg("a buffer is freed that was not allocated");
	return EFI_INVALID_PARAMETER;
}

static EFIAPI efi_status_t allocate_pages(uint32_t how, uint32_t type, uint64_t pages,
					  uint64_t *address)
{
	memory_service();
	assert_int_equal(how, EFI_ALLOCATE_ANY_PAGES);
	assert_int_equal(type, EFI_LOADER_DATA);
	if (firmware.pages_status)
		return firmware.pages_status;
	*address = (uintptr_t)keep(aligned_alloc(4096, pages * 4096));
	return EFI_SUCCESS;
}

static EFIAPI efi_status_t exit_boot_services_(efi_handle_t image, uint64_t key)
{
	memory_service();
	assert_ptr_equal(image, &firmware);
	firmware.tried = true;
	firmware.exits++;
	if (firmware.refusals) {
		firmware.refusals--;
		firmware.key++;
		return firmware.refusal;
	}
	if (key != firmware.key)
		return EFI_INVALID_PARAMETER;
	firmware.gone = true;
	return EFI_SUCCESS;
}

static EFIAPI efi_status_t load_file(struct efi_load_file2 *self, const void *path,
				     uint8_t boot_policy, uint64_t *size, void *buffer)
{
	boot_service();
	assert_non_null(self);
	/* what remains of the path: its end */
	assert_memory_equal(path, "\x7f\xff\x04\x00", 4);
	assert_int_equal(boot_policy, 0);
	if (firmware.initrd_status)
		return firmware.initrd_status;
	if (!buffer || *size < firmware.initrd_len) {
		*size = firmware.initrd_len;
		return EFI_BUFFER_TOO_SMALL;
	}
	memcpy(buffer, firmware.initrd, firmware.initrd_len);
	*size = firmware.initrd_len;
	return EFI_SUCCESS;
}

static EFIAPI efi_status_t get_rng(struct efi_rng *self, const struct efi_guid *algorithm,
				   uint64_t size, uint8_t *value)
{
	boot_service();
	assert_non_null(self);
	assert_null(algorithm);
	if (firmware.rng_status)
		return firmware.rng_status;
	memset(value, 0xa5, size);
	return EFI_SUCCESS;
}

static struct efi_load_file2 initrd_source = {load_file};
static struct efi_rng rng = {NULL, get_rng};
static struct efi_loaded_image loaded_image;

/* By the first word of the GUIDs that 9.1, 13.2, 37.5 and the Shell Specification give */
static EFIAPI efi_status_t handle_protocol(efi_handle_t handle, const struct efi_guid *protocol,
					   void **interface)
{
	boot_service();
	if (protocol->a == 0x5b1b31a1 && !firmware.image_status) {
		assert_ptr_equal(handle, &firmware);
		loaded_image.load_options = NULL;
		if (firmware.options) {
			const size_t room =
				firmware.options_size < MAX_TEXT ? firmware.options_size : MAX_TEXT;

			loaded_image.load_options = keep(malloc(room));
			memcpy(loaded_image.load_options, firmware.options, room);
		}
		loaded_image.load_options_size = firmware.options_size;
		*interface = &loaded_image;
		return EFI_SUCCESS;
	}
	if (protocol->a == 0x752f3136 && firmware.has_shell) {
		assert_ptr_equal(handle, &firmware);
		return EFI_SUCCESS;
	}
	if (protocol->a == 0x4006c0c1) {
		assert_ptr_equal(handle, &initrd_source);
		*interface = &initrd_source;
		return EFI_SUCCESS;
	}
	return protocol->a == 0x5b1b31a1 ? firmware.image_status : EFI_NOT_FOUND;
}

static EFIAPI efi_status_t locate_device_path(const struct efi_guid *protocol, const void **path,
					      efi_handle_t *handle)
{
	static const char vendor[] = "\x04\x03\x14\x00\x27\xe4\x68\x55\xfc\x68\x3d\x4f"
				     "\xac\x74\xca\x55\x52\x31\xcc\x68";

	boot_service();
	assert_int_equal(protocol->a, 0x4006c0c1);
	if (!firmware.has_initrd)
		return EFI_NOT_FOUND;
	assert_memory_equal(*path, vendor, sizeof(vendor) - 1);
	*path = (const char *)*path + sizeof(vendor) - 1;
	*handle = &initrd_source;
	return EFI_SUCCESS;
}

static EFIAPI efi_status_t locate_protocol(const struct efi_guid *protocol, void *registration,
					   void **interface)
{
	boot_service();
	assert_int_equal(protocol->a, 0x3152bca5);
	assert_null(registration);
	*interface = &rng;
	return firmware.has_rng ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFIAPI efi_status_t output_string(struct efi_text_output *self, const uint16_t *text)
{
	size_t n = strlen(firmware.said);

	boot_service();
	assert_non_null(self);
	while (*text)
		firmware.said[n++] = (char)*text++;
	firmware.said[n] = '\0';
	return EFI_SUCCESS;
}

static struct efi_text_output con_out = {NULL, output_string};
static struct efi_boot_services boot_services = {
	.allocate_pages = allocate_pages,
	.get_memory_map = get_memory_map,
	.allocate_pool = allocate_pool,
	.free_pool = free_pool,
	.handle_protocol = handle_protocol,
	.locate_device_path = locate_device_path,
	.exit_boot_services = exit_boot_services_,
	.locate_protocol = locate_protocol,
};
static struct efi_system_table system_table = {.con_out = &con_out,
					       .boot_services = &boot_services};
static struct efi_handover handover;

static inline int firmware_setup(void **state)
{
	(void)state;
	memset(&firmware, 0, sizeof(firmware));
	memset(&handover, 0xff, sizeof(handover));
	firmware.entries = 100;
	firmware.refusal = EFI_INVALID_PARAMETER;
	return 0;
}

static inline int firmware_teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < firmware.nr_buffers; i++)
		free(firmware.buffer[i]);
	return 0;
}

static inline efi_status_t collect(void)
{
	return efi_collect(&firmware, &system_table, &handover);
}

static inline void collected(void)
{
	assert_int_equal(collect(), EFI_SUCCESS);
	assert_true(firmware.gone);
	assert_int_equal(handover.trouble, EFI_TROUBLE_NONE);
}

#endif /* TESTS_EFI_FIRMWARE_H */
