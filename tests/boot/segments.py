# SPDX-License-Identifier: BSD-3-Clause
"""What the ELF headers let a loader do: no segment is writable and executable at once. And
what the notes of Xen PV say.

Run from the top folder: python3 -B -m tests.boot.segments
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.boot import headers
from tests.lib.build import BuildError, image
from tests.lib.suite import Suite
from tools.elf import PT_LOAD, Elf, ElfError, Segment

X, W = 1, 2  # p_flags (gABI, "Program Header")
# Parts of the image by the symbols at their ends, and what p_flags must say
PARTS = [("__base_addr", "__text_end", X), ("__rodata_start", "__rodata_end", 0),
         ("__data_start", "__slots_end", W), ("__bss_start", "__image_end", W),
         ("__early_start", "__early_end", W)]


def permissions(segments: list[Segment], start: int, end: int) -> set[int]:
    """W and X of the segments that touch [start, end)."""
    return {s.flags & (W | X) for s in segments if s.vaddr < end and start < s.vaddr + s.memsz}


def problems(elf: Elf, symbols: Elf) -> list[str]:
    segments = [s for s in elf.segments if s.type == PT_LOAD and s.memsz]
    found = [f"the segment at {s.vaddr:#x} is writable and executable"
             for s in segments if s.flags & W and s.flags & X]
    for first, last, wanted in PARTS:
        start, end = symbols.symbol(first).value, symbols.symbol(last).value
        have = permissions(segments, start, end)
        if start < end and have != {wanted}:
            found.append(f"{first} to {last} has flags {sorted(have)}, not {wanted}")
    return found


def main() -> int:
    suite = Suite("segments")
    for arch, kinds in (("x86_64", ("img", "pvh", "elf")), ("arm64", ("elf",))):
        for app in ("hello", "data"):
            for kind in kinds:
                try:
                    path: Path = image(arch, app, kind)
                    elf, symbols = Elf(path), Elf(path.with_suffix(".elf"))
                    found = problems(elf, symbols)
                    if arch == "x86_64":
                        found += headers.pv_problems(elf, symbols)
                except (BuildError, ElfError) as error:
                    found = [str(error)]
                suite.verdict(f"{arch} {app}.{kind}", found)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
