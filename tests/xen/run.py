# SPDX-License-Identifier: BSD-3-Clause
"""Boots the guests of guests.txt under Xen, in QEMU.

Run from the top folder: python3 -B -m tests.xen.run [--filter TEXT] [--list]
Consoles are kept in build/tests/xen/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.lib.build import BuildError
from tests.lib.suite import RESULTS, Suite, in_parallel
from tests.xen import hypervisor, toolstack
from tests.xen.debian import FetchError
from tests.xen.guests import Guest, read_guests
from tests.xen.hypervisor import Dom0

TABLE = Path(__file__).with_name("guests.txt")
LOGS = RESULTS / "xen"
DOM0_LIMIT = 20.0  # seconds
# For the Linux dom0, and for each guest in it
XL_LIMIT, GUEST_LIMIT = 60.0, 12.0
LINUX_OPTIONS = "console=hvc0 quiet loglevel=3"
LINUX_MEMORY, XL_MACHINE = "512M", "1G"


def boot_as_dom0(guest: Guest) -> tuple[Guest, list[str], str]:
    """All boots of a line of [dom0]: what speaks against them, and how long one took."""
    try:
        dom0 = Dom0(guest.kernel(), guest.kind, guest.append, f"{guest.memory}M")
    except BuildError as error:
        return guest, [str(error)], ""
    boots = [hypervisor.boot(dom0, DOM0_LIMIT) for _ in range(guest.boots)]
    (LOGS / f"dom0-{guest.name}.log").write_text("".join(done.log() for done in boots))
    consoles = [hypervisor.own_lines(done.console) for done in boots]
    problems = [problem for done, console in zip(boots, consoles)
                for problem in guest.problems(console, hypervisor.reason(done))]
    seconds = sum(done.seconds for done in boots) / len(boots)
    return guest, problems + guest.repeats(consoles), f"{guest.boots} x {seconds:.2f} s"


def xl_files(guests: list[Guest]) -> dict[str, bytes]:
    """What goes into the RAM disk: kernels, and a configuration for each boot."""
    files: dict[str, bytes] = {}
    for guest in guests:
        kernel = "-".join(guest.image)
        files[kernel] = guest.kernel().read_bytes()
        for number in range(guest.boots):
            name = f"{guest.name}.{number}"
            files[f"{name}.cfg"] = guest.config(name, f"/guests/{kernel}").encode()
    return files


def boot_by_xl(guests: list[Guest], suite: Suite) -> None:
    """All guests of [xl], in one boot of a Linux dom0."""
    disk = toolstack.initrd(xl_files(guests), LOGS / "xl.cpio")
    dom0 = Dom0(toolstack.kernel(), "linux", LINUX_OPTIONS, LINUX_MEMORY, XL_MACHINE, disk)
    limit = XL_LIMIT + GUEST_LIMIT * sum(guest.boots for guest in guests)
    done = hypervisor.boot(dom0, limit)
    (LOGS / "xl.log").write_text(done.log())
    outcomes = toolstack.outcomes(hypervisor.own_lines(done.console))
    suite.verdict("xl: Linux dom0", [] if done.status == 0 else ["did not end"],
                  f"{done.seconds:.1f} s")
    for guest in guests:
        ends = [outcomes.get(f"{guest.name}.{n}") for n in range(guest.boots)]
        problems = [problem for end in ends if end
                    for problem in guest.problems(end.console, end.reason)]
        problems += ["dom0 says nothing of it"] * ends.count(None)
        problems += guest.repeats([end.console for end in ends if end])
        suite.verdict(guest.title, problems, f"{guest.boots} x")


def main() -> int:
    parser = argparse.ArgumentParser(description="boots guests under Xen")
    parser.add_argument("--filter", default="", help="only guests whose 'section name' holds this")
    parser.add_argument("--list", action="store_true", help="say what there is, boot nothing")
    args = parser.parse_args()
    guests = [guest for guest in read_guests(TABLE) if args.filter in guest.title]
    if args.list:
        print("\n".join(guest.title for guest in guests))
        return 0
    LOGS.mkdir(parents=True, exist_ok=True)
    suite = Suite("xen")
    try:
        dom0s = [guest for guest in guests if guest.section == "dom0"]
        for guest, problems, note in in_parallel(boot_as_dom0, dom0s):
            suite.verdict(guest.title, problems, note)
        created = [guest for guest in guests if guest.section == "xl"]
        if created:
            boot_by_xl(created, suite)
    except (BuildError, FetchError) as error:
        suite.verdict("Xen", [str(error)])
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
