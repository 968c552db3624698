"""Reads news reports and keeps a ledger of attributed claims, each held to exact words.

    import reportedly as rp

    for extraction in rp.read("report.txt", publisher="Example Times"):
        for claim in extraction.claims:
            print(claim.status, claim.evidence.text)

    with rp.Ledger("news.db") as ledger:
        for claim in ledger.claims(measure="troops", place="Iraq"):
            print(claim.status, claim.evidence.text)

The parser and the lexicon load with the first report, not with the import.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from reportedly.errors import ReportedlyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reportedly.model import Claim, Extraction, Failure, Item, Report
    from reportedly.record.export.jsonl import to_record
    from reportedly.record.ledger import Ledger
    from reportedly.record.queries import Query
    from reportedly.settings import Settings

    __version__: str

__all__ = [
    "Claim",
    "Extraction",
    "Failure",
    "Item",
    "Ledger",
    "Query",
    "Report",
    "ReportedlyError",
    "Settings",
    "__version__",
    "read",
    "read_text",
    "to_record",
]

#: Where the public names live that are loaded when first asked for.
_HOMES = {
    "Claim": "reportedly.model",
    "Extraction": "reportedly.model",
    "Failure": "reportedly.model",
    "Item": "reportedly.model",
    "Ledger": "reportedly.record.ledger",
    "Query": "reportedly.record.queries",
    "Report": "reportedly.model",
    "Settings": "reportedly.settings",
    "to_record": "reportedly.record.export.jsonl",
}


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    publisher: str | None = None,
    published: str | None = None,
    settings: Settings | None = None,
) -> Iterator[Extraction | Failure]:
    """Reads reports, one result each, in order; a report that fails is a `Failure` among them.

    Args:
        paths: a file, a folder, a JSON Lines file of reports, or several of these.
        publisher: who published them, where the input does not say.
        published: when, as an ISO 8601 date, where the input does not say.
        settings: the defaults, a settings file and the environment decide if left out.

    Raises:
        ReportedlyError: nothing can be coded at all (no English pipeline, a broken lexicon).
    """
    from reportedly.pipeline import code_items, load_tools
    from reportedly.read import read_items
    from reportedly.settings import load_settings

    chosen = settings or load_settings()
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    items = read_items([str(path) for path in several], chosen, publisher=publisher, published=published)
    return code_items(items, load_tools(chosen))


def read_text(
    text: str,
    *,
    publisher: str | None = None,
    published: str | None = None,
    title: str | None = None,
    url: str | None = None,
    settings: Settings | None = None,
) -> Extraction:
    """Reads one report from a string.

    Raises:
        ReportedlyError: it cannot be coded.
    """
    from reportedly.model import Item
    from reportedly.pipeline import code_report, load_tools
    from reportedly.settings import load_settings

    item = Item(text=text, publisher=publisher, published=published, title=title, url=url)
    return code_report(item, load_tools(settings or load_settings()))


class _Package(ModuleType):
    """Keeps the public name `read` for the function above.

    Python hangs a subpackage onto its parent when it is first imported: without this, `rp.read`
    would be the stage `reportedly.read` from then on.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name != "read" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name in _HOMES or name == "__version__":
        import importlib

        found: object = getattr(importlib.import_module(_HOMES[name]), name) if name in _HOMES else read_version()
        globals()[name] = found
        return found
    raise AttributeError(f"module 'reportedly' has no attribute {name!r}")


def read_version() -> str:
    """Reads the installed version; from bare sources it is 0.0.0."""
    from importlib import metadata  # 40 ms: only when asked for

    try:
        return metadata.version("reportedly")
    except metadata.PackageNotFoundError:  # run from the sources
        return "0.0.0"


def __dir__() -> list[str]:
    return sorted(__all__)
