# SPDX-License-Identifier: BSD-3-Clause
"""What the headers of the images say to loaders, and how to say it about another address."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from tools.elf import PHDR, PT_LOAD, Elf, ElfError

MULTIBOOT_MAGIC = 0x1BADB002
MULTIBOOT_SEARCH = 8192
MULTIBOOT_ADDRESSES = struct.Struct("<IIIII")  # header, load, load_end, bss_end, entry
MULTIBOOT_ADDRESSES_AT = 12
MULTIBOOT2_MAGIC = 0xE85250D6
MULTIBOOT2_TAG_ENTRY = 3
MULTIBOOT2_TAG_RELOCATABLE = 10
MULTIBOOT2_MIN_ADDRESS_AT = 8
LINUX_ENTRY64_AT = 0x200
SETUP_SECTS_AT = 0x1F1
PHYS32_ENTRY = 18  # XEN_ELFNOTE_PHYS32_ENTRY
# XEN_ELFNOTE_VIRT_BASE, _XEN_VERSION, _LOADER: what the image tells a builder of PV domains
PV_NOTES = {3: bytes(8), 5: b"xen-3.0\0", 8: b"generic\0"}
PV_ENTRY = 1  # XEN_ELFNOTE_ENTRY
PHDR_PADDR_AT = 24
ARM64_TEXT_OFFSET_AT = 8
ARM64_MAGIC = b"ARM\x64"
ARM64_MAGIC_AT = 56


@dataclass
class Loaded:
    """What a loader puts into memory, and where it would do so."""

    data: bytes
    address: int
    entry: int

    def moved(self, address: int) -> "Loaded":
        return Loaded(self.data, address, self.entry + address - self.address)


def find_multiboot(data: bytes) -> int:
    """File offset of the Multiboot 1 header."""
    for at in range(0, min(len(data), MULTIBOOT_SEARCH) - 12, 4):
        magic, flags, checksum = struct.unpack_from("<III", data, at)
        if magic == MULTIBOOT_MAGIC and not (magic + flags + checksum) & 0xFFFFFFFF:
            return at
    raise ElfError("no Multiboot header")


def multiboot_loaded(path: Path) -> Loaded:
    """As a Multiboot loader uses the address fields; load_end_addr is 0, the whole file."""
    data = path.read_bytes()
    at = find_multiboot(data)
    header, load, _, _, entry = MULTIBOOT_ADDRESSES.unpack_from(data, at + MULTIBOOT_ADDRESSES_AT)
    return Loaded(data[at - (header - load):], load, entry)


def multiboot_shifted(path: Path, address: int) -> bytes:
    """The same bytes, but the address fields ask for another place."""
    data = bytearray(path.read_bytes())
    at = find_multiboot(data) + MULTIBOOT_ADDRESSES_AT
    fields = MULTIBOOT_ADDRESSES.unpack_from(data, at)
    shift = address - fields[1]
    MULTIBOOT_ADDRESSES.pack_into(data, at, *(f and f + shift for f in fields))
    return bytes(data)


def elf_loaded(path: Path) -> Loaded:
    """The segments at their physical addresses, entered at e_entry (as Firecracker does)."""
    elf = Elf(path)
    loads = [s for s in elf.segments if s.type == PT_LOAD and s.filesz]
    start = min(s.paddr for s in loads)
    data = bytearray(max(s.paddr + s.filesz for s in loads) - start)
    for s in loads:
        data[s.paddr - start:s.paddr - start + s.filesz] = elf.data[s.offset:s.offset + s.filesz]
    return Loaded(bytes(data), start, elf.entry)


def pvh_loaded(path: Path) -> Loaded:
    """The same, entered where the note says."""
    elf, loaded = Elf(path), elf_loaded(path)
    desc, _ = elf.note(b"Xen", PHYS32_ENTRY)
    return Loaded(loaded.data, loaded.address, struct.unpack_from("<I", elf.data, desc)[0])


def find_multiboot2_tag(data: bytes, wanted: int) -> int:
    """File offset of a tag in the Multiboot 2 header."""
    at = data.index(struct.pack("<II", MULTIBOOT2_MAGIC, 0))
    tag, end = at + 16, at + struct.unpack_from("<I", data, at + 8)[0]
    while tag < end:
        kind, _, size = struct.unpack_from("<HHI", data, tag)
        if kind == wanted:
            return tag
        tag += size + 7 & ~7
    raise ElfError(f"no tag {wanted} in the Multiboot 2 header")


def multiboot2_loaded(path: Path) -> Loaded:
    """The file as it is, entered where the header's entry address tag says."""
    data = path.read_bytes()
    tag = find_multiboot2_tag(data, MULTIBOOT2_TAG_ENTRY)
    entry, = struct.unpack_from("<I", data, tag + 8)
    return Loaded(data, elf_loaded(path).address, entry)


