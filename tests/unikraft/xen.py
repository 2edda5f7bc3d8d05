# SPDX-License-Identifier: BSD-3-Clause
"""The contract with Unikraft's Xen platform: standin/xen/ as dom0 of the real Xen.

Run from the top folder: python3 -B -m tests.unikraft.xen
The guest looks at all that its page tables map, and says what it finds.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.lib.build import BuildError, run
from tests.lib.qemu import Boot
from tests.lib.suite import BUILD, RESULTS, ROOT, Suite, in_parallel
from tests.xen import hypervisor
from tests.xen.debian import FetchError
from tests.xen.hypervisor import Dom0

BOOTS = 5
LIMIT = 20.0  # seconds
MAKE = ["make", "-s", "-f", "tests/unikraft/standin/xen/standin.mk"]
ADDRESS = re.compile(r"^(virt|memory|demand)=([0-9a-f]+)$", re.M)
FOUND = ("start info", "command line", "slot of the linker", "data that is no slot",
         "an area for others' memory of its own", "a region's two addresses are the same",
         "region of the image", "no page is writable and executable",
         "the loaded image is unmapped", "no page is mapped twice",
         "the image's parts have their rights", "memory is at its place and never executable",
         "all memory is mapped", "the page of zeros", "what Unikraft maps is not executable", "END")


def build(name: str, *variables: str) -> Path:
    folder = BUILD.relative_to(ROOT) / "unikraft" / name
    run([*MAKE, f"BUILD_DIR={folder}", *variables])
    return ROOT / folder / "kernel.img"


def boot(dom0: Dom0) -> Boot:
    return hypervisor.boot(dom0, LIMIT)


def problems_of(done: Boot) -> list[str]:
    lines = hypervisor.own_lines(done.console).splitlines()
    wrong = [line for line in lines if line.startswith(("BROKEN", "panic", "ukaslr"))]
    if hypervisor.reason(done) != "poweroff":
        wrong.append(f"its shutdown reason is {hypervisor.reason(done)}")
    return wrong + [f"not said: {text}" for text in FOUND if text not in lines]


def check_boots(suite: Suite) -> None:
    dom0 = Dom0(build("xen"), "pv", "one two")
    boots = list(in_parallel(lambda _: boot(dom0), range(BOOTS)))
    (RESULTS / "unikraft-xen.log").write_text("".join(done.log() for done in boots))
    problems = [text for done in boots for text in problems_of(done)]
    for name in ("virt", "memory", "demand"):
        places = {value for done in boots for key, value in ADDRESS.findall(done.console)
                  if key == name}
        if len(places) != BOOTS:
            problems.append(f"{name}: {len(places)} places in {BOOTS} boots")
    suite.verdict("unikraft xen", problems, f"{BOOTS} boots")


def check_refusals(suite: Suite) -> None:
    """A processor without entropy, and an image whose table was damaged"""
    kernel = build("xen-strict", "CONFIG_KASLR_STRICT=y")
    data = bytearray(kernel.read_bytes())
    data[data.rindex(b"UKRL") + 16] ^= 1  # the first is in code that looks for it
    damaged = kernel.with_name("damaged.img")
    damaged.write_bytes(data)
    weak = ["-cpu", "max,-rdrand,-rdseed"]
    for name, dom0, text in (("strict", Dom0(kernel, "pv", extra=weak), "bits of entropy"),
                             ("damaged", Dom0(damaged, "pv"), "checksum")):
        done = boot(dom0)
        said = hypervisor.own_lines(done.console)
        good = hypervisor.reason(done) == "crash" and "ukaslr: stop: " in said and text in said
        suite.verdict(f"unikraft xen {name}", [] if good else
                      [f"reason {hypervisor.reason(done)}: {said[-200:]}"])


def main() -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    suite = Suite("unikraft-xen")
    try:
        check_boots(suite)
        check_refusals(suite)
    except (BuildError, FetchError, ValueError) as error:
        suite.verdict("unikraft xen", [str(error)])
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
