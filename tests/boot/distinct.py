# SPDX-License-Identifier: BSD-3-Clause
"""Boots an image many times and looks whether each boot landed somewhere else.

Run from the top folder: python3 -B -m tests.boot.distinct [--arch ARCH] [--boots N]
Distinctness is asked of virtual bases. Physical bases of a small machine collide by chance;
they are counted, and uniformity is tested on the host.
"""

from __future__ import annotations

import argparse
import sys

from tests.lib.build import BuildError, image
from tests.lib.qemu import Boot, Machine, boot, report
from tests.lib.suite import RESULTS, Suite, in_parallel

APP = "hello"
BOOTS = 100
CPU = {"x86_64": "max", "arm64": "cortex-a57"}
FIELDS = ("virt", "heap", "stack", "phys")
# These must differ in every boot; the heap has large steps, and phys little memory.
MUST_DIFFER = ("virt", "stack")


def fields_of(boots: list[Boot]) -> list[dict[str, str]]:
    """The report lines of those boots that ended well."""
    found = (report(done.console) for done in boots if done.status == 0)
    return [fields for fields in found if fields]


def check(arch: str, number: int, suite: Suite) -> None:
    try:
        guest = Machine(arch, image(arch, APP, "img"), cpu=CPU[arch], append="kaslr.report")
    except BuildError as error:
        suite.verdict(f"{arch} {APP}", [str(error)])
        return
    boots = list(in_parallel(lambda _: boot(guest), range(number)))
    (RESULTS / f"distinct-{arch}.log").write_text("".join(done.log() for done in boots))
    fields = fields_of(boots)
    suite.verdict(f"{arch} boots", [] if len(fields) == number else
                  [f"{number - len(fields)} of {number} boots failed"], f"{len(fields)}")
    for name in FIELDS:
        distinct = len({line[name] for line in fields})
        wanted = number if name in MUST_DIFFER else 2
        suite.verdict(f"{arch} {name}", [] if distinct >= wanted else ["places repeat"],
                      f"{distinct} of {number} distinct")


def main() -> int:
    parser = argparse.ArgumentParser(description="boots often, expects a new place each time")
    parser.add_argument("--arch", action="append", choices=list(CPU), help="default: both")
    parser.add_argument("--boots", type=int, default=BOOTS)
    args = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    suite = Suite("distinct")
    for arch in args.arch or CPU:
        check(arch, args.boots, suite)
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
