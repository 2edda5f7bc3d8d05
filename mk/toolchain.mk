# SPDX-License-Identifier: BSD-3-Clause
#
# Compilers and flags: of the image (T...), and of the host programs (HOST...).

ifeq ($(ARCH),x86_64)
triple := x86_64-linux-gnu
else ifeq ($(ARCH),arm64)
triple := aarch64-linux-gnu
else
$(error ARCH=$(ARCH): expected x86_64 or arm64)
endif

$(foreach switch,REPLAY DEBUG,$(if $(filter-out 0 1,$($(switch))),\
	$(error $(switch)=$($(switch)): expected 0 or 1)))

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin LD),default)
LD := bfd
endif

ifneq ($(filter clang%,$(notdir $(CC))),)
TCC := $(CC) --target=$(triple)
else ifeq ($(CC),gcc)
TCC := $(triple)-gcc
else
TCC := $(CC)
endif
ifeq ($(LD),lld)
TLD := ld.lld
else ifeq ($(LD),bfd)
TLD := $(triple)-ld.bfd
else
TLD := $(LD)
endif
HOSTCC  := gcc
HOSTCLANG := clang

warnings := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror

# gcc has -Oz from 12 on
smallest := $(shell $(TCC) -Oz -E -x c /dev/null >/dev/null 2>&1 && echo -Oz || echo -Os)

# Everything in the image is position independent and reaches symbols directly
# (include/ukaslr/hidden.h); paths in the output do not depend on the folder.
TFLAGS := -std=gnu11 -ffreestanding -fPIE -g $(smallest) \
	-ffunction-sections -fdata-sections -fno-common -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -ffile-prefix-map=$(CURDIR)=. \
	-include include/ukaslr/hidden.h \
	-Iinclude -Iinclude/libc -Iarch/$(ARCH)/include

# Code that also runs before relocation: no SIMD, no constant tables of
# pointers, no calls that the compiler makes up, no alignment left to luck.
CORE_FLAGS := -mgeneral-regs-only -fno-stack-protector -fno-jump-tables
ifeq ($(filter clang%,$(notdir $(CC))),)
CORE_FLAGS += -fno-tree-switch-conversion
ifeq ($(ARCH),arm64)
# Smaller by a hundredth, and fewer instructions
CORE_FLAGS += -fno-shrink-wrap -fno-tree-dominator-opts -fno-thread-jumps \
	-fno-move-loop-invariants -fno-data-sections -fsection-anchors
endif
# For straight code, which is hardly larger then, and a tenth quicker
QUICK_FLAGS := -O2 -fno-align-functions -fno-align-loops -fno-align-jumps -fno-align-labels
endif
ifeq ($(ARCH),x86_64)
TFLAGS += -mno-red-zone
else
CORE_FLAGS += -mstrict-align
TFLAGS += -fomit-frame-pointer
endif
ifeq ($(DEBUG),1)
TFLAGS += -DCONFIG_DEBUG=1
endif
ifneq ($(INITRD),)
TFLAGS += -DCONFIG_INITRD=1
endif
ifeq ($(REPLAY),1)
TFLAGS += -DCONFIG_REPLAY=1
endif

# Normal boot and applications: what looks at the canary of ukaslr/stack_guard.h.
ifneq ($(filter clang%,$(notdir $(CC))),)
PROTECTOR := -fstack-protector-strong -mstack-protector-guard=global -include include/ukaslr/stack_guard.h
else ifeq ($(ARCH),x86_64)
PROTECTOR := -fstack-protector-strong -mstack-protector-guard=global
else
PROTECTOR := -fstack-protector-strong -mstack-protector-guard=sysreg \
	-mstack-protector-guard-reg=tpidr_el1 -mstack-protector-guard-offset=0
endif
APP_FLAGS := -Os $(PROTECTOR)

# The project's own applications are held to its rules; others are warned.
app_path := $(patsubst $(CURDIR)/%,%,$(abspath $(APP)))
app_warnings := $(if $(filter examples/% tests/guest/%,$(app_path)),$(warnings),-Wall)

TLDFLAGS := -pie --no-dynamic-linker -z text -z norelro -z max-page-size=4096 \
	-z noexecstack --no-check-sections --gc-sections --build-id=none

HOSTFLAGS := -std=gnu11 -g -O2 -Iinclude $(warnings)

# V=1 shows commands; otherwise a word and the file.
ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n' $(1) $(2)
endif
