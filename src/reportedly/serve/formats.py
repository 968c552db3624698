"""Stage 8 of 8. In: Extractions and Failures. Out: one of four formats on a stream.

`FORMATS` is the table in plain sight: a format is a class with three methods. `write_all`
drives one of them over a batch and counts what came.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from reportedly.model import Extraction, Failure, Run
from reportedly.record.export.jsonl import to_failure_record, to_line, to_record, to_report_record, to_run_record
from reportedly.serve import wording
from reportedly.serve.progress import Progress

#: So many reports without claims are named on stderr; the summary counts the rest.
NAMED_EMPTY = 20


class Writer(Protocol):
    """What a format must do. `is_for_people` says whether rows show failures and reasons."""

    is_for_people: bool

    def write_extraction(self, extraction: Extraction) -> None:
        """Writes one report with its claims."""

    def write_failure(self, failure: Failure) -> None:
        """Writes one report that could not be read."""

    def write_end(self) -> None:
        """Writes what must stand at the end."""


class JsonLines:
    """A claim a line; failures and reasons go to stderr, so that every line is a claim."""

    is_for_people = False

    def __init__(self, stream: IO[str], run: Run, *, evidence: bool = False) -> None:
        self._stream = stream

    def write_extraction(self, extraction: Extraction) -> None:
        """Writes the report's claims, a line each."""
        self._stream.writelines(to_line(claim) + "\n" for claim in extraction.claims)

    def write_failure(self, failure: Failure) -> None:
        """Writes nothing: a failure is no claim."""

    def write_end(self) -> None:
        """Writes nothing."""


class JsonObject:
    """One object: the run, the reports with their claims and words, the failures."""

    is_for_people = True

    def __init__(self, stream: IO[str], run: Run, *, evidence: bool = False) -> None:
        self._stream = stream
        self._failures: list[Failure] = []
        self._separator = ""
        # Written as it comes, a report a line: a batch need not fit into memory.
        stream.write(f'{{"run": {_to_json(to_run_record(run))},\n"reports": [')

    def write_extraction(self, extraction: Extraction) -> None:
        """Writes one report, its claims and why there are none."""
        entry = {
            "report": to_report_record(extraction.report),
            "claims": [to_record(claim) for claim in extraction.claims],
            "reason": extraction.reason,
        }
        self._stream.write(f"{self._separator}\n{_to_json(entry)}")
        self._separator = ","

    def write_failure(self, failure: Failure) -> None:
        """Keeps a failure for the end."""
        self._failures.append(failure)

    def write_end(self) -> None:
        """Writes the failures and closes the object."""
        failures = _to_json([to_failure_record(failure) for failure in self._failures])
        self._stream.write(f'\n],\n"failures": {failures}}}\n')


class TerminalTable:
    """A table a report, for reading."""

    is_for_people = True

    def __init__(self, stream: IO[str], run: Run, *, evidence: bool = False) -> None:
        from reportedly.serve.terminal import load_console

        self._console = load_console(stream)
        self._evidence = evidence

    def write_extraction(self, extraction: Extraction) -> None:
        """Writes the report's table."""
        from reportedly.serve.terminal import show_extraction

        show_extraction(self._console, extraction, evidence=self._evidence)

    def write_failure(self, failure: Failure) -> None:
        """Writes the failure as a row."""
        from reportedly.serve.terminal import show_failure

        show_failure(self._console, failure)

    def write_end(self) -> None:
        """Writes nothing."""


class HtmlPage:
    """One self-contained page of all reports."""

    is_for_people = True

    def __init__(self, stream: IO[str], run: Run, *, evidence: bool = False) -> None:
        self._stream, self._run = stream, run
        self._extractions: list[Extraction] = []
        self._failures: list[Failure] = []

    def write_extraction(self, extraction: Extraction) -> None:
        """Keeps the report: the list of contents comes first."""
        self._extractions.append(extraction)

    def write_failure(self, failure: Failure) -> None:
        """Keeps the failure."""
        self._failures.append(failure)

    def write_end(self) -> None:
        """Writes the page."""
        from reportedly.serve.page import to_page

        self._stream.write(to_page(self._extractions, self._failures, self._run))


