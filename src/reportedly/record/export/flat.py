"""Stage 6 of 8. In: Entry. Out: flat rows, one a claim, and the same as Arrow: for tables and data frames.

`COLUMNS` is the table in plain sight: names are the record's own, joined by underscores; a column is never
renamed and never changes its meaning. `source_*` is the original source, the last of the chain; the whole
chain stands in `sources` and `sources_json`. `quantity_direction` is spelled `up` and `down`, as a spreadsheet
runs a lone plus or minus sign as a formula.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reportedly.model import Link, Source
from reportedly.record.entries import Entry
from reportedly.record.export.identities import find_original, to_source_name
from reportedly.record.export.jsonl import to_part_record
from reportedly.vocab import Direction

if TYPE_CHECKING:
    import pyarrow

#: Rows held at a time as Arrow: about 40 MB, measured on claims with all their fields.
_ROWS_A_BATCH = 5_000

type Cell = str | int | float | bool | date | None


class ColumnType(StrEnum):
    """What a column holds; an empty cell is always allowed."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes/no"
    DAY = "day"


TEXT, INTEGER, NUMBER, YES_NO, DAY = ColumnType


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """One column: `path` leads to its value, through fields or by a function of the entry."""

    name: str
    type: ColumnType
    path: str | Callable[[Entry], object]
    meaning: str


def to_rows(entries: Iterable[Entry]) -> Iterator[dict[str, Cell]]:
    """Turns entries into rows with every column of `COLUMNS`, in its order."""
    for entry in entries:
        yield to_row(entry)


def to_row(entry: Entry) -> dict[str, Cell]:
    """Turns one entry into a row; what the report does not say is None."""
    source = find_original(entry.claim)
    return {column.name: _TO_CELL[column.type](_find_value(column.path, entry, source)) for column in COLUMNS}


def _find_value(path: str | Callable[[Entry], object], entry: Entry, source: object) -> Any:
    if not isinstance(path, str):
        return path(entry)
    first, *rest = _split_path(path)
    value: Any = source if first == "source" else getattr(entry, first)
    for name in rest:
        if value is None:
            return None
        value = getattr(value, name)
    return value


