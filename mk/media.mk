# SPDX-License-Identifier: BSD-3-Clause
#
# Media that boot by themselves, under a BIOS and under UEFI: tools/media.py.

export CMDLINE ?=

# GRUB's command, and the image that it takes
grub_command := $(firstword $(foreach p,multiboot2 multiboot linux,$(filter $(p),$(PROTOCOLS))))
grub_image    = $(dest)/$(app).$(if $(filter linux,$(grub_command)),efi,img)

.PHONY: iso disk
iso disk: images
	$(if $(grub_command),,$(error make $@ needs multiboot2, multiboot or linux in PROTOCOLS, of ARCH=x86_64))
	$(Q)tools/install-packages media
	$(Q)$(python) -m tools.media $@ $(grub_image) $(dest)/$(app).$@ --command $(grub_command) \
		--append "$$CMDLINE"
