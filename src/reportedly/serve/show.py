"""Stage 8 of 8. In: Entry, ReportEntry. Out: one claim in its paragraph, or one report with all its claims.

Everything that the ledger knows of it is there: the words, the answers, where they came from, what persons said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reportedly.model import Claim, Judgement
from reportedly.record.answers import ReportEntry
from reportedly.record.entries import Entry
from reportedly.record.export.json_lines import to_entry_record
from reportedly.record.export.jsonl import to_record, to_report_record
from reportedly.record.judging import Remark
from reportedly.record.ledger import Ledger
from reportedly.record.versions import Version
from reportedly.serve import wording
from reportedly.serve.claims import to_status
from reportedly.serve.explain import explain_fields, to_judgement
from reportedly.serve.marks import find_marks, find_passages, to_legend, to_marked_report, to_passage, to_reflowed
from reportedly.serve.terminal import STATUS_STYLE, VERDICT_STYLE, WIDE, to_table, to_text

#: Digits of the ids that stand in a report's text, as in the table below it.
ID_SIZE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One claim and all that stands around it: its report, its versions, what persons said."""

    entry: Entry
    around: ReportEntry
    history: tuple[Remark, ...]
    versions: tuple[Version, ...]


def find_shown(ledger: Ledger, claim: str) -> Shown:
    """Finds a claim, by its id or its beginning, with what stands around it.

    Raises:
        LedgerError: none or several have it.
    """
    entry = ledger.find_entry(claim)
    report_id = entry.report.report_id
    return Shown(
        entry=entry,
        around=ledger.find_report(report_id),
        history=tuple(ledger.history(entry.claim.claim_id)),
        versions=tuple(ledger.versions(report_id)),
    )


def has_colour(console: Console) -> bool:
    """Whether a console shows colours."""
    return console.color_system is not None and not console.no_color


# ---------------------------------------------------------------- a claim


def show_claim(console: Console, shown: Shown) -> None:
    """Writes a claim: a heading, its words in their paragraph, its answers, where it came from, who judged it."""
    entry, claim = shown.entry, shown.entry.claim
    show_head(console, entry)
    text, coloured = entry.report.text, has_colour(console)
    marks = find_marks(claim, text)
    flowing = to_reflowed(text)
    for start, end in find_passages(claim, text, marks):
        console.print(Padding(to_passage(flowing, start, end, marks, coloured=coloured), (1, 2, 0, 2)))
    if coloured:
        console.print(Padding(to_legend(text, marks), (1, 2, 0, 2)))
    console.print()
    ties = list(_find_ties(claim, shown.around.claims))
    _show_rows(console, "what it says", explain_fields(claim, ties=False))
    _show_rows(console, "where it comes from", _to_descent(shown.around, shown.versions))
    _show_rows(console, "made by", [("run", wording.to_run_words(entry.run))])
    if ties:
        _show_rows(console, "tied to", ties)
    show_history(console, shown.history, claim.judgement)


def show_head(console: Console, entry: Entry) -> None:
    """Writes the lines that name a claim: its figure and answers in short, its id, its verdict."""
    claim = entry.claim
    parts = (wording.to_what(claim), wording.to_whose(claim.actor), wording.to_where(claim.place),
             wording.to_when(claim.time))  # fmt: skip
    figure = to_text(wording.to_figure(claim), "bold")
    console.print(Text.assemble(figure, " ", to_text(" · ".join(filter(None, parts))), "  ", to_status(claim)))
    report = Text.assemble((f"claim {claim.claim_id}", "dim"), to_text(f" · {wording.to_title(entry.report)}", "dim"))
    console.print(report)
    if claim.judgement:
        style = VERDICT_STYLE[claim.judgement.verdict]
        console.print(to_text(wording.to_judgement(claim.judgement), style))
    if entry.withdrawn:
        console.print(to_text(f"withdrawn: {' '.join(entry.withdrawn.split())} - it counts no more", "bold red"))
    if entry.replaced_by:
        words = f"replaced: report {entry.replaced_by} is a newer version - this one counts no more"
        console.print(Text(words, style="yellow"))


def _find_ties(claim: Claim, claims: Sequence[Claim]) -> Iterator[tuple[str, str]]:
    """The claims that this one is tied to, and those that are tied to it."""
    for link in claim.relates_to:
        yield wording.to_relation(link), _to_tied(link.claim_id, claims)
    for other in claims:
        for link in other.relates_to:
            if link.claim_id == claim.claim_id:
                yield "named by", f"{_to_tied(other.claim_id, claims)} as its “{wording.to_relation(link)}”"


def _to_tied(claim_id: str, claims: Sequence[Claim]) -> str:
    found = next((each for each in claims if each.claim_id == claim_id), None)
    words = f"{wording.to_figure(found)} {wording.to_what(found)}, " if found else ""
    return f"{words}claim {claim_id}"


def show_history(console: Console, history: Sequence[Remark], standing: Judgement | None) -> None:
    """Writes what persons said of a claim and took back, oldest first."""
    rows = [_to_remark(remark) for remark in history]
    if standing and all(remark.judgement_id != standing.judgement_id for remark in history):
        # Given to the same words in an older run, and carried over by them.
        rows.append((standing.judgement_id, Text.assemble(_to_verdict_text(standing), "; of an older run's claim")))
    console.print(Text("judged by" if rows else "judged by nobody yet", style="bold"))
    for name, words in rows:
        console.print(Padding(Text.assemble((f"{name}  ", "dim"), words), (0, 2, 0, 2)))


