# SPDX-License-Identifier: BSD-3-Clause
"""Bootable media with GRUB 2: an ISO 9660 image, or a disk with a GPT.

usage: python3 -B -m tools.media iso|disk IMAGE OUTPUT
		[--append WORDS] [--command COMMAND] [--module FILE]

Both start under a BIOS and under UEFI. GRUB is the smallest that can do it: a core image
with the modules named here and a configuration of a few lines, which loads IMAGE by
COMMAND (multiboot2, or multiboot, or linux) and hands it WORDS as its command line. Its
console is COM1 and the screen.

The disk: a protective MBR with GRUB's boot sector, a BIOS boot partition with its core
image, and an EFI system partition (FAT) with GRUB for UEFI and the image, from which both
read. Both are reproducible. From Debian: grub-pc-bin grub-efi-amd64-bin grub-common
xorriso mtools gdisk
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

GRUB = Path("/usr/lib/grub")
SECTOR = 512
KIB = 1024
# GRUB's commands that load an image, and those that load a module for it
COMMANDS = {"multiboot": "module", "multiboot2": "module2", "linux": "initrd"}
# What GRUB needs to read the medium, by the platform that it runs on
MODULES = {
    ("i386-pc", "iso"): ["biosdisk", "iso9660", "serial", "terminal"],
    ("x86_64-efi", "iso"): ["iso9660"],
    ("i386-pc", "disk"): ["biosdisk", "part_gpt", "fat", "serial", "terminal"],
    ("x86_64-efi", "disk"): ["part_gpt", "fat"],
}
GRUB_READS = 32 * KIB
FIRST_SECTOR = 40  # behind the GPT, at 4 KiB as the others
TIME = "2024010100000000"  # of the medium and its files, the same each time; below in seconds
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1704067200", "TZ": "UTC"}
SERIAL = "0x12345678"  # of a FAT
# GPT type codes of sgdisk, and GUIDs that are the same each time
BIOS_BOOT, EFI_SYSTEM = "ef02", "ef00"
GUIDS = {"disk": "6b61736c-0000-4000-8000-000000000000",
         1: "6b61736c-0000-4000-8000-000000000001",
         2: "6b61736c-0000-4000-8000-000000000002"}


class MediaError(Exception):
    """A tool or a file is missing or fails; the text says which."""


def run(*command: str | Path) -> None:
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              env=ENVIRONMENT, check=False)
    except FileNotFoundError as error:
        raise MediaError(f"{command[0]} is missing: make iso and make disk install it") from error
    if done.returncode:
        raise MediaError(f"{command[0]}: {(done.stderr or done.stdout).strip()[-500:]}")


def quoted(append: str) -> str:
    """Words as GRUB's configuration keeps them; it quotes those with a blank in them again."""
    if any(mark in append for mark in "'\\\n") or append.count('"') % 2:
        raise MediaError("GRUB cannot hand on a command line with ' or \\ or half a pair of quotes")
    words = shlex.split(append)
    return " ".join(f"'{word}'" for word in words)


@dataclass
class Menu:
    """What GRUB does: load the image by this command, with these words, and a module."""

    image: Path
    command: str
    append: str
    module: Path | None = None

    def files(self) -> list[Path]:
        return [self.image, self.module] if self.module else [self.image]

    def lines(self) -> list[str]:
        """GRUB's commands, for files in /boot."""
        result = [f"{self.command} /boot/{self.image.name} {quoted(self.append)}"]
        if self.module:
            result.append(f"{COMMANDS[self.command]} /boot/{self.module.name}")
        return result


def configuration(platform: str, menu: Menu) -> str:
    serial = ["serial --unit=0 --speed=115200", "terminal_output serial console"]
    # UEFI has its console on COM1 already, where there is one.
    lines = [*(serial if platform == "i386-pc" else []),
             f"search --file --set=root /boot/{menu.image.name}",
             *menu.lines(), "boot"]
    return "\n".join(lines) + "\n"


def core(work: Path, platform: str, medium: str, menu: Menu) -> Path:
    """GRUB's core image for a platform, with its configuration in it."""
    output, config = work / f"core.{platform}", work / f"grub.{platform}.cfg"
    config.write_text(configuration(platform, menu))
    modules = [*MODULES[platform, medium], "search", "search_fs_file", "boot", menu.command]
    run("grub-mkimage", "-O", platform, "-d", GRUB / platform, "-p", "/boot/grub", "-c", config,
        "-o", output, *modules)
    return output


