"""An input that never ends: a reader that streams takes little of it for its first reports."""

from __future__ import annotations

import io


class EndlessInput(io.RawIOBase):
    """Gives `begin`, then `block` for ever; `taken` counts the bytes that were read."""

    def __init__(self, begin: bytes, block: bytes) -> None:
        super().__init__()
        self.block = block
        self.waiting = begin
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.waiting = self.waiting or self.block
        count = min(len(buffer), len(self.waiting))
        buffer[:count] = self.waiting[:count]
        self.waiting = self.waiting[count:]
        self.taken += count
        return count
