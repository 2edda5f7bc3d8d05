# SPDX-License-Identifier: BSD-3-Clause
"""Looks for the generator's state in all of a guest's memory once main runs.

Run from the top folder: python3 -B -m tests.audit.generator
The guest's memory is a file of the host. What is looked for is known from elsewhere: the
bytes of kaslr.entropy= from the command line that the guest is given, state and numbers of the
generator from an implementation of our own, which gets the same kaslr.seed=. Each must be
found while it is in use: that shows that the search works. tests/audit/wiped.py does the same for
what loaders give.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Iterator

from tests.audit.guest import (APP, LOAD_SLIDE, NOT_READY, RAM_START, Guest, contents, judge_all,
                               until_main)
from tests.lib.build import image
from tests.lib.generator import NUMBER, replayed
from tests.lib.qemu import Machine, report, running
from tests.lib.suite import RESULTS, ROOT
from tools.elf import Elf

WORK = RESULTS / "generator"
MEMORY = WORK / "memory"
GDB_SOCKET = (WORK / "gdb").relative_to(ROOT)
PATIENCE = 10.0  # seconds until QEMU listens
SEED = "5eed0123456789abcdef00ff11ee22dd33cc44bb55aa66997788deadbeef0c0d"
WORDS = "not-one-word but-two"  # main's copies have a NUL between them
MEMORY_SIZE = "16M"  # all of it is searched, often
NUMBERS = 40  # more than a boot draws
STEP = 4  # a number begins with any word of the stream


@dataclass
class Case(Guest):
    append: str = ""

    def guest(self, *variables: str) -> Machine:
        MEMORY.unlink(missing_ok=True)
        (ROOT / GDB_SOCKET).unlink(missing_ok=True)
        return Machine(self.arch, image(self.arch, APP, self.kind, *variables), self.machine,
                       self.cpu, MEMORY_SIZE, self.append, memory_file=MEMORY,
                       extra=["-S", "-gdb", f"unix:{GDB_SOCKET},server=on,wait=off"])


OPTION = [Case("bootargs multiboot", "x86_64"), Case("bootargs pvh", "x86_64", "pvh", "q35"),
          Case("bootargs microvm", "x86_64", "pvh", "microvm"), Case("bootargs", "arm64")]
STATE = [Case("generator multiboot", "x86_64"), Case("generator pvh", "x86_64", "pvh", "q35"),
         Case("generator 4-level", "x86_64", cpu="max,la57=off"), Case("generator", "arm64"),
         Case("generator 48-bit", "arm64", cpu="cortex-a57")]


def found(secrets: dict[str, bytes]) -> set[str]:
    """The names of those that are in memory."""
    with contents(MEMORY) as memory:
        return {name for name, value in secrets.items() if memory.find(value) >= 0}


@contextmanager
def stopped_at(function: str, case: Case, elf: Path) -> Iterator[bool]:
    """Lets the paused guest run to a function of the load image, where it stays in the block.

    False if it does not come there. After the block it runs on.
    """
    end = time.monotonic() + PATIENCE
    while not (ROOT / GDB_SOCKET).exists() and time.monotonic() < end:
        time.sleep(0.1)
    command = ["timeout", "60", "gdb-multiarch", "-nx", "-q", "-ex",
               f"symbol-file {elf} -o {LOAD_SLIDE[case.arch]:#x}", "-ex", f"target remote {GDB_SOCKET}",
               "-ex", f"hbreak {function}", "-ex", "continue", "-ex", r'printf "stopped\n"']
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as gdb:
        assert gdb.stdin and gdb.stdout
        there = False
        for line in gdb.stdout:
            there = there or f"Breakpoint 1, {function} " in line
            if line.strip().endswith("stopped"):
                break
        yield there
        gdb.communicate("set confirm off\ndelete\ndetach\nquit\n")


def option_problems(case: Case) -> list[str]:
    """The digits of kaslr.entropy=, the bytes that they say, and the text of the command line,
    which a device tree keeps."""
    case.append = f"kaslr.entropy={SEED} {WORDS}"
    secrets = {"the digits": SEED.encode(), "half of the digits": SEED[32:].encode(),
               "the bytes": bytes.fromhex(SEED), "half of the bytes": bytes.fromhex(SEED)[16:]}
    if case.arch == "x86_64":
        secrets["the words behind"] = WORDS.encode()
    machine = case.guest()
    with running(machine) as console:
        with stopped_at("cmdline_scan", case, machine.kernel.with_suffix(".elf")) as there:
            if not there:
                return ["the guest does not come to its options"]
            if not {"the digits", "the words behind"} & set(secrets) <= found(secrets):
                return ["the search does not find the text where it is"]
        if until_main(console) is None:
            return [NOT_READY]
        return [f"{name} of kaslr.entropy= are still in memory" for name in sorted(found(secrets))]


def state_of(seed: bytes) -> dict[str, bytes]:
    """The generator's key, in pieces, and what it makes of it."""
    generator = replayed(seed)
    stream = b"".join(generator.number() for _ in range(NUMBERS))
    secrets = {f"number at {i}": stream[i:i + NUMBER]
               for i in range(0, len(stream) - NUMBER + 1, STEP)}
    pieces = range(0, len(generator.key), NUMBER)
    return secrets | {f"key byte {i}": generator.key[i:i + NUMBER] for i in pieces}


def kept_numbers(elf: Elf, arch: str, console: str) -> set[bytes]:
    """Numbers that were drawn to be kept: the heap's secret; the stack protector's has a byte less."""
    fields = report(console)
    assert fields
    home = int(fields["phys"], 16) - RAM_START[arch] - elf.symbol("__image_start").value
    heap = elf.symbol("chunks")
    with contents(MEMORY) as memory:
        start = home + heap.value
        inside = memory[start:start + heap.size]
    return {inside[i:i + NUMBER] for i in range(0, heap.size - NUMBER + 1, STEP)}


def state_problems(case: Case) -> list[str]:
    case.append = f"kaslr.report kaslr.seed={SEED}"
    secrets = state_of(bytes.fromhex(SEED))
    machine = case.guest("REPLAY=1")
    elf = machine.kernel.with_suffix(".elf")
    with running(machine) as console:
        with stopped_at("entropy_wipe", case, elf) as there:
            if not there:
                return ["the guest does not come to where its generator is wiped"]
            missing = {name for name in secrets if name.startswith("key")} - found(secrets)
            if missing:
                return [f"the search does not find the generator before it is wiped: {sorted(missing)}"]
        text = until_main(console)
        if text is None:
            return [NOT_READY]
        kept = kept_numbers(Elf(elf), case.arch, text)
        if len(kept & set(secrets.values())) != 3:  # two numbers, and the halves that meet
            return ["the heap does not have its secret from this generator"]
        left = {name for name in found(secrets) if secrets[name] not in kept}
        return [f"the generator's {name} is still in memory" for name in sorted(left)]


def main() -> int:
    looks = ((OPTION, option_problems), (STATE, state_problems))
    return judge_all("generator", MEMORY,
                     ((case.title, partial(look, case)) for cases, look in looks for case in cases))


if __name__ == "__main__":
    sys.exit(main())