def fat(output: Path, files: dict[str, Path]) -> None:
    """A FAT that is just large enough for the files, by their paths in it."""
    content = sum(path.stat().st_size + 4 * KIB for path in files.values())
    # Two tables, with 4 bytes at most for each cluster of a sector
    size = content + content // 64 + 48 * KIB
    output.write_bytes(b"")
    run("mformat", "-C", "-i", output, "-T", str(size // SECTOR), "-h", "1", "-s", "32",
        "-c", "1", "-r", "4", "-N", SERIAL, "::")
    made = {""}
    for name, path in files.items():
        folder = ""
        for part in name.split("/")[:-1]:
            folder += f"/{part}"
            if folder not in made:
                run("mmd", "-i", output, f"::{folder}")
                made.add(folder)
        run("mcopy", "-i", output, path, f"::/{name}")


def iso(work: Path, menu: Menu, output: Path) -> None:
    """El Torito, a BIOS entry (GRUB's core image) and one for UEFI (a FAT)."""
    tree = work / "tree"
    (tree / "boot").mkdir(parents=True)
    for path in menu.files():
        shutil.copy(path, tree / "boot" / path.name)
    bios = core(work, "i386-pc", "iso", menu).read_bytes()
    (tree / "boot/bios.img").write_bytes((GRUB / "i386-pc/cdboot.img").read_bytes() + bios)
    fat(tree / "boot/efi.img", {"EFI/BOOT/BOOTX64.EFI": core(work, "x86_64-efi", "iso", menu)})
    run("xorriso", "-as", "mkisofs", "-quiet", "-R", "-no-pad", "-volid", "UKASLR",
        "--set_all_file_dates", TIME, f"--modification-date={TIME}",
        "-b", "boot/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
        "--grub2-boot-info", "-eltorito-alt-boot", "-e", "boot/efi.img", "-no-emul-boot",
        "-o", output, tree)
    # GRUB reads 32 KiB at a time, and a CD drive refuses to read past the end.
    os.truncate(output, -(-output.stat().st_size // GRUB_READS) * GRUB_READS)


def sectors(size: int) -> int:
    """Whole sectors, and whole 4 KiB of them."""
    return -(-size // (4 * KIB)) * 8


def place(disk: Path, data: bytes, sector: int) -> None:
    with disk.open("r+b") as file:
        file.seek(sector * SECTOR)
        file.write(data)


# Offsets in GRUB's boot sector (boot.img) and in the first sector of its core image
BOOT_CODE_SIZE = 440
BOOT_KERNEL_SECTOR = 0x5C
BLOCK_LIST = SECTOR - 12


def install_bios_grub(disk: Path, core_image: bytes, sector: int) -> None:
    """The boot sector loads the core's first sector, and that the rest."""
    boot = bytearray((GRUB / "i386-pc/boot.img").read_bytes()[:BOOT_CODE_SIZE])
    struct.pack_into("<Q", boot, BOOT_KERNEL_SECTOR, sector)
    first = bytearray(core_image)
    struct.pack_into("<Q", first, BLOCK_LIST, sector + 1)
    place(disk, boot, 0)
    place(disk, first, sector)


def disk(work: Path, menu: Menu, output: Path) -> None:
    bios = core(work, "i386-pc", "disk", menu).read_bytes()
    efi = work / "efi.img"
    fat(efi, {"EFI/BOOT/BOOTX64.EFI": core(work, "x86_64-efi", "disk", menu),
              **{f"boot/{path.name}": path for path in menu.files()}})
    second = FIRST_SECTOR + sectors(len(bios))
    end = second + sectors(efi.stat().st_size)
    output.write_bytes(bytes((end + FIRST_SECTOR) * SECTOR))
    run("sgdisk", "--set-alignment=8", f"--disk-guid={GUIDS['disk']}",
        f"--new=1:{FIRST_SECTOR}:{second - 1}", f"--typecode=1:{BIOS_BOOT}",
        f"--partition-guid=1:{GUIDS[1]}", f"--new=2:{second}:{end - 1}",
        f"--typecode=2:{EFI_SYSTEM}", f"--partition-guid=2:{GUIDS[2]}", output)
    place(output, efi.read_bytes(), second)
    install_bios_grub(output, bios, FIRST_SECTOR)


def check_names(medium: str, menu: Menu) -> None:
    """All are in one folder, of a FAT as well, which has no case."""
    taken = {"bios.img", "efi.img"} if medium == "iso" else set()
    for path in menu.files():
        if path.name.lower() in taken:
            raise MediaError(f"{path}: another file of that name is on the medium")
        taken.add(path.name.lower())


def make(medium: str, menu: Menu, output: Path) -> None:
    check_names(medium, menu)
    try:
        with tempfile.TemporaryDirectory(dir=output.parent) as work:
            {"iso": iso, "disk": disk}[medium](Path(work), menu, output)
    except OSError as error:
        raise MediaError(f"{error.filename}: {error.strerror}") from error


def main() -> int:
    parser = argparse.ArgumentParser(description="makes bootable media with GRUB 2")
    parser.add_argument("medium", choices=("iso", "disk"))
    parser.add_argument("image", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--append", default="", help="the image's command line")
    parser.add_argument("--module", type=Path, help="a file that is loaded with it")
    parser.add_argument("--command", choices=COMMANDS, default="multiboot2")
    args = parser.parse_args()
    try:
        make(args.medium, Menu(args.image, args.command, args.append, args.module), args.output)
    except MediaError as error:
        print(f"media: {error}", file=sys.stderr)
        return 1
    size = args.output.stat().st_size
    print(f"{args.output}: {size:,} bytes ({args.image.name}: {args.image.stat().st_size:,})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
