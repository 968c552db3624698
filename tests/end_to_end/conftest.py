"""Fixtures of the end-to-end tests: an empty ledger, and a ledger's address on either database.

PostgreSQL is the server that REPORTEDLY_TEST_POSTGRESQL names (`postgresql://USER@HOST/`, a role that may make
databases), else a private one from the system's packages, else the tests are skipped.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from made_ledgers import open_empty

from reportedly.record.ledger import Ledger

_NUMBERS = itertools.count()


@dataclass
class Server:
    """A private PostgreSQL server in a folder of its own; root starts it as the user `postgres`."""

    binaries: Path
    folder: Path
    port: int = field(default=0)

    @property
    def address(self) -> str:
        """The address of its databases, without a name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/"

    def run(self, *command: str) -> None:
        """Runs one of the server's own programs."""
        user = "postgres" if os.geteuid() == 0 else None
        program = [str(self.binaries / command[0]), *command[1:]]
        done = subprocess.run(
            program, user=user, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    def make(self) -> None:
        """Makes its files and starts it on a free port."""
        self.run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = f"-p {self.port} -k {self.folder} -h 127.0.0.1 -F -c shared_buffers=32MB -c max_connections=40"
        log = str(self.folder / "log.txt")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """Stops it at once, as a crash would."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")


def find_binaries() -> Path | None:
    """Finds the newest server that the system's packages brought."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        named = shutil.which("initdb")
        return Path(named).parent if named else None
    return found[-1].parent


@pytest.fixture(scope="session")
def private_server() -> Iterator[Server]:
    """A PostgreSQL server that a test may stop and start."""
    binaries = find_binaries()
    if binaries is None or not hasattr(os, "geteuid"):
        pytest.skip("no PostgreSQL server: neither Debian's packages nor REPORTEDLY_TEST_POSTGRESQL")
    folder = Path(tempfile.mkdtemp(prefix="reportedly-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = Server(binaries, folder)
    try:
        server.make()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    psycopg = pytest.importorskip("psycopg")
    named = os.environ.get("REPORTEDLY_TEST_POSTGRESQL", "")
    root = named.rstrip("/") + "/" if named else request.getfixturevalue("private_server").address
    name = f"reportedly_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(f"{root}postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{root}{name}"
    with psycopg.connect(f"{root}postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is not made yet, on each kind of database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "news.db")
    address: str = request.getfixturevalue("postgresql_address")
    return address


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file of its own."""
    with open_empty(tmp_path / "news.db") as made:
        yield made
