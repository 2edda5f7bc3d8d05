# SPDX-License-Identifier: BSD-3-Clause
"""The generator of docs/entropy.md, written after that page: what kaslr.seed= must give."""

from __future__ import annotations

import struct

WORD = 0xFFFFFFFF
BLOCK, KEY, CHUNK, NUMBER = 64, 32, 48, 8
ABSORB, EXPAND = b"absorb 32-byte k", b"expand 32-byte k"
REPLAY = 64
REPLAY_BYTES = 32
# Columns, then diagonals, of the state as a square (RFC 8439, 2.3)
QUARTERS = [(i, i + 4, i + 8, i + 12) for i in range(4)] + \
           [(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4) for i in range(4)]


def quarter_round(x: list[int], a: int, b: int, c: int, d: int) -> None:
    for into, other, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[into] = x[into] + x[other] & WORD
        x[turned] ^= x[into]
        x[turned] = (x[turned] << by | x[turned] >> 32 - by) & WORD


def block(data: bytes) -> bytes:
    """The block function of RFC 8439, 2.3."""
    start = struct.unpack("<16I", data)
    x = list(start)
    for _ in range(10):
        for quarter in QUARTERS:
            quarter_round(x, *quarter)
    return struct.pack("<16I", *(a + b & WORD for a, b in zip(x, start)))


class Generator:
    """Absorb everything first, then take numbers."""

    def __init__(self) -> None:
        self.key = bytes(KEY)
        self.waiting = b""
        self.output = b""
        self.counter = 0

    def _absorb_chunk(self, chunk: bytes) -> None:
        mixed = bytes(a ^ b for a, b in zip(self.key, chunk))
        made = block(ABSORB + mixed + chunk[KEY:])
        self.key, self.output, self.counter = made[:KEY], made[KEY:], 0

    def absorb(self, source: int, data: bytes) -> None:
        self.waiting += struct.pack("<HH", source, len(data)) + data + bytes(-len(data) % 4)
        while len(self.waiting) >= CHUNK:
            self._absorb_chunk(self.waiting[:CHUNK])
            self.waiting = self.waiting[CHUNK:]

    def number(self) -> bytes:
        """The next 64 bits, as they lie in memory."""
        if self.waiting:
            self._absorb_chunk(self.waiting.ljust(CHUNK, b"\0"))
            self.waiting = b""
        if not self.output:
            self.output = block(EXPAND + self.key + struct.pack("<I", self.counter) + bytes(12))
            self.counter += 1
        number, self.output = self.output[:NUMBER], self.output[NUMBER:]
        return number


def replayed(seed: bytes) -> Generator:
    """The generator of a boot with kaslr.seed=."""
    generator = Generator()
    generator.absorb(REPLAY, seed.ljust(REPLAY_BYTES, b"\0"))
    return generator
