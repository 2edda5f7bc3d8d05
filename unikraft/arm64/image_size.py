#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Mends the header of a Linux arm64 Image made by Unikraft's mklinux.py: image_size.py IMAGE ELF

Its size is that of the file, so that a loader may put a device tree where .bss will be. Here
it becomes that of the memory that the ELF file takes (Linux Documentation/arch/arm64/booting.rst).
"""

import struct
import sys

HEADER = struct.Struct("<16xQ32x4s4x")  # image_size, magic
PT_LOAD = 1


def memory_of(elf: bytes) -> int:
    """From the first byte to the last of all segments, in memory"""
    phoff, = struct.unpack_from("<Q", elf, 32)
    phentsize, phnum = struct.unpack_from("<HH", elf, 54)
    loads = []
    for at in range(phoff, phoff + phnum * phentsize, phentsize):
        kind, _, _, vaddr, _, _, memsz = struct.unpack_from("<II5Q", elf, at)
        if kind == PT_LOAD and memsz:
            loads.append((vaddr, vaddr + memsz))
    return max(end for _, end in loads) - min(start for start, _ in loads)


def main() -> None:
    image_name, elf_name = sys.argv[1:]
    with open(elf_name, "rb") as file:
        memory = memory_of(file.read())
    with open(image_name, "r+b") as file:
        size, magic = HEADER.unpack(file.read(HEADER.size))
        if magic != b"ARM\x64":
            sys.exit(f"{image_name}: not a Linux arm64 Image")
        file.seek(16)
        file.write(struct.pack("<Q", max(size, HEADER.size + memory)))


if __name__ == "__main__":
    main()
