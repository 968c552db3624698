"""Fixtures of the unit tests: an empty ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_ledgers import open_empty

from reportedly.record.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file of its own."""
    with open_empty(tmp_path / "news.db") as made:
        yield made
