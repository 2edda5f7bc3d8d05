# SPDX-License-Identifier: BSD-3-Clause
"""Reads the map that a linker writes (-Map): which object's which section went where.

Understands GNU ld's maps and lld's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, NamedTuple

FILL = "*fill*"
SCRIPT = "(linker script)"
NOT_LOADED = ".debug"
GNU_START = "Linker script and memory map"
# " .text.f  0x0000000000100000  0x1f obj/a.o", where a long name stands on a line of its own
GNU_NAME = re.compile(r"^ (\.\S+|COMMON|\*fill\*)$")
GNU_PIECE = re.compile(r"^ (\.\S+|COMMON|\*fill\*|) +0x([0-9a-f]+) +0x([0-9a-f]+)(?: +(\S.*))?$")
# "                0x0000000000000038        0x4 LONG 0x644d5241"
GNU_DATA = re.compile(r"^ +0x([0-9a-f]+) +0x([0-9a-f]+) (?:BYTE|SHORT|LONG|S?QUAD) ")
# ".text           0x0000000000100000     0x22e0"
GNU_OUTPUT = re.compile(r"^(\.\S+|/DISCARD/)(?: |$)")
# "  100190  100190  20  1 .text"
LLD_OUTPUT = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ (\.\S+)$")
# "  100190  100190  20  1         obj/a.o:(.text.f)"
LLD_PIECE = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(\S+):\((\S+)\)$")
LLD_DATA = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(?:BYTE|SHORT|LONG|QUAD) ")


class Piece(NamedTuple):
    """Bytes that one input section gave to the image."""

    address: int
    size: int
    object: str  # empty for what the linker filled in
    section: str
    output: str  # the image's section that they are in


def gnu_pieces(lines: list[str]) -> Iterator[Piece]:
    name = output = ""
    for line in lines[lines.index(GNU_START):]:
        opened = GNU_OUTPUT.match(line)
        if opened:
            output = opened.group(1)
        alone = GNU_NAME.match(line)
        if alone:
            name = alone.group(1)
            continue
        data = GNU_DATA.match(line)
        found = GNU_PIECE.match(line)
        if data:
            yield Piece(int(data.group(1), 16), int(data.group(2), 16), SCRIPT, SCRIPT, output)
        elif found:
            section, address, size, source = found.groups()
            section = section or name
            if section == FILL:
                source = ""
            if section and source is not None:
                yield Piece(int(address, 16), int(size, 16), source, section, output)
        name = ""


def without_overlaps(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """GNU ld shows a section whose strings are all in others by the size that it had before."""
    last: Piece | None = None
    for piece in pieces:
        if last:
            if last.output == piece.output and last.address <= piece.address < last.address + last.size:
                last = last._replace(size=piece.address - last.address)
            yield last
        last = piece
    if last:
        yield last


def lld_pieces(lines: list[str]) -> Iterator[Piece]:
    """lld does not say what it filled in: it is what lies between two pieces."""
    output, at, end = "", 0, 0
    for line in lines:
        opened, found, data = (p.match(line) for p in (LLD_OUTPUT, LLD_PIECE, LLD_DATA))
        if opened:
            if at < end:
                yield Piece(at, end - at, "", FILL, output)
            at, size = (int(group, 16) for group in opened.groups()[:2])
            end, output = at + size, opened.group(3)
        elif found or data:
            piece = found or data
            assert piece
            address, size = int(piece.group(1), 16), int(piece.group(2), 16)
            if at < address:
                yield Piece(at, address - at, "", FILL, output)
            at = address + size
            source, section = found.groups()[2:] if found else (SCRIPT, SCRIPT)
            yield Piece(address, size, source, section, output)
    if at < end:
        yield Piece(at, end - at, "", FILL, output)


def read_map(path: Path) -> list[Piece]:
    """All pieces that take bytes of the image, by ascending address; no debug information."""
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    gnu = GNU_START in lines
    pieces = without_overlaps(gnu_pieces(lines)) if gnu else lld_pieces(lines)
    return sorted(piece for piece in pieces
                  if piece.size and not piece.output.startswith(NOT_LOADED))