def multiboot2_shifted(path: Path, address: int) -> bytes:
    """The same bytes, but the relocatable tag allows no address below this one."""
    data = bytearray(path.read_bytes())
    tag = find_multiboot2_tag(data, MULTIBOOT2_TAG_RELOCATABLE)
    struct.pack_into("<I", data, tag + MULTIBOOT2_MIN_ADDRESS_AT, address)
    return bytes(data)


def bzimage_loaded(path: Path) -> Loaded:
    """The protected-mode part, entered at its first byte in 32-bit mode."""
    data = path.read_bytes()
    return Loaded(data[512 * (data[SETUP_SECTS_AT] + 1):], 0, 0)


def linux64_loaded(path: Path) -> Loaded:
    """An ELF64 at its entry, or the protected-mode part of a bzImage at that of 64-bit mode."""
    if path.suffix != ".efi":
        return elf_loaded(path)
    return Loaded(bzimage_loaded(path).data, 0, LINUX_ENTRY64_AT)


def pv_problems(elf: Elf, symbols: Elf) -> list[str]:
    """What is wrong with the notes that Xen's builders of PV domains read."""
    wanted = PV_NOTES | {PV_ENTRY: struct.pack("<Q", symbols.symbol("xenpv_entry").value)}
    found = []
    for kind, content in wanted.items():
        at, size = elf.note(b"Xen", kind)
        if elf.data[at:at + size] != content:
            found.append(f"Xen's note {kind} is {elf.data[at:at + size]!r}, not {content!r}")
    return found


def pvh_shifted(path: Path, address: int) -> bytes:
    """The same bytes, but p_paddr and the note's entry ask for another place."""
    elf = Elf(path)
    data = bytearray(elf.data)
    shift = address - pvh_loaded(path).address
    for i, segment in enumerate(elf.segments):
        if segment.type == PT_LOAD:
            at = elf.phoff + i * PHDR.size + PHDR_PADDR_AT
            struct.pack_into("<Q", data, at, segment.paddr + shift)
    desc, _ = elf.note(b"Xen", PHYS32_ENTRY)
    entry, = struct.unpack_from("<I", data, desc)
    struct.pack_into("<I", data, desc, entry + shift)
    return bytes(data)


def arm64_loaded(path: Path) -> Loaded:
    """A flat Image is entered at its first byte, wherever it lies."""
    data = path.read_bytes()
    if data[ARM64_MAGIC_AT:ARM64_MAGIC_AT + 4] != ARM64_MAGIC:
        raise ElfError(f"{path}: not an arm64 Image")
    return Loaded(data, 0, 0)


def arm64_shifted(path: Path, text_offset: int) -> bytes:
    """The same bytes, but the header asks for another distance from a 2 MiB boundary."""
    data = bytearray(arm64_loaded(path).data)
    struct.pack_into("<Q", data, ARM64_TEXT_OFFSET_AT, text_offset)
    return bytes(data)
