"""What can be wrong with a ledger: one clear line each, and what is there stays whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_ledgers import RUN, hash_rows, make_extraction, make_item, make_many, read_views

from reportedly.errors import LedgerError
from reportedly.record import connections, sql
from reportedly.record.ledger import Ledger


def refuse(address: object, *words: str, create: bool = False) -> None:
    """Opens a ledger and expects one line with these words."""
    with pytest.raises(LedgerError) as caught:
        Ledger(str(address), create=create).close()
    said = str(caught.value)
    assert "\n" not in said
    for word in words:
        assert word in said


def test_a_ledger_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    refuse(tmp_path / "none.db", "no ledger here", "reportedly add")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    refuse(tmp_path / "none" / "news.db", "no such folder", str(tmp_path / "none"), create=True)


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    refuse(tmp_path, "folder", create=True)
    refuse(tmp_path, "no ledger here")


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, but long enough to look at. " * 50)
    before = path.read_bytes()
    refuse(path, "no ledger", "left as it is", create=create)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["notes.txt"]


@pytest.mark.parametrize("create", [True, False])
def test_another_programs_database_is_left_as_it_is(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = path.read_bytes()
    refuse(path, "no ledger", create=create)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_ledger_only_when_something_is_added(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.touch()
    refuse(path, "no ledger here")
    with Ledger(path, create=True) as ledger:
        assert ledger.count() == 0


def test_a_file_that_was_cut_short_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Ledger(path, create=True) as ledger:
        ledger.record(RUN, make_many(30))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(LedgerError, match=r"damaged|cannot be used"), Ledger(path) as ledger:
        ledger.rebuild()


# ---------------------------------------------------------------- revisions


def test_a_ledger_of_a_newer_version_is_refused_and_left(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.record(RUN, make_many(1))
    with connections.writing(ledger._engine) as connection:
        connection.exec_driver_sql("UPDATE ledger_version SET version_num = '0417'")
    for create in (True, False):
        refuse(ledger.address, "newer version", "0417", "upgrade", create=create)


def test_a_ledger_of_an_older_revision_is_upgraded_by_a_writer_alone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ledger.record(RUN, make_many(2))
    rows = hash_rows(ledger)
    ledger.close()
    package = tmp_path / "package"
    shutil.copytree(Path(connections.__file__).parent / "migrations", package / "migrations")
    (package / "migrations" / "versions" / "ledger_9999.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '9999'\ndown_revision = "
        f"{sql.REVISIONS[-1]!r}\n\n\ndef upgrade() -> None:\n"
        "    op.create_table('later', sa.Column('later_no', sa.Integer, primary_key=True), sqlite_strict=True)\n"
    )
    monkeypatch.setattr(connections, "REVISIONS", (*sql.REVISIONS, "9999"))
    monkeypatch.setattr(connections, "__file__", str(package / "connections.py"))
    refuse(ledger.address, "older revision", "add")
    with Ledger(ledger.address, create=True) as upgraded:
        assert hash_rows(upgraded) == rows
        with connections.reading(upgraded._engine) as connection:
            assert connections.find_revision(connection) == "9999"
            assert connection.exec_driver_sql("SELECT count(*) FROM later").scalar() == 0
    Ledger(ledger.address).close()


def test_an_upgrade_that_breaks_leaves_the_ledger_as_it_was(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ledger.record(RUN, make_many(2))
    package = tmp_path / "package"
    shutil.copytree(Path(connections.__file__).parent / "migrations", package / "migrations")
    (package / "migrations" / "versions" / "ledger_9999.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '9999'\ndown_revision = "
        f"{sql.REVISIONS[-1]!r}\n\n\ndef upgrade() -> None:\n"
        "    op.create_table('later', sa.Column('later_no', sa.Integer, primary_key=True))\n"
        "    op.execute('SELECT * FROM no_such_table')\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(connections, "REVISIONS", (*sql.REVISIONS, "9999"))
        patched.setattr(connections, "__file__", str(package / "connections.py"))
        refuse(ledger.address, "cannot be used", "no_such_table", create=True)
    with connections.reading(ledger._engine) as connection:
        assert connections.find_revision(connection) == sql.REVISIONS[-1]
        found = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'later'").scalar()
    assert found == 0


# ---------------------------------------------------------------- what may not be written


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that other users may enter, with a ledger in it."""
    if sys.platform == "win32":
        pytest.skip("no such permissions here")
    folder = Path(tempfile.mkdtemp(prefix="reportedly-"))
    folder.chmod(0o755)
    with Ledger(folder / "news.db", create=True) as ledger:
        ledger.record(RUN, make_many(2))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_nobody() -> Iterator[Callable[[], None]]:
    """Takes root's rights away for the rest of the test: root may write everything."""
    was_root = sys.platform != "win32" and os.geteuid() == 0

    def drop() -> None:
        if was_root:
            os.seteuid(65534)

    yield drop
    if was_root:
        os.seteuid(0)


