"""Stage 6 of 8. In: a format's name. Out: what writes it.

`EXPORTS` is the table in plain sight. Every export takes entries one by one, writes bytes to a stream and says how
many rows it wrote: claims, but for `gkg` (reports) and `acled` (report, place and day). `loses` is what the format
cannot say, for people who choose one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.acled import export_acled
from reportedly.record.export.annotations import export_annotations
from reportedly.record.export.csv_table import export_csv
from reportedly.record.export.followthemoney import export_followthemoney
from reportedly.record.export.geojson import export_geojson
from reportedly.record.export.gkg import export_gkg
from reportedly.record.export.json_lines import export_claims, export_entries
from reportedly.record.export.parquet import export_parquet
from reportedly.record.export.provenance import export_prov
from reportedly.record.export.schema_org import export_schema_org


@dataclass(frozen=True, slots=True)
class Export:
    """One format: the ending of its files, what it is, what it loses, and what writes it.

    `write` takes entries and a binary stream and returns the number of rows. `is_binary` says that the
    bytes are no text and do not belong on a terminal.
    """

    suffix: str
    description: str
    loses: str
    write: Callable[[Iterable[Entry], BinaryIO], int]
    is_binary: bool = False


EXPORTS: Mapping[str, Export] = {
    "jsonl": Export(".jsonl", "the claim records, one a line", "the report, the run", export_claims),
    "entries": Export(".jsonl", "claims with their reports and runs, one a line", "nothing", export_entries),
    "csv": Export(".csv", "a row a claim, safe in a spreadsheet", "the report's text", export_csv),
    "parquet": Export(".parquet", "a row a claim, typed columns", "the report's text", export_parquet, is_binary=True),
    "geojson": Export(".geojson", "a point a claim (RFC 7946)", "claims without coordinates", export_geojson),
    "annotations": Export(
        ".annotations.json", "W3C Web Annotations of the words", "the run's settings", export_annotations
    ),
    "schema-org": Export(
        ".jsonld", "schema.org Claim, JSON-LD", "offsets, rules, withdrawn and rejected claims", export_schema_org
    ),
    "prov": Export(".prov.json", "how each claim came about, W3C PROV-JSON", "the figures but in words", export_prov),
    "followthemoney": Export(
        ".ftm.json", "FollowTheMoney entities, one a line", "figures but in words, offsets, certainty",
        export_followthemoney,
    ),
    "gkg": Export(
        ".gkg.csv", "rows in the shape of GDELT's GKG 2.1", "bounds, hedges, who said it, what is denied or planned",
        export_gkg,
    ),
    "acled": Export(
        ".acled.csv", "ACLED's columns", "bounds, hedges, chains, all that did not happen at a place and day",
        export_acled,
    ),
}  # fmt: skip
