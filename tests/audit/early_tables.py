# SPDX-License-Identifier: BSD-3-Clause
"""Reads the tables of the early identity map once main runs: all that they may still say is
where the loader put the image.

Run from the top folder: python3 -B -m tests.audit.early_tables
"""

from __future__ import annotations

import struct
import sys
from functools import partial

from tests.audit.guest import APP, LOAD_SLIDE, NOT_READY, RAM_START, judge, until_main
from tests.lib.build import image
from tests.lib.qemu import Machine, running
from tests.lib.suite import RESULTS, Suite
from tools.elf import Elf

WORK = RESULTS / "early-tables"
CPUS = {"x86_64": ("max", "max,la57=off"), "arm64": ("max", "cortex-a57")}
PRESENT = 1
ADDRESS = 0x0000FFFFFFFFF000
LARGE = 1 << 21
HEAP_FILL = b"\1" * 8  # what the guest writes to its piece of the heap, which may lie there now


def says_too_much(entries: bytes, first: int, last: int) -> list[str]:
    """Entries that lead elsewhere than to the 2 MiB pages of [first, last)."""
    allowed = range(first // LARGE * LARGE, -(-last // LARGE) * LARGE)
    found = []
    for at in range(0, len(entries), 8):
        word = entries[at:at + 8]
        value, = struct.unpack("<Q", word)
        if value & PRESENT and word != HEAP_FILL and value & ADDRESS not in allowed:
            found.append(f"entry {at // 8} still leads to {value & ADDRESS:#x}")
    return found


def problems(arch: str, cpu: str) -> list[str]:
    file = WORK / arch
    file.unlink(missing_ok=True)
    kernel, elf = image(arch, APP, "img"), Elf(image(arch, APP, "elf"))
    start, end, base, last = (elf.symbol(name).value + LOAD_SLIDE[arch] for name in
                              ("early_root", "__early_wipe_start", "__base_addr", "__early_end"))
    with running(Machine(arch, kernel, cpu=cpu, memory_file=file)) as console:
        if until_main(console) is None:
            return [NOT_READY]
        with file.open("rb") as memory:
            memory.seek(start - RAM_START[arch])
            tables = memory.read(end - start)
    file.unlink()
    path = [tables[at:at + 8] for at in range(0, len(tables), 8)]
    if not any(word[0] & PRESENT for word in path):
        return ["these are not the early tables: not even the path to the image is there"]
    return says_too_much(tables, base, last)


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    suite = Suite("early-tables")
    for arch, cpus in CPUS.items():
        for cpu in cpus:
            judge(suite, f"{arch} {cpu}", partial(problems, arch, cpu))
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
