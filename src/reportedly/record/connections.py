"""Stage 6 of 8. In: a ledger's address. Out: an engine on a ledger that is up to date.

`LEDGERS` is the table of the databases that hold a ledger: SQLite for one person, PostgreSQL for a team.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from reportedly.errors import LedgerError
from reportedly.record.sql import APPLICATION_ID, REVISIONS, VERSION_TABLE, WRITER_LOCK

#: Seconds that a writer waits for another one's transaction, which holds a few dozen reports.
PATIENCE = 120
#: Kibibytes of SQLite's page cache, for readers and for the writer: random keys of 100,000 reports stay in it.
CACHE, WRITER_CACHE = 64 * 1024, 256 * 1024
#: Pages in SQLite's log before it is put into the file: a batch of claims touches some thousand pages of the
#: indexes, and those that the next batches touch too are written once. Measured with `benchmarks/ledger.py`.
LOG_PAGES = 16_000
_WRITES = "reportedly_writes"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database: how an engine is made, and what a writer does to be the only one."""

    name: str
    load: Callable[[str], sa.Engine]
    lock: str


def load_engine(address: str, *, create: bool) -> sa.Engine:
    """Opens a ledger, and makes or upgrades it where `create` is set.

    Args:
        address: a file's path, or `postgresql://USER@HOST/NAME`.
        create: whether the caller will write; a reader never makes or changes a ledger.

    Raises:
        LedgerError: there is none, it is no ledger, it is of a newer version, or it cannot be reached.
    """
    kind = find_kind(address)
    if kind.name == "sqlite" and not create and not Path(to_path(address)).is_file():
        raise LedgerError("no ledger here", where=to_shown(address), hint="`reportedly add PATH` makes one")
    engine = kind.load(address)
    try:
        with explained(address):
            _bring_up_to_date(engine, address, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def find_kind(address: str) -> Kind:
    """Finds the kind of database that an address names.

    Raises:
        LedgerError: no kind of ours.
    """
    scheme, mark, _ = address.partition("://")
    if not mark:
        return LEDGERS["sqlite"]
    name = scheme.partition("+")[0]
    kind = LEDGERS.get("postgresql" if name == "postgres" else name)
    if kind is None:
        names = ", ".join(f"{name}://" for name in LEDGERS)
        raise LedgerError(
            f"no ledger is kept in {scheme!r}", where=to_shown(address), hint=f"a file's path, or {names}"
        )
    return kind


def to_path(address: str) -> str:
    """Returns the file of an SQLite ledger."""
    return os.path.expanduser(address.removeprefix("sqlite:///"))


def has_ledger(address: str) -> bool:
    """Whether there may be a ledger: a file is there, or a server is named."""
    return find_kind(address).name != "sqlite" or Path(to_path(address)).is_file()


def to_shown(address: str) -> str:
    """Returns an address without its password."""
    if "://" not in address:
        return address
    try:
        return sa.make_url(address).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return address.partition("://")[0] + "://..."


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction of the one writer: others that want to write wait, readers do not."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        lock = LEDGERS[engine.dialect.name].lock
        if lock:
            connection.exec_driver_sql(lock)
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that sees the ledger as it was at its begin, however many questions it asks."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Turns the database's errors into ours, each with what to do.

    Raises:
        LedgerError: for any of them.
    """
    try:
        yield
    except DBAPIError as error:
        raise _to_error(str(error.orig), address, gone=is_disconnect(error)) from error
    except sa.exc.TimeoutError as error:
        raise LedgerError("too many questions are open at once", where=to_shown(address)) from error
    except UnicodeEncodeError as error:
        shown = error.object[error.start : error.end]
        raise LedgerError(f"no database stores {shown!r}", where=to_shown(address)) from error
    except sqlite3.DatabaseError as error:
        raise _to_error(str(error), address) from error


# ---------------------------------------------------------------- SQLite


def _load_sqlite(address: str) -> sa.Engine:
    path = to_path(address)
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise LedgerError("no such folder for the ledger", where=str(folder), hint="make it first")
    if Path(path).is_dir():
        raise LedgerError("the ledger must be a file, this is a folder", where=path)
    engine = sa.create_engine(_to_url(path), connect_args={"timeout": PATIENCE, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` says, not where the driver guesses
        cursor = connection.cursor()
        for pragma in (f"busy_timeout = {PATIENCE * 1000}", "foreign_keys = ON", f"cache_size = -{CACHE}",
                       f"wal_autocheckpoint = {LOG_PAGES}", "synchronous = NORMAL",
                       "temp_store = MEMORY"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get(_WRITES):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA cache_size = -{WRITER_CACHE}")
        # A writer takes its lock at once: two that read first and write later would block each other.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _to_url(path: str) -> sa.URL:
    folder, effective = os.path.dirname(os.path.abspath(path)), os.access in os.supports_effective_ids
    sealed = not os.access(folder, os.W_OK, effective_ids=effective) and not os.path.exists(f"{path}-shm")
    if not sealed or not os.path.isfile(path) or os.path.exists(f"{path}-wal"):
        return sa.URL.create("sqlite", database=path)
    # SQLite keeps a file beside one that is read. Where it cannot (a disc, another's folder), nobody writes either.
    shown = f"file:{quote(os.fsencode(os.path.abspath(path)))}"
    return sa.URL.create("sqlite", database=shown, query={"mode": "ro", "immutable": "1", "uri": "true"})


def _check_file(connection: sa.Connection, address: str) -> None:
    """Refuses an SQLite database that is somebody else's."""
    found = connection.exec_driver_sql("PRAGMA application_id").scalar()
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    if tables and found != APPLICATION_ID:
        raise LedgerError("an SQLite database, but no ledger", where=to_shown(address), hint="name another file")


# ---------------------------------------------------------------- PostgreSQL


def _load_postgresql(address: str) -> sa.Engine:
    try:
        url = sa.make_url(address).set(drivername="postgresql+psycopg")
        return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise LedgerError(
            "the driver for PostgreSQL is missing", hint="pip install 'reportedly[postgresql]'"
        ) from error
    except (SQLAlchemyError, ValueError) as error:
        raise LedgerError(
            "not a database's address", where=to_shown(address), hint="postgresql://USER@HOST/NAME"
        ) from error


LEDGERS: Mapping[str, Kind] = {
    "sqlite": Kind("sqlite", _load_sqlite, ""),
    "postgresql": Kind(
        "postgresql",
        _load_postgresql,
        f"SET LOCAL lock_timeout = '{PATIENCE}s'; SELECT pg_advisory_xact_lock({WRITER_LOCK})",
    ),
}

# ---------------------------------------------------------------- revisions


def find_revision(connection: sa.Connection) -> str | None:
    """Returns the ledger's revision, None where there are no tables yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    return found


def _bring_up_to_date(engine: sa.Engine, address: str, *, create: bool) -> None:
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            _check_file(connection, address)
        found = find_revision(connection)
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise LedgerError(
            f"this ledger was made by a newer version (its revision is {found}, ours {REVISIONS[-1]})",
            where=to_shown(address),
            hint="upgrade the program: pip install --upgrade reportedly",
        )
    if not create:
        message = "no ledger here" if found is None else f"a ledger of an older revision ({found})"
        raise LedgerError(message, where=to_shown(address), hint="`reportedly add` makes and upgrades ledgers")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            _prepare_file(connection)
    with writing(engine) as connection:
        _upgrade(connection)


def _prepare_file(connection: sa.Connection) -> None:
    """What holds for the file as a whole and cannot be set within a transaction."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA journal_mode = WAL")
    driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if find_revision(connection) == REVISIONS[-1]:
        return  # another process was faster
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


