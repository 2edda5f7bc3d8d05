# SPDX-License-Identifier: BSD-3-Clause
"""Holds this project to its contract with Unikraft, whose source is no part of it.

Run from the top folder: python3 -B -m tests.unikraft.run
standin/ has the symbols, sections, headers and make hooks that Makefile.uk, Makefile.rules and
unikraft/ rely on. Each variant is built by them, booted some times, and says what it finds.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.lib.build import BuildError, run
from tests.lib.qemu import Boot, Machine, boot
from tests.lib.suite import BUILD, RESULTS, ROOT, Suite, in_parallel

BOOTS = 5
STOPPED = 199  # STATUS_STOP through isa-debug-exit
ADDRESS = re.compile(r"^(virt|phys|stack)=([0-9a-f]+)$", re.M)
# What the moved image must have found, however it was configured
FOUND = ("slot of the linker", "8 bytes at an odd place", "4 bytes in text", "2 bytes in text",
         "4 bytes, physical", "region of the image", "boot stack in free memory", "only the first",
         "the loaded image is wiped", "END")
# Options of Kconfig, and which addresses differ from boot to boot
VARIANTS = {
    ("PHYS", "VIRT"): {"virt", "phys", "stack"},
    ("PHYS",): {"virt", "phys", "stack"},
    ("VIRT",): {"virt", "stack"},
}


def build(options: tuple[str, ...]) -> Path:
    folder = BUILD.relative_to(ROOT) / "unikraft" / "-".join(options).lower()
    run(["make", "-s", "-f", "tests/unikraft/standin/standin.mk", f"BUILD_DIR={folder}",
         *(f"CONFIG_KASLR_{option}=y" for option in options)])
    return ROOT / folder / "kernel.img"


def problems_of(done: Boot) -> list[str]:
    lines = done.console.splitlines()
    return [line for line in lines if line.startswith(("BROKEN", "panic", "ukaslr"))] + \
        [f"not said: {text}" for text in FOUND if text not in lines]


def check_variant(suite: Suite, options: tuple[str, ...], moving: set[str]) -> None:
    case = f"unikraft {' '.join(options)}".lower()
    try:
        machine = Machine("x86_64", build(options))
    except BuildError as error:
        suite.verdict(case, [str(error)])
        return
    boots = list(in_parallel(lambda _: boot(machine), range(BOOTS)))
    (RESULTS / f"{case.replace(' ', '-')}.log").write_text("".join(b.log() for b in boots))
    problems = [text for done in boots for text in problems_of(done)]
    for name in ("virt", "phys", "stack"):
        places = {value for done in boots for key, value in ADDRESS.findall(done.console)
                  if key == name}
        # Of some hundred places for the stack two may be the same.
        if (len(places) > 1) != (name in moving):
            problems.append(f"{name}: {len(places)} places in {BOOTS} boots")
    suite.verdict(case, problems, f"{BOOTS} boots")


def check_stop(suite: Suite, case: str, machine: Machine, text: str) -> None:
    done = boot(machine)
    suite.verdict(case, [] if done.status == STOPPED and text in done.console
                  else [f"status {done.status}: {done.console[-200:]}"])


def check_refusals(suite: Suite) -> None:
    """A processor without entropy, a full list of regions, an image whose table was damaged"""
    kernel = build(("PHYS", "VIRT", "STRICT"))
    check_stop(suite, "unikraft strict", Machine("x86_64", kernel, cpu="qemu64"), "bits of entropy")
    check_stop(suite, "unikraft full list", Machine("x86_64", kernel, append="full"),
               "ukaslr: stop: Unikraft's list of memory regions is full")
    data = bytearray(kernel.read_bytes())
    header = data.rindex(b"UKRL")  # the first is in code that looks for it
    data[header + 16] ^= 1
    damaged = kernel.with_name("damaged.img")
    damaged.write_bytes(data)
    check_stop(suite, "unikraft damaged", Machine("x86_64", damaged), "checksum")


def check_tree(suite: Suite) -> None:
    """A tree of Unikraft that lacks what is needed stops the build."""
    try:
        run(["make", "-s", "-f", "tests/unikraft/standin/standin.mk", "BUILD_DIR=build/unikraft/no",
             "CONFIG_UK_BASE=tests/unikraft"])
        problems = ["it builds"]
    except BuildError as error:
        problems = [] if "this Unikraft has no do_uk_reloc_kmrds" in str(error) else [str(error)]
    suite.verdict("unikraft unfit tree", problems)


def main() -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    suite = Suite("unikraft")
    for options, moving in VARIANTS.items():
        check_variant(suite, options, moving)
    try:
        check_refusals(suite)
    except (BuildError, ValueError) as error:
        suite.verdict("unikraft refusals", [str(error)])
    check_tree(suite)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
