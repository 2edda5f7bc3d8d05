# SPDX-License-Identifier: BSD-3-Clause
#
# A stand-in for Unikraft's build: as much of its make interface as Makefile.uk and
# Makefile.rules of this project use, around a small kernel that has the symbols, sections
# and headers which unikraft/ relies on.
#
#	make -f tests/unikraft/standin/standin.mk BUILD_DIR=... CONFIG_KASLR_VIRT=y ...

here := tests/unikraft/standin

# What Kconfig would have said
CONFIG_KASLR	     := y
CONFIG_KASLR_REPORT  := y
CONFIG_UK_ARCH	     := x86_64
CONFIG_ARCH_X86_64   := y
UK_PLAT_COMMON_BASE  := $(here)
LIBKASLR_BASE	     := .

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

flags := -nostdlib -fPIE -g -Wall -Wextra -mno-red-zone
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
	objcopy $(addprefix --keep-global-symbols=,$(LIBKASLR_EXPORTS)) $@.all $@

# So is the platform, with the flags that this project adds for it
standin_o := $(patsubst %,$(BUILD_DIR)/%.o,platform memory boot other)
$(standin_o): $(BUILD_DIR)/%.o: FORCE
	@mkdir -p $(@D)
	$(CC) -I$(here)/include -idirafter include $(flags) -c -o $@ $(wildcard $(here)/$*.[cS])
$(BUILD_DIR)/libkvmplat.o: $(filter-out %/other.o,$(standin_o))
	$(CC) -nostdlib -r $(LIBKVMPLAT_LDFLAGS-y) -o $@ $^

$(BUILD_DIR)/kernel: $(BUILD_DIR)/libkvmplat.o $(BUILD_DIR)/other.o $(BUILD_DIR)/libkaslr.o \
		$(lds) $(UK_LDEPS)
	$(CC) -nostdlib -static-pie -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-z,norelro \
		-Wl,-z,notext -Wl,--build-id=none -Wl,--entry=wrong_entry $(filter %.o,$^) \
		$(LDFLAGS-y) -Wl,-T,$(lds) -o $@
	$(call build_uk_reloc,$@)

# QEMU's Multiboot wants 32-bit ELF.
$(BUILD_DIR)/kernel.img: $(BUILD_DIR)/kernel
	strip -s -R .dynamic -R .dynsym -R .dynstr -R .rela.dyn -R .gnu.hash -R .hash $< -o $@
	objcopy -O elf32-i386 $@
