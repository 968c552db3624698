"""Stage 6 of 8. In: nothing. Out: the ledger's tables.

Rows are added and never changed, but for four tables that hold no knowledge of their own:
`current_claims`, `current_reports` and `names` are views kept ready (`Ledger.rebuild` makes them anew from
the others), `validators` is what a server said of a page, to ask for it only when it changed.

SQLite's STRICT tables know INTEGER, REAL and TEXT: dates are ISO 8601 text, records JSON text. Numbers
are given out by the one writer, under its lock. What may be long (an address, a path) is looked up by
its hash: PostgreSQL's indexes hold no more than 2,700 bytes.
"""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

#: The ledger's revisions, oldest first; each has its migration in `migrations/versions`.
REVISIONS = ("0001",)
#: Where the ledger's revision stands.
VERSION_TABLE = "ledger_version"
#: Marks our files among all SQLite files (`PRAGMA application_id`): "RPTD".
APPLICATION_ID = 0x52505444
#: The name of the lock that a writer holds on PostgreSQL.
WRITER_LOCK = 0x52505444

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
_NUMBER: TypeEngine[float] = Double().with_variant(REAL, "sqlite")


def _key(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


def _to(column: str, *, index: bool = False) -> Column[int]:
    name = column.partition(".")[2]
    return Column(name, Integer, ForeignKey(column), nullable=False, index=index)


runs = Table(
    "runs",
    metadata,
    _key("run_no"),
    Column("run_id", Text, nullable=False, unique=True),
    Column("version", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("lexicon", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("settings", Text, nullable=False, comment="a JSON object"),
    Column("started_at", Text, nullable=False),
    comment="what made claims: version, code, lexicon, model and settings",
    sqlite_strict=True,
)

reports = Table(
    "reports",
    metadata,
    _key("report_no"),
    Column("report_id", Text, nullable=False, unique=True),
    Column("identity_key", Text, index=True, comment="hash of what names the thing through its versions"),
    Column("publisher", Text),
    Column("published", Text, index=True, comment="ISO date"),
    Column("language", Text),
    Column("url", Text),
    Column("title", Text),
    Column("reader", Text, nullable=False),
    Column("text", Text, nullable=False, comment="what all offsets count in, in code points"),
    Column("item", Text, nullable=False, comment="what the reader found besides the text: a JSON object"),
    Column("added_at", Text, nullable=False),
    comment="one row a report: one version of one page, post or file",
    sqlite_strict=True,
)

origins = Table(
    "origins",
    metadata,
    _key("origin_no"),
    _to("reports.report_no", index=True),
    Column("origin", Text, nullable=False, comment="a path or an address"),
    Column("origin_key", Text, nullable=False, comment="hash of what was asked for, else of the origin"),
    Column("external_id", Text),
    Column("raw_sha256", Text, comment="hash of the bytes as they came"),
    Column("input_key", Text, index=True, comment="tells an unopened input that is recorded already"),
    Column("retrieved", Text),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("report_no", "origin_key"),
    comment="where a report came from: the same report from two places has two rows",
    sqlite_strict=True,
)

replacements = Table(
    "replacements",
    metadata,
    _key("replacement_no"),
    _to("reports.report_no", index=True),
    Column("replaces", Integer, ForeignKey("reports.report_no"), nullable=False, index=True),
    Column("retrieved", Text, comment="when the newer one was"),
    Column("recorded_at", Text, nullable=False),
    comment="a version of a report and the one that it replaces; one that came back replaces what came between",
    sqlite_strict=True,
)

codings = Table(
    "codings",
    metadata,
    _key("coding_no"),
    _to("reports.report_no"),
    _to("runs.run_no", index=True),
    Column("claims", Integer, nullable=False, comment="how many it gave"),
    Column("reason", Text, comment="why it gave none"),
    Column("report", Text, nullable=False, comment="the report's record without its text, as this run read it: JSON"),
    Column("coded_at", Text, nullable=False),
    UniqueConstraint("report_no", "run_no"),
    comment="that a run coded a report",
    sqlite_strict=True,
)

claims = Table(
    "claims",
    metadata,
    _key("claim_no"),
    _to("codings.coding_no"),
    Column("claim_id", Text, nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("evidence", Text, nullable=False, comment="the words that carry it"),
    Column("sentence", Text, nullable=False),
    Column("sources", Text, nullable=False, comment="the words and names of its sources, nearest first"),
    Column("record", Text, nullable=False, comment="the claim's record: JSON"),
    UniqueConstraint("coding_no", "claim_id"),
    CheckConstraint('start >= 0 AND "end" >= start', name="offsets"),
    comment="one row a claim and coding",
    sqlite_strict=True,
)

judgements = Table(
    "judgements",
    metadata,
    _key("judgement_no"),
    Column("judgement_id", Text, nullable=False, unique=True),
    Column("claim_id", Text, nullable=False, index=True),
    _to("reports.report_no", index=True),
    Column("kind", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("nth", Integer, nullable=False, comment="of the claims on the same words, counted from 0"),
    Column("verdict", Text, nullable=False),
    Column("changes", Text, nullable=False, comment="field to value: a JSON object"),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("verdict IN ('accept', 'reject', 'amend')", name="verdict"),
    comment="what persons said of claims, held to the evidence so that they survive a new run",
    sqlite_strict=True,
)

withdrawals = Table(
    "withdrawals",
    metadata,
    _key("withdrawal_no"),
    Column("withdrawal_id", Text, nullable=False, unique=True),
    Column("target", Text, nullable=False, comment="claim, report or judgement"),
    Column("target_id", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("target IN ('claim', 'report', 'judgement')", name="target"),
    comment="what was taken back: it stays readable and counts no more",
    sqlite_strict=True,
)

failures = Table(
    "failures",
    metadata,
    _key("failure_no"),
    Column("failure_id", Text, nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("external_id", Text),
    Column("cause", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("asked", Text, nullable=False, comment="the path or address and the options that were given: JSON"),
    Column("asked_key", Text, nullable=False, index=True, comment="its hash"),
    Column("failed_at", Text, nullable=False),
    comment="reports that could not be read or coded",
    sqlite_strict=True,
)

resolutions = Table(
    "resolutions",
    metadata,
    _key("resolution_no"),
    _to("failures.failure_no", index=True),
    Column("resolved_at", Text, nullable=False),
    comment="failures that a later try mended",
    sqlite_strict=True,
)

validators = Table(
    "validators",
    metadata,
    Column("url_key", Text, primary_key=True, comment="hash of the address"),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("kept_at", Text, nullable=False),
    comment="what a server said of a page, to fetch it only when it changed",
    sqlite_strict=True,
)

current_reports = Table(
    "current_reports",
    metadata,
    Column("report_no", Integer, ForeignKey("reports.report_no"), primary_key=True, autoincrement=False),
    _to("codings.coding_no"),
    comment="made from the others: the reports that count (not replaced, not withdrawn) and their latest coding",
    sqlite_strict=True,
)

current_claims = Table(
    "current_claims",
    metadata,
    Column("claim_no", Integer, ForeignKey("claims.claim_no"), primary_key=True, autoincrement=False),
    _to("reports.report_no", index=True),
    Column("claim_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("measure", Text),
    Column("low", _NUMBER),
    Column("high", _NUMBER),
    Column("approx", Text),
    Column("role", Text),
    Column("direction", Text),
    Column("unit", Text),
    Column("actor", Text),
    Column("actor_country", Text),
    Column("actor_code", Text),
    Column("place", Text),
    Column("place_country", Text),
    Column("lat", _NUMBER),
    Column("lon", _NUMBER),
    Column("from_day", Text, nullable=False, comment="first day; 0001-01-01 where open or unknown"),
    Column("to_day", Text, nullable=False, comment="last day; 9999-12-31 where open or unknown"),
    Column("status", Text, nullable=False),
    Column("factuality", Text, nullable=False),
    Column("source", Text, comment="the original source; empty where the publisher says it on its own account"),
    Column("anonymous", Integer, comment="1 where the report leaves the original source unnamed"),
    Column("confidence", _NUMBER, nullable=False),
    Column("publisher", Text),
    Column("published", Text),
    Column("verdict", Text, comment="what a person decided"),
    comment="made from the others: the claims that count, with persons' amendments, for questions",
    sqlite_strict=True,
)
names = Table(
    "names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("folded", Text, nullable=False, comment="without case and marks"),
    comment="made from the others: all names of actors and places, to find claims by words of a name",
    sqlite_strict=True,
)
# A question by one of the first three, in any company and any time, is answered from its index alone; then come
# the columns that each begin an index in the order of the answer. Tuned on `benchmarks/ledger.py`.
_KEYS = ("measure", "actor_country", "place_country")
for _first in _KEYS:
    _others = [current_claims.c[each] for each in _KEYS if each != _first]
    Index(
        f"ix_current_claims_by_{_first}",
        current_claims.c[_first],
        current_claims.c.from_day,
        current_claims.c.to_day,
        *_others,
    )
for _first in ("actor", "actor_code", "place", "publisher"):
    Index(f"ix_current_claims_by_{_first}", current_claims.c[_first], current_claims.c.from_day)
# Few claims are judged: an index of these alone costs the others nothing. A status is one of eight: by day is enough.
_judged = current_claims.c.verdict.is_not(None)
Index(
    "ix_current_claims_by_verdict",
    current_claims.c.verdict,
    current_claims.c.from_day,
    sqlite_where=_judged,
    postgresql_where=_judged,
)
Index("ix_current_claims_by_day", current_claims.c.from_day, current_claims.c.to_day)
