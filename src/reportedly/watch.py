"""Adds the same inputs again and again, prints what is new, and tells others of it.

What was seen is what the ledger holds: a watch that was stopped goes on where it was. A page or feed is
asked for only if its server says that it changed; a file only if it did, and once it stands still.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import IO, Any, Self

from reportedly.add import Request, Tally, add_reports, expand
from reportedly.errors import LedgerError
from reportedly.model import Claim, Extraction
from reportedly.record.export.jsonl import to_line, to_record
from reportedly.record.ledger import Ledger
from reportedly.serve.terminal import load_console, show_extraction
from reportedly.serve.wording import to_count, to_visible
from reportedly.settings import Settings

#: A file is read once it has not changed for so many seconds: others may still be writing it.
STILL = 2.0
#: Seconds between two glances at whether the watch is to end.
GLANCE = 0.2
#: Seconds that a command of --on-change may take.
COMMAND_TIME = 120
#: Tries of a POST, and seconds between them.
POSTS, POST_WAIT = 3, 2.0


def watch(
    requests: Sequence[Request],
    ledger: Ledger,
    settings: Settings,
    *,
    every: float,
    rounds: int | None = None,
    on_change: str | None = None,
    engine: str = "",
    output: IO[str] | None = None,
) -> int:
    """Looks at the inputs every so often until it is stopped (SIGINT, SIGTERM); returns the exit code.

    Args:
        requests: feeds, pages, files and folders.
        ledger: where to record, and what was seen before.
        settings: how to read and code.
        every: seconds from the begin of one look to the next.
        rounds: end after so many looks; None for never.
        on_change: a command or an http(s) address that gets the new claims.
        engine: see `add_reports`.
        output: where new reports are printed.
    """
    stream = output or sys.stdout
    files = _Files()
    done = 0
    with _Stop() as stop:
        while not stop.asked:
            began = time.monotonic()
            watcher = _Round(stream)
            tally = _look(requests, ledger, settings, files, watcher, engine)
            if tally is not None:
                print(f"reportedly: {_now()}: {tally.to_summary()}", file=sys.stderr, flush=True)
            if watcher.claims and on_change:
                tell(on_change, watcher.claims)
            done += 1
            if rounds is not None and done >= rounds:
                break
            stop.wait(every - (time.monotonic() - began))
    return 0


def _look(
    requests: Sequence[Request], ledger: Ledger, settings: Settings, files: _Files, watcher: _Round, engine: str
) -> Tally | None:
    """One look; a ledger that is out of reach for now ends the look and not the watch."""
    try:
        return add_reports(files.find_changed(requests), ledger, settings, engine=engine, observer=watcher)
    except LedgerError as error:
        print(f"reportedly: {_now()}: {error}; looking again later", file=sys.stderr, flush=True)
        files.forget()
        return None


class _Round:
    """What one look brought; prints each new report as it is recorded."""

    def __init__(self, stream: IO[str]) -> None:
        self.claims: list[Claim] = []
        self._stream = stream
        self._console = load_console(stream) if stream.isatty() else None

    def __call__(self, tally: Tally, fresh: Sequence[Extraction]) -> None:
        for extraction in fresh:
            self.claims += extraction.claims
            if self._console:
                show_extraction(self._console, extraction)
            else:
                self._stream.writelines(to_line(claim) + "\n" for claim in extraction.claims)
        self._stream.flush()


class _Files:
    """Which files were read, and as they were when they were."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}

    def find_changed(self, requests: Sequence[Request]) -> Iterator[Request]:
        """Yields addresses, and files that changed since they were last read and stand still."""
        moving: list[tuple[Request, tuple[int, int]]] = []
        for request in requests:
            if "://" in request.path or not Path(request.path).exists():
                yield request
                continue
            for each in expand([request]):
                state = self._find_state(each.path)
                if state is None or self._seen.get(each.path) == state:
                    continue
                if time.time_ns() - state[0] < STILL * 1e9:
                    moving.append((each, state))
                else:
                    self._seen[each.path] = state
                    yield each
        if moving:
            time.sleep(STILL)
        for each, state in moving:
            if self._find_state(each.path) == state:  # else somebody is still writing it: next time
                self._seen[each.path] = state
                yield each

    def forget(self) -> None:
        """Forgets all, so that the next look reads everything again: what is known changes nothing."""
        self._seen.clear()

    @staticmethod
    def _find_state(path: str) -> tuple[int, int] | None:
        """When a file was last written (ns) and its size; None for what is no file, such as an empty folder."""
        try:
            found = Path(path).stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if Path(path).is_file() else None


# ---------------------------------------------------------------- telling others


def tell(target: str, claims: Sequence[Claim]) -> bool:
    """Hands new claims to a command or an address; what goes wrong is said and stops nothing.

    Args:
        target: an http(s) address that gets one POST of `{"claims": [...]}`, or a shell command that gets a
            claim a line on its standard input.
        claims: the new claims.

    Returns:
        Whether it took them.
    """
    trouble = _post(target, claims) if target.startswith(("http://", "https://")) else _run(target, claims)
    if trouble:
        print(f"reportedly: --on-change did not take {to_count(len(claims), 'claim')}: {trouble}", file=sys.stderr)
    return not trouble


def _run(command: str, claims: Sequence[Claim]) -> str:
    lines = "".join(to_line(claim) + "\n" for claim in claims)
    try:
        # The person's own command, as they wrote it; what reports say reaches it as data alone.
        ended = subprocess.run(command, shell=True, input=lines.encode(), timeout=COMMAND_TIME, check=False)
    except subprocess.TimeoutExpired:
        return f"the command took more than {COMMAND_TIME} s"
    return f"the command ended with {ended.returncode}" if ended.returncode else ""


def _post(address: str, claims: Sequence[Claim]) -> str:
    import httpx

    body = json.dumps({"claims": [to_record(claim) for claim in claims]}, ensure_ascii=False).encode()
    trouble = ""
    for attempt in range(POSTS):
        if attempt:
            time.sleep(POST_WAIT)
        try:
            answer = httpx.post(
                address, content=body, headers={"Content-Type": "application/json"}, timeout=20, trust_env=False
            )
        except httpx.HTTPError as error:
            trouble = to_visible(str(error) or type(error).__name__)
            continue
        if answer.is_success:
            return ""
        trouble = f"the server answered {answer.status_code}"
        if answer.status_code < 500:
            break
    return trouble


# ---------------------------------------------------------------- stopping


class _Stop:
    """Whether the watch was told to end. Set by SIGTERM; SIGINT ends it at once, as always.

    A plain flag: an Event's lock may be held by the very thread that a signal interrupts.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)

    def wait(self, seconds: float) -> None:
        """Waits, but not on after it was told to end."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE))

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
