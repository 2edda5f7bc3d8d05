# SPDX-License-Identifier: BSD-3-Clause
#
# What the image is made of.

# Early code: runs where the loader put it, stays behind, is freed. What these
# objects hold becomes the boot part of the image.
EARLY := boot/early.c boot/arguments.c boot/entropy_gather.c boot/layout.c boot/layout_map.c \
	boot/load_image.c boot/bootinfo.c mm/heap_layout.c \
	kaslr/chacha20.c kaslr/entropy.c kaslr/placement.c \
	lib/cmdline.c reloc/header.S reloc/table.c reloc/relocate.c \
	arch/$(ARCH)/rng.c arch/$(ARCH)/early.c arch/$(ARCH)/head.S

# Core: moves with the image, and serves early code as well.
CORE := $(wildcard mm/memregion*.c) $(wildcard mm/pagetable*.c) mm/physmem.c mm/table_pool.c \
	lib/string.c lib/format.c lib/place.c lib/stdio.c lib/panic.c lib/trap.c \
	drivers/console.c \
	arch/$(ARCH)/string.S arch/$(ARCH)/enter.S arch/$(ARCH)/vectors.S arch/$(ARCH)/trap.c \
	arch/$(ARCH)/shutdown.c

# Normal boot: only ever runs at the random address.
NORMAL := boot/main.c boot/files.c mm/heap.c mm/malloc.c mm/chunk.c arch/$(ARCH)/cpu.c lib/stack_guard.c

# Of it, what runs before there is a canary.
UNGUARDED := boot/main.c arch/$(ARCH)/cpu.c lib/stack_guard.c

# kvm stands for what machines have that are, or look like, hardware; xen adds what its guests
# need. An image for both finds out when it runs which of them it is on.
known_platforms := kvm xen
ifneq ($(filter-out $(known_platforms),$(PLATFORMS))$(if $(filter kvm,$(PLATFORMS)),,none),)
$(error PLATFORMS=$(PLATFORMS): kvm, or kvm xen)
endif
override PLATFORMS := $(sort $(PLATFORMS))

known_protocols := $(if $(filter x86_64,$(ARCH)),multiboot multiboot2 pvh linux \
	$(if $(filter xen,$(PLATFORMS)),xenpv),fdt) efi
PROTOCOLS ?= $(known_protocols)
ifneq ($(filter-out $(known_protocols),$(PROTOCOLS))$(if $(strip $(PROTOCOLS)),,none),)
$(error PROTOCOLS=$(PROTOCOLS): $(ARCH) has one or more of: $(known_protocols))
endif
override PROTOCOLS := $(sort $(PROTOCOLS))

ifeq ($(ARCH),x86_64)
EARLY += $(patsubst %,boot/%.c,$(filter-out efi,$(PROTOCOLS))) \
	$(patsubst %,arch/x86_64/%.S,$(PROTOCOLS)) \
	arch/x86_64/strnlen.S $(if $(filter linux efi,$(PROTOCOLS)),arch/x86_64/head64.S) \
	$(if $(filter linux,$(PROTOCOLS)),arch/x86_64/setup.S)
CORE  += drivers/ns16550.c drivers/acpi.c drivers/acpi_tables.c drivers/acpi_power_off.c
ifneq ($(filter xenpv,$(PROTOCOLS)),)
EARLY += arch/x86_64/xenpv_early.c
CORE  += arch/x86_64/xenpv_tables.c arch/x86_64/xenpv_traps.c
endif
else
EARLY += arch/arm64/misaligned.S $(wildcard boot/fdt*.c) boot/strnlen.c kaslr/trng.c $(if $(filter efi,$(PROTOCOLS)), \
	boot/acpi_devices.c drivers/acpi_tables.c)
CORE  += lib/memcmp.c drivers/pl011.c arch/arm64/firmware.S
endif

ifneq ($(filter efi,$(PROTOCOLS)),)
EARLY += boot/efi.c boot/efi_stub.c boot/efi_text.c boot/efi_entry.c
endif

ifneq ($(filter xen,$(PLATFORMS)),)
EARLY += boot/xen.c arch/$(ARCH)/xen_detect.c
CORE  += drivers/xen.c drivers/xencons.c arch/$(ARCH)/hypercall.c
endif

define_each = $(patsubst %,-D$(1)_%=1,$(shell echo $(2) | tr a-z A-Z))
platform_flags := $(call define_each,PLATFORM,$(PLATFORMS))
protocol_flags := $(call define_each,PROTOCOL,$(PROTOCOLS))
