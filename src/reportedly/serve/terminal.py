"""Stage 8 of 8. In: Extraction. Out: a table on the terminal.

Reads in 100 columns, holds in 80; colour repeats what a word says and never stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import IO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reportedly.model import Claim, Extraction, Failure, Report
from reportedly.serve import wording
from reportedly.vocab import Status, Verdict

#: Below this width the columns "when" and "whose" move under "where" and "what".
WIDE = 96
#: As many digits of a claim's id as tell the claims of a batch apart.
ID_SIZE = 6
STATUS_STYLE: Mapping[Status, str] = {
    Status.HAPPENED: "green",
    Status.ONGOING: "cyan",
    Status.PLANNED: "yellow",
    Status.EXPECTED: "yellow",
    Status.POSSIBLE: "magenta",
    Status.DEMANDED: "blue",
    Status.HYPOTHETICAL: "magenta",
    Status.DENIED: "red",
}

VERDICT_STYLE: Mapping[Verdict, str] = {Verdict.ACCEPT: "green", Verdict.REJECT: "red", Verdict.AMEND: "yellow"}


class _Console(Console):
    """A console that leaves it to the command what happens when the reader of a pipe goes away."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def load_console(stream: IO[str], *, width: int | None = None) -> Console:
    """Makes a console that writes to a stream; without a terminal it is 100 columns wide."""
    if width is None and not stream.isatty():
        width = 100
    return _Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def to_text(words: str, style: str = "") -> Text:
    """Makes text of words that a report may have brought: shown, never obeyed."""
    return Text(wording.to_visible(words), style=style)


def show_extraction(console: Console, extraction: Extraction, *, evidence: bool = False) -> None:
    """Writes one report: a heading line, then its claims or the reason for none.

    Args:
        console: where to.
        extraction: the report and its claims.
        evidence: whether the claims' ids and their sentences follow, each figure in bold.
    """
    report = extraction.report
    console.print(to_text(wording.to_title(report), style="bold"))
    console.print(to_text(wording.to_dateline(report), style="dim"))
    if not extraction.claims:
        console.print(
            to_text(f"  no claims: {extraction.reason or 'nothing counted in it'}", style="italic"), end="\n\n"
        )
        return
    claims = sorted(extraction.claims, key=lambda claim: (claim.evidence.start, claim.evidence.end))
    console.print(to_table(claims, wide=console.width >= WIDE, ids=evidence))
    if evidence:
        console.print()
        for _, group in groupby(claims, key=lambda claim: claim.evidence.sentence_start):
            console.print(Padding(to_sentence(report, list(group)), (0, 0, 0, 2)))
    console.print()


def show_failure(console: Console, failure: Failure) -> None:
    """Writes one report that could not be read, as a row of its own."""
    console.print(Text.assemble(("failed ", "bold red"), to_text(wording.to_failure_line(failure))), end="\n\n")


def to_table(claims: Sequence[Claim], *, wide: bool = True, ids: bool = False) -> Table:
    """Makes the table of a report's claims."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="dim")
    if ids:
        table.add_column("id", no_wrap=True, style="dim")
    table.add_column("status", no_wrap=True)
    table.add_column("figure", justify="right", max_width=18, style="bold")
    table.add_column("what", max_width=22)
    if wide:
        table.add_column("where", max_width=16)
        table.add_column("when", max_width=21)
        table.add_column("whose", max_width=16)
    else:
        table.add_column("where, when", max_width=24)
    table.add_column("who says so", max_width=40, min_width=11)
    table.add_column("conf", justify="right", no_wrap=True, style="dim")
    for claim in claims:
        cells = to_cells(claim, wide=wide)
        table.add_row(*([Text(claim.claim_id[:ID_SIZE]), *cells] if ids else cells))
    return table


def to_cells(claim: Claim, *, wide: bool = True) -> list[Text]:
    """Writes one claim's cells, left to right."""
    what, whose = wording.to_what(claim), wording.to_whose(claim.actor)
    where, when = wording.to_where(claim.place), wording.to_when(claim.time)
    mark = to_mark(claim)
    status = Text(claim.status, style=STATUS_STYLE[claim.status])
    cells = [
        Text.assemble(status, "\n", mark) if mark else status,
        to_text(wording.to_figure(claim)),
        to_text(what if wide else ", ".join(part for part in (what, whose) if part)),
    ]
    cells += (
        [to_text(where), to_text(when), to_text(whose)] if wide else [to_text(", ".join(filter(None, (where, when))))]
    )
    chain = to_text(wording.to_chain(claim.sources), style="" if claim.sources else "dim")
    return [*cells, chain, Text(wording.to_confidence(claim.confidence))]


def to_mark(claim: Claim) -> Text:
    """Writes what a person decided on a claim: a mark, its word, its colour; empty where nobody judged it."""
    verdict = claim.judgement.verdict if claim.judgement else None
    return Text(wording.to_verdict(claim), style=VERDICT_STYLE[verdict]) if verdict else Text()


def to_sentence(report: Report, claims: Sequence[Claim], *, size: int = ID_SIZE) -> Text:
    """Writes the sentence of some claims after their ids (`size` digits of each), each one's evidence in bold."""
    at = claims[0].evidence
    ids = dict.fromkeys(claim.claim_id[:size] for claim in claims)
    words = to_text(report.text[at.sentence_start : at.sentence_end], style="italic")
    for claim in claims:
        first, last = claim.evidence.start - at.sentence_start, claim.evidence.end - at.sentence_start
        words.stylize("bold underline not italic", first, last)
    return Text.assemble((" ".join(ids), "dim"), "  ", Text(" ").join(words.split("\n")))
