# SPDX-License-Identifier: BSD-3-Clause
"""Boots the guests of guests.txt (x86_64) and guests-arm64.txt under Xen, in QEMU.

Run from the top folder: python3 -B -m tests.xen.run [--filter TEXT] [--list]
Consoles are kept in build/tests/xen/.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from tests.boot import newc
from tests.lib.build import BuildError, image
from tests.lib.suite import RESULTS, Suite, in_parallel
from tests.xen import arm64, hypervisor, toolstack
from tests.xen.debian import FetchError
from tests.xen.guests import CPIO, Guest, read_guests
from tests.xen.hypervisor import Dom0
from tools.elf import Elf

TABLES = {"x86_64": "guests.txt", "arm64": "guests-arm64.txt"}
LOGS = RESULTS / "xen"
DOM0_LIMIT = 20.0  # seconds
# For the Linux dom0, and for each guest in it
XL_LIMIT, GUEST_LIMIT = 60.0, 12.0
LINUX_OPTIONS = "console=hvc0 quiet loglevel=3"
LINUX_MEMORY, XL_MACHINE = "512M", "1G"

# Members of structures: a function's, and any other's
MEMBER = re.compile(r"\(\*(\w+)\)|(?<=[ *])(\w+);$", re.M)
FOR_XEN = ("xen", "entries", "write", "protect")

Machine = hypervisor.Dom0 | arm64.Dom0 | arm64.Dom0less


def machine_of(guest: Guest) -> Machine:
    """The machine of a guest that Xen itself makes."""
    if guest.section == "dom0less":
        return arm64.Dom0less(guest.kernel(), LOGS / f"{guest.label}.files", guest.append,
                              guest.memory << 10, cpu=guest.kind)
    if guest.arch == "arm64":
        return arm64.Dom0(guest.kernel(), guest.append, f"{guest.memory}M", cpu=guest.kind)
    return Dom0(guest.kernel(), guest.kind, guest.append, f"{guest.memory}M")


def boot_alone(guest: Guest) -> tuple[Guest, list[str], str]:
    """All boots of a guest that Xen itself makes: what speaks against them, how long one took."""
    try:
        machine = machine_of(guest)
    except BuildError as error:
        return guest, [str(error)], ""
    boots = [hypervisor.boot(machine, DOM0_LIMIT) for _ in range(guest.boots)]
    (LOGS / f"{guest.label}.log").write_text("".join(done.log() for done in boots))
    less = guest.section == "dom0less"
    ended = [arm64.reason(done) if less else hypervisor.reason(done) for done in boots]
    lines_of = arm64.lines_of_domu if less else hypervisor.own_lines
    consoles = [lines_of(done.console) for done in boots]
    problems = [problem for reason, console in zip(ended, consoles)
                for problem in guest.problems(console, reason)]
    seconds = sum(done.seconds for done in boots) / len(boots)
    return guest, problems + guest.repeats(consoles), f"{guest.boots} x {seconds:.2f} s"


def xl_files(guests: list[Guest]) -> dict[str, bytes]:
    """What goes into the RAM disk: kernels, and a configuration for each boot."""
    files: dict[str, bytes] = {}
    for guest in guests:
        kernel = "-".join(guest.image)
        files[kernel] = guest.kernel().read_bytes()
        for disk in guest.ramdisk:
            files[disk] = newc.archive(int(disk.removeprefix(CPIO)))
        for number in range(guest.boots):
            name = f"{guest.name}.{number}"
            files[f"{name}.cfg"] = guest.config(name, f"/guests/{kernel}").encode()
    return files


def linux_dom0(arch: str, disk: Path) -> Machine:
    kernel = toolstack.kernel(arch)
    if arch == "arm64":
        return arm64.Dom0(kernel, LINUX_OPTIONS, LINUX_MEMORY, XL_MACHINE, disk)
    return Dom0(kernel, "linux", LINUX_OPTIONS, LINUX_MEMORY, XL_MACHINE, disk)


def boot_by_xl(arch: str, guests: list[Guest], suite: Suite) -> None:
    """All guests of [xl], in one boot of a Linux dom0."""
    disk = toolstack.initrd(arch, xl_files(guests), LOGS / f"{arch}-xl.cpio")
    dom0 = linux_dom0(arch, disk)
    limit = XL_LIMIT + GUEST_LIMIT * sum(guest.boots for guest in guests)
    done = hypervisor.boot(dom0, limit)
    (LOGS / f"{arch}-xl.log").write_text(done.log())
    outcomes = toolstack.outcomes(hypervisor.own_lines(done.console))
    suite.verdict(f"{arch} xl: Linux dom0", [] if done.status == 0 else ["did not end"],
                  f"{done.seconds:.1f} s")
    for guest in guests:
        ends = [outcomes.get(f"{guest.name}.{n}") for n in range(guest.boots)]
        problems = [problem for end in ends if end
                    for problem in guest.problems(end.console, end.reason)]
        problems += ["dom0 says nothing of it"] * ends.count(None)
        problems += guest.repeats([end.console for end in ends if end])
        suite.verdict(guest.title, problems, f"{guest.boots} x")


def parts_for_xen(arch: str, *variables: str) -> set[str]:
    """Symbols, state, and what else is called for tables that Xen keeps, which has other names."""
    elf = image(arch, "hello", "elf", *variables)
    found = {symbol.name for symbol in Elf(elf).symbols() if "xen" in symbol.name.lower()}
    for kind in ("machine", "pagetable_ops"):
        shown = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", f"ptype struct {kind}", elf],
                               capture_output=True, text=True, check=False)
        members = [call or plain for call, plain in MEMBER.findall(shown.stdout)]
        if not members:
            raise BuildError(f"gdb shows no struct {kind}: {shown.stderr}")
        found |= {f"{kind}.{name}" for name in members if name in FOR_XEN}
    return found


def what_is_left_out(arch: str) -> list[str]:
    """An image for other machines alone has nothing of what is here for Xen."""
    problems = [f"has {name}" for name in sorted(parts_for_xen(arch, "PLATFORMS=kvm"))]
    default = parts_for_xen(arch)
    expected = {"machine.xen", "xen_shutdown"}
    if arch == "x86_64":
        expected |= {f"pagetable_ops.{name}" for name in FOR_XEN[1:]}
    return problems + [f"the image for Xen's guests lacks {name}"
                       for name in sorted(expected - default)]


def main() -> int:
    parser = argparse.ArgumentParser(description="boots guests under Xen")
    parser.add_argument("--filter", default="", help="only guests whose 'section name' holds this")
    parser.add_argument("--list", action="store_true", help="say what there is, boot nothing")
    args = parser.parse_args()
    here = Path(__file__).parent
    guests = [guest for arch, table in TABLES.items() for guest in read_guests(arch, here / table)
              if args.filter in guest.title]
    if args.list:
        print("\n".join(guest.title for guest in guests))
        return 0
    LOGS.mkdir(parents=True, exist_ok=True)
    suite = Suite("xen")
    try:
        for arch in () if args.filter else TABLES:
            suite.verdict(f"{arch} PLATFORMS=kvm", what_is_left_out(arch))
        alone = [guest for guest in guests if guest.section != "xl"]
        for guest, problems, note in in_parallel(boot_alone, alone):
            suite.verdict(guest.title, problems, note)
        for arch in TABLES:
            created = [guest for guest in guests if guest.title.startswith(f"{arch} xl ")]
            if created:
                boot_by_xl(arch, created, suite)
    except (BuildError, FetchError) as error:
        suite.verdict("Xen", [str(error)])
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
