"""Stage 6 of 8. In: an empty database. Out: a ledger of revision 0001.

Runs, reports, their origins and versions, codings, claims, judgements, withdrawals, failures; the
views kept ready; full-text indexes over reports and evidence. What is written here never changes: a
later revision has a file of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite: the words are indexed, not stored again; triggers keep the index with the rows.
_SQLITE = (
    """CREATE VIRTUAL TABLE report_words USING fts5(
        title, text, content='reports', content_rowid='report_no', tokenize='porter unicode61')""",
    """CREATE TRIGGER report_words_added AFTER INSERT ON reports BEGIN
        INSERT INTO report_words(rowid, title, text) VALUES (new.report_no, new.title, new.text); END""",
    """CREATE VIRTUAL TABLE claim_words USING fts5(
        sentence, sources, content='claims', content_rowid='claim_no', tokenize='porter unicode61')""",
    """CREATE TRIGGER claim_words_added AFTER INSERT ON claims BEGIN
        INSERT INTO claim_words(rowid, sentence, sources) VALUES (new.claim_no, new.sentence, new.sources); END""",
)
# PostgreSQL: a tsvector holds at most one megabyte, so very long reports are indexed by their beginning.
# Its English leaves out `the` and `of`; words that stand together in a sentence are all looked for, as in SQLite.
_POSTGRESQL = (
    """CREATE INDEX ix_reports_words ON reports USING gin (
        to_tsvector('english', coalesce(title, '') || ' ' || left(text, 200000)))""",
    "CREATE TEXT SEARCH DICTIONARY reportedly_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION reportedly (COPY = pg_catalog.english)",
    "ALTER TEXT SEARCH CONFIGURATION reportedly ALTER MAPPING REPLACE english_stem WITH reportedly_stem",
    "CREATE INDEX ix_claims_sentence ON claims USING gin (to_tsvector('reportedly', left(sentence, 20000)))",
    "CREATE INDEX ix_claims_sources ON claims USING gin (to_tsvector('reportedly', left(sources, 20000)))",
)
_CURRENT_INDEXES = {
    "report_no": ["report_no"],
    "by_measure": ["measure", "from_day", "to_day", "actor_country", "place_country"],
    "by_actor_country": ["actor_country", "from_day", "to_day", "measure", "place_country"],
    "by_place_country": ["place_country", "from_day", "to_day", "measure", "actor_country"],
    "by_actor": ["actor", "from_day"],
    "by_actor_code": ["actor_code", "from_day"],
    "by_place": ["place", "from_day"],
    "by_publisher": ["publisher", "from_day"],
    "by_day": ["from_day", "to_day"],
}


def upgrade() -> None:
    """Makes the tables and the full-text indexes."""
    _create_failures()
    _create_names()
    _create_reports()
    _create_runs()
    _create_validators()
    _create_withdrawals()
    _create_codings()
    _create_judgements()
    _create_origins()
    _create_replacements()
    _create_resolutions()
    _create_claims()
    _create_current_reports()
    _create_current_claims()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _create_failures() -> None:
    op.create_table(
        "failures",
        sa.Column("failure_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failure_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column(
            "asked", sa.Text(), nullable=False, comment="the path or address and the options that were given: JSON"
        ),
        sa.Column("asked_key", sa.Text(), nullable=False, comment="its hash"),
        sa.Column("failed_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("failure_no", name=op.f("pk_failures")),
        comment="reports that could not be read or coded",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_failures_asked_key"), "failures", ["asked_key"], unique=False)
    op.create_index(op.f("ix_failures_failure_id"), "failures", ["failure_id"], unique=False)


def _create_names() -> None:
    op.create_table(
        "names",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False, comment="without case and marks"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_names")),
        comment="made from the others: all names of actors and places, to find claims by words of a name",
        sqlite_strict=True,
    )


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("report_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column(
            "identity_key", sa.Text(), nullable=True, comment="hash of what names the thing through its versions"
        ),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True, comment="ISO date"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="what all offsets count in, in code points"),
        sa.Column("item", sa.Text(), nullable=False, comment="what the reader found besides the text: a JSON object"),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report_no", name=op.f("pk_reports")),
        sa.UniqueConstraint("report_id", name=op.f("uq_reports_report_id")),
        comment="one row a report: one version of one page, post or file",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reports_identity_key"), "reports", ["identity_key"], unique=False)
    op.create_index(op.f("ix_reports_published"), "reports", ["published"], unique=False)


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("lexicon", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False, comment="a JSON object"),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_no", name=op.f("pk_runs")),
        sa.UniqueConstraint("run_id", name=op.f("uq_runs_run_id")),
        comment="what made claims: version, code, lexicon, model and settings",
        sqlite_strict=True,
    )


def _create_validators() -> None:
    op.create_table(
        "validators",
        sa.Column("url_key", sa.Text(), nullable=False, comment="hash of the address"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url_key", name=op.f("pk_validators")),
        comment="what a server said of a page, to fetch it only when it changed",
        sqlite_strict=True,
    )


def _create_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("withdrawal_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("withdrawal_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False, comment="claim, report or judgement"),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("target IN ('claim', 'report', 'judgement')", name=op.f("ck_withdrawals_target")),
        sa.PrimaryKeyConstraint("withdrawal_no", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("withdrawal_id", name=op.f("uq_withdrawals_withdrawal_id")),
        comment="what was taken back: it stays readable and counts no more",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_withdrawals_target_id"), "withdrawals", ["target_id"], unique=False)


def _create_codings() -> None:
    op.create_table(
        "codings",
        sa.Column("coding_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_no", sa.Integer(), nullable=False),
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False, comment="how many it gave"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it gave none"),
        sa.Column(
            "report",
            sa.Text(),
            nullable=False,
            comment="the report's record without its text, as this run read it: JSON",
        ),
        sa.Column("coded_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_codings_report_no")),
        sa.ForeignKeyConstraint(["run_no"], ["runs.run_no"], name=op.f("fk_codings_run_no")),
        sa.PrimaryKeyConstraint("coding_no", name=op.f("pk_codings")),
        sa.UniqueConstraint("report_no", "run_no", name=op.f("uq_codings_report_no_run_no")),
        comment="that a run coded a report",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_codings_run_no"), "codings", ["run_no"], unique=False)


def _create_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("judgement_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("judgement_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("report_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False, comment="of the claims on the same words, counted from 0"),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False, comment="field to value: a JSON object"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict IN ('accept', 'reject', 'amend')", name=op.f("ck_judgements_verdict")),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_judgements_report_no")),
        sa.PrimaryKeyConstraint("judgement_no", name=op.f("pk_judgements")),
        sa.UniqueConstraint("judgement_id", name=op.f("uq_judgements_judgement_id")),
        comment="what persons said of claims, held to the evidence so that they survive a new run",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_judgements_claim_id"), "judgements", ["claim_id"], unique=False)
    op.create_index(op.f("ix_judgements_report_no"), "judgements", ["report_no"], unique=False)


def _create_origins() -> None:
    op.create_table(
        "origins",
        sa.Column("origin_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_no", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False, comment="a path or an address"),
        sa.Column("origin_key", sa.Text(), nullable=False, comment="hash of what was asked for, else of the origin"),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("raw_sha256", sa.Text(), nullable=True, comment="hash of the bytes as they came"),
        sa.Column("input_key", sa.Text(), nullable=True, comment="tells an unopened input that is recorded already"),
        sa.Column("retrieved", sa.Text(), nullable=True),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_origins_report_no")),
        sa.PrimaryKeyConstraint("origin_no", name=op.f("pk_origins")),
        sa.UniqueConstraint("report_no", "origin_key", name=op.f("uq_origins_report_no_origin_key")),
        comment="where a report came from: the same report from two places has two rows",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_origins_input_key"), "origins", ["input_key"], unique=False)
    op.create_index(op.f("ix_origins_report_no"), "origins", ["report_no"], unique=False)


def _create_replacements() -> None:
    op.create_table(
        "replacements",
        sa.Column("replacement_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_no", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=False),
        sa.Column("retrieved", sa.Text(), nullable=True, comment="when the newer one was"),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["replaces"], ["reports.report_no"], name=op.f("fk_replacements_replaces")),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_replacements_report_no")),
        sa.PrimaryKeyConstraint("replacement_no", name=op.f("pk_replacements")),
        comment="a version of a report and the one that it replaces; one that came back replaces what came between",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_replacements_replaces"), "replacements", ["replaces"], unique=False)
    op.create_index(op.f("ix_replacements_report_no"), "replacements", ["report_no"], unique=False)


def _create_resolutions() -> None:
    op.create_table(
        "resolutions",
        sa.Column("resolution_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failure_no", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["failure_no"], ["failures.failure_no"], name=op.f("fk_resolutions_failure_no")),
        sa.PrimaryKeyConstraint("resolution_no", name=op.f("pk_resolutions")),
        comment="failures that a later try mended",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_resolutions_failure_no"), "resolutions", ["failure_no"], unique=False)


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("claim_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("coding_no", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False, comment="the words that carry it"),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False, comment="the words and names of its sources, nearest first"),
        sa.Column("record", sa.Text(), nullable=False, comment="the claim's record: JSON"),
        sa.CheckConstraint('start >= 0 AND "end" >= start', name=op.f("ck_claims_offsets")),
        sa.ForeignKeyConstraint(["coding_no"], ["codings.coding_no"], name=op.f("fk_claims_coding_no")),
        sa.PrimaryKeyConstraint("claim_no", name=op.f("pk_claims")),
        sa.UniqueConstraint("coding_no", "claim_id", name=op.f("uq_claims_coding_no_claim_id")),
        comment="one row a claim and coding",
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_claims_claim_id"), "claims", ["claim_id"], unique=False)


def _create_current_reports() -> None:
    op.create_table(
        "current_reports",
        sa.Column("report_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("coding_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coding_no"], ["codings.coding_no"], name=op.f("fk_current_reports_coding_no")),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_current_reports_report_no")),
        sa.PrimaryKeyConstraint("report_no", name=op.f("pk_current_reports")),
        comment="made from the others: the reports that count (not replaced, not withdrawn) and their latest coding",
        sqlite_strict=True,
    )


def _create_current_claims() -> None:
    op.create_table(
        "current_claims",
        sa.Column("claim_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_no", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("low", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=True),
        sa.Column("high", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=True),
        sa.Column("approx", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("actor_country", sa.Text(), nullable=True),
        sa.Column("actor_code", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("place_country", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=True),
        sa.Column("lon", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=True),
        sa.Column("from_day", sa.Text(), nullable=False, comment="first day; 0001-01-01 where open or unknown"),
        sa.Column("to_day", sa.Text(), nullable=False, comment="last day; 9999-12-31 where open or unknown"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("factuality", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            nullable=True,
            comment="the original source; empty where the publisher says it on its own account",
        ),
        sa.Column(
            "anonymous", sa.Integer(), nullable=True, comment="1 where the report leaves the original source unnamed"
        ),
        sa.Column("confidence", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True, comment="what a person decided"),
        sa.ForeignKeyConstraint(["claim_no"], ["claims.claim_no"], name=op.f("fk_current_claims_claim_no")),
        sa.ForeignKeyConstraint(["report_no"], ["reports.report_no"], name=op.f("fk_current_claims_report_no")),
        sa.PrimaryKeyConstraint("claim_no", name=op.f("pk_current_claims")),
        comment="made from the others: the claims that count, with persons' amendments, for questions",
        sqlite_strict=True,
    )
    for name, columns in _CURRENT_INDEXES.items():
        op.create_index(f"ix_current_claims_{name}", "current_claims", columns)
    op.create_index(
        "ix_current_claims_by_verdict",
        "current_claims",
        ["verdict", "from_day"],
        unique=False,
        sqlite_where=sa.text("verdict IS NOT NULL"),
        postgresql_where=sa.text("verdict IS NOT NULL"),
    )
