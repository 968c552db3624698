"""Stages 1 to 6 over many inputs: read, code and record, so that nothing is lost and nothing doubled.

    requests -> pieces -> (what the ledger knows is passed over) -> shards -> engine -> results -> ledger

One process reads and writes, others code. Each shard is one transaction: a kill at any instant loses
the shards in flight and no more, and the same command goes on from there.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from reportedly.errors import ReadError
from reportedly.model import Extraction, Failure, Item, Run, to_id, to_report_id
from reportedly.read import Payload, Receipt, Unchanged, split_inputs, walk_folder
from reportedly.record.answers import FailureEntry
from reportedly.record.ledger import Ledger
from reportedly.record.writing import Outcome, Result, to_asked_key
from reportedly.scale import parse_engine, read_run, read_shard, split_shards
from reportedly.serve.formats import to_reasons
from reportedly.serve.wording import to_count, to_visible
from reportedly.settings import Settings
from reportedly.tools import load_tools

#: Pieces whose being known is asked for at once.
CHUNK = 32
#: Fewer shards than this are coded in this process: a worker takes two seconds to load the parser.
WORTH_A_POOL = 2

type Piece = Item | Payload | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One path or address to add, with what holds for it. See `reportedly.read.read_items`."""

    path: str
    publisher: str | None = None
    published: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    linked: bool = False

    def to_asked(self) -> dict[str, Any]:
        """Returns it as plain values, as a failure keeps it."""
        return {
            "path": self.path,
            "publisher": self.publisher,
            "published": self.published,
            "columns": dict(self.columns),
            "linked": self.linked,
        }

    def to_options(self) -> tuple[Any, ...]:
        """Returns what it shares with other requests that can be read together."""
        return self.publisher, self.published, self.columns, self.linked


def from_asked(asked: Mapping[str, Any]) -> Request:
    """Makes the request again that a failure kept."""
    return Request(
        path=str(asked["path"]),
        publisher=asked.get("publisher"),
        published=asked.get("published"),
        columns=tuple((asked.get("columns") or {}).items()),
        linked=bool(asked.get("linked")),
    )


@dataclass(slots=True)
class Tally:
    """What came of adding.

    `uncoded` and `failed` count the reasons; `mended` the failures of before that did not come again.
    """

    new: int = 0
    known: int = 0
    replacing: int = 0
    claims: int = 0
    mended: int = 0
    uncoded: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def reports(self) -> int:
        """How many reports came, whatever came of them."""
        return self.new + self.known + self.failed.total()

    def take(self, outcome: Outcome, found: Iterable[Extraction | Failure]) -> None:
        """Counts what a transaction changed, and the reasons of what it recorded."""
        self.new += outcome.new
        self.known += outcome.known
        self.replacing += outcome.replacing
        self.claims += outcome.claims
        for each in found:
            if isinstance(each, Failure):
                self.failed[each.cause] += 1
            elif each.reason:
                self.uncoded[each.reason] += 1

    def to_summary(self) -> str:
        """Says in one line what was new, known, not coded and why, failed and why."""
        parts = [f"{self.new:,} new", f"{self.known:,} known"]
        if self.replacing:
            parts.append(f"{to_count(self.replacing, 'newer version')}")
        if self.uncoded:
            parts.append(f"{self.uncoded.total():,} without claims ({to_reasons(self.uncoded)})")
        if self.failed:
            parts.append(f"{self.failed.total():,} failed ({to_reasons(self.failed)})")
        if self.mended:
            parts.append(f"{to_count(self.mended, 'earlier failure')} mended")
        return to_visible(", ".join([*parts, to_count(self.claims, "new claim")]))


#: Told after each transaction: the tally so far, and the extractions that were new in it.
type Observer = Callable[[Tally, Sequence[Extraction]], None]


def add_reports(
    requests: Iterable[Request],
    ledger: Ledger,
    settings: Settings,
    *,
    engine: str = "",
    stdin: BinaryIO | None = None,
    observer: Observer | None = None,
) -> Tally:
    """Reads, codes and records; what the ledger has from this run already is passed over.

    Args:
        requests: what to add; folders are walked.
        ledger: where to record.
        settings: how to read and code.
        engine: an engine's name or address (`reportedly.scale.ENGINES`); empty for a pool where there is
            enough to do for one.
        stdin: what the path `-` stands for.
        observer: told of what was recorded.

    Raises:
        LedgerError: the ledger cannot be written; what was recorded before stays.
        ReportedlyError: nothing can be coded at all.
    """
    adding = _Adding(ledger, settings, observer)
    adding.code(adding.pass_known(adding.read(expand(requests), stdin)), engine)
    return adding.tally


