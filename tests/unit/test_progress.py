"""The line on stderr."""

from __future__ import annotations

import io
import time

from reportedly.serve.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_when_stderr_is_no_terminal() -> None:
    stream = io.StringIO()
    with Progress(stream, patience=0.0) as progress:
        progress.show(1, 2, 0)
        time.sleep(0.02)
    assert stream.getvalue() == ""


def test_nothing_is_shown_for_quick_work() -> None:
    stream = Terminal()
    with Progress(stream, patience=30.0) as progress, progress.hidden():
        progress.show(1, 2, 0)
    assert stream.getvalue() == ""


def test_longer_work_shows_a_line_that_leaves_while_something_is_written() -> None:
    stream = Terminal()
    with Progress(stream, patience=0.0) as progress:
        progress.show(12, 34, 2)
        until = time.monotonic() + 5
        while "12 reports" not in stream.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
        with progress.hidden():
            size = len(stream.getvalue())
            time.sleep(0.05)
            assert len(stream.getvalue()) == size
    assert "12 reports" in stream.getvalue()


def test_the_line_says_reports_rate_failures_and_claims() -> None:
    progress = Progress(io.StringIO())
    assert progress.to_line().startswith("loading the parser")
    progress.show(12, 34, 2)
    line = progress.to_line()
    assert line.startswith("reading · 12 reports · ")
    assert line.endswith(" a second · 2 failed · 34 claims")
