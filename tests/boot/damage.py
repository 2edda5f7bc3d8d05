# SPDX-License-Identifier: BSD-3-Clause
"""Damages the relocation table of an image, or its header, in one byte."""

from __future__ import annotations

from pathlib import Path

from tools.elf import Elf, ElfError

HEADER_SYMBOL = "__reloc_header"
TABLE_SECTION = ".relr.dyn"


def damaged(kernel: Path, words: list[str]) -> bytes:
    """words: 'header' and an offset in bytes, or 'table' and a share of it in percent."""
    elf = Elf(kernel.with_suffix(".elf"))
    where, how_far = words
    if where == "header":
        address = elf.symbol(HEADER_SYMBOL).value + int(how_far)
    else:
        table = elf.section(TABLE_SECTION)
        if table is None or not table.size:
            raise ElfError(f"{elf.path}: no relocation table")
        address = table.addr + (table.size - 1) * int(how_far) // 100
    data = bytearray(kernel.read_bytes())
    data[offset_in(kernel, elf, address)] ^= 0x40
    return bytes(data)


def offset_in(kernel: Path, elf: Elf, address: int) -> int:
    """File offset in the bootable image, which is an ELF file or, on arm64, flat."""
    if kernel.read_bytes()[:4] == b"\x7fELF":
        return Elf(kernel).file_offset(address)
    return address - elf.symbol("__base_addr").value
