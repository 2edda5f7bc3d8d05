# SPDX-License-Identifier: BSD-3-Clause
"""A reader of 64-bit little-endian ELF files, as far as the tools and tests need one.

Names follow the System V gABI, chapters 4 and 5.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Iterator, NamedTuple

PT_LOAD = 1
PT_NOTE = 4
SHT_SYMTAB = 2
SHT_NOBITS = 8
SHF_ALLOC = 2
STT_OBJECT = 1
STT_FUNC = 2

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")
SHDR = struct.Struct("<IIQQQQIIQQ")
SYM = struct.Struct("<IBBHQQ")
NOTE = struct.Struct("<III")


class ElfError(Exception):
    """The file is not what this module reads."""


class Segment(NamedTuple):
    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


class Section(NamedTuple):
    name: str
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    entsize: int

    @property
    def in_file(self) -> bool:
        """Does it take bytes of a loadable image?"""
        return bool(self.flags & SHF_ALLOC) and self.type != SHT_NOBITS


class Symbol(NamedTuple):
    name: str
    type: int
    section: int
    value: int
    size: int


class Elf:
    """One file, read once: .data holds its bytes, .segments and .sections its tables."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.read_bytes()
        if self.data[:6] != b"\x7fELF\x02\x01" or len(self.data) < EHDR.size:
            raise ElfError(f"{path}: not a 64-bit little-endian ELF file")
        (_, _, self.machine, _, self.entry, phoff, shoff, _, _, self.phentsize, phnum,
         _, shnum, shstrndx) = EHDR.unpack_from(self.data)
        self.phoff = phoff
        self.segments = [self._segment(phoff + i * PHDR.size) for i in range(phnum)]
        self.sections = self._sections(shoff, shnum, shstrndx)

    def _segment(self, at: int) -> Segment:
        kind, flags, *rest = PHDR.unpack_from(self.data, at)
        return Segment(kind, flags, *rest)

    def _sections(self, shoff: int, count: int, names: int) -> list[Section]:
        raw = [SHDR.unpack_from(self.data, shoff + i * SHDR.size) for i in range(count)]
        strings = raw[names][4] if count else 0
        return [Section(self._string(strings + name), kind, flags, addr, offset, size, link,
                        entsize)
                for name, kind, flags, addr, offset, size, link, _, _, entsize in raw]

    def _string(self, at: int) -> str:
        return self.data[at:self.data.index(b"\0", at)].decode()

    def section(self, name: str) -> Section | None:
        return next((s for s in self.sections if s.name == name), None)

    def symbols(self) -> Iterator[Symbol]:
        for table in self.sections:
            if table.type != SHT_SYMTAB:
                continue
            strings = self.sections[table.link].offset
            for at in range(table.offset, table.offset + table.size, SYM.size):
                name, info, _, section, value, size = SYM.unpack_from(self.data, at)
                yield Symbol(self._string(strings + name), info & 15, section, value, size)

    def symbol(self, name: str) -> Symbol:
        found = next((s for s in self.symbols() if s.name == name and s.section), None)
        if found is None:
            raise ElfError(f"{self.path}: no symbol {name}")
        return found

    def file_offset(self, vaddr: int) -> int:
        """Where in the file the byte that is linked at vaddr lies."""
        for seg in self.segments:
            if seg.type == PT_LOAD and seg.vaddr <= vaddr < seg.vaddr + seg.filesz:
                return seg.offset + vaddr - seg.vaddr
        raise ElfError(f"{self.path}: no byte of the file is linked at {vaddr:#x}")

    def note(self, owner: bytes, kind: int) -> tuple[int, int]:
        """File offset and length of a note's descriptor."""
        for seg in self.segments:
            at, end = seg.offset, seg.offset + seg.filesz
            while seg.type == PT_NOTE and at + NOTE.size <= end:
                namesz, descsz, found = NOTE.unpack_from(self.data, at)
                name = at + NOTE.size
                desc = name + (namesz + 3 & ~3)
                if found == kind and self.data[name:name + namesz].rstrip(b"\0") == owner:
                    return desc, descsz
                at = desc + (descsz + 3 & ~3)
        raise ElfError(f"{self.path}: no {owner.decode()} note of type {kind}")
