"""Stage 8 of 8. In: Entry. Out: a Markdown table that no cell can break out of.

A report's words are text: what Markdown, or the HTML in it, would obey is escaped, lines become blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportedly.record.entries import Entry
from reportedly.serve import wording

HEADINGS = (
    "id", "status", "figure", "what", "whose", "where", "when", "who says so", "reported by", "words", "confidence",
    "judged",
)  # fmt: skip
# What CommonMark, GitHub's tables, strikes, mathematics and links without brackets are made of.
_OBEYED = re.compile(r"[\\`*_{}\[\]<>|~&#!$@^]|(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)


def to_markdown_cell(words: str) -> str:
    """Writes a text so that it stays in its cell and is read as it stands."""
    return _OBEYED.sub(lambda match: f"\\{match.group()}", wording.to_visible(" ".join(words.split())))


def to_markdown_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Writes a table line by line."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(map(to_markdown_cell, row))} |"


def to_claim_rows(entries: Iterable[Entry]) -> Iterator[str]:
    """Writes claims as a table, line by line."""
    yield from to_markdown_rows(HEADINGS, map(_to_cells, entries))


def _to_cells(entry: Entry) -> tuple[str, ...]:
    claim = entry.claim
    return (
        claim.claim_id,
        claim.status,
        wording.to_figure(claim),
        wording.to_what(claim),
        wording.to_whose(claim.actor),
        wording.to_where(claim.place),
        wording.to_when(claim.time),
        wording.to_chain(claim.sources),
        wording.to_publisher_line(entry.report),
        claim.evidence.text,
        wording.to_confidence(claim.confidence),
        wording.to_verdict(claim),
    )