@functools.cache
def _split_path(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _to_text(value: Any) -> str | None:
    if value is None or value == ():
        return None
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _to_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


_TO_CELL: Mapping[ColumnType, Callable[[Any], Cell]] = {
    TEXT: _to_text,
    INTEGER: lambda value: None if value is None else int(value),
    NUMBER: lambda value: None if value is None else float(value),
    YES_NO: lambda value: None if value is None else bool(value),
    DAY: _to_date,
}


def _find_sentence(entry: Entry) -> str:
    return entry.report.text[entry.claim.evidence.sentence_start : entry.claim.evidence.sentence_end]


def _to_direction(entry: Entry) -> str | None:
    direction = entry.claim.quantity.direction if entry.claim.quantity else None
    return None if direction is None else {Direction.UP: "up", Direction.DOWN: "down"}[direction]


def _to_chain(entry: Entry) -> str | None:
    return " ‹ ".join(map(to_source_name, entry.claim.sources)) or None


def _to_origins(entry: Entry) -> str:
    return json.dumps(entry.origins, ensure_ascii=False)


def _to_sources(entry: Entry) -> str:
    return _to_json(entry.claim.sources)


def _to_links(entry: Entry) -> str:
    return _to_json(entry.claim.relates_to)


def _to_json(records: Sequence[Source | Link]) -> str:
    return json.dumps([to_part_record(record) for record in records], ensure_ascii=False)


def _to_offsets(prefix: str, path: str, of: str) -> tuple[FlatColumn, ...]:
    return (
        FlatColumn(f"{prefix}_text", TEXT, f"{path}.text", f"the words of {of}"),
        FlatColumn(
            f"{prefix}_start", INTEGER, f"{path}.start", "where they begin, in code points of the report's text"
        ),
        FlatColumn(f"{prefix}_end", INTEGER, f"{path}.end", "where they end (exclusive)"),
    )


def _to_actor(name: str, of: str) -> tuple[FlatColumn, ...]:
    return (
        *_to_offsets(name, f"claim.{name}", of),
        FlatColumn(f"{name}_name", TEXT, f"claim.{name}.name", "the name they stand for"),
        FlatColumn(f"{name}_country", TEXT, f"claim.{name}.country", "ISO 3166-1 alpha-3"),
        FlatColumn(f"{name}_code", TEXT, f"claim.{name}.code", "PLOVER or CAMEO actor code"),
    )


#: All columns, in order.
COLUMNS: tuple[FlatColumn, ...] = (
    FlatColumn("schema", TEXT, "claim.schema", "the number of the claim record's form"),
    FlatColumn("claim_id", TEXT, "claim.claim_id", "the claim's id, the same in every run and on every machine"),
    FlatColumn("report_id", TEXT, "claim.report_id", "the report's id"),
    FlatColumn("external_id", TEXT, "claim.external_id", "the id that the input gave its report"),
    FlatColumn("kind", TEXT, "claim.kind", "quantity or event"),
    FlatColumn("measure", TEXT, "claim.measure", "what is counted"),
    FlatColumn("quantity_low", NUMBER, "claim.quantity.low", "lower bound; empty where that side is open"),
    FlatColumn("quantity_high", NUMBER, "claim.quantity.high", "upper bound; empty where that side is open"),
    FlatColumn("quantity_approx", TEXT, "claim.quantity.approx", "how the words bound the figure"),
    FlatColumn("quantity_hedge", TEXT, "claim.quantity.hedge", "the words that say so"),
    FlatColumn("quantity_role", TEXT, "claim.quantity.role", "what the figure is for: level, change, from, to, count"),
    FlatColumn("quantity_direction", TEXT, _to_direction, "of a change: up or down"),
    FlatColumn("quantity_unit", TEXT, "claim.quantity.unit", "what the bounds count"),
    FlatColumn("quantity_basis", TEXT, "claim.quantity.basis", "what the figure takes in, divided by '; '"),
    FlatColumn("quantity_formation", TEXT, "claim.quantity.formation", "the noun, where formations are counted"),
    *_to_offsets("evidence", "claim.evidence", "the claim: the figure or the trigger alone"),
    FlatColumn("evidence_sentence", TEXT, _find_sentence, "the sentence that they stand in"),
    FlatColumn("evidence_sentence_start", INTEGER, "claim.evidence.sentence_start", "where the sentence begins"),
    FlatColumn("evidence_sentence_end", INTEGER, "claim.evidence.sentence_end", "where it ends (exclusive)"),
    *_to_actor("actor", "whose it is or who did it"),
    *_to_actor("recipient", "to whom"),
    *_to_offsets("place", "claim.place", "the place"),
    FlatColumn("place_name", TEXT, "claim.place.name", "the name they stand for"),
    FlatColumn("place_country", TEXT, "claim.place.country", "ISO 3166-1 alpha-3"),
    FlatColumn("place_geonames_id", INTEGER, "claim.place.geonames_id", "the place's id in GeoNames"),
    FlatColumn("place_lat", NUMBER, "claim.place.lat", "degrees north, WGS 84"),
    FlatColumn("place_lon", NUMBER, "claim.place.lon", "degrees east, WGS 84"),
    FlatColumn("place_precision", TEXT, "claim.place.precision", "point, city, admin, country or region"),
    FlatColumn("time_start", DAY, "claim.time.start", "first day; empty where open"),
    FlatColumn("time_end", DAY, "claim.time.end", "last day, inclusive; empty where open"),
    FlatColumn("time_edtf", TEXT, "claim.time.edtf", "the same in ISO 8601-2, level 1"),
    FlatColumn("time_basis", TEXT, "claim.time.basis", "what it was worked out from"),
    FlatColumn("time_text", TEXT, "claim.time.text", "the words; empty where it is the report's own date"),
    FlatColumn("time_text_start", INTEGER, "claim.time.text_start", "where they begin"),
    FlatColumn("time_text_end", INTEGER, "claim.time.text_end", "where they end (exclusive)"),
    FlatColumn("event_type", TEXT, "claim.event.type", "PLOVER type"),
    FlatColumn("event_mode", TEXT, "claim.event.mode", "PLOVER mode"),
    FlatColumn("event_contexts", TEXT, "claim.event.contexts", "PLOVER contexts, divided by '; '"),
    FlatColumn("event_cameo", TEXT, "claim.event.cameo", "CAMEO code"),
    *_to_offsets("event_trigger", "claim.event.trigger", "the event"),
    FlatColumn("status", TEXT, "claim.status", "how far along it is by its wording"),
    FlatColumn("factuality", TEXT, "claim.factuality", "how sure the original source is (FactBank)"),
    *_to_offsets("source", "source", "the original source; empty where the publisher says it on its own account"),
    FlatColumn("source_name", TEXT, "source.name", "the full name"),
    FlatColumn("source_kind", TEXT, "source.kind", "what the source is"),
    FlatColumn("source_role", TEXT, "source.role", "its office, as written"),
    FlatColumn("source_affiliation", TEXT, "source.affiliation", "its organisation"),
    FlatColumn("source_country", TEXT, "source.country", "ISO 3166-1 alpha-3"),
    FlatColumn("source_anonymous", YES_NO, "source.anonymous", "whether the report leaves it unnamed"),
    *_to_offsets("source_cue", "source.cue", "what credits it"),
    FlatColumn("source_speech", TEXT, "source.speech", "direct, indirect or mixed"),
    FlatColumn("sources", TEXT, _to_chain, "the chain of sources, the nearest to the report first"),
    FlatColumn("sources_json", TEXT, _to_sources, "the same with all its fields: a JSON list"),
    FlatColumn("relates_to_json", TEXT, _to_links, "ties to other claims of the report: a JSON list"),
    FlatColumn("confidence", NUMBER, "claim.confidence", "estimated chance that the claim is right, 0 to 1"),
    FlatColumn("rules", TEXT, "claim.rules", "ids of the rules and rows that fired, divided by '; '"),
    FlatColumn("judgement_id", TEXT, "claim.judgement.judgement_id", "the id of a person's judgement"),
    FlatColumn("judgement_verdict", TEXT, "claim.judgement.verdict", "accept, reject or amend"),
    FlatColumn("judgement_by", TEXT, "claim.judgement.by", "who judged"),
    FlatColumn("judgement_why", TEXT, "claim.judgement.why", "the reason given"),
    FlatColumn("judgement_at", TEXT, "claim.judgement.at", "when, ISO 8601 in UTC"),
    FlatColumn("judgement_amended", TEXT, "claim.judgement.amended", "the fields whose values are the person's"),
    FlatColumn("publisher", TEXT, "report.publisher", "who put the report out"),
    FlatColumn("title", TEXT, "report.title", "the report's title"),
    FlatColumn("byline", TEXT, "report.byline", "who wrote it"),
    FlatColumn("url", TEXT, "report.url", "its address"),
    FlatColumn("published", DAY, "report.published", "its day of publication"),
    FlatColumn("published_at", TEXT, "report.published_at", "the same with time of day and zone, where known"),
    FlatColumn("modified", TEXT, "report.modified", "when it was last changed, as the input says"),
    FlatColumn("language", TEXT, "report.language", "ISO 639-1"),
    FlatColumn("reader", TEXT, "report.reader", "which reader read it"),
    FlatColumn("rights", TEXT, "report.rights", "as the input says"),
    FlatColumn("origins_json", TEXT, _to_origins, "where the report came from: a JSON list of paths and addresses"),
    FlatColumn("raw_sha256", TEXT, "raw_sha256", "hash of the report's bytes as they came"),
    FlatColumn("replaced_by", TEXT, "replaced_by", "id of a newer version of the report"),
    FlatColumn("withdrawn", TEXT, "withdrawn", "why the claim or its report was taken back; empty where it stands"),
    FlatColumn("run_id", TEXT, "claim.run_id", "the run that made the claim"),
    FlatColumn("run_version", TEXT, "run.version", "the program's version"),
    FlatColumn("run_lexicon", TEXT, "run.lexicon", "hash of the lexicon"),
    FlatColumn("run_model", TEXT, "run.model", "the parser's model"),
)  # fmt: skip


# ---------------------------------------------------------------- as Arrow


def to_arrow_schema() -> pyarrow.Schema:
    """Makes the Arrow schema: float64, int64, bool, date32 and string, every column nullable."""
    import pyarrow as pa

    types: dict[str, pyarrow.DataType] = {
        TEXT: pa.string(),
        INTEGER: pa.int64(),
        NUMBER: pa.float64(),
        YES_NO: pa.bool_(),
        DAY: pa.date32(),
    }
    return pa.schema(
        [pa.field(column.name, types[column.type], metadata={"meaning": column.meaning}) for column in COLUMNS]
    )


def to_batches(entries: Iterable[Entry]) -> Iterator[pyarrow.RecordBatch]:
    """Turns entries into Arrow batches, one after the other."""
    import pyarrow as pa

    schema = to_arrow_schema()
    for rows in itertools.batched(to_rows(entries), _ROWS_A_BATCH):
        yield pa.RecordBatch.from_pylist(list(rows), schema=schema)


def to_table(entries: Iterable[Entry]) -> pyarrow.Table:
    """Makes one Arrow table, all in memory; `.to_pandas()` and `polars.from_arrow` take it from there."""
    import pyarrow as pa

    return pa.Table.from_batches(to_batches(entries), schema=to_arrow_schema())