def retry_failures(
    ledger: Ledger, settings: Settings, *, engine: str = "", observer: Observer | None = None
) -> tuple[Tally, list[FailureEntry]]:
    """Tries again what failed: each input as it was asked for.

    Returns:
        What came of it, and the failures that cannot be tried again (standard input, files coded elsewhere).
    """
    standing = ledger.failures()
    lost = [each for each in standing if each.asked.get("path") in (None, "-")]
    requests = dict.fromkeys(from_asked(each.asked) for each in standing if each not in lost)
    return add_reports(requests, ledger, settings, engine=engine, observer=observer), lost


def recode_reports(ledger: Ledger, settings: Settings, *, engine: str = "", observer: Observer | None = None) -> Tally:
    """Codes the stored reports anew as today's run; those that it has coded already are passed over.

    The older run's claims stay readable, and what persons judged is carried over.
    """
    adding = _Adding(ledger, settings, observer)
    adding.code((adding.note(item) for item in ledger.items(adding.run)), engine)
    return adding.tally


def merge_files(paths: Iterable[str], ledger: Ledger, *, observer: Observer | None = None) -> Tally:
    """Records the results of files that `code_file`, `code_shard` or Spark wrote; doing it twice changes nothing.

    A file that cannot be read is a failure, and the others go on.

    Raises:
        LedgerError: the ledger cannot be written; what was recorded before stays.
    """
    tally = Tally()
    for path in paths:
        asked = {"merged": path}  # not to be tried again by reading it as an input
        try:
            run = read_run(path)
            if run is None:
                continue  # a file without rows
            for found in itertools.batched(read_shard(path), CHUNK):
                outcome = ledger.record(run, [Result(found=each, asked=asked) for each in found])
                tally.take(outcome, found)
                if observer:
                    observer(tally, [])
        except ReadError as error:
            failure = Failure(origin=path, cause=error.message, hint=error.hint)
            tally.take(ledger.record(load_tools().run, [Result(found=failure, asked=asked)]), [failure])
    return tally


def expand(requests: Iterable[Request]) -> Iterator[Request]:
    """Makes one request of each file in a folder, so that one that fails can be tried again alone."""
    for request in requests:
        folder = Path(request.path)
        is_folder = "://" not in request.path and folder.is_dir()
        paths = iter(walk_folder(folder)) if is_folder else iter(())
        first = next(paths, None)
        if first is None:
            yield request  # no folder, or one without files, of which the reader says so
            continue
        for path in itertools.chain((first,), paths):
            yield Request(
                path=str(path),
                publisher=request.publisher,
                published=request.published,
                columns=request.columns,
                linked=request.linked,
            )


# ---------------------------------------------------------------- the stream


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that reading found, and the request that it came of."""

    found: Piece | Unchanged
    request: Request


@dataclass(frozen=True, slots=True)
class _End:
    """A request was read to its end."""

    request: Request


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands for a piece while it is coded: what the ledger needs of it beside the result."""

    key: str | None = None
    request: Request | None = None
    url: str | None = None


