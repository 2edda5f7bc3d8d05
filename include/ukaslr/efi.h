/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKASLR_EFI_H
#define UKASLR_EFI_H

/*
 * UEFI: what the image asks of the firmware that starts it
 *
 * UEFI Specification 2.10. Only what is used has a name; the other members keep
 * the distances. Firmware is called by its own calling convention (EFIAPI): on
 * x86_64 that of Microsoft (2.3.4.2), on arm64 the one that C has anyway.
 *
 * Two parts: boot/efi_stub.c asks while the firmware is alive, and leaves what it
 * learnt in a struct efi_handover; boot/efi.c, the parser, reads that when the
 * firmware is gone. The first sees nothing but the system table that it is given,
 * so that a stand-in firmware can take its place in a test.
 */

#include <stdbool.h>
#include <stdint.h>
#include <ukaslr/addr.h>

#ifdef __x86_64__
#define EFIAPI __attribute__((ms_abi))
#else
#define EFIAPI
#endif

typedef uint64_t efi_status_t; /* appendix D: the highest bit says error */
typedef void *efi_handle_t;

#define EFI_SUCCESS	      0u
#define EFI_ERROR	      (UINT64_C(1) << 63)
#define EFI_LOAD_ERROR	      (EFI_ERROR | 1)
#define EFI_INVALID_PARAMETER (EFI_ERROR | 2)
#define EFI_BUFFER_TOO_SMALL  (EFI_ERROR | 5)
#define EFI_OUT_OF_RESOURCES  (EFI_ERROR | 9)
#define EFI_NOT_FOUND	      (EFI_ERROR | 14)

struct efi_guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

/* 7.2, memory types and attributes that are told apart */
enum efi_memory_type {
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_SERVICES_CODE = 3,
	EFI_BOOT_SERVICES_DATA = 4,
	EFI_CONVENTIONAL_MEMORY = 7,
};

#define EFI_MEMORY_WB UINT64_C(0x8)
#define EFI_MEMORY_SP UINT64_C(0x40000) /* put aside for some purpose */

#define EFI_PAGE_SIZE 4096u

/* 7.2.3; entries are as far apart as GetMemoryMap() says, which may be more than this */
struct efi_memory_descriptor {
	uint32_t type;
	uint32_t pad;
	uint64_t physical_start;
	uint64_t virtual_start;
	uint64_t number_of_pages;
	uint64_t attribute;
};

#define EFI_MEMORY_DESCRIPTOR_VERSION 1u

/* 4.2 */
struct efi_table_header {
	uint64_t signature;
	uint32_t revision;
	uint32_t header_size;
	uint32_t crc32;
	uint32_t reserved;
};

/* 4.4; what is called, in the order of the table */
struct efi_boot_services {
	struct efi_table_header header;
	void *unused24[2];
	efi_status_t(EFIAPI *allocate_pages)(uint32_t how, uint32_t type, uint64_t pages,
					     uint64_t *address);
	efi_status_t(EFIAPI *free_pages)(uint64_t address, uint64_t pages);
	efi_status_t(EFIAPI *get_memory_map)(uint64_t *size, void *map, uint64_t *key,
					     uint64_t *descriptor_size, uint32_t *version);
	efi_status_t(EFIAPI *allocate_pool)(uint32_t type, uint64_t size, void **buffer);
	efi_status_t(EFIAPI *free_pool)(void *buffer);
	void *unused80[9];
	efi_status_t(EFIAPI *handle_protocol)(efi_handle_t handle, const struct efi_guid *protocol,
					      void **interface);
	void *unused160[3];
	efi_status_t(EFIAPI *locate_device_path)(const struct efi_guid *protocol, const void **path,
						 efi_handle_t *handle);
	void *unused192[5];
	efi_status_t(EFIAPI *exit_boot_services)(efi_handle_t image, uint64_t key);
	void *unused240[10];
	efi_status_t(EFIAPI *locate_protocol)(const struct efi_guid *protocol, void *registration,
					      void **interface);
};

