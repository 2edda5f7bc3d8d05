# SPDX-License-Identifier: BSD-3-Clause
"""A Linux dom0 with Xen's toolstack, from Debian's packages: a kernel and an initial RAM disk.

It creates the guests in /guests one after the other, by `xl`, and says of each what its
console showed and which shutdown reason the toolstack saw (dom0_init.sh).
"""

from __future__ import annotations

import lzma
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from tests.boot.newc import FILE, FOLDER, LINK, TRAILER, Entry
from tests.xen.debian import depends, unpacked

XEN = "usr/lib/xen-4.17"
PACKAGES = ["xen-utils-4.17", "xenstore-utils", "busybox-static", "libxentoolcore1",
            "libxentoollog1", "libxencall1", "libxendevicemodel1", "libxenevtchn1",
            "libxenforeignmemory1", "libxengnttab1", "libxenhypfs1", "libxenmisc4.17",
            "libxenstore4", "libyajl2", "libc6", "libgcc-s1", "liblzma5", "libuuid1", "zlib1g",
            "libzstd1"]
OF_ARCH = {"x86_64": [], "arm64": ["libfdt1"]}
DEBIAN = {"x86_64": "amd64", "arm64": "arm64"}
# Where programs look for the dynamic loader
LOADER_FOLDER = {"x86_64": "lib64", "arm64": "lib"}
PROGRAMS = [f"{XEN}/bin/{name}" for name in (
    "xl", "xenstored", "xenconsoled", "xen-init-dom0", "libxl-save-helper")]
SHIM = f"{XEN}/boot/xen-shim"
LIBRARIES = re.compile(r"lib(xen.*|xl.*|yajl|c|gcc_s|lzma|uuid|z|zstd|m|fdt)\.so\.[\d.]+$")
LOADER = re.compile(r"ld-linux.*\.so\.\d$")
APPLETS = "sh mount cat echo insmod mkdir sleep ln grep tail cut sed wc poweroff"
MODULES = ["xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs/xenfs"]
FOLDERS = ["bin", "dev", "proc", "sys", "etc", "etc/xen", "run", "tmp", "lib", "lib64", "usr",
           "usr/lib", XEN, f"{XEN}/boot", "guests", "modules", "var", "var/lib", "var/log"]
XZ_MAGIC = b"\xfd7zXZ\0"
# bzImage, Linux Documentation/arch/x86/boot.rst
SETUP_SECTS, PAYLOAD_OFFSET, SECTOR = 0x1F1, 0x248, 512
REASONS = {"0": "poweroff", "1": "reboot", "2": "suspend", "3": "crash"}


@dataclass
class Outcome:
    """What became of a guest."""

    console: str
    reason: str


def linux(arch: str) -> Path:
    """The folder with Debian's kernel and its modules."""
    debian = DEBIAN[arch]
    newest = next(name for name in depends(debian, f"linux-image-{debian}")
                  if name.startswith("linux-image-"))
    return unpacked(debian, [newest], "linux")


def kernel(arch: str) -> Path:
    """What Xen gets: on arm64 the Image as it is, on x86_64 the ELF file in a bzImage."""
    folder = linux(arch)
    packed = next((folder / "boot").glob("vmlinuz-*"))
    return packed if arch == "arm64" else unpacked_kernel(packed, folder / "vmlinux")


def unpacked_kernel(packed: Path, elf: Path) -> Path:
    """Xen would take a bzImage, but unpacks it slowly here."""
    if not elf.exists():
        image = packed.read_bytes()
        offset, length = struct.unpack_from("<II", image, PAYLOAD_OFFSET)
        start = ((image[SETUP_SECTS] or 4) + 1) * SECTOR + offset
        if not image.startswith(XZ_MAGIC, start):
            raise ValueError(f"{packed}: the kernel is not packed by xz")
        elf.write_bytes(lzma.LZMADecompressor().decompress(image[start:start + length]))
    return elf


def files_of(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    found = {path.name: path for path in folder.rglob("*") if pattern.match(path.name)}
    return list(found.values())


def base_entries(arch: str) -> list[Entry]:
    """The RAM disk without guests."""
    tools = unpacked(DEBIAN[arch], PACKAGES + OF_ARCH[arch], "tools")
    modules = next((linux(arch) / "lib/modules").iterdir()) / "kernel/drivers/xen"
    entries = [Entry(name, FOLDER) for name in FOLDERS]
    files = {"bin/busybox": tools / "bin/busybox", "bin/xenstore-write": tools / "usr/bin/xenstore",
             "init": Path(__file__).with_name("dom0_init.sh")}
    if arch == "x86_64":
        files[SHIM] = tools / SHIM
    files |= {f"bin/{Path(name).name}": tools / name for name in PROGRAMS}
    files |= {f"lib/{path.name}": path for path in files_of(tools, LIBRARIES)}
    files |= {f"{LOADER_FOLDER[arch]}/{path.name}": path for path in files_of(tools, LOADER)}
    files |= {f"modules/{Path(name).name}.ko": modules / f"{name}.ko" for name in MODULES}
    entries += [Entry(name, FILE | 0o111, path.read_bytes()) for name, path in files.items()]
    entries += [Entry(f"bin/{name}", LINK, b"busybox") for name in APPLETS.split()]
    return entries + [Entry("etc/xen/xl.conf", FILE)]


def initrd(arch: str, guests: dict[str, bytes], path: Path) -> Path:
    """Writes the RAM disk with these files in /guests; NAME.cfg makes a guest."""
    entries = base_entries(arch) + [Entry(f"guests/{name}", FILE, data)
                                for name, data in guests.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        for number, entry in enumerate(entries + [Entry(TRAILER, 0)]):
            out.write(entry.packed(number))
    return path


def outcomes(console: str) -> dict[str, Outcome]:
    """From dom0's console: what it says of each guest, by name."""
    found = re.finditer(r"^@@ begin (\S+)\n(.*?)^@@ end \1 (\S*)$", console, re.M | re.S)
    return {name: Outcome(text, REASONS.get(code, code or "none"))
            for name, text, code in (match.groups() for match in found)}
