# SPDX-License-Identifier: BSD-3-Clause
"""Names the three largest shared objects and position-independent executables of this system.

Run from the top folder: python3 -B -m tests.bench.large
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/llvm-14/lib", "/usr/bin")
COUNT = 3
ELF_MAGIC = b"\x7fELF"
ET_DYN = 3


def is_dynamic_elf(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(18)
    return header[:4] == ELF_MAGIC and header[16:18] == ET_DYN.to_bytes(2, "little")


def main() -> int:
    files = {path.resolve() for folder in FOLDERS for path in Path(folder).glob("*")
             if path.is_file()}
    largest: list[Path] = []
    for path in sorted(files, key=lambda p: p.stat().st_size, reverse=True):
        if len(largest) < COUNT and is_dynamic_elf(path):
            largest.append(path)
    print(*largest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
