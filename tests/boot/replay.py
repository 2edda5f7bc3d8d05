# SPDX-License-Identifier: BSD-3-Clause
"""Builds with REPLAY=1: the same kaslr.seed= gives the same layout, another one another.

Run from the top folder: python3 -B -m tests.boot.replay
Builds without it refuse the option: see matrix.txt.
"""

from __future__ import annotations

import sys

from tests.lib.build import BuildError, image
from tests.lib.qemu import Machine, boot, report
from tests.lib.suite import Suite, in_parallel

APP = "hello"
CPU = {"x86_64": "max", "arm64": "cortex-a57"}
SEEDS = ["00112233445566778899aabbccddeeff"] * 2 + ["ff112233445566778899aabbccddeeff"]
PLACES = ("phys", "virt", "heap", "stack")


def layout(machine: Machine) -> tuple[str, ...] | None:
    """Where everything is; None if the boot failed."""
    done = boot(machine)
    fields = report(done.console)
    if done.status != 0 or fields is None or "replay" not in fields["sources"]:
        return None
    return tuple(fields[name] for name in PLACES)


def problems(arch: str) -> list[str]:
    try:
        kernel = image(arch, APP, "img", "REPLAY=1")
    except BuildError as error:
        return [str(error)]
    machines = [Machine(arch, kernel, cpu=CPU[arch], append=f"kaslr.report kaslr.seed={seed}")
                for seed in SEEDS]
    first, again, other = in_parallel(layout, machines)
    if not (first and again and other):
        return ["a boot fails, or does not use the seed"]
    found = [] if first == again else [f"the same seed, another layout: {first}, {again}"]
    return found + (["another seed, the same place"] if first[1] == other[1] else [])


def main() -> int:
    suite = Suite("replay")
    for arch in CPU:
        suite.verdict(f"{arch} replay", problems(arch))
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