class _Adding:
    """One call: what goes in, what comes out in the same order, and what must wait for it."""

    def __init__(self, ledger: Ledger, settings: Settings, observer: Observer | None) -> None:
        self.ledger = ledger
        self.settings = settings
        self.observer = observer
        self.run: Run = load_tools(settings).run
        self.tally = Tally()
        self.marks: deque[_Mark | _End | Receipt] = deque()
        #: Requests of which failures stand: only they can have some mended.
        self.troubled = {to_asked_key(each.asked) for each in ledger.failures()}
        self.seen: dict[str, list[Failure]] = {}
        self.unopened: set[str] = set()

    # ------------------------------------------------------------ in

    def read(self, requests: Iterable[Request], stdin: BinaryIO | None) -> Iterator[_Event | _End | Receipt]:
        """Yields what reading finds, each request's end after all that came of it."""
        for options, group in itertools.groupby(requests, Request.to_options):
            publisher, published, columns, linked = options
            walk = _Walk(group)
            found = split_inputs(
                walk,
                self.settings,
                publisher=publisher,
                published=published,
                columns=dict(columns),
                linked=linked,
                stdin=stdin,
                seen=self.ledger,
            )
            for each in found:
                yield from walk.drain()
                yield each if isinstance(each, Receipt) else _Event(each, walk.current)
            walk.finish()
            yield from walk.drain()

    def pass_known(self, events: Iterable[_Event | _End | Receipt]) -> Iterator[Piece]:
        """Yields the pieces that this run has not coded; the others are counted, a new place of theirs recorded."""
        for chunk in itertools.batched(events, CHUNK):
            keys = {id(event): _to_keys(event) for event in chunk if isinstance(event, _Event)}
            known = self.ledger.find_known(
                self.run,
                reports=[report for report, _ in keys.values() if report],
                inputs=[key for _, key in keys.values() if key],
            )
            elsewhere: list[Result] = []
            for event in chunk:
                if not isinstance(event, _Event):
                    self.marks.append(event)
                    continue
                report, key = keys[id(event)]
                if isinstance(event.found, Unchanged) or key in known:
                    self.tally.known += 1
                elif report in known and isinstance(event.found, Item):
                    elsewhere.append(Result(found=event.found, input_key=key, asked=event.request.to_asked()))
                else:
                    url = event.found.known.url if isinstance(event.found, Payload) else None
                    self.marks.append(_Mark(key, event.request, url))
                    yield event.found
            if elsewhere:
                self.tally.known += self.ledger.record(self.run, elsewhere).known
            self.show(())

    def note(self, item: Item) -> Item:
        """Sends a report through that came from the ledger itself."""
        self.marks.append(_Mark())
        return item

    # ------------------------------------------------------------ out

    def code(self, pieces: Iterable[Piece], engine: str) -> None:
        """Codes pieces on an engine and records what comes back, a shard a transaction."""
        shards = split_shards(pieces, self.settings)
        first = list(itertools.islice(shards, WORTH_A_POOL))
        chosen = engine or ("inline" if len(first) < WORTH_A_POOL else "")
        with parse_engine(chosen, self.settings) as runner:
            for _, data in runner.map(itertools.chain(first, shards)):
                self.record(list(read_shard(data)))
        self.settle(list(self.marks))

    def record(self, results: Sequence[Extraction | Failure]) -> None:
        """Records the results of a shard, then does what had to wait for them."""
        batch: list[Result] = []
        waiting: list[_Mark | _End | Receipt] = []
        for found in results:
            mark = self.marks.popleft()
            while not isinstance(mark, _Mark):
                waiting.append(mark)
                mark = self.marks.popleft()
            asked = mark.request.to_asked() if mark.request else {}
            batch.append(Result(found=found, input_key=mark.key, asked=asked))
            if isinstance(found, Failure):
                self.note_failure(found, mark, to_asked_key(asked))
        outcome = self.ledger.record(self.run, batch)
        self.tally.take(outcome, results)
        while self.marks and not isinstance(self.marks[0], _Mark):
            waiting.append(self.marks.popleft())
        self.settle(waiting)
        fresh = [each.found for each in batch if isinstance(each.found, Extraction)]
        self.show([each for each in fresh if each.report.report_id in outcome.added])

    def note_failure(self, found: Failure, mark: _Mark, asked_key: str) -> None:
        """Keeps what the end of its request must know of a failure."""
        if asked_key in self.troubled:
            self.seen.setdefault(asked_key, []).append(found)
        if mark.url:
            self.unopened.add(mark.url)

    def settle(self, waiting: Iterable[_Mark | _End | Receipt]) -> None:
        """Does what had to wait until all before it was recorded."""
        for mark in waiting:
            if isinstance(mark, Receipt) and mark.url not in self.unopened:
                self.ledger.keep(mark.url, mark.etag, mark.last_modified)
                if mark.origin != mark.url:  # the address that the feed has, before it was redirected
                    self.ledger.keep(mark.origin, None, None)
            elif isinstance(mark, _End):
                asked = mark.request.to_asked()
                if (key := to_asked_key(asked)) in self.troubled:
                    self.tally.mended += self.ledger.resolve(asked, self.seen.pop(key, ()))

    def show(self, fresh: Sequence[Extraction]) -> None:
        """Tells the observer."""
        if self.observer:
            self.observer(self.tally, fresh)


class _Walk:
    """The paths of requests, one after another; knows whose turn it is and which came to their end."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self._requests = iter(requests)
        self._ended: list[Request] = []
        self._at: Request | None = None

    def __iter__(self) -> Iterator[str]:
        for request in self._requests:
            self.finish()
            self._at = request
            yield request.path

    @property
    def current(self) -> Request:
        """The request whose path was taken last."""
        assert self._at is not None
        return self._at

    def finish(self) -> None:
        """Ends the current request."""
        if self._at is not None:
            self._ended.append(self._at)
            self._at = None

    def drain(self) -> Iterator[_End]:
        """Yields the requests that ended since it was last asked."""
        ended, self._ended = self._ended, []
        yield from (_End(request) for request in ended)


def _to_keys(event: _Event) -> tuple[str | None, str | None]:
    """Names what was found: the report's id where it can be told unopened, and the key of the input."""
    found = event.found
    if isinstance(found, Item):
        report_id = to_report_id(found)
        return report_id, to_id("item", report_id, event.request.path)
    if isinstance(found, Payload):
        known = found.known
        said = (known.external_id, known.publisher, known.published, known.url, known.title, known.identity)
        return None, to_id("payload", found.reader, found.origin, found.raw_sha256, *said)
    return None, None
