# SPDX-License-Identifier: BSD-3-Clause
#
# ukaslr: one position-independent unikernel image that moves itself.
# `make help` lists what there is to type.

ARCH      ?= x86_64
APP       ?= examples/hello
O         ?= build
PLATFORMS ?= kvm
REPLAY    ?= 0

app  := $(notdir $(APP:/=))
out  := $(O)/$(ARCH)
dest := $(out)/$(app)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

include mk/toolchain.mk
include mk/sources.mk
include mk/host.mk
include mk/image.mk
include mk/check.mk

.PHONY: all help clean run
all: images

# What `run` and `test` need beyond a compiler; says what it installs.
.PHONY: packages
packages:
	@tools/install-packages

run: packages
	@$(MAKE) --no-print-directory images
	@tools/run-twice $(ARCH) $(dest)/$(app).img

clean:
	$(Q)rm -rf $(O)

help:
	@echo 'ukaslr - images that move themselves to a random address'
	@echo
	@echo '  make                build APP ($(APP)) for ARCH ($(ARCH)) into $(dest)/'
	@echo '  make run            build it, boot it twice in QEMU, show where each boot landed'
	@echo '  make test           unit tests, fuzzing, boots in QEMU, audits, both architectures'
	@echo '  make unit | fuzz | boot-test | audit   parts of it'
	@echo '  make bench          instructions from entry to main, relocation costs'
	@echo '  make bench-reloc FILE=...   bytes and time per relocation of any ELF file'
	@echo '  make size           which symbols, objects and libraries take the bytes'
	@echo '  make lint           style and static checks'
	@echo '  make reprocheck     build twice in different folders, compare the bytes'
	@echo '  make clean'
	@echo
	@echo '  ARCH=x86_64|arm64   APP=path/to/app     CC=gcc|clang   LD=bfd|lld'
	@echo '  PROTOCOLS="multiboot pvh" (x86_64)      REPLAY=1: kaslr.seed= is honoured'
	@echo '  O=folder for output V=1: show commands  ACCEL=kvm: QEMU with KVM'
