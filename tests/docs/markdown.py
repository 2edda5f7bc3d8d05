# SPDX-License-Identifier: BSD-3-Clause
"""The little of Markdown that the docs use: fenced blocks, code spans, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.M)
CONTINUATION = re.compile(r"\\\n\s*")


@dataclass
class Block:
    """A fenced block. next is the block that follows with nothing but blank lines between, if any."""

    language: str
    text: str
    next: Block | None = None

    def commands(self) -> list[str]:
        lines = CONTINUATION.sub("", self.text).splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@dataclass
class Document:
    """One page; name is relative to the top folder."""

    name: str
    text: str

    @classmethod
    def read(cls, top: Path, path: Path) -> Document:
        return cls(str(path.relative_to(top)), path.read_text())

    def prose(self) -> str:
        return FENCE.sub("", self.text)

    def spans(self) -> list[str]:
        return SPAN.findall(self.prose())

    def links(self) -> list[str]:
        return LINK.findall(self.prose())

    def section(self, heading: str) -> Document:
        """The part under a heading, up to the next one of any level; empty if there is none."""
        found = re.search(rf"^#+ +{re.escape(heading)}\n(.*?)(?=^#|\Z)", self.prose(), re.M | re.S)
        return Document(self.name, found.group(1) if found else "")

    def anchors(self) -> set[str]:
        """What links to a heading end in: small letters, no punctuation, dashes for blanks."""
        kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(self.prose()))
        return {heading.strip().replace(" ", "-") for heading in kept}

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        end = -1
        for match in FENCE.finditer(self.text):
            block = Block(match.group(1), match.group(2))
            if found and not self.text[end:match.start()].strip():
                found[-1].next = block
            found.append(block)
            end = match.end()
        return found
