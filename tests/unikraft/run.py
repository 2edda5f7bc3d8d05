# SPDX-License-Identifier: BSD-3-Clause
"""Holds this project to its contract with Unikraft, whose source is no part of it.

Run from the top folder: python3 -B -m tests.unikraft.run
standin/ has the symbols, sections, headers and make hooks that Makefile.uk, Makefile.rules and
unikraft/ rely on. Each variant is built by them, booted some times, and says what it finds.
"""

from __future__ import annotations

import re
import shutil
import struct
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable

from tests.boot import loads
from tests.lib.build import BuildError, run
from tests.lib.qemu import Boot, Machine, boot, running
from tests.lib.suite import BUILD, RESULTS, ROOT, Suite, in_parallel
from tools.elf import Elf

BOOTS = 5
STOPPED = 199  # STATUS_STOP through isa-debug-exit
ADDRESS = re.compile(r"^(virt|phys|stack|heap|direct)=([0-9a-f]+)$", re.M)
LACK = re.compile(r"this Unikraft has no (\S+) in (\S+);")
# What the moved image must have found, however it was configured, ...
FOUND = ("slot of the linker", "8 bytes at an odd place", "4 bytes in text", "2 bytes in text",
         "4 bytes, physical", "region of the image", "region of the page tables",
         "region of the boot stack", "boot stack", "another stack in free memory",
         "none where free memory is not mapped", "regions are coalesced",
         "memory is in the map of all of it", "up to the end", "there is one such map", "the loaded image is wiped", "END")
# ... on arm64, and there with a virtual address of its own
FOUND_ARM64 = ("the device tree is handed on", "the image is cut out of memory")
FOUND_ARM64_VIRT = ("code is read-only", "hidden in the one-to-one map", "memory around is mapped")
# Where a hostile loader puts an LXBOOT image: 64 bytes before a page, as its header asks
ELSEWHERE = 0x440fffc0


@dataclass(frozen=True)
class Variant:
    """An image: Kconfig's options, and which addresses differ from boot to boot"""

    arch: str
    protocol: str
    options: tuple[str, ...]
    moving: frozenset[str]
    memory: str = "64M"

    @property
    def name(self) -> str:
        return " ".join((self.arch, self.protocol, *self.options)).lower()

    @lru_cache(maxsize=None)
    def build(self) -> Path:
        folder = BUILD.relative_to(ROOT) / "unikraft" / self.name.replace(" ", "-")
        run(["make", "-s", "-f", "tests/unikraft/standin/standin.mk", f"BUILD_DIR={folder}",
             f"CONFIG_UK_ARCH={self.arch}", f"CONFIG_KVM_BOOT_PROTO_{self.protocol}=y",
             *(f"CONFIG_KASLR_{option}=y" for option in self.options)])
        return ROOT / folder / "kernel.img"

    def machine(self) -> Machine:
        return Machine(self.arch, self.build(), memory=self.memory)

    def problems(self, done: Boot) -> list[str]:
        lines = done.console.splitlines()
        arm64 = FOUND_ARM64 + FOUND_ARM64_VIRT * ("VIRT" in self.options)
        return [line for line in lines if line.startswith(("BROKEN", "panic", "ukaslr"))] + \
            [f"not said: {text}" for text in FOUND + arm64 * (self.arch == "arm64")
             if text not in lines]


ALL = frozenset(("virt", "phys", "stack", "heap", "direct"))
# Without a virtual address of its own the image, and without a physical one the loaded one
PHYS_ONLY = ALL - {"heap", "direct"}
VIRT_ONLY = ALL - {"phys"}
LXBOOT = Variant("arm64", "LXBOOT", ("PHYS", "VIRT"), ALL, "3G")
STRICT = Variant("x86_64", "MULTIBOOT", ("PHYS", "VIRT", "STRICT"), ALL)
VARIANTS = (
    Variant("x86_64", "MULTIBOOT", ("PHYS", "VIRT"), ALL),
    Variant("x86_64", "MULTIBOOT", ("PHYS",), PHYS_ONLY),
    Variant("x86_64", "MULTIBOOT", ("VIRT",), VIRT_ONLY),
    Variant("arm64", "QEMU_VIRT", ("PHYS", "VIRT"), ALL),
    LXBOOT,
    Variant("arm64", "LXBOOT", ("PHYS",), PHYS_ONLY),
    Variant("arm64", "LXBOOT", ("VIRT",), VIRT_ONLY),
)


