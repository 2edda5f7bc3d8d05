# SPDX-License-Identifier: BSD-3-Clause
"""The gdb command `kaslr`: finds out where an image has moved itself, and loads its symbols there.

	gdb-multiarch -x tools/gdb_kaslr.py -ex 'target remote :1234' -ex 'kaslr hello.elf'

The processor says where its exception vectors are (x86_64: IDTR, whose first gate has the
address of the first stub; arm64: VBAR_EL1), the ELF file where they are linked: the
difference is the slide. (A PV guest of Xen has vectors that the processor does not know: there
the text is looked for around the next instruction.) The guest neither helps nor notices. A guest that is paused before
its jump is let run up to it; `kaslr` stops there, in moved_entry's first instruction.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import gdb  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.elf import Elf, ElfError  # noqa: E402

UPPER_HALF = 1 << 63
ADDRESSES = 1 << 64
PAGE = 4096
RING = 3  # the processor's vectors are Xen's, whose PV guests have this one
EM_X86_64, EM_AARCH64 = 62, 183
EFER_LMA = 1 << 10  # in 64-bit mode: Intel SDM vol. 3, 2.2.1


def register(name: str) -> int:
    return int(gdb.parse_and_eval(f"(unsigned long)${name}")) % ADDRESSES


def memory(address: int, length: int) -> bytes | None:
    """None if nothing is mapped there."""
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.MemoryError:
        return None


class X86:
    """The IDT is in QEMU's list of registers only: its gdbstub does not have it."""

    vectors = "trap_stubs"
    entry_register = "rdx"  # arch_enter's third argument, moved_entry
    load_base = None        # ELF loaders put it where it is linked

    @staticmethod
    def vector_base() -> int | None:
        text = gdb.execute("monitor info registers", to_string=True)
        found = re.search(r"^IDT=\s*([0-9a-f]+)", text, re.M)
        mode = re.search(r"^EFER=([0-9a-f]+)", text, re.M)
        if not mode or not int(mode.group(1), 16) & EFER_LMA:
            return None  # firmware or a loader, whose gates are of another form
        gate = memory(int(found.group(1), 16), 16) if found else None
        if gate is None:
            return None
        # Offset bits 15:0, 31:16 and 63:32 of a 64-bit gate: Intel SDM vol. 3, 6.14.1
        return int.from_bytes(gate[0:2] + gate[6:12], "little")


class Arm64:
    vectors = "trap_vectors"
    entry_register = "x2"
    load_base = 0x40200000  # QEMU's virt: 2 MiB into memory

    @staticmethod
    def vector_base() -> int | None:
        for name in ("VBAR", "VBAR_EL1"):  # as QEMU calls it, older and newer
            try:
                return register(name)
            except gdb.error:
                continue
        return None


class Kaslr(gdb.Command):
    """kaslr ELF: find where the guest's image is, and load its symbols there."""

    def __init__(self) -> None:
        super().__init__("kaslr", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument: str, from_tty: bool) -> None:
        names = gdb.string_to_argv(argument)
        if len(names) != 1:
            raise gdb.GdbError("usage: kaslr ELF")
        try:
            elf = Elf(Path(names[0]))
        except (ElfError, OSError) as error:
            raise gdb.GdbError(str(error))
        slide = self._slide(elf, X86 if elf.machine == EM_X86_64 else Arm64)
        gdb.execute(f"symbol-file {names[0]} -o {slide:#x}", to_string=True)
        print(f"{names[0]} is at slide {slide:#x}")

    @staticmethod
    def _runs_at(elf: Elf, slide: int) -> bool:
        """Whether the text there is the file's; it is the same bytes wherever it goes."""
        text = elf.section(".text")
        return text is not None and memory((text.addr + slide) % ADDRESSES, text.size) == \
            elf.data[text.offset:text.offset + text.size]

    def _around_pc(self, elf: Elf) -> int:
        """The slide of the image whose text is being executed; it is a multiple of pages."""
        text, page = elf.section(".text"), register("pc") // PAGE * PAGE
        first = text.addr // PAGE * PAGE if text else 0
        for linked in range(first, text.addr + text.size if text else 0, PAGE):
            if self._runs_at(elf, (page - linked) % ADDRESSES):
                return (page - linked) % ADDRESSES
        raise gdb.GdbError(f"{elf.path} is not what runs there")

    def _slide(self, elf: Elf, arch: type) -> int:
        if arch is X86 and register("cs") & RING == RING:
            return self._around_pc(elf)
        vectors = arch.vector_base()
        if vectors is not None:
            slide = (vectors - elf.symbol(arch.vectors).value) % ADDRESSES
            if self._runs_at(elf, slide):
                return slide if vectors >= UPPER_HALF else self._moved(elf, arch, slide)
            if vectors >= UPPER_HALF:
                raise gdb.GdbError(f"{elf.path} is not what runs there")
        base = elf.symbol("__base_addr").value
        return self._moved(elf, arch, (arch.load_base or base) - base)

    def _moved(self, elf: Elf, arch: type, load_slide: int) -> int:
        """Lets a guest that has not moved yet run up to moved_entry; returns its slide then."""
        jump = (elf.symbol("arch_enter").value + load_slide) % ADDRESSES
        print(f"waiting for {elf.path} at {jump:#x}; Ctrl-C ends that if it was loaded elsewhere", flush=True)
        if not self._run_to(jump):
            raise gdb.GdbError("the guest did not come to its jump")
        if not self._runs_at(elf, load_slide):
            raise gdb.GdbError(f"{elf.path} is not what runs there")
        entry = register(arch.entry_register)
        self._run_to(entry)
        return (entry - elf.symbol("moved_entry").value) % ADDRESSES

    @staticmethod
    def _run_to(address: int) -> bool:
        stop = gdb.Breakpoint(f"*{address:#x}", type=gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        stop.silent = True
        gdb.execute("continue", to_string=True)
        there = stop.is_valid() and stop.hit_count > 0
        if stop.is_valid():
            stop.delete()
        return there


Kaslr()
