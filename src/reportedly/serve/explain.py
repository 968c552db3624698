"""Stage 8 of 8. In: a claim's id and where it was written. Out: why it says what it says.

The words, each field, each rule with file and line: a row of the lexicon, or the place in
the code where the rule's name stands.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from reportedly.errors import ReadError
from reportedly.lexicon import Lexicon
from reportedly.model import Claim, Judgement, Report
from reportedly.record.export.jsonl import from_record, from_report_record, read_records
from reportedly.serve import wording

if TYPE_CHECKING:
    from reportedly.record.entries import Entry
    from reportedly.record.judging import Remark

PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a file of claims holds; `reports` only where the file carries their words."""

    claims: tuple[Claim, ...]
    reports: Mapping[str, Report] = field(default_factory=dict)


def read_file(path: str, stdin: IO[bytes]) -> str:
    """Reads a file of claims, or standard input where the path is `-`.

    Raises:
        ReadError: it cannot be read or is no UTF-8.
    """
    try:
        return (stdin.read() if path == "-" else Path(path).read_bytes()).decode("utf-8-sig")
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=path) from None
    except UnicodeDecodeError:
        raise ReadError("not UTF-8 text", where=path, hint="give what `reportedly read` wrote") from None


def read_written(text: str, *, where: str) -> Written:
    """Reads claims from what `reportedly read` wrote as `jsonl` or `json`.

    Raises:
        ReadError: it is neither.
    """
    if text.lstrip()[:8].replace(" ", "").startswith('{"run":'):
        try:
            whole = json.loads(text)
            entries = whole["reports"]
            reports = [from_report_record(entry["report"]) for entry in entries]
            claims = tuple(from_record(record) for entry in entries for record in entry["claims"])
        except (ValueError, KeyError, TypeError) as error:
            raise ReadError(f"not what `reportedly read --format json` writes: {error}", where=where) from None
        return Written(claims=claims, reports={report.report_id: report for report in reports})
    return Written(claims=tuple(read_records(text.split("\n"), where=where)))


def find_claim(claims: Sequence[Claim], wanted: str) -> Claim:
    """Finds a claim by its id or the beginning of it.

    Raises:
        ReadError: no claim has it, or several begin so.
    """
    found = {claim.claim_id: claim for claim in claims if claim.claim_id.startswith(wanted.lower())}
    if len(found) == 1 or wanted in found:
        return found.get(wanted) or next(iter(found.values()))
    if found:
        raise ReadError(f"{len(found)} claims begin with {wanted!r}", hint=f"such as {', '.join(list(found)[:3])}")
    ids = {claim.claim_id for claim in claims}
    near = difflib.get_close_matches(wanted.lower(), ids, 1, 0.5) or difflib.get_close_matches(
        wanted.lower(), {name[: len(wanted)] for name in ids}, 1, 0.5
    )
    hint = f"did you mean {near[0]}?" if near else "the first field of `reportedly read --evidence` is an id"
    raise ReadError(f"none of {wording.to_count(len(ids), 'claim')} has the id {wanted!r}", hint=hint)


def find_text(claim: Claim, texts: Iterable[str]) -> str | None:
    """Finds the text that a claim was made from: the one that holds its evidence."""
    at = claim.evidence
    return next((text for text in texts if text[at.start : at.end] == at.text), None)


# ---------------------------------------------------------------- in words


def explain_claim(claim: Claim, lexicon: Lexicon, text: str | None = None) -> Iterator[str]:
    """Explains a claim line by line.

    Args:
        claim: the claim.
        lexicon: to find the rows of its rules in.
        text: the report's text where it is at hand, for the sentence.
    """
    at = claim.evidence
    yield f"claim {claim.claim_id} of report {claim.external_id or claim.report_id}"
    yield ""
    if text is None:
        yield f"  [{' '.join(at.text.split())}]"
        yield "  (the claim holds these words alone; --report FILE or the json format gives the sentence)"
    else:
        sentence = (text[at.sentence_start : at.start], f"[{at.text}]", text[at.end : at.sentence_end])
        yield "  " + " ".join("".join(sentence).split())
    yield f"  letters {at.start} to {at.end}, sentence {at.sentence_start} to {at.sentence_end}"
    yield ""
    rows = list(explain_fields(claim))
    width = max(len(name) for name, _ in rows)
    yield from (f"  {name:<{width}}  {words}" for name, words in rows)
    yield ""
    yield "  rules" if claim.rules else "  no rules are on record"
    for rule in claim.rules:
        yield from (f"    {line}" for line in explain_rule(rule, lexicon))


