# SPDX-License-Identifier: BSD-3-Clause
"""Boots through real firmware: UEFI (OVMF, AAVMF) and U-Boot, from Debian's packages.

	efi                     UEFI firmware gets image, command line and initrd by QEMU's -kernel
	efi esp                 it finds the image in an EFI system partition, by the name for removable media
	efi headless            the same, with an image whose first bytes only its firmware reads: not all load headers
	efi shell               its shell starts the image, by a script on that disk
	efi secure              the same with Secure Boot on, the image signed with the firmware's test key
	uboot booti             U-Boot boots the Linux Image of an extlinux.conf, by its booti
	uboot efi               U-Boot's own UEFI finds the image on the disk
"""

from __future__ import annotations

from pathlib import Path

from tests.lib.build import run
from tests.lib.qemu import Machine
from tools import media

UEFI = {"x86_64": Path("/usr/share/ovmf/OVMF.fd"),
        "arm64": Path("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")}
# Builds with Secure Boot, and variables in which Debian's test key is the only one that counts
SECURE = {
    "x86_64": (Path("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"),
               Path("/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd")),
    "arm64": (Path("/usr/share/AAVMF/AAVMF_CODE.ms.fd"),
              Path("/usr/share/AAVMF/AAVMF_VARS.snakeoil.fd")),
}
TEST_KEY = Path("/usr/share/ovmf/PkKek-1-snakeoil.key")
TEST_CERTIFICATE = TEST_KEY.with_suffix(".pem")
TEST_KEY_PASSWORD = "snakeoil"
UBOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
# UEFI 2.10, 3.5.1.1
REMOVABLE = {"x86_64": "BOOTX64.EFI", "arm64": "BOOTAA64.EFI"}
EXTLINUX = """\
default image
label image
	kernel /image
	append {append}
"""
FAT_BYTES = 4 << 20
# "PE Format", MS-DOS Stub: of what comes before the offset of the PE header only the signature counts
MZ, PE_OFFSET, OVERWRITTEN = b"MZ", 0x3C, b"\xff"


def fat(path: Path, files: dict[str, bytes]) -> Path:
    """A FAT file system with these files in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as output:
        output.truncate(FAT_BYTES)
    run(["mformat", "-i", str(path), "::"])
    folders: set[str] = set()
    for name, data in files.items():
        parts = name.split("/")
        for i in range(1, len(parts)):
            folder = "/".join(parts[:i])
            if folder not in folders:
                run(["mmd", "-i", str(path), f"::{folder}"])
                folders.add(folder)
        source = path.with_suffix(".file")
        source.write_bytes(data)
        run(["mcopy", "-i", str(path), str(source), f"::{name}"])
    return path


def gpt_disk(path: Path, system: Path) -> Path:
    """A disk with a GPT, whose one partition is this EFI system partition."""
    first, edge = media.FIRST_SECTOR, bytes(media.FIRST_SECTOR * media.SECTOR)
    path.write_bytes(edge + system.read_bytes() + edge)
    run(["sgdisk", "--set-alignment=8", f"--new=1:{first}:{first + FAT_BYTES // media.SECTOR - 1}",
         f"--typecode=1:{media.EFI_SYSTEM}", str(path)])
    return path


def boot_disk(machine: Machine, work: Path, files: dict[str, bytes]) -> None:
    """Takes the image from the machine, and gives it a disk instead."""
    disk = gpt_disk(work / "disk", fat(work / "esp", files))
    machine.kernel, machine.append = None, ""
    machine.extra += ["-drive", f"file={disk},format=raw,if=virtio,snapshot=on"]


def signed(image: Path, work: Path) -> bytes:
    work.mkdir(parents=True, exist_ok=True)
    key, output = work / "key", work / "signed"
    run(["openssl", "rsa", "-in", str(TEST_KEY), "-passin", f"pass:{TEST_KEY_PASSWORD}",
         "-out", str(key)])
    run(["sbsign", "--key", str(key), "--cert", str(TEST_CERTIFICATE), "--output", str(output),
         str(image)])
    return output.read_bytes()


def secure(machine: Machine, work: Path, sign: bool = True) -> None:
    """By a disk, as QEMU's -kernel changes a bzImage's header, which is signed as well."""
    assert machine.kernel
    data = signed(machine.kernel, work) if sign else machine.kernel.read_bytes()
    boot_disk(machine, work, {f"EFI/BOOT/{REMOVABLE[machine.arch]}": data})
    code, variables = SECURE[machine.arch]
    if machine.arch == "x86_64":
        machine.extra += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
    machine.extra += ["-drive", f"if=pflash,format=raw,unit=0,file={code},readonly=on",
                      "-drive", f"if=pflash,format=raw,unit=1,file={variables},snapshot=on"]


def efi(machine: Machine, words: list[str], work: Path) -> None:
    if words == ["secure"]:
        secure(machine, work)
        return
    machine.extra += ["-bios", str(UEFI[machine.arch])]
    if not words:
        return
    assert machine.kernel
    data = machine.kernel.read_bytes()
    if words == ["headless"]:
        data = data[:len(MZ)] + OVERWRITTEN * (PE_OFFSET - len(MZ)) + data[PE_OFFSET:]
    if words in (["esp"], ["headless"]):
        boot_disk(machine, work, {f"EFI/BOOT/{REMOVABLE[machine.arch]}": data})
    elif words == ["shell"]:
        script = f"fs0:\\image.efi {machine.append}\r\n".encode()
        boot_disk(machine, work, {"image.efi": data, "startup.nsh": script})
    else:
        raise ValueError(f"efi {' '.join(words)}: no such way")


def uboot(machine: Machine, words: list[str], work: Path) -> None:
    machine.extra += ["-bios", str(UBOOT)]
    assert machine.kernel
    data = machine.kernel.read_bytes()
    if words == ["booti"]:
        files = {"image": data}
        config = EXTLINUX.format(append=machine.append)
        if "-initrd" in machine.extra:
            at = machine.extra.index("-initrd")
            files["initrd"] = Path(machine.extra[at + 1]).read_bytes()
            config += "\tinitrd /initrd\n"
            del machine.extra[at:at + 2]
        boot_disk(machine, work, {**files, "extlinux/extlinux.conf": config.encode()})
    elif words == ["efi"]:
        boot_disk(machine, work, {f"EFI/BOOT/{REMOVABLE[machine.arch]}": data})
    else:
        raise ValueError(f"uboot {' '.join(words)}: no such way")