def test_a_ledger_in_a_folder_that_may_not_be_written_is_read(shared: Path, as_nobody: Callable[[], None]) -> None:
    (shared / "news.db").chmod(0o444)
    shared.chmod(0o555)
    as_nobody()
    with Ledger(shared / "news.db") as ledger:
        assert len(list(ledger.claims(text="troops"))) == 2
        with pytest.raises(LedgerError, match="may not be written"):
            ledger.record(RUN, make_many(3))
    refuse(shared / "other.db", "folder may be written", create=True)


def test_a_file_that_may_not_be_read_is_said_so(shared: Path, as_nobody: Callable[[], None]) -> None:
    (shared / "news.db").chmod(0o000)
    as_nobody()
    refuse(shared / "news.db", "cannot be opened")


def test_a_full_disk_ends_in_a_clear_error_and_loses_nothing(ledger: Ledger) -> None:
    ledger.record(RUN, make_many(2))
    rows, views = hash_rows(ledger), read_views(ledger)
    pages = []

    @connections.sa.event.listens_for(ledger._engine, "checkout")
    def fill(connection: object, *_: object) -> None:
        if pages:
            connection.execute(f"PRAGMA max_page_count = {pages[0]}")  # type: ignore[attr-defined]

    with connections.reading(ledger._engine) as connection:
        count = connection.exec_driver_sql("PRAGMA page_count").scalar()
    pages.append(int(count) + 2)
    with pytest.raises(LedgerError, match="disk is full"):
        ledger.record(RUN, make_many(200, first=2, padding="x" * 5000))
    pages[0] = 1_000_000
    assert (hash_rows(ledger), read_views(ledger)) == (rows, views)
    assert ledger.record(RUN, make_many(4)).new == 2


def test_another_writer_that_never_ends_is_said_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    other = sqlite3.connect(ledger.address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Ledger(ledger.address) as second, pytest.raises(LedgerError, match="another process has written"):
        second.record(RUN, make_many(1))
    other.close()
    assert ledger.record(RUN, make_many(1)).new == 1


# ---------------------------------------------------------------- addresses and servers


@pytest.mark.parametrize("address", ["mysql://a:secret@b/c", "redis://x", "http://example.org/news.db"])
def test_a_database_that_holds_no_ledger_is_named_without_its_password(address: str) -> None:
    with pytest.raises(LedgerError, match="postgresql://") as caught:
        Ledger(address)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_said_so_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refuse(f"postgresql://ann:secret@127.0.0.1:{port}/news", "cannot be reached", "***")
    for wrong in ("postgresql://[", "postgresql://a:b:c@d:e/f", "postgres://h:99999/x"):
        with pytest.raises(LedgerError):
            Ledger(wrong)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refuse("postgresql://127.0.0.1/news", "driver", "reportedly[postgresql]")


def test_a_path_may_hold_anything(tmp_path: Path) -> None:
    for name in ("a b%c?d#e.db", "news's \U0001f5de.db", "caf\udce9.db", "a;b=c&d.db"):
        path = tmp_path / name
        with Ledger(path, create=True) as ledger:
            ledger.record(RUN, make_many(1))
        with Ledger(f"sqlite:///{path}") as ledger:
            assert ledger.count() == 3
        assert path.exists()


# ---------------------------------------------------------------- questions that are none


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"status": "plannd"}, "did you mean 'planned'"),
        ({"role": "x"}, "known words"),
        ({"judged": "maybe"}, "known words"),
        ({"since": "yesterday"}, "YYYY"),
        ({"until": "2020-13"}, "YYYY"),
        ({"since": "2020-02-32"}, "YYYY"),
        ({"since": "20"}, "YYYY"),
        ({"text": "?!"}, "no word"),
        ({"about": "..."}, "no word"),
        ({"source": "-"}, "no word"),
        ({"limit": -1}, "limit"),
        ({"offset": -1}, "offset"),
        ({"colour": "red"}, "not a question"),
        ({"publisher": "\udcff"}, "no database stores"),
    ],
)
def test_a_question_that_is_none_is_refused(ledger: Ledger, asked: dict[str, object], words: str) -> None:
    ledger.record(RUN, make_many(1))
    counted = set() if asked.keys() & {"limit", "offset"} else {lambda: ledger.count(**asked)}  # type: ignore[arg-type]
    for ask in (lambda: list(ledger.claims(**asked)), *counted):  # type: ignore[arg-type]
        with pytest.raises(LedgerError) as caught:
            ask()
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "troops OR",
        "NEAR(a b)",
        "text:*",
        "^a",
        "a AND NOT b",
        "it's",
        "_",
        "troops_in",
        "ΑΒΓ",
        "\U0001f5de troops",
    ],
)
def test_no_word_is_an_operator(ledger: Ledger, words: str) -> None:
    ledger.record(RUN, [make_extraction(make_item())])
    for field in ("text", "source", "about"):
        with contextlib.suppress(LedgerError):  # there may be no word in it
            assert ledger.count(**{field: words}) == len(list(ledger.claims(**{field: words})))
