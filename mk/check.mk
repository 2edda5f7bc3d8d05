# SPDX-License-Identifier: BSD-3-Clause
#
# Tests, measurements and checks.

# ---- unit tests and fuzzing, on the host, once with each architecture's headers

pure := $(wildcard mm/pagetable*.c) $(wildcard mm/memregion*.c) mm/heap.c mm/heap_layout.c mm/malloc.c mm/chunk.c \
	kaslr/chacha20.c kaslr/entropy.c kaslr/placement.c kaslr/trng.c \
	boot/bootinfo.c boot/files.c boot/strnlen.c boot/multiboot.c boot/multiboot2.c boot/linux.c boot/pvh.c \
	boot/efi.c boot/efi_stub.c boot/efi_text.c boot/acpi_devices.c drivers/acpi_tables.c \
	$(wildcard boot/fdt*.c) \
	lib/cmdline.c lib/format.c drivers/acpi.c drivers/xen.c drivers/xencons.c boot/xen.c \
	tests/lib/xen_host.c $(reloc_lib) \
	$(if $(filter x86_64,$(ARCH)),boot/xenpv.c arch/x86_64/xenpv_tables.c \
		arch/x86_64/xenpv_early.c mm/table_pool.c)

sanitize   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
unit_flags := -std=gnu11 -g -O1 $(sanitize) -Wall -Wextra -Wshadow -Werror -Iinclude -Iarch/$(ARCH)/include -Itests \
	$(call define_each,PLATFORM,$(known_platforms)) -DPROTOCOL_EFI=1 \
	$(if $(filter x86_64,$(ARCH)),-DPROTOCOL_XENPV=1)
host       := $(O)/host/$(ARCH)
unit_o     := $(patsubst %.c,$(host)/%.o,$(pure))
fuzz_o     := $(patsubst %.c,$(host)/fuzz/%.o,$(pure))
# Xen PV is x86_64's
elsewhere  := $(if $(filter-out x86_64,$(ARCH)),tests/unit/test_xenpv% tests/fuzz/fuzz_xenpv%)
unit_tests := $(patsubst tests/unit/%.c,$(host)/%,$(filter-out $(elsewhere),$(wildcard tests/unit/test_*.c)))
fuzzers    := $(patsubst tests/fuzz/%.c,$(host)/%,$(filter-out $(elsewhere),$(wildcard tests/fuzz/fuzz_*.c)))

# "LIBS: -lfdt" in a test's first lines names what it links with besides cmocka.
libs_of = $(shell sed -n '1,5s/.*LIBS: *\([^*]*\).*/\1/p' $(1))

FUZZ_SECONDS ?= 5

$(unit_o): $(host)/%.o: %.c
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(unit_flags) -MMD -MP -c -o $@ $<
$(host)/libcore.a: $(unit_o)
	$(Q)rm -f $@ && ar rcs $@ $^
$(unit_tests): $(host)/%: tests/unit/%.c $(host)/libcore.a
	$(call say,HOSTCC,$<)
	$(Q)$(HOSTCC) $(unit_flags) -MMD -MP -MF $@.d -o $@ $< $(host)/libcore.a \
		$(call libs_of,$<) -lelf -lcmocka

$(fuzz_o): $(host)/fuzz/%.o: %.c
	$(call say,FUZZCC,$<)
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
	$(Q)tests/run-host unit $(O) $(ARCH) $(unit_tests)
fuzz: $(fuzzers)
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run-host fuzz $(O) $(ARCH) $(fuzzers)

# ---- boots in QEMU; these build the guests that they need

python := python3 -B

.PHONY: boot-test xen-test unikraft-test audit
boot-test:
	$(Q)$(python) -m tests.boot.run $(if $(FILTER),--filter '$(FILTER)')
	$(Q)$(python) -m tests.boot.segments
	$(Q)$(python) -m tests.boot.pe
	$(Q)$(python) -m tests.boot.media_refuse
	$(Q)$(python) -m tests.boot.distinct
	$(Q)$(python) -m tests.boot.replay
xen-test:
	$(Q)$(python) -m tests.xen.run $(if $(FILTER),--filter '$(FILTER)')
unikraft-test:
	$(Q)$(python) -m tests.unikraft.run
	$(Q)$(python) -m tests.unikraft.xen
