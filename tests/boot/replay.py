# SPDX-License-Identifier: BSD-3-Clause
"""Builds with REPLAY=1: the same kaslr.seed= gives the same layout each time, another one another.

Run from the top folder: python3 -B -m tests.boot.replay
Builds without it refuse the option: see matrix.txt.
"""

from __future__ import annotations

import sys

from tests.lib.build import BuildError, image
from tests.lib.qemu import Machine, boot, report
from tests.lib.suite import Suite, in_parallel

APP = "hello"
# Machines without firmware that takes time
MACHINE = {"x86_64": ("pvh", "microvm"), "arm64": ("img", "virt")}
SEED, OTHER = "00112233445566778899aabbccddeeff", "ff112233445566778899aabbccddeeff"
REPLAYS = 100


def layout(machine: Machine) -> str | None:
    """All that the report says of where things are; None if the boot failed."""
    done = boot(machine, timeout=60)
    fields = report(done.console)
    if done.status != 0 or fields is None or fields["sources"] != "replay":
        return None
    return " ".join(f"{name}={value}" for name, value in fields.items())


def problems(arch: str) -> list[str]:
    kind, name = MACHINE[arch]
    try:
        kernel = image(arch, APP, kind, "REPLAY=1")
    except BuildError as error:
        return [str(error)]
    machines = [Machine(arch, kernel, name, append=f"kaslr.report kaslr.seed={seed}")
                for seed in [OTHER] + [SEED] * REPLAYS]
    other, *layouts = in_parallel(layout, machines)
    if other is None or None in layouts:
        return ["a boot fails, or does not use the seed"]
    different = set(layouts)
    found = [f"the same seed, {len(different)} layouts: {', '.join(sorted(map(str, different)))}"] \
        if len(different) > 1 else []
    return found + (["another seed, the same places"] if other in different else [])


def main() -> int:
    suite = Suite("replay")
    for arch in MACHINE:
        suite.verdict(f"{arch} replay", problems(arch), f"{REPLAYS} boots")
    return suite.end()


if __name__ == "__main__":
    sys.exit(main())
