# SPDX-License-Identifier: BSD-3-Clause
"""Looks for what EFI_RNG_PROTOCOL gave in all of a guest's memory once main runs.

Run from the top folder: python3 -B -m tests.audit.efi_seed
On processors without a random number unit firmware's protocol gives what a virtio device
gives, and that what a file of the host has: bytes that are known. How far QEMU has read it
says how many of them the firmware took. A copy in a block of the firmware's own pool is
the firmware's.
"""

from __future__ import annotations

import hashlib
import mmap
import sys
from functools import partial
from pathlib import Path

from tests.audit.guest import APP, NOT_READY, Guest, contents, judge_all, until_main
from tests.boot.firmware import UEFI
from tests.lib.build import image
from tests.lib.qemu import Machine, report, running
from tests.lib.suite import RESULTS

WORK = RESULTS / "efi-seed"
MEMORY = WORK / "memory"
RANDOM = WORK / "random"
RANDOM_BYTES = 1 << 16
SEED = 32  # bytes that the image asks for
PIECE = 8  # of them that are looked for
POOL_TAIL = b"ptal"  # behind each block of EDK2's pool: MdeModulePkg/Core/Dxe/Mem/Pool.c
TIMEOUT = 60.0
GUESTS = [Guest("EFI_RNG_PROTOCOL", "x86_64", "efi", "q35", "qemu64"),
          Guest("EFI_RNG_PROTOCOL", "arm64", "img", "virt,acpi=off", "cortex-a57")]


def random_bytes() -> bytes:
    """No 8 of them are the same as 8 others, nor likely to be anywhere else."""
    return b"".join(hashlib.sha256(b"random %d" % i).digest() for i in range(RANDOM_BYTES // 32))


def bytes_read() -> int:
    """How far QEMU is in its file of random bytes."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == RANDOM:
                info = (link.parent.parent / "fdinfo" / link.name).read_text()
                return int(info.split("pos:")[1].split()[0])
        except OSError:  # a process that has ended, or is not ours
            continue
    return 0


def copies(memory: mmap.mmap, given: bytes) -> list[int]:
    """Where pieces of it are that are not firmware's."""
    found = []
    for at in range(0, len(given) - PIECE + 1, PIECE):
        place = memory.find(given[at:at + PIECE])
        while place >= 0:
            end = place + SEED - at % SEED
            if memory[end:end + len(POOL_TAIL)] != POOL_TAIL:
                found.append(place)
            place = memory.find(given[at:at + PIECE], place + 1)
    return found


def problems(guest: Guest) -> list[str]:
    MEMORY.unlink(missing_ok=True)
    machine = Machine(guest.arch, image(guest.arch, APP, guest.kind), guest.machine, guest.cpu,
                      "128M", "kaslr.report", memory_file=MEMORY,
                      extra=["-bios", str(UEFI[guest.arch]), "-device", "virtio-rng-pci,rng=file",
                             "-object", f"rng-random,id=file,filename={RANDOM}"])
    with running(machine, TIMEOUT) as console:
        text = until_main(console)
        if text is None:
            return [NOT_READY]
        taken = bytes_read()
        line = report(text[text.rindex("kaslr: "):])
        if not line or "efi-rng" not in line["sources"] or taken < SEED:
            return [f"there is no seed to look for: {taken} bytes were taken"]
        with contents(MEMORY) as memory:
            return [f"the seed is still in memory, at offset {place:#x}"
                    for place in copies(memory, random_bytes()[:taken])]


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    RANDOM.write_bytes(random_bytes())
    return judge_all("efi-seed", MEMORY, ((g.title, partial(problems, g)) for g in GUESTS))


if __name__ == "__main__":
    sys.exit(main())
