"""Stage 8 of 8. In: Extractions. Out: one self-contained HTML page.

The reports' words with the evidence marked, the claims beside them, each linked to the
other. No script, no network: the page's own policy forbids both, and all text is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportedly.model import Claim, Extraction, Failure, Report, Run
from reportedly.serve import wording
from reportedly.vocab import CLAIMED_REGIONS, Status

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a report's text that is all of one kind.

    `claims` are those whose evidence it is part of; `anchors` those whose evidence begins
    here; `region` is what the stretch is.
    """

    text: str
    region: str
    claims: tuple[Claim, ...] = ()
    anchors: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """The status that colours the piece: its first claim's, empty without claims."""
        return str(self.claims[0].status) if self.claims else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the report's text, cut into pieces."""

    pieces: tuple[Piece, ...]

    @property
    def region(self) -> str:
        """The region of the line: one that claims may come from, if it has any, else its first."""
        found = [piece.region for piece in self.pieces if piece.text.strip()]
        return next((region for region in found if region in CLAIMED_REGIONS), found[0] if found else "")


def to_page(extractions: Sequence[Extraction], failures: Sequence[Failure], run: Run | None = None) -> str:
    """Makes the page of some reports, with a list of contents when there are several."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Autoescape is on for every template: what a report says is text, never markup.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    environment.globals |= {
        "words": wording,
        "meaning": wording.STATUS_MEANING,
        "certainty": wording.FACTUALITY_MEANING,
        "to_lines": to_lines,
        "to_link": to_link,
    }
    return environment.get_template("page.html").render(
        extractions=extractions,
        failures=failures,
        run=run,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        statuses=[status for status in Status if any(c.status is status for e in extractions for c in e.claims)],
        claims=sum(len(extraction.claims) for extraction in extractions),
    )


def to_link(url: str | None) -> str | None:
    """Returns a report's address where it may stand in a link: http and https alone."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def to_lines(extraction: Extraction) -> Iterator[Line]:
    """Cuts a report's text into lines of pieces: every letter once, in order, blank lines left out."""
    pieces: list[Piece] = []
    for piece in _cut_pieces(extraction.report, extraction.claims):
        if piece.text != "\n":
            pieces.append(piece)
        elif pieces:
            yield Line(pieces=tuple(pieces))
            pieces = []
    if pieces:
        yield Line(pieces=tuple(pieces))


def _cut_pieces(report: Report, claims: Sequence[Claim]) -> Iterator[Piece]:
    """Cuts wherever a region, an evidence or a line begins or ends."""
    text, size = report.text, len(report.text)
    ordered = sorted(claims, key=lambda claim: (claim.evidence.start, claim.evidence.end))
    regions = sorted(report.regions, key=lambda region: region.start)
    cuts = {0, size}
    for match in re.finditer("\n", text):
        cuts |= {match.start(), match.end()}
    spans = [(region.start, region.end) for region in regions]
    spans += [(claim.evidence.start, claim.evidence.end) for claim in ordered]
    cuts |= {min(bound, size) for span in spans for bound in span}
    bounds = sorted(cuts)
    begun = at_region = 0
    active: list[Claim] = []
    for start, end in itertools.pairwise(bounds):
        active = [claim for claim in active if claim.evidence.end > start]
        first = begun
        while begun < len(ordered) and ordered[begun].evidence.start <= start:
            begun += 1
        active += ordered[first:begun]
        while at_region < len(regions) and regions[at_region].end <= start:
            at_region += 1
        inside = at_region < len(regions) and regions[at_region].start <= start
        yield Piece(
            text=text[start:end],
            region=str(regions[at_region].kind) if inside else "",
            claims=tuple(active),
            anchors=tuple(claim.claim_id for claim in ordered[first:begun]),
        )
