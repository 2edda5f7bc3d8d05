# SPDX-License-Identifier: BSD-3-Clause
#
# Tests, measurements and checks.

# ---- unit tests and fuzzing, on the host, once with each architecture's headers

pure := mm/pagetable.c $(wildcard mm/memregion*.c) mm/heap.c mm/heap_layout.c mm/malloc.c mm/chunk.c \
	kaslr/chacha20.c kaslr/entropy.c kaslr/placement.c \
	boot/bootinfo.c boot/multiboot.c boot/pvh.c $(wildcard boot/fdt*.c) \
	lib/cmdline.c lib/format.c drivers/acpi.c $(reloc_lib)

sanitize   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
unit_flags := -std=gnu11 -g -O1 $(sanitize) -Wall -Wextra -Wshadow -Werror -Iinclude -Iarch/$(ARCH)/include -Itests
host       := $(O)/host/$(ARCH)
unit_o     := $(patsubst %.c,$(host)/%.o,$(pure))
fuzz_o     := $(patsubst %.c,$(host)/fuzz/%.o,$(pure))
unit_tests := $(patsubst tests/unit/%.c,$(host)/%,$(wildcard tests/unit/test_*.c))
fuzzers    := $(patsubst tests/fuzz/%.c,$(host)/%,$(wildcard tests/fuzz/fuzz_*.c))

# "LIBS: -lfdt" in a test's first lines names what it links with besides cmocka.
libs_of = $(shell sed -n '1,5s/.*LIBS: *\([^*]*\).*/\1/p' $(1))

FUZZ_SECONDS ?= 5

$(unit_o): $(host)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(unit_flags) -MMD -MP -c -o $@ $<
$(host)/libcore.a: $(unit_o)
	$(Q)rm -f $@ && ar rcs $@ $^
$(unit_tests): $(host)/%: tests/unit/%.c $(host)/libcore.a
	$(call say,HOSTCC,$<)
	$(Q)$(HOSTCC) $(unit_flags) -MMD -MP -MF $@.d -o $@ $< $(host)/libcore.a \
		$(call libs_of,$<) -lelf -lcmocka

$(fuzz_o): $(host)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCLANG) $(unit_flags) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(host)/libfuzzcore.a: $(fuzz_o)
	$(Q)rm -f $@ && ar rcs $@ $^
$(fuzzers): $(host)/%: tests/fuzz/%.c $(host)/libfuzzcore.a
	$(call say,FUZZCC,$<)
	$(Q)$(HOSTCLANG) $(unit_flags) -Wno-missing-prototypes -fsanitize=fuzzer -MMD -MP -MF $@.d \
		-o $@ $< $(host)/libfuzzcore.a $(call libs_of,$<) -lelf

-include $(wildcard $(host)/*.d) $(unit_o:.o=.d) $(fuzz_o:.o=.d)

.PHONY: unit fuzz
unit: $(unit_tests) elf $(mkreloc) $(relcheck)
	@tests/run-host unit $(O) $(ARCH) $(unit_tests)
fuzz: $(fuzzers)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run-host fuzz $(O) $(ARCH) $(fuzzers)
