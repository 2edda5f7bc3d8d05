# SPDX-License-Identifier: BSD-3-Clause
"""The least memory in which an application boots with KASLR on."""

from __future__ import annotations

from tests.lib.build import image
from tests.lib.qemu import Machine, boot, report

STEP = 128  # KiB
FIRST, LAST = 1024, 16 * 1024  # KiB
TRIES = 3  # boots that must all succeed: places are random
UPPER_HALF = 1 << 63
CPU = {"x86_64": "max", "arm64": "cortex-a57"}


def boots_moved(arch: str, app: str, kib: int) -> bool:
    """Does it boot, and at a random address, each time?"""
    kernel = image(arch, app, "img")
    for _ in range(TRIES):
        done = boot(Machine(arch, kernel, cpu=CPU[arch], memory=f"{kib}K", append="kaslr.report"))
        fields = report(done.console)
        if done.status != 0 or not fields or int(fields["virt"], 16) < UPPER_HALF \
                or "stays where" in done.console:
            return False
    return True


def least_memory(arch: str, app: str) -> str:
    """By bisection over multiples of STEP; more memory is taken to be never worse."""
    low, high = FIRST // STEP - 1, LAST // STEP
    if not boots_moved(arch, app, high * STEP):
        return f"more than {LAST} KiB"
    while high - low > 1:
        middle = (low + high) // 2
        if boots_moved(arch, app, middle * STEP):
            high = middle
        else:
            low = middle
    return f"{high * STEP} KiB"
