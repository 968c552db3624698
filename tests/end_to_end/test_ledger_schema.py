"""The ledger's tables: what the migrations make is what the program works with."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from made_ledgers import RUN, make_extraction

from reportedly import record
from reportedly.record.connections import reading, writing
from reportedly.record.ledger import Ledger
from reportedly.record.sql import APPLICATION_ID, REVISIONS, VERSION_TABLE, metadata

MIGRATIONS = Path(record.__file__).parent / "migrations"


def is_ours(_: object, name: str | None, kind: str, *more: object) -> bool:
    """Leaves the full-text index's own tables out."""
    return not (kind == "table" and name and name.startswith(("report_words", "claim_words")))


def test_a_fresh_ledger_is_what_the_tables_say(ledger: Ledger) -> None:
    with reading(ledger._engine) as connection:
        options = {"include_object": is_ours, "version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_a_fresh_ledger_has_the_checks_and_ties_that_the_tables_say(ledger: Ledger) -> None:
    inspector = sa.inspect(ledger._engine)
    for table in metadata.sorted_tables:
        found = {str(each["name"]) for each in inspector.get_check_constraints(table.name)}
        said = {str(each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)}
        assert {name.rpartition("ck_")[2] for name in found} == {name.rpartition("ck_")[2] for name in said}
        assert len(inspector.get_foreign_keys(table.name)) == len(table.foreign_keys), table.name


def test_each_revision_has_its_migration() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert tuple(each.revision for each in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert scripts.get_heads() == [REVISIONS[-1]]


def test_the_file_is_marked_as_ours_and_kept_by_a_log(ledger: Ledger) -> None:
    with reading(ledger._engine) as connection:
        assert connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_all_tables_are_strict(ledger: Ledger) -> None:
    with reading(ledger._engine) as connection:
        rows = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").all()
    strict = {name for name, is_strict in rows if is_strict}
    assert {table.name for table in metadata.sorted_tables} <= strict


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO replacements VALUES (1, 99, 98, NULL, 'now')",
        "UPDATE claims SET start = 'word'",
        "UPDATE claims SET start = -1",
        'UPDATE claims SET start = "end" + 1',
        "UPDATE codings SET run_no = 99",
        "INSERT INTO withdrawals VALUES (1, 'a', 'run', 'b', 'c', 'd', 'e')",
        "DELETE FROM reports",
        "INSERT INTO reports SELECT * FROM reports",
    ],
)
def test_the_database_itself_refuses_what_cannot_be(ledger: Ledger, statement: str) -> None:
    ledger.record(RUN, [make_extraction()])
    with pytest.raises(sa.exc.IntegrityError), writing(ledger._engine) as connection:
        connection.exec_driver_sql(statement)


def test_every_table_and_column_that_needs_one_has_a_word_of_explanation() -> None:
    assert [table.name for table in metadata.sorted_tables if not table.comment] == []
