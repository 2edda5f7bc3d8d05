# SPDX-License-Identifier: BSD-3-Clause
#
# A stand-in for Unikraft's build: as much of its make interface as Makefile.uk and
# Makefile.rules of this project use, around a small kernel that has the symbols, sections
# and headers which unikraft/ relies on.
#
#	make -f tests/unikraft/standin/standin.mk BUILD_DIR=... CONFIG_KASLR_VIRT=y ...
#	make -f ... CONFIG_UK_ARCH=arm64 CONFIG_KVM_BOOT_PROTO_LXBOOT=y ...

here := tests/unikraft/standin

# What Kconfig would have said
CONFIG_KASLR	     := y
CONFIG_KASLR_REPORT  := y
CONFIG_UK_ARCH	     ?= x86_64
UK_PLAT_COMMON_BASE  := $(here)
LIBKASLR_BASE	     := .
SCRIPTS_DIR	     := $(here)
CONFIG_LIBUKBOOT_HEAP_BASE := 0x400000000
CONFIG_PAGING	     := y

arch := $(here)/$(CONFIG_UK_ARCH)
ifeq ($(CONFIG_UK_ARCH),arm64)
CONFIG_ARCH_ARM_64   := y
cross		     := aarch64-linux-gnu-
base		     := 0x40100000
else
CONFIG_ARCH_X86_64   := y
cross		     := x86_64-linux-gnu-
base		     := 0x100000
machine_flags	     := -mno-red-zone
endif
CC	:= $(cross)gcc
OBJCOPY := $(cross)objcopy

# Unikraft's support/build/Makefile.rules, in a few words
comma  := ,
HOSTCC ?= gcc
uc      = $(shell echo '$(1)' | tr 'a-z.-' 'A-Z__')
addlib_s =
build_cmd = $(4)

include Makefile.rules

.PHONY: all
all: $(BUILD_DIR)/kernel.img

include Makefile.uk

# C's headers are the compiler's and this project's, in place of Unikraft's libc.
flags := -nostdlib -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
	-idirafter include/libc -ffreestanding -fPIE -g -Wall -Wextra -Werror $(machine_flags)
lds   := $(here)/image.lds

# Each source of the library, with the flags that are its own
define library_object
$(eval src := $(firstword $(subst |, ,$(1))))
$(eval name := $(call kaslr_name,$(1)))
$(eval obj := $(BUILD_DIR)/lib/$(name).o)
objects += $(obj)
$(obj): $(src) FORCE
	@mkdir -p $$(@D)
	$(CC) $$(LIBKASLR_$(name)_INCLUDES-y) -I$(here)/include $(flags) $$(LIBKASLR_CFLAGS-y) \
		$$(LIBKASLR_$(name)_FLAGS-y) -c -o $$@ $$<
endef
$(foreach s,$(LIBKASLR_SRCS-y),$(eval $(call library_object,$(s))))
.PHONY: FORCE
FORCE:

# Linked into one object, of which only the exported names are left
$(BUILD_DIR)/libkaslr.o: $(objects)
	$(CC) -nostdlib -r $(LIBKASLR_LDFLAGS-y) -o $@.all $^
	$(OBJCOPY) $(addprefix --keep-global-symbols=,$(LIBKASLR_EXPORTS)) $@.all $@

# So is the platform, with the flags that this project adds for it. FILE is heap, machine...
standin_o = $(patsubst %,$(BUILD_DIR)/%.o,$(notdir $(basename $(wildcard $(1)))))
LIBKVMPLAT_BOOTINFO_FDT_FLAGS-y = $(LIBKVMPLAT_BOOTINFO_FDT_COMMON_FLAGS-y)
LIBKVMPLAT_PAGING_INCLUDES-y = $(LIBKVMPLAT_PAGING_ISR_INCLUDES-y)
LIBKVMPLAT_MEMORY_FLAGS-y = -O1 $(LIBKVMPLAT_MEMORY_COMMON_FLAGS-y)
LIBKVMPLAT_HEAP_FLAGS-y = $(LIBUKBOOT_BOOT_FLAGS-y) \
	-DCONFIG_LIBUKBOOT_HEAP_BASE=$(CONFIG_LIBUKBOOT_HEAP_BASE)
platform_o := $(call standin_o,$(here)/platform.c $(here)/memory.c $(here)/paging.c $(arch)/*.[cS])
others_o   := $(call standin_o,$(here)/other.c $(here)/heap.c)
$(platform_o) $(others_o): $(BUILD_DIR)/%.o: FORCE | $(UK_PREPARE-y)
	@mkdir -p $(@D)
	$(CC) $(LIBKVMPLAT_$(call uc,$*)_INCLUDES-y) -I$(here)/include -idirafter include $(flags) \
		$(LIBKVMPLAT_$(call uc,$*)_FLAGS-y) -c -o $@ $(wildcard $(here)/$*.c $(arch)/$*.[cS])
$(BUILD_DIR)/libkvmplat.o: $(platform_o)
	$(CC) -nostdlib -r $(LIBKVMPLAT_LDFLAGS-y) -o $@ $^
	$(OBJCOPY) $(LIBKVMPLAT_OBJCFLAGS-y) $@

$(BUILD_DIR)/kernel: $(BUILD_DIR)/libkvmplat.o $(others_o) $(BUILD_DIR)/libkaslr.o \
		$(lds) $(UK_LDEPS)
	$(CC) -nostdlib -static-pie -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-z,norelro \
		-Wl,-z,notext -Wl,--build-id=none -Wl,--entry=wrong_entry $(filter %.o,$^) \
		$(LDFLAGS-y) -Wl,--defsym=base=$(base) -Wl,-T,$(lds) -o $@
	$(call build_uk_reloc,$@)

# QEMU's Multiboot wants 32-bit ELF; LXBOOT is a flat image.
$(BUILD_DIR)/kernel.img: $(BUILD_DIR)/kernel
	$(cross)strip -s -R .dynamic -R .dynsym -R .dynstr -R .rela.dyn -R .gnu.hash -R .hash $< -o $@
ifdef CONFIG_ARCH_X86_64
	$(OBJCOPY) -O elf32-i386 $@
else ifdef CONFIG_KVM_BOOT_PROTO_LXBOOT
	$(call build_linux,$@,$<)
endif