def explain_recorded(entry: Entry, history: Sequence[Remark], lexicon: Lexicon) -> Iterator[str]:
    """Explains a claim of the ledger line by line: the same, then which run made it and what persons said."""
    yield from explain_claim(entry.claim, lexicon, entry.report.text)
    yield ""
    yield f"  made by {wording.to_run_words(entry.run)}"
    if entry.run.lexicon != lexicon.digest:
        yield "  (rules are shown as they stand in today's lexicon, which is another)"
    if entry.withdrawn:
        yield f"  withdrawn: {' '.join(entry.withdrawn.split())}"
    if entry.replaced_by:
        yield f"  the report was replaced by its newer version {entry.replaced_by}"
    yield ""
    yield "  judged by" if history else "  judged by nobody yet"
    for remark in history:
        taken = "" if remark.withdrawn is None else f"; taken back: {' '.join(remark.withdrawn.split())}"
        yield f"    {wording.to_judgement(to_judgement(remark))}{taken}"


def to_judgement(remark: Remark) -> Judgement:
    """Makes a judgement for showing, each amended field with its value: `measure = killed`."""
    return Judgement(
        judgement_id=remark.judgement_id,
        verdict=remark.verdict,
        by=remark.by,
        why=remark.why,
        at=remark.at,
        amended=tuple(f"{name} = {wording.to_value(value)}" for name, value in remark.changes.items()),
    )


def explain_fields(claim: Claim, *, ties: bool = True) -> Iterator[tuple[str, str]]:
    """Says each answer of a claim in words: name and answer; its ties to other claims only if asked for."""
    yield "what", wording.to_what(claim) or "not said"
    if claim.quantity:
        quantity = claim.quantity
        hedge = f", hedged by “{quantity.hedge}”" if quantity.hedge else ""
        yield "figure", f"{wording.to_figure(claim)} ({quantity.role}, {quantity.approx}, {quantity.unit}{hedge})"
    if claim.event:
        mode = f", {claim.event.mode}" if claim.event.mode else ""
        yield "event", f"{claim.event.type}{mode} (“{claim.event.trigger.text}”)"
    yield "status", f"{claim.status}: {wording.STATUS_MEANING[claim.status]}"
    yield "factuality", f"{claim.factuality}: {wording.FACTUALITY_MEANING[claim.factuality]}"
    for name, actor in (("whose", claim.actor), ("to whom", claim.recipient)):
        if actor:
            details = ", ".join(part for part in (actor.country, actor.code) if part)
            yield name, f"{wording.to_whose(actor)}{f' ({details})' if details else ''}, from “{actor.text}”"
        elif name == "whose":
            yield name, "not said"
    place, time = claim.place, claim.time
    where = f"{wording.to_where(place)} ({place.precision or 'place'}), from “{place.text}”" if place else "not said"
    yield "where", where
    yield "when", f"{wording.to_when(time)} ({wording.to_when_basis(time)})" if time else "not said"
    chain = [wording.to_source_words(source) for source in claim.sources]
    yield "who says so", chain[0] if chain else "the publisher, on its own account"
    yield from (("  citing", words) for words in chain[1:])
    if ties:
        yield from ((wording.to_relation(link), f"claim {link.claim_id}") for link in claim.relates_to)
    yield "confidence", f"{claim.confidence:.2f}"


# ---------------------------------------------------------------- rules


def explain_rule(rule: str, lexicon: Lexicon) -> list[str]:
    """Says where a rule stands, file and line, and what it is for."""
    row = lexicon.find_rule(rule)
    if row is not None:
        # A row of a person's own tables says where those lie.
        stands = row.where if Path(row.where).is_absolute() else f"lexicon/{row.where}"
        return [f"{rule}  {stands}", f"    {row.example}"]
    place = find_literal(rule)
    if place is None:
        return [f"{rule}  (not in this version's lexicon or code)"]
    path, line, purpose = place
    return [f"{rule}  {path}:{line}", *([f"    {purpose}"] if purpose else [])]


def find_literal(rule: str, package: Path = PACKAGE) -> tuple[str, int, str] | None:
    """Finds a rule's name in the package's own files, whole or with its last part filled in.

    Returns:
        The file (relative to the package's parent), the line, and the first line of the
        docstring of the function around it; None where the name stands nowhere.
    """
    family = rule.rpartition(".")[0] + ".{"
    for matches, sign in ((_is_literal, rule), (_is_pattern, family)):
        for path in sorted(package.rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if sign not in source:
                continue
            tree = ast.parse(source)
            for node in ast.walk(tree):
                if isinstance(node, ast.expr) and matches(node, rule):
                    return path.relative_to(package.parent).as_posix(), node.lineno, _find_purpose(tree, node.lineno)
    return None


def _is_literal(node: ast.expr, rule: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == rule


def _is_pattern(node: ast.expr, rule: str) -> bool:
    """Whether a formatted string such as f"en.place.{relation}" can have made the rule."""
    if not isinstance(node, ast.JoinedStr):
        return False
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
    return re.fullmatch("".join(parts), rule) is not None


def _find_purpose(tree: ast.Module, line: int) -> str:
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not around:
        return wording.to_short((ast.get_docstring(tree) or "").split("\n\n")[-1], 160)
    inner = max(around, key=lambda node: node.lineno)
    return wording.to_short((ast.get_docstring(inner) or "").split("\n\n")[0], 160) or f"in {inner.name}"
