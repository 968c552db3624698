"""Stage 6 of 8. In: the ledger's tables. Out: a metadata file for Datasette.

`datasette news.db --metadata metadata.json` opens a ledger as it is: with what each table and column means, what to
narrow by, what names a row, and the bookkeeping out of sight. Units are named in the meanings: Datasette's own
setting for them is gone in its next version.
"""

from __future__ import annotations

from collections.abc import Mapping

from reportedly.model import Claim, Report
from reportedly.record.export.flat import COLUMNS
from reportedly.record.schema import find_descriptions
from reportedly.record.sql import VERSION_TABLE, metadata

#: What to narrow a table by, where it has the columns.
FACETS: Mapping[str, tuple[str, ...]] = {
    "current_claims": ("measure", "status", "place_country", "publisher", "approx", "verdict"),
    "reports": ("publisher", "language", "reader"),
    "judgements": ("verdict", "by"),
    "failures": ("cause", "error"),
    "withdrawals": ("target",),
}
#: What names a row where another table points to it.
LABELS: Mapping[str, str] = {
    "reports": "title",
    "claims": "evidence",
    "runs": "version",
    "failures": "cause",
    "origins": "origin",
    "judgements": "verdict",
}
#: The newest first.
NEWEST: Mapping[str, str] = {"current_claims": "from_day", "reports": "published", "failures": "failed_at"}
#: Tables that only the program has a use for, besides those of full-text search.
INTERNAL = frozenset(
    {VERSION_TABLE, "alembic_version", "validators", "resolutions", "replacements", "current_reports", "names"}
)
_QUERY = """select r.publisher, r.published, c.measure, c.low, c.high, c.approx, c.status, c.place, c.source,
  w.evidence, w.sentence, r.url, c.claim_id
from current_claims c join claims w on w.claim_no = c.claim_no join reports r on r.report_no = c.report_no
where c.measure = :measure order by r.published desc limit 500"""
_NEEDED = frozenset({"current_claims", "claims", "reports"})
_ABOUT = "What reports say, who vouches for it, and the words that carry it. Made by reportedly."


def to_ledger_metadata(database: str) -> dict[str, object]:
    """Makes the metadata of a ledger of this version.

    Args:
        database: the name of the file without its ending, by which Datasette knows it.
    """
    tables = {
        table.name: {column.name: column.comment or "" for column in table.columns} for table in metadata.sorted_tables
    }
    meanings = {table.name: table.comment or "" for table in metadata.sorted_tables}
    return to_datasette_metadata(tables, database=database, meanings=meanings)


def to_datasette_metadata(
    tables: Mapping[str, Mapping[str, str]], *, database: str, meanings: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Makes the metadata of a database.

    Args:
        tables: table -> column -> what it means; where that is empty, the record's own words are taken.
        database: the name of the file without its ending.
        meanings: table -> what it holds.

    Returns:
        What `json.dumps` writes as Datasette's metadata file. A table `x_fts` is the full-text index of `x`.
    """
    described = {
        name: _to_table(name, columns, (meanings or {}).get(name, ""), tables) for name, columns in tables.items()
    }
    found: dict[str, object] = {"tables": described}
    if set(tables) >= _NEEDED:
        found["queries"] = {
            "claims_with_their_words": {
                "sql": _QUERY,
                "title": "Claims with their words",
                "description": "What counts now of one measure (troops, killed), with its sentence and report.",
                "params": ["measure"],
            }
        }
    return {"title": "Ledger of claims", "description": _ABOUT, "databases": {database: found}}


def _to_table(
    name: str, columns: Mapping[str, str], meaning: str, tables: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    words = _find_meanings()
    described = {column: said or words.get(column, "") for column, said in columns.items()}
    found: dict[str, object] = {
        "description": meaning,
        "columns": {column: said for column, said in described.items() if said},
    }
    if name in INTERNAL or name.startswith("_") or "_fts" in name:
        found["hidden"] = True
    facets = [column for column in FACETS.get(name, ()) if column in columns]
    if facets:
        found["facets"] = facets
    if LABELS.get(name) in columns:
        found["label_column"] = LABELS[name]
    if NEWEST.get(name) in columns:
        found["sort_desc"] = NEWEST[name]
    if f"{name}_fts" in tables:
        found["fts_table"] = f"{name}_fts"
    return found


def _find_meanings() -> dict[str, str]:
    flat = {column.name: column.meaning for column in COLUMNS}
    short = {column.name.partition("_")[2]: column.meaning for column in COLUMNS if column.name.startswith("quantity_")}
    return {**find_descriptions(Report), **find_descriptions(Claim), **short, **flat}
