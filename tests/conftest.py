"""Fixtures of all tests: the lexicon, the parser, and `parse`, which makes a parsed report of a text."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import hypothesis
import pytest

from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.model import ParsedReport, Region, Report, to_id
from reportedly.segment import load_parser, split_report
from reportedly.vocab import RegionKind, TimeBasis

if TYPE_CHECKING:
    from spacy.language import Language

# The same examples in every run, and none that fails because a machine was busy.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the program says into the golden cases' expected fields, and print the difference",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--update-golden"):
        return
    if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        raise pytest.UsageError("--update-golden is refused where CI is set: expectations are changed by people")
    if getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--update-golden writes files: leave -n out")


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The English lexicon."""
    return load_lexicon()


@pytest.fixture(scope="session")
def parser() -> Language:
    """The English pipeline, loaded once."""
    return load_parser()


@pytest.fixture
def parse(parser: Language) -> Callable[..., ParsedReport]:
    """Makes a parsed report of a text, all of it body and all of it parsed.

    `headline`, where given, stands as a line of its own above the text.
    """

    def to_parsed(
        text: str,
        published: str | None = None,
        publisher: str | None = None,
        *,
        headline: str | None = None,
    ) -> ParsedReport:
        whole = text if headline is None else f"{headline}\n\n{text}"
        body = len(whole) - len(text)
        regions = [Region(kind=RegionKind.BODY, start=body, end=len(whole))]
        if headline is not None:
            regions.insert(0, Region(kind=RegionKind.HEADLINE, start=0, end=len(headline)))
        report = Report(
            report_id=to_id(whole, publisher, published),
            text=whole,
            regions=tuple(regions),
            publisher=publisher,
            published=published,
            published_basis=TimeBasis.PUBLICATION if published else None,
            language="en",
        )
        return split_report(report, parser)

    return to_parsed
