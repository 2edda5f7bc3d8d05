# SPDX-License-Identifier: BSD-3-Clause
"""How many bytes an image has, and how many of them are padding."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tools.elf import EHDR, PHDR, Elf


class ImageSize(NamedTuple):
    """Bytes of a bootable image."""

    file: int
    headers: int  # of ELF; a flat image has none
    sections: int

    @property
    def unpadded(self) -> int:
        return self.headers + self.sections

    @property
    def padding(self) -> int:
        """What lies between sections to bring each to its page."""
        return self.file - self.unpadded


def image_size(path: Path) -> ImageSize:
    """Sizes of a bootable image, beside which the ELF file it was made from lies."""
    data = path.read_bytes()
    sections = sum(s.size for s in Elf(path.with_suffix(".elf")).sections if s.in_file)
    headers = EHDR.size + PHDR.size * len(Elf(path).segments) if data[:4] == b"\x7fELF" else 0
    return ImageSize(len(data), headers, sections)