_Static_assert(__builtin_offsetof(struct efi_boot_services, handle_protocol) == 152 &&
		       __builtin_offsetof(struct efi_boot_services, exit_boot_services) == 232 &&
		       __builtin_offsetof(struct efi_boot_services, locate_protocol) == 320,
	       "the table is laid out as 4.4.1 says");

#define EFI_ALLOCATE_ANY_PAGES 0u

/* 12.4 */
struct efi_text_output {
	void *reset;
	efi_status_t(EFIAPI *output_string)(struct efi_text_output *self, const uint16_t *text);
};

/* 4.6 */
struct efi_configuration_table {
	struct efi_guid guid;
	uint64_t table;
};

/* 4.3 */
struct efi_system_table {
	struct efi_table_header header;
	const uint16_t *firmware_vendor;
	uint32_t firmware_revision;
	uint32_t pad;
	void *unused40[3];
	struct efi_text_output *con_out;
	void *unused72[3];
	struct efi_boot_services *boot_services;
	uint64_t number_of_table_entries;
	uint64_t configuration_table; /* of struct efi_configuration_table */
};

_Static_assert(sizeof(struct efi_system_table) == 120, "the table is laid out as 4.3.1 says");

#define EFI_SYSTEM_TABLE_SIGNATURE UINT64_C(0x5453595320494249) /* "IBI SYST" */

/* 9.1 */
struct efi_loaded_image {
	uint32_t revision;
	uint32_t pad;
	void *unused8[5];
	uint32_t load_options_size; /* bytes */
	uint32_t pad2;
	void *load_options;
};

/* 13.2 */
struct efi_load_file2 {
	efi_status_t(EFIAPI *load_file)(struct efi_load_file2 *self, const void *path,
					uint8_t boot_policy, uint64_t *size, void *buffer);
};

/* 37.5 */
struct efi_rng {
	void *get_info;
	efi_status_t(EFIAPI *get_rng)(struct efi_rng *self, const struct efi_guid *algorithm,
				      uint64_t size, uint8_t *value);
};

#define EFI_SEED_LEN 32u

/* What went wrong and is told by the parser, which has the console */
enum efi_trouble {
	EFI_TROUBLE_NONE = 0,
	EFI_TROUBLE_EXIT,    /* the firmware did not let go */
	EFI_TROUBLE_OPTIONS, /* LoadOptions are no text: there is no command line */
};

/* What the stub leaves to the parser. Addresses are physical; an absent thing has length 0. */
struct efi_handover {
	paddr_t system_table;
	paddr_t map;
	uint64_t map_size, descriptor_size;
	uint32_t descriptor_version;
	enum efi_trouble trouble;
	paddr_t cmdline; /* ends in a NUL, or address 0 */
	bool cmdline_has_path;
	paddr_t initrd;
	uint64_t initrd_len;
	uint32_t seed_len;
	uint8_t seed[EFI_SEED_LEN] __attribute__((aligned(4)));
};

/*
 * Asks the firmware for all of the above, and ends its boot services (7.4.6): on
 * success, and on EFI_TROUBLE_EXIT, it may not be called any more. Otherwise
 * returns the status for it, after a message on its console.
 */
efi_status_t efi_collect(efi_handle_t image, struct efi_system_table *st, struct efi_handover *h);

/*
 * LoadOptions as UTF-8 (boot/efi_text.c). text has size bytes of UTF-16, of any
 * alignment; it ends there or at a NUL. out has room for EFI_UTF8_ROOM(size)
 * bytes and gets a NUL. False if this is no text: a control character, half of a
 * surrogate pair, or an odd size before any NUL.
 */
#define EFI_UTF8_ROOM(size) ((size) / 2 * 3 + 1)
bool efi_utf8(const uint8_t *text, uint32_t size, char *out);

/*
 * Takes a last word "initrd=initrd" out of a command line: when the initrd has been
 * loaded, QEMU's firmware has told its path too, for kernels that look there.
 */
void efi_cut_initrd(char *text);

/* Leaves for the early entry code (arch/<arch>), which never returns. */
_Noreturn void efi_leave(const struct efi_handover *h);

#endif /* UKASLR_EFI_H */