# ---------------------------------------------------------------- errors

# What the drivers' messages begin with or hold, and what it means to a person.
_MEANINGS = (
    ("file is not a database", "this file is no ledger", "name another file; this one was left as it is"),
    ("malformed", "the ledger's file is damaged", "`sqlite3 FILE .recover` saves what can be saved"),
    ("disk is full", "the disk is full", "make room and run the same command again: what was recorded stays"),
    ("disk I/O error", "the disk failed", "see whether it is full or went away; what was recorded stays"),
    ("readonly database", "the ledger's file may not be written", "see who owns it, and its folder"),
    ("unable to open database", "the ledger's file cannot be opened", "see whether its folder may be written"),
    ("lock timeout", f"another process has written for more than {PATIENCE} s", "try again"),
    ("database is locked", f"another process has written for more than {PATIENCE} s", "try again"),
    ("No space left", "the disk of the ledger's server is full", "what was recorded stays"),
    ("authentication failed", "the ledger's server refused the name or the password", ""),
    ("does not exist", "the ledger's server has no such database or role", "createdb makes one"),
    ("permission denied", "the ledger's server does not allow it", "grant the role what it needs"),
)  # fmt: skip


def _to_error(message: str, address: str, *, gone: bool = False) -> LedgerError:
    said = " ".join(message.split())
    for sign, message, hint in _MEANINGS:
        if sign in said:
            return LedgerError(message, where=to_shown(address), hint=hint)
    if gone:
        message = f"the ledger's server cannot be reached: {said}"
        return LedgerError(message, where=to_shown(address), hint="what was recorded stays; run the command again")
    return LedgerError(f"the ledger cannot be used: {said}", where=to_shown(address))


def is_disconnect(error: DBAPIError) -> bool:
    """Whether the server went away, so that another try may help."""
    said = str(error.orig)
    signs = ("connection failed", "server closed", "terminating connection", "connection is lost", "refused",
             "starting up", "shutting down", "recovery mode", "connection is closed", "timeout expired")  # fmt: skip
    return bool(error.connection_invalidated) or any(sign in said for sign in signs)
