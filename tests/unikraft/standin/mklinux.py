#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts the header of a Linux arm64 Image before a flat image, as Unikraft does: mklinux.py BIN ELF

Its first instruction but one jumps to _libkvmplat_entry, and its size is that of the file.
"""

import re
import struct
import subprocess
import sys

HEADER = 64
TEXT_OFFSET = 0x100000 - HEADER
ANYWHERE = 0xa  # flags: little endian, 4 KiB pages


def main() -> None:
    bin_name, elf_name = sys.argv[1:]
    symbols = subprocess.run(["nm", elf_name], capture_output=True, text=True, check=True).stdout
    at = {name: int(value, 16) for value, name in re.findall(r"^(\w+) \w (\w+)$", symbols, re.M)}
    distance = at["_libkvmplat_entry"] - (at["_base_addr"] - HEADER + 4)
    with open(bin_name, "r+b") as file:
        data = file.read()
        size = -(HEADER + len(data)) % (1 << 21) + HEADER + len(data)
        file.seek(0)
        file.write(struct.pack("<II3Q24x4sI", 0x91005a4d, 5 << 26 | distance // 4, TEXT_OFFSET,
                               size, ANYWHERE, b"ARM\x64", HEADER) + data)


if __name__ == "__main__":
    main()
