# SPDX-License-Identifier: BSD-3-Clause
"""Writes cpio archives ("newc"), whole and damaged, and says what examples/initrd prints of them.

The words of matrix.txt: cpio:N is an archive with a file of N bytes, and smaller ones;
cpio:N:DAMAGE has one of the DAMAGES; "lists N" expects the listing of the whole archive.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

MAGIC = b"070701"
TRAILER = "TRAILER!!!"
FIELDS = 13
MODE, FILE_SIZE, NAME_SIZE = 1, 6, 11
FOLDER, FILE, LINK = 0o040755, 0o100644, 0o120777
TYPES = {FOLDER: "folder", FILE: "file", LINK: "link"}
BIG = "folder/big.bin"
NOTES = "Some notes.\n\tIndented, and of an odd length.\n"


@dataclass
class Entry:
    name: str
    mode: int
    data: bytes = b""

    def packed(self, number: int) -> bytes:
        name = self.name.encode() + b"\0"
        fields = [0] * FIELDS
        fields[0], fields[MODE], fields[4] = number, self.mode, 1
        fields[FILE_SIZE], fields[NAME_SIZE] = len(self.data), len(name)
        header = MAGIC + b"".join(b"%08X" % field for field in fields)
        return padded(header + name) + padded(self.data)

    def listed(self) -> str:
        name = re.sub(r"[^ -~]", "?", self.name)
        return (f"{TYPES[self.mode]:<6} {len(self.data):>12} bytes  "
                f"crc {zlib.crc32(self.data):08x}  {name}")


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def big_data(size: int) -> bytes:
    """Bytes that differ from page to page."""
    numbers = struct.pack("<512I", *(i * 2654435761 % 2**32 for i in range(512)))
    pages = (struct.pack("<I", i) + numbers for i in range(size // len(numbers) + 1))
    return b"".join(pages)[:size]


def entries(size: int) -> list[Entry]:
    return [
        Entry(".", FOLDER),
        Entry("./folder", FOLDER),
        Entry("./empty", FILE),
        Entry("odd\x1b[2Jname", FILE, bytes(range(7))),
        Entry("link", LINK, b"folder/big.bin"),
        Entry(BIG, FILE, big_data(size)),
        Entry("notes.txt", FILE, NOTES.encode()),
    ]


def archive(size: int) -> bytes:
    packed = [entry.packed(i + 1) for i, entry in enumerate(entries(size))]
    return b"".join(packed) + Entry(TRAILER, 0).packed(0)


def expected(size: int) -> list[str]:
    """Regular expressions for the lines that list the whole archive, and show its notes."""
    listed = [re.escape(entry.listed()) for entry in entries(size)]
    total = sum(len(entry.data) for entry in entries(size))
    return [f"^{line}$" for line in listed] + [
        f"^initrd: {len(listed)} entries, {total} bytes in them$",
        "^notes.txt:\n" + re.escape(NOTES)]


def with_field(data: bytes, field: int, value: bytes) -> bytes:
    """The archive with another number in the header of its big file."""
    at = data.index(BIG.encode() + b"\0") - len(MAGIC) - 8 * (FIELDS - field)
    return data[:at] + value + data[at + len(value):]


DAMAGES = {
    "cut-header": lambda data: data[:data.index(BIG.encode() + b"\0") - 9],
    "cut-name": lambda data: data[:data.index(BIG.encode() + b"\0") + 3],
    "cut-data": lambda data: data[:len(data) // 2],
    "cut-trailer": lambda data: data[:data.index(TRAILER.encode())],
    "no-archive": lambda data: bytes(len(data)),
    "magic": lambda data: data.replace(MAGIC, b"070707"),
    "no-number": lambda data: with_field(data, FILE_SIZE, b"0000000G"),
    "size-huge": lambda data: with_field(data, FILE_SIZE, b"FFFFFFFF"),
    "size-wraps": lambda data: with_field(data, FILE_SIZE, b"FFFFFFFC"),
    "name-empty": lambda data: with_field(data, NAME_SIZE, b"00000000"),
    "name-huge": lambda data: with_field(data, NAME_SIZE, b"FFFFFFFF"),
    "name-endless": lambda data: with_field(data, NAME_SIZE, b"00000008"),
}


def made(size: int, damage: str | None) -> bytes:
    whole = archive(size)
    return DAMAGES[damage](whole) if damage else whole