audit:
	$(Q)$(python) -m tests.audit.run
	$(Q)$(python) -m tests.audit.wiped
	$(Q)$(python) -m tests.audit.efi_seed
	$(Q)$(python) -m tests.audit.residue_efi
	$(Q)$(python) -m tests.audit.generator
	$(Q)$(python) -m tests.audit.leftovers
	$(Q)$(python) -m tests.audit.early_tables
	$(Q)$(python) -m tests.audit.same_pages

# ---- is it random? N real boots; for `make test` fewer, from seeds that are always the same

N ?= 1000
REPLAYED := 120
.PHONY: entropy entropy-test
entropy:
	$(Q)tools/install-packages entropy
	$(Q)$(python) -m tests.entropy.run --boots $(N)
entropy-test:
	$(Q)$(python) -m tests.entropy.check
	$(Q)$(python) -m tests.entropy.run --boots $(REPLAYED) --seeds places

# ---- a debugger on a guest that moves; ATTACH= one that runs already

.PHONY: gdb
gdb: images
	$(Q)tools/install-packages gdb
	$(Q)ATTACH='$(ATTACH)' APPEND='$(APPEND)' tools/debug $(ARCH) $(dest)/$(app).img $(dest)/$(app).elf

.PHONY: debug-test
debug-test:
	$(Q)$(python) -m tests.debug.gdb
	$(Q)$(python) -m tests.debug.symbolize

# ---- everything, both architectures; goes on after a failure, and fails in the end

.PHONY: test doc-test
doc-test:
	$(Q)$(python) -m tests.docs.run

test: packages
	@rm -f $(O)/tests/counts
	@status=0; \
	for suite in 'unit ARCH=x86_64' 'unit ARCH=arm64' 'fuzz ARCH=x86_64' 'fuzz ARCH=arm64' \
			boot-test xen-test unikraft-test audit entropy-test debug-test reprocheck lint \
			doc-test; do \
		echo "== $$suite"; \
		$(MAKE) --no-print-directory $$suite || { status=1; echo "FAILED: $$suite"; }; \
	done; \
	awk '{ p += $$(NF - 1); f += $$NF } END { printf "%d passed, %d failed\n", p, f }' \
		$(O)/tests/counts; \
	exit $$status

# ---- numbers

.PHONY: bench bench-reloc size
bench: all bench-reloc
	$(Q)$(python) -m tests.bench.bench
size: images
	$(Q)tools/size-report $(dest)/$(app).img

# hello has none, tests/guest/data a page of pointers, the largest files of this system many.
bench_reloc := $(bin)/bench_reloc
FILE ?= $(shell $(python) -m tests.bench.large)
$(bench_reloc): tests/bench/bench_reloc.c $(reloc_lib)
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(filter-out -Werror,$(HOSTFLAGS)) -Wno-conversion -Os -fPIE -c \
		-o $@.relocate.o reloc/relocate.c
	$(Q)$(HOSTCC) $(HOSTFLAGS) -o $@ $(filter-out reloc/relocate.c,$^) $@.relocate.o -ldw -lelf
bench-reloc: $(bench_reloc)
	$(Q)for arch in x86_64 arm64; do \
		for app in examples/hello tests/guest/data; do \
			$(MAKE) --no-print-directory -s elf ARCH=$$arch APP=$$app || exit 1; \
		done; \
	done
	$(Q)$(bench_reloc) $(O)/x86_64/hello/hello.elf $(O)/arm64/hello/hello.elf \
		$(O)/x86_64/data/data.elf $(O)/arm64/data/data.elf $(FILE)

# ---- the same source gives the same bytes, wherever it is

.PHONY: reprocheck
reprocheck:
	$(Q)tests/reprocheck $(O)
	$(Q)tests/initrdcheck $(O)

# ---- style and static checks

c_files := $(shell find arch boot drivers examples include kaslr lib mm reloc tests tools \
	unikraft -name '*.[ch]' | sort)

.PHONY: lint
lint:
	$(Q)clang-format --dry-run -Werror $(c_files)
	@for arch in x86_64 arm64; do \
		cppcheck --quiet --error-exitcode=1 --enable=warning,portability \
			--inline-suppr --max-configs=32 --suppress=missingIncludeSystem --suppress=ctuuninitvar --library=posix \
			-Iinclude -Iinclude/libc -Iarch/$$arch/include \
			boot drivers kaslr lib mm reloc arch/$$arch tools || exit 1; \
	done
	@for f in tools/install-packages tools/run-twice tools/debug tests/run-host tests/reprocheck \
			tests/initrdcheck .ci/run tests/xen/dom0_init.sh; do \
		bash -n $$f || exit 1; \
	done
	@echo "lint: clean"
