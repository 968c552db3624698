"""Stage 8 of 8. In: Differences of two runs. Out: what was gained, lost and altered, and a line that counts it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reportedly.model import Claim
from reportedly.record.differences import Change, Difference
from reportedly.record.export.jsonl import to_record
from reportedly.serve import wording
from reportedly.serve.claims import ID_SIZE
from reportedly.serve.markdown import to_markdown_rows
from reportedly.serve.terminal import to_text

SIGN: Mapping[Change, str] = {Change.GAINED: "+", Change.LOST: wording.MINUS, Change.ALTERED: "~"}
STYLE: Mapping[Change, str] = {Change.GAINED: "green", Change.LOST: "red", Change.ALTERED: "yellow"}

type Titles = Callable[[str], str]


def show_differences(console: Console, differences: Iterable[Difference], to_title: Titles) -> Counter[Change]:
    """Writes differences report by report and counts them.

    Args:
        console: where to.
        differences: in the order of the reports.
        to_title: names a report by its id.
    """
    counted: Counter[Change] = Counter()
    for report_id, group in itertools.groupby(differences, key=lambda each: to_claim(each).report_id):
        console.print(Text.assemble(to_text(to_title(report_id), "bold"), (f"  {report_id[:ID_SIZE]}", "dim")))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, style="dim")
        table.add_column(overflow="fold")
        for each in group:
            counted[each.change] += 1
            claim = to_claim(each)
            mark = Text(f"{SIGN[each.change]} {each.change}", style=STYLE[each.change])
            changed = (f"{name}: {_to_arrow(old, new)}" for name, old, new in find_changed(each))
            said = "\n".join((to_summary(claim), *changed))
            table.add_row(mark, Text(claim.claim_id[:ID_SIZE]), to_text(said))
        console.print(Padding(table, (0, 0, 1, 2)))
    return counted


def _to_arrow(old: object, new: object) -> str:
    return " → ".join(" ".join(wording.to_value(value).split()) for value in (old, new))


def to_claim(difference: Difference) -> Claim:
    """The claim that a difference is about: the new one, else the one that was lost."""
    claim = difference.new or difference.old
    assert claim is not None
    return claim


def to_summary(claim: Claim) -> str:
    """Says in a line what a claim says: `planned −1,700 troops, United States, Iraq, 2020 (officials)`."""
    parts = (wording.to_whose(claim.actor), wording.to_where(claim.place), wording.to_when(claim.time))
    said = " ".join(part for part in (str(claim.status), wording.to_figure(claim), wording.to_what(claim)) if part)
    return ", ".join(filter(None, (said, *parts))) + f" ({wording.to_chain(claim.sources)})"


def find_changed(difference: Difference) -> Iterator[tuple[str, object, object]]:
    """Finds the fields of an altered claim that differ: dotted name, old and new value."""
    if difference.old is None or difference.new is None:
        return
    old, new = to_record(difference.old), to_record(difference.new)
    for name in difference.fields:
        yield from _compare(name, old[name], new[name])


def _compare(name: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _compare(f"{name}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _compare(f"{name}.{number}", one, other)
    elif old != new:
        yield name, old, new


def to_difference_record(difference: Difference) -> dict[str, object]:
    """Turns a difference into a JSON record."""
    claim = to_claim(difference)
    return {
        "change": str(difference.change),
        "report_id": claim.report_id,
        "claim_id": claim.claim_id,
        "fields": {name: {"old": old, "new": new} for name, old, new in find_changed(difference)},
        "old": to_record(difference.old) if difference.old else None,
        "new": to_record(difference.new) if difference.new else None,
    }


def to_markdown(differences: Iterable[Difference], counted: Counter[Change]) -> Iterator[str]:
    """Writes differences as lines of a Markdown table, and counts them."""

    def to_cells() -> Iterator[tuple[str, ...]]:
        for each in differences:
            counted[each.change] += 1
            claim = to_claim(each)
            changed = (f"{name}: {_to_arrow(old, new)}" for name, old, new in find_changed(each))
            yield each.change, claim.report_id, claim.claim_id, to_summary(claim), "; ".join(changed)

    yield from to_markdown_rows(("change", "report", "claim", "says", "altered"), to_cells())


def to_counts(counted: Counter[Change]) -> str:
    """Counts differences in words: `3 gained, 1 lost, 2 altered`."""
    return ", ".join(f"{counted[change]:,} {change}" for change in Change)
