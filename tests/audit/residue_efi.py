# SPDX-License-Identifier: BSD-3-Clause
"""Looks for early addresses in registers and on the stack of guests that UEFI firmware has started.

Run from the top folder: python3 -B -m tests.audit.residue_efi
Firmware does not say where it puts a program, but it does the same in the same machine: a
first boot shows where bytes of the early code are in memory, and the guest (tests/guest/residue)
looks for addresses there in a second one, which has them at the same places.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial

from tests.audit.guest import RAM_START, Guest, contents, judge_all
from tests.boot.firmware import UEFI
from tests.lib.build import image
from tests.lib.qemu import Boot, Machine, boot
from tests.lib.suite import RESULTS
from tools.elf import Elf

APP = "residue"
MEMORY = RESULTS / "residue-efi" / "memory"
PAGE = 4096
CODE = 64  # bytes that are searched for
NOWHERE = f"{1 << 62:x}"  # no address in an image there is any word by chance
TIMEOUT = 60.0
GUESTS = [Guest("UEFI", "x86_64", "efi", "q35"),
          Guest("UEFI with a device tree", "arm64", "img", "virt,acpi=off", "cortex-a57"),
          Guest("UEFI with ACPI", "arm64")]


def boot_guest(machine: Machine) -> Boot:
    MEMORY.unlink(missing_ok=True)
    return boot(machine, TIMEOUT)


def load_bases(machine: Machine) -> list[int]:
    """Where the early code's first bytes are, in images that begin with a page."""
    elf = Elf(machine.kernel.with_suffix(".elf"))
    code, base = elf.symbol("efi_entry"), elf.symbol("__base_addr").value
    at = elf.file_offset(code.value)
    found = []
    with contents(MEMORY) as memory:
        place = memory.find(elf.data[at:at + CODE])
        while place >= 0:
            start = place - (code.value - base)
            if start % PAGE == 0:
                found.append(start + RAM_START[machine.arch])
            place = memory.find(elf.data[at:at + CODE], place + 1)
    return found


def problems(guest: Guest) -> list[str]:
    machine = Machine(guest.arch, image(guest.arch, APP, guest.kind), guest.machine, guest.cpu,
                      "256M", NOWHERE, memory_file=MEMORY, extra=["-bios", str(UEFI[guest.arch])])
    first = boot_guest(machine)
    bases = load_bases(machine)
    if first.status != 0 or not bases:
        return ["the guest, or its early code, cannot be found", first.log()]
    second = boot_guest(replace(machine, append=" ".join(f"{base:x}" for base in bases)))
    if load_bases(machine) != bases:
        return ["firmware has put the second one elsewhere"]
    if second.status != 0 or "\nnothing left\n" not in second.console:
        return [second.log()]
    return []


def main() -> int:
    return judge_all("residue-efi", MEMORY, ((g.title, partial(problems, g)) for g in GUESTS))


if __name__ == "__main__":
    sys.exit(main())