def check_variant(suite: Suite, variant: Variant) -> None:
    case = f"unikraft {variant.name}"
    machine = variant.machine()
    boots = list(in_parallel(lambda _: boot(machine), range(BOOTS)))
    (RESULTS / f"{case.replace(' ', '-')}.log").write_text("".join(b.log() for b in boots))
    problems = [text for done in boots for text in variant.problems(done)]
    for name in sorted(ALL):
        places = {value for done in boots for key, value in ADDRESS.findall(done.console)
                  if key == name}
        if (len(places) > 1) != (name in variant.moving):
            problems.append(f"{name}: {len(places)} places in {BOOTS} boots")
    suite.verdict(case, problems, f"{BOOTS} boots")


def check_lxboot_size(suite: Suite) -> None:
    """The header counts the memory behind the file, too."""
    kernel = LXBOOT.build()
    size, = struct.unpack_from("<Q", kernel.read_bytes(), 16)
    elf = Elf(kernel.with_suffix(""))
    memory = elf.symbol("_end").value - elf.symbol("_base_addr").value
    suite.verdict("unikraft arm64 lxboot size", [] if size > memory and memory > 2 << 20 else
                  [f"header {size:#x}, memory {memory:#x}"])


def raw(words: str, machine: str = "", address: int = ELSEWHERE) -> Machine:
    """An LXBOOT image that a hostile loader has put somewhere"""
    guest = LXBOOT.machine()
    guest.machine = machine
    loads.raw(guest, [hex(address), *words.split()], RESULTS / f"unikraft-raw-{address:x}")
    return guest


def raw_without_tree() -> Machine:
    """x0 points to where nothing is mapped."""
    address = ELSEWHERE - (1 << 21)
    guest = raw("", address=address)
    config = RESULTS / f"unikraft-raw-{address:x}" / "config"
    data = bytearray(config.read_bytes())
    struct.pack_into("<Q", data, 8, 8)  # the trampoline's word for the device tree
    config.write_bytes(data)
    return guest


def check_lxboot_elsewhere(suite: Suite) -> None:
    for name, machine in {"mmu": raw("mmu"), "aligned": raw("aligned"),
                          "el2": raw("mmu", "virt,virtualization=on")}.items():
        done = boot(machine)
        problems = LXBOOT.problems(done)
        if f"loaded={ELSEWHERE + 64:016x}" not in done.console:
            problems.append("it was not loaded there")
        suite.verdict(f"unikraft arm64 lxboot elsewhere {name}", problems)


def damaged(variant: Variant) -> Machine:
    machine = variant.machine()
    data = bytearray(machine.kernel.read_bytes())
    header = data.rindex(b"UKRL")  # the first is in code that looks for it
    data[header + 16] ^= 1
    machine.kernel = machine.kernel.with_name("damaged.img")
    machine.kernel.write_bytes(data)
    return machine


def stop_problems(machine: Machine, text: str) -> list[str]:
    """x86_64 ends with a status; an early stop on arm64 sleeps for good."""
    if machine.arch == "x86_64":
        done = boot(machine)
        return [] if done.status == STOPPED and text in done.console else \
            [f"status {done.status}: {done.console[-200:]}"]
    with running(machine) as console:
        lines = iter(console.readline, b"")
        said = next((line for line in lines if line.startswith(b"ukaslr: stop: ")), b"nothing")
    return [] if text.encode() in said else [f"it says {said!r}"]


def check_refusals(suite: Suite) -> None:
    """No entropy, a full list of regions, damaged tables, loaders that do not do as told"""
    kernel = STRICT.build()
    cases = {
        "x86_64 strict": (Machine("x86_64", kernel, cpu="qemu64"), "bits of entropy"),
        "x86_64 full list": (Machine("x86_64", kernel, append="full"), "memory regions is full"),
        "x86_64 damaged": (damaged(STRICT), "checksum"),
        "arm64 damaged": (damaged(LXBOOT), "checksum"),
        "arm64 no tree": (raw_without_tree(), "device tree"),
        "arm64 misaligned": (raw("", address=ELSEWHERE + 64), "did not align the image"),
        "arm64 no code": (raw("", address=ELSEWHERE + (1 << 30)), "tables have no code"),
    }
    for name, (machine, text) in cases.items():
        suite.verdict(f"unikraft {name}", stop_problems(machine, text))


