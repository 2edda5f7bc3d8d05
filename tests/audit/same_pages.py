# SPDX-License-Identifier: BSD-3-Clause
"""Shows that pages of text and constants are the same in every boot, and in the file.

Run from the top folder: python3 -B -m tests.audit.same_pages
Hosts that merge equal pages can merge these, wherever they are. The guest's memory is a
file of the host, which outlives the guest; pages of relocated pointers must differ, or
the image had not moved.
"""

from __future__ import annotations

import sys
from functools import partial

from tests.audit.guest import RAM_START, judge
from tests.lib.build import image
from tests.lib.qemu import Machine, boot, report
from tests.lib.suite import RESULTS, Suite
from tools.elf import Elf

WORK = RESULTS / "same-pages"
APP = "data"
PAGE = 4096


def pages(memory: bytes, elf: Elf, start: str, end: str) -> bytes:
    """The moved image's bytes between two symbols; memory begins with __image_start."""
    base = elf.symbol("__image_start").value
    first, last = (elf.symbol(name).value - base for name in (start, end))
    return memory[first:-(-last // PAGE) * PAGE]


def moved_image(arch: str, number: int) -> bytes:
    """Boots once; the bytes from the image's physical base on, as the guest left them."""
    file = WORK / f"{arch}-{number}"
    file.unlink(missing_ok=True)
    machine = Machine(arch, image(arch, APP, "img"), append="kaslr.report", memory_file=file)
    found = report(boot(machine).console)
    if found is None:
        return b""
    start = int(found["phys"], 16) - RAM_START[arch]
    with file.open("rb") as memory:
        memory.seek(start)
        content = memory.read(int(found["size"], 16))
    file.unlink()
    return content


def in_file(arch: str, elf: Elf, section: str) -> bytes:
    found = elf.section(section)
    assert found
    data = image(arch, APP, "elf").read_bytes()
    return data[found.offset:found.offset + found.size]


def problems(arch: str) -> list[str]:
    elf = Elf(image(arch, APP, "elf"))
    one, two = (moved_image(arch, number) for number in (1, 2))
    if not one or not two:
        return ["a boot does not report where it landed"]
    wrong = []
    for name, start, end in (("text", "__image_start", "__text_end"),
                             ("rodata", "__rodata_start", "__rodata_end")):
        if pages(one, elf, start, end) != pages(two, elf, start, end):
            wrong.append(f"pages of {name} differ from boot to boot")
        section = in_file(arch, elf, f".{name}")
        if section not in pages(one, elf, start, end):
            wrong.append(f"{name} in memory is not {name} in the file")
    if pages(one, elf, "__relro_start", "__slots_end") == pages(two, elf, "__relro_start",
                                                               "__slots_end"):
        wrong.append("relocated pointers are the same in both boots")
    return wrong


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    suite = Suite("same-pages")
    for arch in ("x86_64", "arm64"):
        judge(suite, f"{arch} text and constants", partial(problems, arch))
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
