# SPDX-License-Identifier: BSD-3-Clause
"""Reads the map that a linker writes (-Map): which object's which section went where.

Understands GNU ld's maps and lld's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, NamedTuple

FILL = "*fill*"
GNU_START = "Linker script and memory map"
# " .text.f  0x0000000000100000  0x1f obj/a.o", where a long name stands on a line of its own
GNU_NAME = re.compile(r"^ (\.\S+|COMMON|\*fill\*)$")
GNU_PIECE = re.compile(r"^ (\.\S+|COMMON|\*fill\*|) +0x([0-9a-f]+) +0x([0-9a-f]+)(?: +(\S.*))?$")
# "  100190  100190  20  1         obj/a.o:(.text.f)"
LLD_PIECE = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(\S+):\((\S+)\)$")


class Piece(NamedTuple):
    """Bytes that one input section gave to the image."""

    address: int
    size: int
    object: str  # empty for what the linker filled in
    section: str


def gnu_pieces(lines: list[str]) -> Iterator[Piece]:
    name = ""
    for line in lines[lines.index(GNU_START):]:
        alone = GNU_NAME.match(line)
        if alone:
            name = alone.group(1)
            continue
        found = GNU_PIECE.match(line)
        if found:
            section, address, size, source = found.groups()
            section = section or name
            if section == FILL:
                source = ""
            if section and source is not None:
                yield Piece(int(address, 16), int(size, 16), source, section)
        name = ""


def lld_pieces(lines: list[str]) -> Iterator[Piece]:
    for line in lines:
        found = LLD_PIECE.match(line)
        if found:
            address, size, source, section = found.groups()
            yield Piece(int(address, 16), int(size, 16), source, section)


def read_map(path: Path) -> list[Piece]:
    """All pieces that take bytes, by ascending address. Discarded ones have address 0 in maps."""
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    pieces = gnu_pieces(lines) if GNU_START in lines else lld_pieces(lines)
    return sorted(piece for piece in pieces if piece.size)
