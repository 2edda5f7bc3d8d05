# SPDX-License-Identifier: BSD-3-Clause
#
# Tools that run on the build machine.

bin       := $(O)/bin
mkreloc   := $(bin)/mkreloc
relcheck  := $(bin)/relcheck
mkimage   := $(bin)/mkimage
symbolize := $(bin)/symbolize

reloc_lib := $(sort $(wildcard reloc/host/*.c)) reloc/table.c reloc/relocate.c

host_link = $(HOSTCC) $(HOSTFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c,$^) $(LIBS)

$(mkreloc): reloc/mkreloc.c $(reloc_lib)
$(relcheck): reloc/relcheck.c $(reloc_lib)
$(mkimage): $(sort $(wildcard tools/mkimage*.c))
$(symbolize): $(sort $(wildcard tools/symbolize/*.c))
$(mkreloc) $(relcheck) $(symbolize): LIBS := -ldw -lelf
$(mkimage): LIBS := -lelf

$(mkreloc) $(relcheck) $(mkimage) $(symbolize):
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(host_link)

$(dest)/$(app).img $(dest)/$(app).pvh $(dest)/$(app).efi: | $(mkimage)

.PHONY: symbolize
symbolize: $(symbolize)

-include $(wildcard $(bin)/*.d)