def tree_error(arch: str, tree: Path) -> str:
    try:
        run(["make", "-s", "-n", "-f", "tests/unikraft/standin/standin.mk", "BUILD_DIR=build/unikraft/no",
             f"CONFIG_UK_BASE={tree}", f"CONFIG_UK_ARCH={arch}"])
    except BuildError as error:
        return str(error)
    return ""


def check_tree(suite: Suite, arch: str) -> None:
    """Whatever a tree of Unikraft lacks stops the build: it grows until nothing is asked for."""
    tree = BUILD / "unikraft" / f"tree-{arch}"
    shutil.rmtree(tree, ignore_errors=True)
    asked: set[tuple[str, str]] = set()
    while lack := LACK.search(error := tree_error(arch, tree)):
        name, file = lack.groups()
        if (name, file) in asked:
            break
        asked.add((name, file))
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        with (tree / file).open("a") as found:
            found.write(name.replace(".*", " ") + "\n")
    problems = [error] if error else [] if len(asked) > 10 else [f"only {asked} is asked for"]
    if arch == "arm64":
        (tree / "plat/kvm/arm/entry64.S").write_text("\tbl do_uk_reloc\n\tbl\tsomething_new\n")
        error = tree_error(arch, tree)
        if "this Unikraft calls something_new in plat/kvm/arm/entry64.S" not in error:
            problems.append(f"a call that is not known: {error or 'it builds'}")
    suite.verdict(f"unikraft unfit tree {arch}", problems)


def check_paging_header(suite: Suite) -> None:
    """The header that gets a variable in a constant's place must be the one that is known."""
    problems = []
    header = "include/x86/paging.h"
    definition = "#define DIRECTMAP_AREA_SIZE 1\n"
    tree = BUILD.relative_to(ROOT) / "unikraft" / "header"
    shutil.rmtree(tree, ignore_errors=True)
    for name, text in {"none": "", "two": 2 * definition, "continued": definition.replace("1", "\\")}.items():
        (tree / name / header).parent.mkdir(parents=True)
        (tree / name / header).write_text(text)
        try:
            run(["make", "-s", "-f", "tests/unikraft/standin/standin.mk", f"BUILD_DIR={tree / name}/build",
                 "CONFIG_KASLR_VIRT=y", f"UK_PLAT_COMMON_BASE={tree / name}",
                 f"{tree / name}/build/libkaslr/{header}"])
            problems.append(f"{name}: it builds")
        except BuildError as error:
            if "has not one definition of DIRECTMAP_AREA_SIZE" not in str(error):
                problems.append(f"{name}: {error}")
    suite.verdict("unikraft unfit header", problems)


def check_messages(suite: Suite) -> None:
    """unikraft/print.c has what the messages of the library's sources ask for, and no more."""
    call = re.compile(r'\b(?:boot_stop|boot_warn|panic|printf)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
    names = re.findall(r"[\w/$()]+\.c", (ROOT / "Makefile.uk").read_text())
    sources = {ROOT / name.replace("$(CONFIG_UK_ARCH)", arch)
               for name in names for arch in ("x86_64", "arm64")}
    sources.discard(ROOT / "reloc/mkreloc.c")  # runs on the host
    formats = {text: source.name for source in sources if source.exists()
               for text in call.findall(source.read_text())}
    problems = [f"{name}: {text}" for text, name in formats.items()
                if re.search(r"%(?!l?[dux]|s)", text)]
    if len(formats) < 10:
        problems.append(f"only {len(formats)} messages were found")
    suite.verdict("unikraft messages", problems, f"{len(formats)} formats")


def main() -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    suite = Suite("unikraft")
    checks: list[Callable[[], None]] = [
        *(lambda v=v: check_variant(suite, v) for v in VARIANTS),
        lambda: check_messages(suite), lambda: check_paging_header(suite),
        lambda: check_lxboot_size(suite), lambda: check_lxboot_elsewhere(suite),
        lambda: check_refusals(suite), *(lambda a=a: check_tree(suite, a) for a in ("x86_64", "arm64"))]
    for check in checks:
        try:
            check()
        except (BuildError, ValueError) as error:
            suite.verdict("unikraft", [str(error)])
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
