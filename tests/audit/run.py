# SPDX-License-Identifier: BSD-3-Clause
"""Audits running guests from outside, and shows that the audit notices what is wrong.

Run from the top folder: python3 -B -m tests.audit.run [--filter TEXT]
The tables that it prints are kept in build/tests/audit/.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.audit.guest import APP, Guest, until_main
from tests.audit.names import named_ranges, naming_problems, silent
from tests.boot.firmware import UEFI
from tests.boot.loads import prepare
from tests.lib.build import BuildError, assemble, host_program, image
from tests.lib.qemu import Machine, Runnable, running
from tests.lib.suite import RESULTS, ROOT, Suite, in_parallel
from tests.xen import arm64 as xen_arm64
from tests.xen import hypervisor

HERE = Path(__file__).parent
WORK = RESULTS / "audit"
TIMEOUT = 20.0
FIRMWARE_TIMEOUT = 60.0
IN_HYPERVISOR = re.compile("not at EL1|not in ring 3")
TRIES = 5  # until it is the guest that is stopped, and not its hypervisor
BAD_BASE = {"x86_64": 0x100000, "arm64": 0}
# What the bad guests do, in the words of rules.c
BAD = ("identity mapping", "in the lower half", "executable, with a writable alias",
       "writable and executable", "a page table can be written")


@dataclass
class Case(Guest):
    """A guest to look at: one of ours, or the bad one when kind is empty."""

    memory: str = "64M"
    append: str = ""
    initrd: bytes = b""
    efi: bool = False  # by UEFI firmware
    load: str = ""  # as in tests/boot/matrix.txt
    xen: bool = False  # as dom0: PV, or on arm64, where it has the addresses of the machine
    mapped: str = ""  # a regular expression: a line that the table must have
    controls: str = ""  # control bits that must be on; the processor has no others


# Read-only pages, of 2 MiB for what has that size
INITRD = bytes(6_000_000)
INITRD_LARGE = r" +[0-9]+M +2M +r--$"
INITRD_SMALL = r" +8K +4K +r--$"

X86_CONTROLS = "wp nx smep smap umip"

CASES = [
    Case("pc", "x86_64", controls=X86_CONTROLS),
    Case("pc-4-level", "x86_64", cpu="max,la57=off"),
    Case("q35-pvh", "x86_64", "pvh", machine="q35"),
    Case("microvm", "x86_64", machine="microvm"),
    Case("2m", "x86_64", memory="2M"),
    Case("4g", "x86_64", memory="4G"),
    Case("no-entropy", "x86_64", cpu="qemu64", controls="wp nx"),
    Case("a57", "arm64", cpu="cortex-a57", controls="wxn"),
    Case("max", "arm64", controls="wxn pan"),
    Case("off", "x86_64", append="kaslr=off", controls=X86_CONTROLS),
    Case("off", "arm64", append="kaslr=off", controls="wxn pan"),
    Case("el2", "arm64", machine="virt,virtualization=on"),
    Case("4g", "arm64", cpu="cortex-a57", memory="4G"),
    Case("initrd", "x86_64", initrd=INITRD, mapped=INITRD_LARGE),
    Case("initrd-small", "x86_64", "pvh", machine="q35", initrd=INITRD[:5000],
         mapped=INITRD_SMALL),
    Case("initrd-off", "x86_64", append="kaslr=off", initrd=INITRD, mapped=INITRD_LARGE),
    Case("initrd", "arm64", cpu="cortex-a57", initrd=INITRD, mapped=INITRD_LARGE),
    Case("xen-dom0", "arm64", cpu="cortex-a57", xen=True),
    Case("xen-pv-dom0", "x86_64", xen=True),
    Case("efi", "x86_64", "efi", machine="q35", memory="256M", efi=True, controls=X86_CONTROLS),
    Case("efi-dtb", "arm64", machine="virt,acpi=off,virtualization=on", cpu="cortex-a57",
         memory="256M", efi=True, controls="wxn"),
    Case("efi-acpi", "arm64", memory="256M", efi=True, controls="wxn pan"),
    Case("linux-above-4g", "x86_64", machine="q35", memory="8G", controls=X86_CONTROLS,
         load="raw 0x123456000 linux-junk-5 above-4g"),
    Case("linux32", "x86_64", "efi", load="raw 0x200000 linux32 good"),
    Case("bzimage", "x86_64", "efi", controls=X86_CONTROLS),
    Case("multiboot2", "x86_64", load="raw 0x100000 multiboot2 good", controls=X86_CONTROLS),
    Case("bad", "x86_64", ""),
    Case("bad", "arm64", ""),
]


def guest_of(case: Case) -> Path:
    if case.kind:
        return image(case.arch, APP, case.kind)
    return assemble(case.arch, HERE / "bad" / f"{case.arch}.S", WORK / f"bad-{case.arch}",
                    BAD_BASE[case.arch])


def elf_of(guest: Path) -> Path:
    return guest.with_suffix(".elf")


def look_at(case: Case, audit: Path) -> tuple[int, str]:
    """Exit status of the audit of this guest, and what it printed."""
    # Relative to the top folder, as paths of sockets must be short
    socket = (WORK / f"{case.arch}-{case.name}.socket").relative_to(ROOT)
    (ROOT / socket).unlink(missing_ok=True)
    try:
        guest = guest_of(case)
    except BuildError as error:
        return 2, str(error)
    extra = ["-gdb", f"unix:{socket},server=on,wait=off"]
    if case.initrd:
        initrd = WORK / f"{case.arch}-{case.name}.initrd"
        initrd.write_bytes(case.initrd)
        extra += ["-initrd", str(initrd)]
    if case.efi:
        extra += ["-bios", str(UEFI[case.arch])]
    machine: Runnable
    command: list[str | Path] = [audit, socket]
    if case.xen and case.arch == "x86_64":
        machine = hypervisor.Dom0(guest, "pv", case.append, case.memory, extra=extra)
        command.insert(1, "--xen-pv")
    elif case.xen:
        machine = xen_arm64.Dom0(guest, case.append, case.memory, cpu=case.cpu, extra=extra)
    else:
        machine = Machine(case.arch, guest, case.machine, case.cpu, case.memory, case.append,
                          extra)
        prepare(machine, case.load.split(), WORK / f"{case.arch}-{case.name}.files")
    with running(machine, FIRMWARE_TIMEOUT if case.efi or case.xen else TIMEOUT) as console:
        if until_main(console) is None:
            return 2, "the guest never was ready"
        for _ in range(TRIES):
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True,
                                  check=False, timeout=TIMEOUT)
            if not IN_HYPERVISOR.search(done.stdout):
                break
            time.sleep(0.1)
        named, session = named_ranges(socket, elf_of(guest)) if case.kind else ([], "")
    text = done.stdout + done.stderr
    if not case.kind:
        return done.returncode, text
    nameless = naming_problems(text, named)
    table = "".join(f"{r.start:016x}-{r.end - 1:016x}  {r.rights}  {r.name}\n" for r in named)
    if not named:
        table = session
    return done.returncode or bool(nameless), "\n".join([table, *nameless, text])


def problems(case: Case, status: int, text: str) -> list[str]:
    if case.kind:
        told = [line for line in text.splitlines() if "audit" in line] or [text]
        missing = [] if re.search(case.mapped, text, re.M) else [f"not mapped: {case.mapped}"]
        if case.controls and f"audit: controls: {case.controls}\n" not in text:
            missing.append(f"control bits are not: {case.controls}")
        return missing + ([] if status == 0 else told)
    found = [] if status == 1 else [f"ended with status {status}, not 1"]
    return found + [f"does not notice: {what}" for what in BAD if f"audit: {what}" not in text]


def main() -> int:
    parser = argparse.ArgumentParser(description="audits running guests")
    parser.add_argument("--filter", default="", help="only guests whose 'arch name' holds this text")
    args = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    audit = host_program("audit/audit", sorted(HERE.glob("*.c")))
    suite = Suite("audit")
    suite.verdict("the names can fail", silent())
    cases = [case for case in CASES if args.filter in case.title]
    for case, (status, text) in zip(cases, in_parallel(lambda c: look_at(c, audit), cases)):
        (WORK / f"{case.arch}-{case.name}.txt").write_text(text)
        summary = text.splitlines()[-1] if text else ""
        suite.verdict(case.title, problems(case, status, text), summary)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
