"""The same work over data frames, for engines whose unit is a frame (Spark's `mapInPandas`)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from reportedly.model import Failure, Item
from reportedly.pipeline import load_tools
from reportedly.read import READERS
from reportedly.read.sources import to_source
from reportedly.scale.rows import to_table
from reportedly.scale.shards import code_pieces, split_shards
from reportedly.settings import Settings, load_settings

if TYPE_CHECKING:
    import pandas as pd

#: The columns that are read of a frame; all but `text` may be missing or empty.
INPUTS = ("text", "id", "publisher", "published", "url", "title")
#: The columns of the result (`rows.COLUMNS`) as Spark writes a schema.
SPARK_SCHEMA = (
    "origin string, external_id string, raw_sha256 string, report string, claims array<string>, "
    "reason string, item string, failure string, run string"
)
#: The reader of records as they are written here.
_READER = "jsonl"


def code_frames(frames: Iterable[pd.DataFrame], settings: Settings | None = None) -> Iterator[pd.DataFrame]:
    """Codes frames of reports into frames of results, one row a report, in order.

    A row that is no report becomes a failure row. Frames may be of any length: results come
    in small frames, and memory holds one.

    Args:
        frames: with the columns `INPUTS`.
        settings: None for those of the working directory and the environment.

    Raises:
        ReportedlyError: nothing could be coded at all.
    """
    settings = settings or load_settings()
    tools = load_tools(settings)
    for shard in split_shards(_read_frames(frames, settings), settings):
        yield to_table(code_pieces(shard.pieces, tools), tools.run).to_pandas()


def _read_frames(frames: Iterable[pd.DataFrame], settings: Settings) -> Iterator[Item | Failure]:
    number = 0
    for frame in frames:
        names = [name for name in INPUTS if name in frame.columns]
        for cells in zip(*(frame[name] for name in names), strict=True):
            number += 1
            yield from _read_row(dict(zip(names, cells, strict=True)), f"row {number}", settings)


def _read_row(row: Mapping[str, Any], origin: str, settings: Settings) -> Iterator[Item | Failure]:
    """Reads a row as the line of JSON that it would be, so that the same rules hold for both."""
    record = {name: plain for name, cell in row.items() if (plain := _to_plain(cell)) is not None}
    line = json.dumps(record, default=str).encode()
    source = to_source(io.BytesIO(line), origin=origin, name="row.jsonl", settings=settings)
    for found in READERS[_READER].read(source):
        if isinstance(found, Item | Failure):
            yield replace(found, origin=origin)  # the reader would name line 1 of it


def _to_plain(cell: Any) -> Any:
    """A cell without what frames make of values: missing ones are NaN, whole numbers beside them floats."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, date):
        return cell.isoformat()
    if hasattr(cell, "item"):  # a number of an array's own type
        cell = cell.item()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
