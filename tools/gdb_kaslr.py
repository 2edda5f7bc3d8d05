# SPDX-License-Identifier: BSD-3-Clause
"""The gdb command `kaslr`: finds out where an image has moved itself, and loads its symbols there.

	gdb-multiarch -x tools/gdb_kaslr.py -ex 'target remote :1234' -ex 'kaslr hello.elf'

The processor says where its exception vectors are (x86_64: IDTR, whose first gate has the
address of the first stub; arm64: VBAR_EL1), the ELF file where they are linked: the
difference is the slide. (A PV guest of Xen has vectors that the processor does not know: there
the text is looked for around the next instruction.) The guest neither helps nor notices. A guest that is paused before
its jump is let run up to it; `kaslr` stops there, in moved_entry's first instruction. An image of Unikraft is known
by a symbol; its ELF file is the one with symbols, `.dbg`.
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
STT_FUNC = 2
MOVED_VA = 24  # offset of struct kaslr_moved's va (unikraft/kaslr.h)
UNIKRAFT_MOVED = 1 << 40  # both architectures' windows are above
# What Unikraft's build relocates by the name of a symbol: its width in bytes
UNIKRAFT_SLOT = re.compile(r"_uk_reloc_(?:data|imm)([248])_")


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
    unikraft_vectors = "asm_trap_divide_error"
    third_argument = "rdx"  # arch_enter's is moved_entry
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

    @staticmethod
    def return_address() -> int:
        """In a function's first instruction"""
        return int.from_bytes(memory(register("rsp"), 8) or b"", "little")


class Arm64:
    vectors = "trap_vectors"
    unikraft_vectors = "vector_table"
    third_argument = "x2"
    load_base = 0x40200000  # QEMU's virt: 2 MiB into memory

    @staticmethod
    def vector_base() -> int | None:
        for name in ("VBAR", "VBAR_EL1"):  # as QEMU calls it, older and newer
            try:
                return register(name)
            except gdb.error:
                continue
        return None

    @staticmethod
    def return_address() -> int:
        return register("x30")


class Image:
    """An image of this project's own boot: moved_entry is the first to run at the random address."""

    def __init__(self, elf: Elf, arch: type) -> None:
        self.elf = elf
        self.arch = arch

    def slide(self) -> int:
        if self.arch is X86 and register("cs") & RING == RING:
            slide = self._around_pc()
            if slide is None:
                raise self._another()
            return slide
        vectors = self.arch.vector_base()
        if vectors is not None:
            slide = (vectors - self.elf.symbol(self.arch.vectors).value) % ADDRESSES
            if self._runs_at(slide):
                return slide if vectors >= UPPER_HALF else self._moved(slide)
            if vectors >= UPPER_HALF:
                raise self._another()
        base = self.elf.symbol("__base_addr").value
        return self._moved((self.arch.load_base or base) - base)

    def _another(self) -> gdb.GdbError:
        return gdb.GdbError(f"{self.elf.path} is not what runs there")

    def _runs_at(self, slide: int) -> bool:
        """Whether the text there is the file's; it is the same bytes wherever it goes."""
        text = self.elf.section(".text")
        return text is not None and memory((text.addr + slide) % ADDRESSES, text.size) == \
            self.elf.data[text.offset:text.offset + text.size]

    def _around_pc(self) -> int | None:
        """The slide of the image whose text is being executed; it is a multiple of pages."""
        text, page = self.elf.section(".text"), register("pc") // PAGE * PAGE
        first = text.addr // PAGE * PAGE if text else 0
        for linked in range(first, text.addr + text.size if text else 0, PAGE):
            if self._runs_at((page - linked) % ADDRESSES):
                return (page - linked) % ADDRESSES
        return None

    def _moved(self, load_slide: int) -> int:
        """Lets a guest that has not moved yet run up to moved_entry; returns its slide then."""
        self._await("arch_enter", load_slide)
        entry = register(self.arch.third_argument)
        run_to(entry)
        return (entry - self.elf.symbol("moved_entry").value) % ADDRESSES

    def _await(self, function: str, load_slide: int) -> None:
        """Lets the image run up to a function of it, where it is loaded."""
        at = (self.elf.symbol(function).value + load_slide) % ADDRESSES
        print(f"waiting for {self.elf.path} at {at:#x}; Ctrl-C ends that if it was loaded elsewhere", flush=True)
        if not run_to(at):
            raise gdb.GdbError("the guest did not come to its jump")
        if not self._runs_at(load_slide):
            raise self._another()


class UnikraftImage(Image):
    """An image of Unikraft with this project's library: kaslr_enter is the first to run there.

    Its own vectors are set in the moved image only, on x86_64 late: until then the text is
    looked for around the next instruction.
    """

    def slide(self) -> int:
        vectors = self.arch.vector_base()
        if vectors is not None:
            slide = (vectors - self.elf.symbol(self.arch.unikraft_vectors).value) % ADDRESSES
            if self._runs_at(slide):
                return slide
        slide = self._around_pc()
        if not slide and max(register("pc"), vectors or 0) >= UNIKRAFT_MOVED:
            raise self._another()
        return slide or self._moved(0)

    def _runs_at(self, slide: int) -> bool:
        """Compares functions: text has page tables as well, and slots that are relocated."""
        text = self.elf.section(".text")
        there = memory((text.addr + slide) % ADDRESSES, text.size) if text else None
        if there is None:
            return False
        found, linked = bytearray(there), bytearray(self.elf.data[text.offset:text.offset + text.size])
        functions = []
        for symbol in self.elf.symbols():
            at, slot = symbol.value - text.addr, UNIKRAFT_SLOT.search(symbol.name)
            if not 0 <= at < text.size:
                continue
            if slot:
                width = int(slot.group(1))
                found[at:at + width] = linked[at:at + width] = bytes(width)
            elif symbol.type == STT_FUNC:
                functions.append(slice(at, at + symbol.size))
        return all(found[part] == linked[part] for part in functions)

    def _moved(self, load_slide: int) -> int:
        """kaslr_move's third argument is a struct kaslr_moved, which it fills."""
        self._await("kaslr_move", load_slide)
        result = register(self.arch.third_argument)
        run_to(self.arch.return_address())
        va = int.from_bytes(memory(result + MOVED_VA, 8) or b"", "little")
        base = self.elf.symbol("_base_addr").value
        if not run_to((va + self.elf.symbol("kaslr_enter").value - base) % ADDRESSES):
            raise gdb.GdbError("the guest did not come to its jump")
        return (va - base) % ADDRESSES


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
            kind = UnikraftImage if any(s.name == "kaslr_moved" for s in elf.symbols()) else Image
            slide = kind(elf, X86 if elf.machine == EM_X86_64 else Arm64).slide()
        except (ElfError, OSError) as error:
            raise gdb.GdbError(str(error))
        gdb.execute(f"symbol-file {names[0]} -o {slide:#x}", to_string=True)
        print(f"{names[0]} is at slide {slide:#x}")


def run_to(address: int) -> bool:
    stop = gdb.Breakpoint(f"*{address:#x}", type=gdb.BP_HARDWARE_BREAKPOINT, internal=True)
    stop.silent = True
    gdb.execute("continue", to_string=True)
    there = stop.is_valid() and stop.hit_count > 0
    if stop.is_valid():
        stop.delete()
    return there


Kaslr()
