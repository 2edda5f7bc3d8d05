# SPDX-License-Identifier: BSD-3-Clause
#
# ukaslr: one position-independent unikernel image that moves itself.
# `make help` lists what there is to type.

ARCH      ?= x86_64
APP       ?= examples/hello
O         ?= build
PLATFORMS ?= kvm xen
REPLAY    ?= 0
DEBUG     ?= 0

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
include mk/media.mk
include mk/check.mk

.PHONY: all help clean run
all: images

# What `run` and `test` need beyond a compiler; says what it installs.
.PHONY: packages
packages:
	$(Q)tools/install-packages test

run:
	$(Q)tools/install-packages run
	$(Q)$(MAKE) --no-print-directory images
	$(Q)tools/run-twice $(ARCH) $(dest)/$(app).img

# Not what holds the sources, nor a part of them.
sources := $(addprefix $(CURDIR)/,.git .ci arch boot docs drivers examples include kaslr lib \
	linker mk mm reloc tests tools)
o_path  := $(or $(realpath $(O)),$(abspath $(O)))
clean:
	$(if $(strip $(o_path)),,$(error O is empty: no folder to remove))
	$(if $(filter 1,$(words $(O))),,$(error O=$(O): more than one name))
	$(if $(filter $(patsubst %/,%,$(o_path))/%,$(CURDIR)/),$(error O=$(O) holds the sources: not removed))
	$(if $(filter $(sources) $(addsuffix /%,$(sources)),$(o_path)),$(error O=$(O) is a folder of sources: not removed))
	$(Q)rm -rf $(O)

help:
	@echo 'ukaslr - images that move themselves to a random address'
	@echo
	@echo '  make                build APP ($(APP)) for ARCH ($(ARCH)) into $(dest)/'
	@echo '  make run            build it, boot it twice in QEMU, show where each boot landed'
	@echo '  make iso | disk     bootable media with GRUB for BIOS and UEFI; CMDLINE="..."'
	@echo '  make gdb            boot it, or attach to ATTACH=host:port, with gdb at its random home'
	@echo '  make test           unit tests, fuzzing, boots in QEMU, audits, both architectures'
	@echo '  make unit | fuzz | boot-test | xen-test | unikraft-test | audit | debug-test   parts of it'
	@echo '  make entropy        N=1000 boots of each architecture: are the places random? draws them'
	@echo '  make bench          instructions, bytes stored, ticks from entry to main; relocation costs'
	@echo '  make bench-reloc FILE=...   bytes and time per relocation of any ELF file'
	@echo '  make size           which symbols, objects and libraries take the bytes'
	@echo '  make symbolize      the tool that reads fault reports: $(symbolize)'
	@echo '  make lint           style and static checks'
	@echo '  make reprocheck     build twice in different folders, compare the bytes'
	@echo '  make clean'
	@echo
	@echo '  ARCH=x86_64|arm64   APP=path/to/app     CC=gcc|clang   LD=bfd|lld'
	@echo '  PROTOCOLS="$(PROTOCOLS)"  INITRD=folder  REPLAY=1: kaslr.seed= is honoured'
	@echo '                                          DEBUG=1: %p prints addresses'
	@echo '  PLATFORMS="kvm xen"                     kvm: without what Xen guests need'
	@echo '  O=folder for output V=1: show commands  ACCEL=kvm: QEMU with KVM'
