"""Stage 8 of 8. In: Claim and its report's text. Out: the words of each answer, marked where they stand.

Colour tells the answers apart on a terminal that has it, and each is named with its words below; where there
is no colour, the name stands with the words: `[figure: 1,700]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from reportedly.model import Actor, Claim, Evidence, Place, Report, Source, Words
from reportedly.serve.terminal import to_text
from reportedly.vocab import CLAIMED_REGIONS

#: The answers in the order in which one gives way to another that has words in common with it.
STYLES = {
    "figure": "bold underline",
    "event": "bold underline",
    "whose": "cyan",
    "to whom": "bright_cyan",
    "where": "green",
    "when": "yellow",
    "source": "magenta",
    "said by": "blue",
}
#: A paragraph is shown whole up to so many letters, of a longer one what stands around the marks.
LONGEST_PASSAGE = 1_500
AROUND = 300
# A long line that ends within a sentence goes on in the next; 60 letters is less than any habit of wrapping.
_WRAPPED = re.compile(r"(?m)^(.{60,}[^\s.!?:])\n(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of the report that answer a question: `name` says which."""

    name: str
    start: int
    end: int


def find_marks(claim: Claim, text: str) -> list[Mark]:
    """Finds the words of a claim's answers; words that a person put there and the report lacks are left out."""
    named: list[tuple[str, Words | Evidence | Actor | Place | Source | None]] = [
        ("event" if claim.quantity is None else "figure", claim.evidence),
        ("whose", claim.actor),
        ("to whom", claim.recipient),
        ("where", claim.place),
        *(("source", source) for source in claim.sources),
        *(("said by", source.cue) for source in claim.sources),
    ]
    spans = [(name, at.text, at.start, at.end) for name, at in named if at is not None]
    time = claim.time
    if time and time.text and time.text_start is not None and time.text_end is not None:
        spans.append(("when", time.text, time.text_start, time.text_end))
    order = list(STYLES)
    marks = {Mark(name, start, end): None for name, words, start, end in spans if words and text[start:end] == words}
    return sorted(marks, key=lambda mark: (order.index(mark.name), mark.start))


def find_passages(claim: Claim, text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Finds what to show of a report: the paragraphs that hold the sentence or a mark, in order."""
    at = claim.evidence
    spans = [(at.sentence_start, at.sentence_end), *((mark.start, mark.end) for mark in marks)]
    found: list[tuple[int, int]] = []
    for start, end in sorted({_widen(text, start, end) for start, end in spans}):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Widens a span to its paragraph; of a very long one to its line, or to what stands around the span."""
    for division in (r"\n[ \t]*\n", r"\n"):
        before = [match.end() for match in re.finditer(division, text[:start])]
        after = re.search(division, text[end:])
        first = before[-1] if before else 0
        last = end + after.start() if after else max(end, len(text.rstrip()))
        if last - first <= LONGEST_PASSAGE:
            return first, last
    return max(first, start - AROUND), min(last, end + AROUND)


def to_reflowed(text: str) -> str:
    """Joins lines that were wrapped, letter for letter: a line end becomes a blank, so that offsets hold."""
    return _WRAPPED.sub(r"\1 ", text)


def to_passage(text: str, start: int, end: int, marks: Sequence[Mark], *, coloured: bool) -> Text:
    """Writes a stretch of the report with its marks."""
    before = "… " if start and text[start - 1] != "\n" else ""
    after = " …" if end < len(text) and text[end] != "\n" else ""
    if coloured:
        words = to_text(text[start:end])
        for mark in reversed(marks):  # the figure last, so that it stands out whatever it is part of
            words.stylize(STYLES[mark.name], max(mark.start - start, 0), max(mark.end - start, 0))
        return Text.assemble(before, words, after)
    return to_text(before + "".join(_bracket(text, start, end, marks)) + after)


def _bracket(text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[str]:
    at = start
    for first, last, names in find_apart(marks):
        if first >= at and last <= end:
            yield f"{text[at:first]}[{', '.join(names)}: {text[first:last]}]"
            at = last
    yield text[at:end]


def find_apart(marks: Sequence[Mark]) -> list[tuple[int, int, list[str]]]:
    """Finds the marks that do not overlap, in the order of the text; those of the same words share theirs."""
    taken: dict[tuple[int, int], list[str]] = {}
    for mark in marks:
        span = (mark.start, mark.end)
        if span in taken:
            taken[span].append(mark.name)
        elif all(mark.end <= first or mark.start >= last for first, last in taken):
            taken[span] = [mark.name]
    return [(*span, names) for span, names in sorted(taken.items())]


def to_legend(text: str, marks: Sequence[Mark]) -> Text:
    """Names the words of each answer in the answer's own colour: `figure 1,700 · whose U.S.`."""
    grouped: dict[str, list[str]] = {}
    for mark in marks:
        grouped.setdefault(mark.name, []).append(" ".join(text[mark.start : mark.end].split()))
    parts = [
        Text.assemble((f"{name} ", "dim"), to_text(", ".join(dict.fromkeys(words)), STYLES[name]))
        for name, words in grouped.items()
    ]
    return Text(" · ").join(parts)


# ---------------------------------------------------------------- all claims of a report


def to_marked_report(report: Report, claims: Sequence[Claim], size: int, styles: dict[str, str]) -> Text:
    """Writes a report's text with each claim's words followed by the beginnings of the ids held to them.

    Args:
        report: the report; what no claim may come from is dim.
        claims: its claims.
        size: digits of an id.
        styles: the style of a status.
    """
    held: dict[tuple[int, int], list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.evidence.end, claim.evidence.start)):
        held.setdefault((claim.evidence.start, claim.evidence.end), []).append(claim)
    words = to_text(to_reflowed(report.text))
    for region in report.regions:
        if region.kind not in CLAIMED_REGIONS:
            words.stylize("dim", region.start, region.end)
    for (start, end), group in held.items():
        words.stylize(f"bold underline {styles.get(group[0].status, '')}", start, end)
    parts, at = [], 0
    for (_, end), group in held.items():
        ids = " ".join(claim.claim_id[:size] for claim in group)
        parts += [words[at:end], Text(f"[{ids}]", style="dim")]
        at = max(at, end)
    parts.append(words[at:])
    marked = Text.assemble(*(part for part in parts if part))
    return Text("\n").join(line for line in marked.split("\n") if not re.fullmatch(r"\s*", line.plain))
