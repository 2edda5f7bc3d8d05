# SPDX-License-Identifier: BSD-3-Clause
"""Loads by boot loaders from media, x86_64:

	iso FIRMWARE COMMAND      GRUB 2 from the ISO that `make iso` makes
	disk FIRMWARE COMMAND     the same from the disk that `make disk` makes
	rescue FIRMWARE COMMAND   GRUB 2 from an ISO of grub-mkrescue, with its menu
	rescue FIRMWARE multiboot2 ADDRESS   the same, the header asking for another address
	isolinux                  ISOLINUX and mboot.c32

FIRMWARE is bios (SeaBIOS) or uefi (OVMF), COMMAND multiboot, multiboot2 or linux. The
initrd of a row (QEMU's -initrd) becomes a module.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.boot import headers
from tests.lib.build import run
from tests.lib.qemu import Machine
from tools import media

OVMF = "/usr/share/ovmf/OVMF.fd"
ISOLINUX = Path("/usr/lib/ISOLINUX/isolinux.bin")
SYSLINUX = Path("/usr/lib/syslinux/modules/bios")
SYSLINUX_FILES = ("ldlinux.c32", "libcom32.c32", "mboot.c32")


def take_module(machine: Machine) -> Path | None:
    """The row's initrd, which QEMU is not to load."""
    if "-initrd" not in machine.extra:
        return None
    at = machine.extra.index("-initrd")
    module = machine.extra[at + 1]
    del machine.extra[at:at + 2]
    return Path(module)


def boot_from(machine: Machine, medium: Path, firmware: str) -> None:
    kind = "cdrom" if medium.suffix == ".iso" else "disk"
    machine.extra += ["-drive", f"file={medium},format=raw,media={kind},snapshot=on"]
    if firmware == "uefi":
        machine.extra += ["-bios", OVMF]
    machine.kernel = None
    machine.append = ""


def menu_of(machine: Machine, command: str) -> media.Menu:
    assert machine.kernel
    return media.Menu(machine.kernel, command, machine.append, take_module(machine))


def small_grub(machine: Machine, medium: str, words: list[str], work: Path) -> None:
    firmware, command = words
    work.mkdir(parents=True, exist_ok=True)
    output = work / f"medium.{medium}"
    media.make(medium, menu_of(machine, command), output)
    boot_from(machine, output, firmware)


def iso(machine: Machine, words: list[str], work: Path) -> None:
    small_grub(machine, "iso", words, work)


def disk(machine: Machine, words: list[str], work: Path) -> None:
    small_grub(machine, "disk", words, work)


def fresh(folder: Path, menu: media.Menu) -> Path:
    """A folder with the image, and the module if there is one."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "boot").mkdir(parents=True)
    for path in menu.files():
        shutil.copy(path, folder / "boot" / path.name)
    return folder


def rescue(machine: Machine, words: list[str], work: Path) -> None:
    """GRUB as distributions have it: all of its modules, a menu."""
    firmware, command, *address = words
    if address:
        assert machine.kernel
        data = headers.multiboot2_shifted(machine.kernel, int(address[0], 16))
        work.mkdir(parents=True, exist_ok=True)
        machine.kernel = work / "image"
        machine.kernel.write_bytes(data)
    menu, output = menu_of(machine, command), work / "medium.iso"
    tree = fresh(work / "tree", menu)
    (tree / "boot/grub").mkdir()
    console = "serial --unit=0\nterminal_output serial\n" if firmware == "bios" else ""
    (tree / "boot/grub/grub.cfg").write_text(
        f"{console}set timeout=0\nmenuentry image {{\n" + "\n".join(menu.lines()) + "\n}\n")
    run(["grub-mkrescue", "-o", str(output), str(tree)])
    boot_from(machine, output, firmware)


def isolinux(machine: Machine, _words: list[str], work: Path) -> None:
    menu, output = menu_of(machine, "multiboot"), work / "medium.iso"
    tree = fresh(work / "tree", menu)
    for source in (ISOLINUX, *(SYSLINUX / name for name in SYSLINUX_FILES)):
        shutil.copy(source, tree / source.name)
    append = f"/boot/{menu.image.name} {menu.append}"
    if menu.module:
        append += f" --- /boot/{menu.module.name}"
    (tree / "isolinux.cfg").write_text(
        f"serial 0 115200\ndefault image\nlabel image\n\tkernel mboot.c32\n\tappend {append}\n")
    run(["xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", str(output), "-b", "isolinux.bin",
         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-c", "boot.cat", str(tree)])
    boot_from(machine, output, "bios")
