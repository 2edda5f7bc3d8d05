# SPDX-License-Identifier: BSD-3-Clause
"""The ways of loading that matrix.txt names: each changes how QEMU gets the image.

	at ADDRESS              the same bytes, headers asking for another address
	                        (arm64: for another text_offset)
	raw ADDRESS WHAT...     put at ADDRESS as they are and entered by a hostile loader
	                        (trampoline/<arch>.S); WHAT: x86_64: a protocol and a map or
	                        lie of x86_handover.py; arm64: words of ARM64_MODES, and a
	                        damaged device tree of dtb.py
	efi..., uboot...        by real firmware: firmware.py
	iso, disk, rescue, isolinux...   by a boot loader from a medium: media.py
	damage WHAT             one byte of the relocation table or its header is wrong
	units UNIT:HOW...       the processor has these random number units, good or not: units.py
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Callable

from tests.boot import damage, dtb, firmware, headers, media, newc, units, x86_handover
from tests.lib.build import assemble
from tests.lib.qemu import Machine
from tests.lib.suite import RESULTS

TRAMPOLINES = Path(__file__).with_name("trampoline")

# These stand in trampoline/x86_64.S and x86_64_long.S as well.
X86_TRAMPOLINE = 0x3000000
X86_CONFIG = 0x3010000
X86_INFO = 0x3020000
# CR0 bits of the Intel SDM vol. 3, 2.5: MP, TS, NE, WP, AM
X86_CR0 = 1 << 1 | 1 << 3 | 1 << 5 | 1 << 16 | 1 << 18
# EFLAGS, vol. 1, 3.4.3: all the status flags, DF, IOPL 3, NT, AC; never TF, IF, VM
X86_EFLAGS = 0x8D7 | 1 << 10 | 3 << 12 | 1 << 14 | 1 << 18
# Multiboot leaves CR0 open but for PE and PG; PVH allows nothing but PE.
X86_CR0_OF = {"multiboot": X86_CR0, "multiboot2": X86_CR0, "pvh": 0, "linux32": 0}
X86_LOADED = {"multiboot": headers.multiboot_loaded, "multiboot2": headers.multiboot2_loaded,
              "pvh": headers.pvh_loaded, "linux32": headers.bzimage_loaded}
# Entered in 64-bit mode: levels of tables, and whether the rest is as bad as it may be
X86_LONG = {"linux": (4, False), "linux-5": (5, False), "linux-junk": (4, True),
            "linux-junk-5": (5, True)}

# These stand in trampoline/arm64.S as well.
ARM64_CONFIG = 0x40300000
ARM64_DTB = 0x41000000
ARM64_MODES = {"aligned": 1, "mmu": 2, "trng-good": 0x004, "trng-zeros": 0x104,
               "trng-ones": 0x204, "trng-same": 0x304, "trng-busy": 0x404}


def at(machine: Machine, words: list[str], work: Path) -> None:
    address = int(words[0], 16)
    if machine.arch == "arm64":
        data = headers.arm64_shifted(machine.kernel, address)
    elif machine.kernel.suffix == ".pvh":
        data = headers.pvh_shifted(machine.kernel, address)
    else:
        data = headers.multiboot_shifted(machine.kernel, address)
    machine.kernel = write(work / "image", data)


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def place(machine: Machine, path: Path, data: bytes, address: int) -> None:
    """Has QEMU put the bytes at a physical address before the machine starts."""
    write(path, data)
    machine.extra += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


def raw(machine: Machine, words: list[str], work: Path) -> None:
    address = int(words[0], 16)
    enter = {"x86_64": raw_x86, "arm64": raw_arm64}[machine.arch]
    enter(machine, address, words[1:], work)


def raw_x86(machine: Machine, address: int, words: list[str], work: Path) -> None:
    protocol, what = words
    long_mode = protocol in X86_LONG
    loaded = (headers.linux64_loaded if long_mode else X86_LOADED[protocol])(machine.kernel)
    loaded = loaded.moved(address)
    eax, info = x86_handover.handover(protocol.partition("-")[0], what, X86_INFO, machine.append)
    if long_mode:
        config = struct.pack("<QIII", loaded.entry, X86_INFO, *X86_LONG[protocol])
    else:
        config = struct.pack("<6I", loaded.entry, eax, X86_INFO, X86_CR0_OF[protocol],
                             X86_EFLAGS, X86_INFO)
    place(machine, work / "image", loaded.data, loaded.address)
    place(machine, work / "info", info, X86_INFO)
    place(machine, work / "config", config, X86_CONFIG)
    machine.append = ""
    name = "x86_64_long" if long_mode else "x86_64"
    machine.kernel = assemble("x86_64", TRAMPOLINES / f"{name}.S", RESULTS / f"trampoline-{name}",
                              X86_TRAMPOLINE)


def raw_arm64(machine: Machine, address: int, words: list[str], work: Path) -> None:
    mode = sum(ARM64_MODES[word] for word in words if word in ARM64_MODES)
    damages = [word for word in words if word not in ARM64_MODES]
    place(machine, work / "image", headers.arm64_loaded(machine.kernel).data, address)
    machine.kernel = assemble("arm64", TRAMPOLINES / "arm64.S", RESULTS / "trampoline-arm64", 0)
    tree = 0
    for word in damages:
        tree = ARM64_DTB
        place(machine, work / "dtb", dtb.damaged(machine, word, work), tree)
    config = struct.pack("<3Q", address, tree, mode)
    place(machine, work / "config", config, ARM64_CONFIG)


def damaged(machine: Machine, words: list[str], work: Path) -> None:
    data = damage.damaged(machine.kernel, words)
    machine.kernel = write(work / "image", data)


def with_units(machine: Machine, words: list[str], work: Path) -> None:
    data = units.patched(machine.arch, machine.kernel, words)
    machine.kernel = write(work / "image", data)


LOADS: dict[str, Callable[[Machine, list[str], Path], None]] = {
    "at": at, "raw": raw, "damage": damaged, "units": with_units,
    "efi": firmware.efi, "uboot": firmware.uboot,
    "iso": media.iso, "disk": media.disk, "rescue": media.rescue, "isolinux": media.isolinux,
}


def prepare(machine: Machine, load: list[str], work: Path) -> None:
    """Changes the machine so that it loads its image in the given way."""
    for i, word in enumerate(machine.extra):
        machine.extra[i] = with_files(word, work)
    if load:
        LOADS[load[0]](machine, load[1:], work)


PATTERN_FILE = re.compile(r"\bfile:(\d+)")
ARCHIVE = re.compile(r"\bcpio:(\d+)(?::([\w-]+))?")


def with_files(word: str, work: Path) -> str:
    """'file:3000' becomes the path of a file of 3000 bytes with a pattern in them, cpio:... that
    of an archive."""
    def pattern(match: re.Match[str]) -> str:
        size = int(match.group(1))
        data = bytes(range(256)) * (size // 256 + 1)
        return str(write(work / f"pattern-{size}", data[:size]))

    def archive(match: re.Match[str]) -> str:
        return str(write(work / "files.cpio", newc.made(int(match.group(1)), match.group(2))))
    return ARCHIVE.sub(archive, PATTERN_FILE.sub(pattern, word))
