"""What an engine is, and what all engines share: results in order, a bounded window, lost workers.

An engine maps shards to files. It never reads further ahead than its window, gives the results in the
order of the shards, does a lost worker's shard again, and ends all that it started when it is closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from reportedly.pipeline import load_tools
from reportedly.scale.rows import join_rows, write_rows
from reportedly.scale.shards import Shard, code_shard, to_piece_failure
from reportedly.settings import Settings

#: Shards in flight for each worker: one at work, one ready for it.
WINDOW = 2
#: So often a shard may lose its worker before the blame is sought within it.
TRIES = 2

#: What runs for each shard. It is sent to workers by its name: a function of an importable module.
type Code = Callable[[Shard], bytes]


class Engine(Protocol):
    """Runs `code_shard` over shards somewhere. Use it in a `with` statement."""

    name: str

    def map(self, shards: Iterable[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yields each shard's number and file, in order; takes shards no faster than it needs them.

        Raises:
            ReportedlyError: nothing can be coded at all, or the workers are out of reach.
        """
        ...

    def find_pids(self) -> list[int]:
        """The process ids of its workers on any machine; none where it has no processes yet."""
        ...

    def __enter__(self) -> Self:
        """Starts what it needs."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends all that it started, at work or not."""
        ...


class Pending(Protocol):
    """A shard's file that is on its way."""

    def result(self) -> bytes:
        """Waits for the file."""
        ...

    def cancel(self) -> object:
        """Gives it up, if it has not begun."""
        ...


class WorkerDied(Exception):
    """The worker went away with a shard in hand: killed, out of memory, or crashed."""


class Inline:
    """No processes: codes in this one, a shard at a time, when its result is asked for."""

    name = "inline"

    def __init__(self, settings: Settings, code: Code = code_shard) -> None:
        self.settings = settings
        self._code = code

    def map(self, shards: Iterable[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yields each shard's number and file, in order."""
        for shard in shards:
            yield shard.number, self._code(shard)

    def find_pids(self) -> list[int]:
        """There are no workers."""
        return []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""


def map_in_order(
    submit: Callable[[Shard], Pending], shards: Iterable[Shard], find_window: Callable[[], int]
) -> Iterator[tuple[int, bytes]]:
    """Yields results in the order of the shards, with so many in flight as the window allows at the time."""
    waiting: deque[tuple[int, Pending]] = deque()
    try:
        for shard in shards:
            waiting.append((shard.number, submit(shard)))
            while len(waiting) >= find_window():
                number, pending = waiting.popleft()
                yield number, pending.result()
        while waiting:
            number, pending = waiting.popleft()
            yield number, pending.result()
    finally:
        for _, pending in waiting:
            pending.cancel()


def code_survivors(shard: Shard, attempt: Code, tries: int = TRIES) -> bytes:
    """Codes a shard by attempts that may each lose their worker.

    A shard that lost it `tries` times is halved, down to the single report that does it: that one
    becomes a failure row, and all others are coded. A single report is never blamed for one death
    alone, as workers are killed for other reasons too.
    """
    single = len(shard.pieces) == 1
    for _ in range(max(tries, TRIES) if single else tries):
        try:
            return attempt(shard)
        except WorkerDied:
            continue
    if not single:
        return join_rows([code_survivors(half, attempt, tries=1) for half in shard.halve()])
    failure = to_piece_failure(
        shard.pieces[0],
        "the worker died while coding it",
        error=WorkerDied.__name__,
        hint="it may need more memory than there is, or break a library",
    )
    return write_rows([failure], load_tools(shard.settings).run)