def _to_verdict_text(judgement: Judgement) -> Text:
    return to_text(wording.to_judgement(judgement), VERDICT_STYLE[judgement.verdict])


def _to_remark(remark: Remark) -> tuple[str, Text]:
    judgement = to_judgement(remark)
    if remark.withdrawn is None:
        return remark.judgement_id, _to_verdict_text(judgement)
    taken = f"; taken back: {' '.join(remark.withdrawn.split())}"
    return remark.judgement_id, Text.assemble(to_text(wording.to_judgement(judgement), "dim strike"), to_text(taken))


# ---------------------------------------------------------------- a report


def show_report(console: Console, found: ReportEntry, versions: Sequence[Version]) -> None:
    """Writes a report: where it comes from, its text with every claim's words marked, the list of claims."""
    report = found.report
    console.print(to_text(wording.to_title(report), "bold"))
    console.print(to_text(wording.to_dateline(report), "dim"))
    if found.withdrawn:
        console.print(to_text(f"withdrawn: {' '.join(found.withdrawn.split())} - it counts no more", "bold red"))
    if found.replaced_by:
        words = f"replaced: report {found.replaced_by} is a newer version - this one counts no more"
        console.print(Text(words, style="yellow"))
    console.print()
    styles = {str(status): style for status, style in STATUS_STYLE.items()}
    for line in to_marked_report(report, found.claims, ID_SIZE, styles).split("\n"):
        console.print(Padding(line, (0, 2, 1, 2)))
    if found.claims:
        console.print(to_table(found.claims, wide=console.width >= WIDE, ids=True))
        for claim_id, why in found.withdrawn_claims.items():
            console.print(to_text(f"{claim_id[:ID_SIZE]} is withdrawn: {' '.join(why.split())}", "bold red"))
    else:
        console.print(to_text(f"no claims: {found.reason or 'nothing counted in it'}", "italic"))
    console.print()
    _show_rows(console, "where it comes from", _to_descent(found, versions))
    _show_rows(console, "read by", [("run", f"{found.run_id}, added {wording.to_day(found.added_at)}")])


def _to_descent(found: ReportEntry, versions: Sequence[Version]) -> Iterator[tuple[str, str]]:
    report = found.report
    yield "publisher", report.publisher or "not given"
    for name, value in (("title", report.title), ("by", report.byline), ("address", report.url)):
        if value:
            yield name, value
    yield "published", wording.to_dateline(report).rpartition(" · ")[2]
    if report.modified:
        yield "modified", wording.to_day(report.modified)
    yield "report", report.report_id + (f", its own id {report.external_id}" if report.external_id else "")
    yield "reader", report.reader
    yield from (("found at" if not number else "and at", origin) for number, origin in enumerate(found.origins))
    yield "raw bytes", f"sha256 {found.raw_sha256}" if found.raw_sha256 else "not kept"
    if len(versions) > 1:
        for number, version in enumerate(versions, 1):
            here = " ← this one" if version.report_id == report.report_id else ""
            day = wording.to_day(version.published or version.added_at)
            yield f"version {number}", f"{version.report_id}, {day}{here}"
    if report.rights:
        yield "rights", report.rights


def _show_rows(console: Console, heading: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, words in rows:
        table.add_row(Text(name), to_text(" ".join(words.split())))
    console.print(Text(heading, style="bold"))
    console.print(Padding(table, (0, 0, 1, 2)))


# ---------------------------------------------------------------- for machines


def to_shown_record(shown: Shown) -> dict[str, object]:
    """Turns a claim and what stands around it into a JSON record."""
    return {
        **to_entry_record(shown.entry),
        "history": [_to_remark_record(remark) for remark in shown.history],
        "versions": [_to_version_record(version) for version in shown.versions],
    }


def to_found_record(found: ReportEntry, versions: Sequence[Version]) -> dict[str, object]:
    """Turns a report and its claims into a JSON record."""
    return {
        "report": to_report_record(found.report),
        "claims": [to_record(claim) for claim in found.claims],
        "reason": found.reason,
        "run_id": found.run_id,
        "added_at": found.added_at,
        "origins": list(found.origins),
        "raw_sha256": found.raw_sha256,
        "replaces": list(found.replaces),
        "replaced_by": found.replaced_by,
        "withdrawn": found.withdrawn,
        "withdrawn_claims": dict(found.withdrawn_claims),
        "versions": [_to_version_record(version) for version in versions],
    }


def _to_remark_record(remark: Remark) -> dict[str, object]:
    return {
        "judgement_id": remark.judgement_id,
        "verdict": str(remark.verdict),
        "by": remark.by,
        "why": remark.why,
        "at": remark.at,
        "changes": dict(remark.changes),
        "withdrawn": remark.withdrawn,
    }


def _to_version_record(version: Version) -> dict[str, object]:
    return {
        "report_id": version.report_id,
        "published": version.published,
        "title": version.title,
        "added_at": version.added_at,
    }
