"""Small made reports with their claims, for the ledger's tests. Not a test itself."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from reportedly.model import (
    Actor,
    Claim,
    Evidence,
    Extraction,
    Item,
    Place,
    Quantity,
    Region,
    Report,
    Run,
    Source,
    Time,
    to_id,
    to_report_id,
)
from reportedly.record.ledger import Ledger
from reportedly.record.sql import current_claims, current_reports, metadata, names, validators
from reportedly.vocab import Approx, Factuality, Kind, RegionKind, Role, SourceKind, Status, TimeBasis

TEXT = (
    "Borduria keeps 5,200 troops in Klow, a ministry official said.\n\n"
    "It will withdraw 1,700 of them by June.\n\n"
    "Rebels killed 12 people and wounded 30 near the river."
)
FIGURES = ("5,200", "1,700", "12")
#: Tables that hold no knowledge of their own: all others are append-only.
VIEWS = (current_claims, current_reports, names, validators)


def make_run(name: str = "one") -> Run:
    """Makes a run; another name is another run."""
    return Run(run_id=to_id("run", name), version=name, lexicon="feed", model="none", settings=(("model", ""),))


RUN = make_run()


def make_item(text: str = TEXT, **changes: Any) -> Item:
    """Makes an item of a text."""
    made = Item(text=text, publisher="Klow Herald", published="2020-08-28", language="en", origin="/a/report.txt")
    return replace(made, **changes)


def make_claim(item: Item, figure: str, *, run: Run = RUN, each: int = 0, **changes: Any) -> Claim:
    """Makes a claim held to the first place where its figure stands; its id is made as the program does.

    `role` is that of its quantity; `each` tells the claims on one figure apart; anything else is a field.
    """
    start = item.text.index(figure)
    end = start + len(figure)
    role = changes.pop("role", Role.LEVEL)
    number = float(figure.replace(",", ""))
    report_id = to_report_id(item)
    stop = item.text.find("\n\n", start)
    made = Claim(
        claim_id=to_id(report_id, start, end, Kind.QUANTITY, role, each),
        report_id=report_id,
        kind=Kind.QUANTITY,
        evidence=Evidence(
            start=start,
            end=end,
            text=figure,
            sentence_start=item.text.rfind("\n\n", 0, start) + 2 if "\n\n" in item.text[:start] else 0,
            sentence_end=stop if stop >= 0 else len(item.text),
        ),
        status=Status.ONGOING,
        factuality=Factuality.CERTAIN,
        confidence=0.8,
        measure="troops",
        quantity=Quantity(low=number, high=number, approx=Approx.EXACT, role=role),
        rules=("en.role.have",),
        run_id=run.run_id,
    )
    return replace(made, **changes)


def make_actor(name: str, country: str | None = None, code: str | None = None) -> Actor:
    """Makes an actor."""
    return Actor(text=name, start=0, end=len(name), name=name, country=country, code=code)


def make_place(name: str, country: str | None = None) -> Place:
    """Makes a place."""
    return Place(text=name, start=0, end=len(name), name=name, country=country, lat=45.5, lon=20.0)


def make_time(start: str | None, end: str | None) -> Time:
    """Makes a stated time."""
    return Time(start=start, end=end, edtf=f"{start or '..'}/{end or '..'}", basis=TimeBasis.STATED)


def make_source(text: str, **changes: Any) -> Source:
    """Makes a source."""
    return replace(Source(text=text, start=0, end=len(text), kind=SourceKind.OFFICIALS), **changes)


def make_extraction(
    item: Item | None = None,
    figures: Sequence[str] = FIGURES,
    *,
    run: Run = RUN,
    claims: Sequence[Claim] = (),
    **more: Any,
) -> Extraction:
    """Makes what a run gave of an item: a plain claim of each figure, or the claims given."""
    item = item or make_item()
    made = tuple(claims) or tuple(make_claim(item, figure, run=run) for figure in figures)
    report = Report(
        report_id=to_report_id(item),
        text=item.text,
        regions=(Region(kind=RegionKind.BODY, start=0, end=len(item.text)),),
        external_id=item.external_id,
        publisher=item.publisher,
        url=item.url,
        title=item.title,
        published=(item.published or "")[:10] or None,
        language=item.language,
        reader=item.reader,
        origin=item.origin,
    )
    return Extraction(report=report, claims=made, item=item, **more)


def make_many(count: int, *, first: int = 0, run: Run = RUN, padding: str = "") -> list[Extraction]:
    """Makes different reports, the same for the same numbers."""
    return [
        make_extraction(
            make_item(f"{TEXT}\n\nNumber {number}.{padding}", origin=f"/a/{number}.txt", identity=f"report {number}"),
            run=run,
        )
        for number in range(first, first + count)
    ]


# ---------------------------------------------------------------- looking at ledgers


def read_rows(ledger: Ledger, tables: Sequence[sa.Table]) -> dict[str, list[tuple[Any, ...]]]:
    """Reads whole tables, each in the order of its key."""
    with ledger._reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in tables
        }


def hash_rows(ledger: Ledger) -> dict[tuple[str, Any], str]:
    """Hashes each row of the append-only tables."""
    kept = [table for table in metadata.sorted_tables if table not in VIEWS]
    return {
        (name, row[0]): hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()
        for name, rows in read_rows(ledger, kept).items()
        for row in rows
    }


def read_views(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Reads the views that are kept ready."""
    return read_rows(ledger, (current_claims, current_reports))


@functools.cache
def make_empty() -> bytes:
    """Makes the file of an empty ledger once: its tables take longer to make than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Ledger(path, create=True).close()
        return path.read_bytes()


def open_empty(path: Path) -> Ledger:
    """Opens an empty ledger in a new file; one that was there goes."""
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    path.write_bytes(make_empty())
    return Ledger(path, create=True)
