"""Stage 8 of 8. In: Entry. Out: the claims of many reports as one table.

Each row says what a claim says and whose report says it. Up to `WIDE` columns an answer stands under the
one it belongs to (whose under what, when under where), so that nothing is cut at 80 columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reportedly.model import Claim
from reportedly.record.entries import Entry
from reportedly.serve import wording
from reportedly.serve.terminal import STATUS_STYLE, to_mark, to_sentence, to_text

#: From this width on every answer has a column of its own.
WIDE = 150
#: As many digits of an id as tell a million claims apart nearly always; a longer one is asked for where not.
ID_SIZE = 8
#: Rows that share one table: widths are found over all of them, so they are in memory together.
PAGE = 200


def show_claims(console: Console, entries: Iterable[Entry], *, evidence: bool = False) -> int:
    """Writes claims as tables of `PAGE` rows and returns how many there were.

    Args:
        console: where to.
        entries: the claims, in order.
        evidence: whether the sentences follow each table, the figures in bold.
    """
    count = 0
    for page in itertools.batched(entries, PAGE):
        console.print(to_table(page, wide=console.width >= WIDE))
        console.print()
        if evidence:
            show_sentences(console, page)
        count += len(page)
    return count


def show_sentences(console: Console, entries: Sequence[Entry]) -> None:
    """Writes the sentences of claims after their ids; claims of one sentence that follow each other share it."""

    def to_place(entry: Entry) -> tuple[str, int]:
        return entry.report.report_id, entry.claim.evidence.sentence_start

    for _, group in itertools.groupby(entries, key=to_place):
        found = list(group)
        words = to_sentence(found[0].report, [entry.claim for entry in found], size=ID_SIZE)
        console.print(Padding(words, (0, 0, 0, 2)))
    console.print()


def to_table(entries: Sequence[Entry], *, wide: bool) -> Table:
    """Makes the table of some claims; wide, it has a column of judgements where one was judged."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="dim")
    if not wide:
        table.add_column(Text("status\nid"), no_wrap=True)
        table.add_column(Text("figure\nconf"), justify="right", max_width=18)
        for name, width in (("what\nwhose", 24), ("where\nwhen", 24), ("who says so\nreported by", 42)):
            table.add_column(Text(name), max_width=width)
        for entry in entries:
            table.add_row(*to_stacked_cells(entry))
        return table
    judged = any(entry.claim.judgement for entry in entries)
    table.add_column("id", no_wrap=True, style="dim")
    table.add_column("status", no_wrap=True)
    table.add_column("figure", justify="right", max_width=18)
    for name, width in (("what", 26), ("whose", 20), ("where", 20), ("when", 22), ("who says so", 40)):
        table.add_column(name, max_width=width)
    table.add_column("reported by", max_width=34, style="dim")
    if judged:
        table.add_column("judged", no_wrap=True)
    table.add_column("conf", justify="right", no_wrap=True, style="dim")
    for entry in entries:
        table.add_row(*to_cells(entry, judged=judged))
    return table


def to_cells(entry: Entry, *, judged: bool = False) -> list[Text]:
    """Writes one claim's cells, one an answer."""
    claim = entry.claim
    answers = (wording.to_what(claim), wording.to_whose(claim.actor),
               wording.to_where(claim.place), wording.to_when(claim.time))  # fmt: skip
    return [
        Text(claim.claim_id[:ID_SIZE]),
        to_status(claim),
        to_text(wording.to_figure(claim), "bold"),
        *map(to_text, answers),
        to_text(wording.to_chain(claim.sources), "" if claim.sources else "dim"),
        to_text(wording.to_publisher_line(entry.report)),
        *([to_mark(claim)] if judged else []),
        Text(wording.to_confidence(claim.confidence)),
    ]


def to_stacked_cells(entry: Entry) -> list[Text]:
    """Writes one claim's cells, two answers each: the lower one is dim, and stays below where the upper is empty."""
    claim = entry.claim
    mark = to_mark(claim)
    first = [to_status(claim), Text(claim.claim_id[:ID_SIZE], style="dim"), *([mark] if mark else [])]
    return [
        Text("\n").join(first),
        Text.assemble(
            to_text(wording.to_figure(claim), "bold"), "\n", (wording.to_confidence(claim.confidence), "dim")
        ),
        _stack(wording.to_what(claim), wording.to_whose(claim.actor)),
        _stack(wording.to_where(claim.place), wording.to_when(claim.time)),
        _stack(wording.to_chain(claim.sources), wording.to_publisher_line(entry.report)),
    ]


def to_status(claim: Claim) -> Text:
    """Writes a status in its colour."""
    return Text(claim.status, style=STATUS_STYLE[claim.status])


def _stack(upper: str, lower: str, style: str = "") -> Text:
    above = to_text(upper or ("·" if lower else ""), style)
    return Text.assemble(above, "\n", to_text(lower, "dim")) if lower else above


def show_judged(console: Console, entry: Entry) -> None:
    """Writes one claim after it was judged: its row, its sentence, who judged and why."""
    console.print(to_table([entry], wide=console.width >= WIDE))
    console.print()
    show_sentences(console, [entry])
    if entry.claim.judgement:
        words = f"{wording.to_judgement(entry.claim.judgement)} [{entry.claim.judgement.judgement_id}]"
        console.print(Padding(to_text(words), (0, 0, 0, 2)))
