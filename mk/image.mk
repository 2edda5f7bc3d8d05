# SPDX-License-Identifier: BSD-3-Clause
#
# From sources to bootable images.

objdir   := $(out)/obj
early_o  := $(patsubst %,$(objdir)/%.early.o,$(basename $(EARLY)))
core_o   := $(patsubst %,$(objdir)/%.o,$(basename $(CORE)))
normal_o := $(patsubst %,$(objdir)/%.o,$(basename $(NORMAL)))
app_src  := $(wildcard $(APP)/*.c)
app_o    := $(patsubst $(APP)/%.c,$(dest)/obj/%.o,$(app_src)) $(dest)/obj/app_name.o
ifneq ($(INITRD),)
app_o    += $(dest)/obj/initrd.o
endif
objects  := $(early_o) $(core_o) $(normal_o) $(app_o)

.PHONY: images elf
images: $(dest)/$(app).img
elf: $(dest)/$(app).elf
ifeq ($(ARCH),x86_64)
ifneq ($(filter pvh,$(PROTOCOLS)),)
images: $(dest)/$(app).pvh
endif
ifneq ($(filter linux efi,$(PROTOCOLS)),)
images: $(dest)/$(app).efi
endif
endif

# Another application of the same name rebuilds, and so does a source file that is gone.
app_is := $(app_path): $(notdir $(sort $(app_src))) | $(app_warnings) $(APP_FLAGS)
app_file := $(dest)/application
$(app_file): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(app_is)' | cmp -s - $@ || printf '%s\n' '$(app_is)' > $@
.PHONY: FORCE
FORCE:

ifeq ($(app_src),)
ifneq ($(filter-out clean help lint unit fuzz test packages,$(or $(MAKECMDGOALS),all)),)
$(if $(wildcard $(APP)),$(error APP=$(APP) holds no .c file),$(error APP=$(APP): no such folder))
endif
endif

# SIMD is on for the vectors of ChaCha20 alone.
$(objdir)/kaslr/chacha20.early.o: CORE_FLAGS := $(filter-out -mgeneral-regs-only,$(CORE_FLAGS))

# Loops that run often keep in registers what does not change in them; elsewhere that is size.
loops := boot/fdt boot/fdt_reader kaslr/chacha20 kaslr/entropy kaslr/placement mm/heap_layout reloc/table
loops := $(loops:%=$(objdir)/%.early.o) \
	$(patsubst %,$(objdir)/mm/memregion_%.o,scan coalesce desc)
$(loops): CORE_FLAGS := $(filter-out -fno-move-loop-invariants,$(CORE_FLAGS))

quick-x86_64 := $(addsuffix .early,kaslr/placement mm/heap_layout) mm/pagetable_new
quick-arm64 := $(addsuffix .early,boot/layout boot/layout_map boot/load_image kaslr/placement \
	mm/heap_layout) mm/table_pool
$(quick-$(ARCH):%=$(objdir)/%.o): CORE_FLAGS := $(CORE_FLAGS) $(QUICK_FLAGS)

guarded_o := $(filter-out $(patsubst %,$(objdir)/%.o,$(basename $(UNGUARDED))),$(normal_o))
$(guarded_o): CORE_FLAGS := $(filter-out -fno-stack-protector,$(CORE_FLAGS)) $(PROTECTOR)

# Changed flags rebuild: everything depends on a file that holds them, and what has which.
flags := $(TCC) | $(TFLAGS) $(warnings) | $(CORE_FLAGS) | $(notdir $(loops)) | \
	$(QUICK_FLAGS): $(quick-$(ARCH)) | $(PROTECTOR): not $(UNGUARDED) | \
	$(TLD) $(TLDFLAGS) | $(PROTOCOLS) | $(PLATFORMS)
flags_file := $(out)/flags
$(flags_file): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(flags)' | cmp -s - $@ || printf '%s\n' '$(flags)' > $@

warn := $(warnings)
$(dest)/obj/%.o: warn := $(app_warnings)
$(dest)/obj/app_name.o: warn := $(warnings)

# Early and core objects hold nothing that needs relocation. Of the C library they
# may use what the image has itself.
own_libc := printf vprintf putchar puts strcmp strncmp strchr
check_early = $(relcheck) $(patsubst %,--allow=%,$(own_libc))
compile = $(TCC) $(TFLAGS) $(warn) $(protocol_flags) $(platform_flags) -MMD -MP -c -o $@ $<

$(objdir)/%.early.o: %.c $(flags_file) | $(relcheck)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) $(CORE_FLAGS)
	$(Q)$(check_early) $@

$(objdir)/%.early.o: %.S $(flags_file) | $(relcheck)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(compile)
	$(Q)$(check_early) $@

$(core_o): $(objdir)/%.o: | $(relcheck)

$(objdir)/%.o: %.c $(flags_file)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) $(CORE_FLAGS)
	$(Q)$(if $(filter $@,$(core_o)),$(check_early) $@)

$(objdir)/%.o: %.S $(flags_file)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(compile)
	$(Q)$(if $(filter $@,$(core_o)),$(check_early) $@)

$(dest)/obj/%.o: $(APP)/%.c $(flags_file) $(app_file)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) $(APP_FLAGS)

$(dest)/obj/app_name.o: boot/app_name.c $(flags_file)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) -DAPP_NAME='"$(app)"'

$(out)/image.lds: linker/$(ARCH).lds.S linker/common.lds.h $(flags_file)
	$(call say,LDS,$<)
	$(Q)$(TCC) -E -P -x assembler-with-cpp -Ilinker \
		$(protocol_flags) $(platform_flags) $(if $(INITRD),-DCONFIG_INITRD=1) $< -o $@

# A folder as a cpio archive in the image, the same bytes whenever it is made. Its files may have
# names that make cannot hold: so it is made each time, and replaces the last one if it differs.
ifneq ($(INITRD),)
$(if $(shell test -d '$(INITRD)' && echo yes),,$(error INITRD=$(INITRD): no such folder))
$(dest)/initrd.cpio: FORCE
	@rm -rf $(dest)/initrd && mkdir -p $(@D)
	$(Q)cp -RP -- '$(INITRD)/.' $(dest)/initrd
	$(Q)find $(dest)/initrd -exec touch -h -d @0 {} +
	$(Q)cd $(dest)/initrd && find . -print0 | LC_ALL=C sort -z | \
		cpio -o -0 -H newc --quiet --reproducible -R 0:0 > $(abspath $@).made
	@if cmp -s $@.made $@; then rm $@.made; else mv $@.made $@; fi
$(dest)/obj/initrd.o: boot/initrd.S $(dest)/initrd.cpio $(flags_file)
	$(call say,AS,$<)
	$(Q)$(compile) -DINITRD_FILE='"$(dest)/initrd.cpio"'
endif

$(dest)/$(app).elf: $(objects) $(out)/image.lds $(app_file) | $(mkreloc)
	$(call say,LD,$@)
	$(Q)$(TLD) $(TLDFLAGS) -T $(out)/image.lds -Map $(@:.elf=.map) -o $@.linked $(objects)
	$(call say,RELOC,$@)
	$(Q)$(mkreloc) $@.linked
	$(Q)mv $@.linked $@

ifeq ($(ARCH),x86_64)
$(dest)/$(app).img: $(dest)/$(app).elf
	$(call say,IMG,$@)
	$(Q)$(mkimage) $< $@

# QEMU prefers Multiboot when both headers are there: the same bytes without its magic.
$(dest)/$(app).pvh: $(dest)/$(app).elf
	$(call say,IMG,$@)
	$(Q)$(mkimage) $(if $(filter multiboot,$(PROTOCOLS)),--blank __multiboot_header:4) $< $@

# The same bytes as a UEFI program, behind the setup part of a bzImage.
$(dest)/$(app).efi: $(dest)/$(app).elf
	$(call say,IMG,$@)
	$(Q)$(mkimage) $(patsubst %,--%,$(filter linux efi,$(PROTOCOLS))) $< $@
else
$(dest)/$(app).img: $(dest)/$(app).elf
	$(call say,IMG,$@)
	$(Q)$(mkimage) --flat $(if $(filter efi,$(PROTOCOLS)),--efi) $< $@
endif

-include $(objects:.o=.d)
