# SPDX-License-Identifier: BSD-3-Clause
#
# A stand-in for Unikraft's build, as ../standin.mk is, for its Xen platform: libraries are
# linked into one object first, which keeps as global what begins with xenos_ alone.
#
#	make -f tests/unikraft/standin/xen/standin.mk BUILD_DIR=... [CONFIG_KASLR_STRICT=y]

here := tests/unikraft/standin/xen

# What Kconfig would have said
CONFIG_KASLR	     := y
CONFIG_KASLR_REPORT  := y
CONFIG_KASLR_VIRT    := y
CONFIG_PLAT_XEN	     := y
CONFIG_UK_ARCH	     := x86_64
CONFIG_ARCH_X86_64   := y
UK_PLAT_COMMON_BASE  := tests/unikraft/standin
LIBKASLR_BASE	     := .
CC		     := x86_64-linux-gnu-gcc
OBJCOPY		     := x86_64-linux-gnu-objcopy

# Unikraft's support/build/Makefile.rules, in a few words
comma  := ,
HOSTCC ?= gcc
uc      = $(shell echo '$(1)' | tr 'a-z.-' 'A-Z__')
addlib_s =
build_cmd = $(4)

include Makefile.rules

.PHONY: all FORCE
all: $(BUILD_DIR)/kernel.img
FORCE:

include Makefile.uk

flags := -nostdlib -fPIE -g -Wall -Wextra -mno-red-zone
find  := -I$(UK_PLAT_COMMON_BASE)/include -I$(here)/include

# Each source of the library, with the flags that are its own
define library_object
$(eval name := $(call kaslr_name,$(1)))
$(eval obj := $(BUILD_DIR)/lib/$(name).o)
objects += $(obj)
$(obj): $(firstword $(subst |, ,$(1))) FORCE
	@mkdir -p $$(@D)
	$(CC) $$(COMPFLAGS-y) $$(LIBKASLR_$(name)_INCLUDES-y) $(find) $(flags) \
		$$(LIBKASLR_CFLAGS-y) $$(LIBKASLR_$(name)_FLAGS-y) -c -o $$@ $$<
endef
$(foreach s,$(LIBKASLR_SRCS-y),$(eval $(call library_object,$(s))))
$(BUILD_DIR)/libkaslr.o: $(objects)
	$(CC) -nostdlib -r $(LIBKASLR_LDFLAGS-y) -o $@.all $^
	$(OBJCOPY) $(addprefix --keep-global-symbols=,$(LIBKASLR_EXPORTS)) $@.all $@

parts := $(patsubst $(here)/%,$(BUILD_DIR)/%.o,$(basename $(wildcard $(here)/*.[cS])))
$(parts): $(BUILD_DIR)/%.o: FORCE
	@mkdir -p $(@D)
	$(CC) $(COMPFLAGS-y) $(find) -idirafter include $(flags) \
		$(LIBXENPLAT_$(call uc,$*)_FLAGS-y) -c -o $@ $(wildcard $(here)/$*.[cS])
$(BUILD_DIR)/libxenplat.o: $(filter-out %/other.o,$(parts))
	$(CC) -nostdlib -r $(LIBXENPLAT_LDFLAGS-y) -o $@ $^

$(BUILD_DIR)/kernel: $(BUILD_DIR)/libxenplat.o $(BUILD_DIR)/other.o $(BUILD_DIR)/libkaslr.o \
		$(here)/image.lds $(UK_LDEPS)
	$(CC) -nostdlib -r $(XEN_LDFLAGS-y) -o $@.ld.o $(filter %.o,$^)
	$(OBJCOPY) -w -G 'xenos_*' $@.ld.o $@.o
	$(CC) -nostdlib -static-pie -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,notext \
		-Wl,--build-id=none -Wl,--no-dynamic-linker $(LDFLAGS-y) $(XEN_LDFLAGS-y) \
		-Wl,-T,$(here)/image.lds $@.o -o $@
	$(call build_uk_reloc,$@)

$(BUILD_DIR)/kernel.img: $(BUILD_DIR)/kernel
	x86_64-linux-gnu-strip -s -R .dynamic -R .dynsym -R .dynstr -R .rela.dyn -R .hash \
		-R .gnu.hash $< -o $@