FORMATS: Mapping[str, type[JsonLines | JsonObject | TerminalTable | HtmlPage]] = {
    "table": TerminalTable,
    "jsonl": JsonLines,
    "json": JsonObject,
    "html": HtmlPage,
}
#: The format that a file's name asks for.
SUFFIXES: Mapping[str, str] = {
    ".txt": "table", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".html": "html", ".htm": "html",
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What came of a batch. `empty` and `failed` count the reasons."""

    read: int = 0
    claims: int = 0
    hidden: int = 0
    empty: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def to_summary(self) -> str:
        """Says in one line what was read, coded, not coded and why."""
        coded = self.read - self.empty.total()
        parts = [f"{wording.to_count(self.read, 'report')} read", f"{coded} coded"]
        if self.empty:
            parts.append(f"{self.empty.total()} without claims ({to_reasons(self.empty)})")
        if self.failed:
            parts.append(f"{self.failed.total()} failed ({to_reasons(self.failed)})")
        parts.append(wording.to_count(self.claims, "claim"))
        if self.hidden:
            parts.append(f"{self.hidden} below the asked confidence")
        return wording.to_visible(", ".join(parts))


def write_all(
    results: Iterable[Extraction | Failure],
    writer: Writer,
    progress: Progress,
    *,
    min_confidence: float = 0.0,
) -> Tally:
    """Writes a batch and counts it. A failure is a row or a line on stderr, never lost.

    Args:
        results: what the pipeline gave, in order.
        writer: a format of `FORMATS` on its stream.
        progress: told of every report; hidden while something is written.
        min_confidence: claims below it are left out and counted, 0 to 1.
    """
    tally = Tally()
    for result in results:
        if isinstance(result, Failure):
            tally.failed[result.cause] += 1
            with progress.hidden(always=True):
                writer.write_failure(result)
                if not writer.is_for_people:
                    print(f"reportedly: failed: {wording.to_failure_line(result)}", file=sys.stderr)
        else:
            kept = find_confident(result, min_confidence)
            tally.read += 1
            tally.claims += len(kept.claims)
            tally.hidden += len(result.claims) - len(kept.claims)
            if not kept.claims:
                tally.empty[kept.reason or "no counted figure"] += 1
            named = not kept.claims and not writer.is_for_people and tally.empty.total() <= NAMED_EMPTY
            with progress.hidden(always=named):
                writer.write_extraction(kept)
                if named:
                    print(f"reportedly: no claims: {_to_reason_line(kept)}", file=sys.stderr)
        progress.show(tally.read, tally.claims, tally.failed.total())
    with progress.hidden():
        writer.write_end()
    return tally


def find_confident(extraction: Extraction, least: float) -> Extraction:
    """Leaves out the claims below a confidence, and the links that led to them."""
    if not least or all(claim.confidence >= least for claim in extraction.claims):
        return extraction
    kept = [claim for claim in extraction.claims if claim.confidence >= least]
    ids = {claim.claim_id for claim in kept}
    claims = tuple(
        dataclasses.replace(claim, relates_to=tuple(link for link in claim.relates_to if link.claim_id in ids))
        for claim in kept
    )
    reason = extraction.reason if claims else f"all claims are below the confidence {least:g}"
    return dataclasses.replace(extraction, claims=claims, reason=reason)


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _to_reason_line(extraction: Extraction) -> str:
    report = extraction.report
    place = " ".join(part for part in (report.origin, report.external_id) if part) or report.report_id
    return wording.to_visible(f"{extraction.reason or 'no counted figure'} ({place})")


def to_reasons(counted: Counter[str]) -> str:
    """Writes the commonest reasons with their counts."""
    return "; ".join(f"{reason}: {count}" for reason, count in counted.most_common(5)) + (
        "; ..." if len(counted) > 5 else ""
    )
