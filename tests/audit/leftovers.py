# SPDX-License-Identifier: BSD-3-Clause
"""Looks for addresses of a running guest in memory that the guest does not have mapped.

Run from the top folder: python3 -B -m tests.audit.leftovers
What is not mapped once main runs (the load image, the early stack and tables, what the loader
left) is handed out or read by others later. No word in it may be an address in anything that
is mapped. Words of that kind in mapped memory show that the search finds them.
"""

from __future__ import annotations

import mmap
import re
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Iterator

from tests.audit.guest import APP, NOT_READY, RAM_START, Guest, contents, judge_all, until_main
from tests.audit.names import Mapping, mappings
from tests.lib.build import host_program, image
from tests.lib.qemu import Machine, running
from tests.lib.suite import RESULTS, ROOT

WORK = RESULTS / "leftovers"
MEMORY = WORK / "memory"
SOCKET = (WORK / "gdb").relative_to(ROOT)
WORD = struct.Struct("<Q")
HIGH = 3  # bytes of a word below those that are searched for


GUESTS = [Guest("multiboot", "x86_64"), Guest("pvh", "x86_64", "pvh", "q35"),
          Guest("4-level", "x86_64", cpu="max,la57=off"), Guest("52-bit", "arm64"),
          Guest("48-bit", "arm64", cpu="cortex-a57")]


def words_with_addresses(memory: mmap.mmap, live: list[Mapping]) -> Iterator[tuple[int, int]]:
    """Place in memory and value of each word that is an address in one of the mappings."""
    tops = {WORD.pack(address)[HIGH:] for m in live for address in (m.start, m.end - 1)}
    for found in re.finditer(b"|".join(re.escape(top) for top in sorted(tops)), memory):
        at = found.start() - HIGH
        if at < 0 or at % WORD.size:
            continue
        value, = WORD.unpack_from(memory, at)
        if any(m.start <= value < m.end for m in live):
            yield at, value


def examine(memory: mmap.mmap, arch: str, live: list[Mapping]) -> list[str]:
    mapped = [range(m.physical, m.physical + m.end - m.start) for m in live]
    inside, outside = 0, []
    for at, value in words_with_addresses(memory, live):
        if any(at + RAM_START[arch] in pages for pages in mapped):
            inside += 1
        else:
            outside.append(f"{value:#x} is left at {at + RAM_START[arch]:#x}")
    return outside if inside else ["the search finds no address at all"]


def problems(guest: Guest, audit: Path) -> list[str]:
    for old in (MEMORY, ROOT / SOCKET):
        old.unlink(missing_ok=True)
    machine = Machine(guest.arch, image(guest.arch, APP, guest.kind), guest.machine, guest.cpu,
                      "16M", memory_file=MEMORY, extra=["-gdb", f"unix:{SOCKET},server=on,wait=off"])
    with running(machine) as console:
        if until_main(console) is None:
            return [NOT_READY]
        looked = subprocess.run([audit, SOCKET], cwd=ROOT, capture_output=True, text=True, check=False)
        live = mappings(looked.stdout)
        if looked.returncode or not live:
            return [looked.stdout + looked.stderr]
        with contents(MEMORY) as memory:
            return examine(memory, guest.arch, live)


def main() -> int:
    audit = host_program("audit/audit", sorted(Path(__file__).parent.glob("*.c")))
    return judge_all("leftovers", MEMORY, ((g.title, partial(problems, g, audit)) for g in GUESTS))


if __name__ == "__main__":
    sys.exit(main())
