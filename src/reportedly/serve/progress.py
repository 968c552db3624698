"""Stage 8 of 8. In: counts. Out: a line on stderr that says how far a batch has come.

Only on a terminal, only after a second's work, gone when the work is done.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from reportedly.serve.wording import to_count

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

#: Seconds of work before the line appears: what is faster needs no company.
PATIENCE = 1.0


class Progress:
    """A line with reports done, rate, claims and failures.

    Args:
        stream: where the line goes; nothing is shown when it is no terminal.
        output: where the claims go: the line makes way only if that is a terminal too.
        patience: seconds before it appears.
    """

    def __init__(
        self, stream: IO[str] | None = None, *, output: IO[str] | None = None, patience: float = PATIENCE
    ) -> None:
        self._stream = stream or sys.stderr
        self._shares_terminal = output is None or output.isatty()
        self._patience = patience
        self._began = time.monotonic()
        self._counts = (0, 0, 0)
        self._live: Live | None = None
        self._timer: threading.Timer | None = None
        # Appearing (the timer's thread) and hiding (the caller's) must not cross.
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        if self._stream.isatty():
            self._timer = threading.Timer(self._patience, self._appear)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
        with self._lock:
            if self._live:
                self._live.stop()
            self._live = self._timer = None

    def show(self, reports: int, claims: int, failures: int) -> None:
        """Takes the counts so far."""
        self._counts = (reports, claims, failures)

    @contextmanager
    def hidden(self, *, always: bool = False) -> Iterator[None]:
        """Takes the line away while something else is written to the terminal.

        Args:
            always: also when the output goes elsewhere, because stderr itself is written to.
        """
        with self._lock:
            live = self._live if self._shares_terminal or always else None
            if live:
                live.stop()
            try:
                yield
            finally:
                if live:
                    live.start()

    def to_line(self) -> str:
        """Writes the line: `reading · 124 reports · 31 a second · 2 failed · 512 claims`."""
        reports, claims, failures = self._counts
        seconds = time.monotonic() - self._began
        if not reports + failures:
            return f"loading the parser · {seconds:.0f} s"
        rate = (reports + failures) / seconds
        failed = f" · {failures:,} failed" if failures else ""
        return f"reading · {to_count(reports, 'report')} · {rate:.0f} a second{failed} · {to_count(claims, 'claim')}"

    def _appear(self) -> None:
        from rich.console import Console
        from rich.live import Live

        with self._lock:
            if self._timer is None:
                return
            self._live = Live(
                console=Console(file=self._stream),
                get_renderable=self._to_text,
                transient=True,
                refresh_per_second=4,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()

    def _to_text(self) -> Text:
        from rich.text import Text

        return Text(self.to_line(), style="dim")
