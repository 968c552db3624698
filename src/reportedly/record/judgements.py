"""Stage 6 of 8. In: Claim, and what persons said of it. Out: Claim with their values.

A judgement is held to the evidence: it stands for the claim of that id, else for the claim of the
same kind whose figure overlaps the judged one, so that it survives a run that reads the report anew.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from reportedly import vocab
from reportedly.errors import LedgerError, ReadError
from reportedly.model import Claim, Judgement, to_id
from reportedly.record.export.jsonl import from_record, order_fields, to_record
from reportedly.record.rows import to_storable
from reportedly.record.sql import judgements, withdrawals
from reportedly.vocab import Verdict

#: Fields that say which words a claim is, or which program made it: nobody's to amend.
FIXED = ("schema", "external_id", "claim_id", "report_id", "kind", "evidence", "rules", "run_id", "judgement",
         "relates_to")  # fmt: skip

_TYPE_WORDS = {"str": "text", "float": "a number", "int": "a whole number", "bool": "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement with the evidence that it is held to. `changes` maps dotted fields to JSON values.

    A figure that stands for several places gives several claims on the same words: `nth` says which.
    """

    judgement: Judgement
    claim_id: str
    report_no: int
    kind: str
    start: int
    end: int
    nth: int
    changes: Mapping[str, Any] = field(default_factory=dict)


def find_judged(connection: sa.Connection, report_nos: Sequence[int]) -> dict[int, list[Judged]]:
    """Finds the judgements that stand (were not taken back) by report, oldest first."""
    if not report_nos:
        return {}
    taken_back = sa.select(withdrawals.c.target_id).where(withdrawals.c.target == "judgement")
    chosen = (
        sa.select(judgements)
        .where(judgements.c.report_no.in_(report_nos), judgements.c.judgement_id.not_in(taken_back))
        .order_by(judgements.c.judgement_no)
    )
    found: dict[int, list[Judged]] = {}
    for row in connection.execute(chosen).mappings():
        found.setdefault(row["report_no"], []).append(from_judgement_row(row))
    return found


def from_judgement_row(row: Mapping[Any, Any]) -> Judged:
    """Makes a judgement again from its row."""
    changes = json.loads(row["changes"])
    return Judged(
        judgement=Judgement(
            judgement_id=row["judgement_id"],
            verdict=Verdict(row["verdict"]),
            by=row["by"],
            why=row["why"],
            at=row["at"],
            amended=tuple(changes),
        ),
        claim_id=row["claim_id"],
        report_no=row["report_no"],
        kind=row["kind"],
        start=row["start"],
        end=row["end"],
        nth=row["nth"],
        changes=changes,
    )


def match_judged(claims: Sequence[Claim], judged: Sequence[Judged]) -> tuple[dict[str, list[Judged]], list[Judged]]:
    """Matches judgements with the claims of one coding.

    Returns:
        The judgements by claim id, oldest first, and those whose claim is not there any more.
    """
    ids = {claim.claim_id for claim in claims}
    matched: dict[str, list[Judged]] = {}
    lost: list[Judged] = []
    for each in judged:
        found = each.claim_id if each.claim_id in ids else _find_near(claims, each)
        if found is None:
            lost.append(each)
        else:
            matched.setdefault(found, []).append(each)
    return matched, lost


def _find_near(claims: Sequence[Claim], judged: Judged) -> str | None:
    spans: dict[tuple[int, int], list[str]] = {}
    for claim in claims:
        at = claim.evidence
        if claim.kind == judged.kind and at.start < judged.end and judged.start < at.end:
            spans.setdefault((at.start, at.end), []).append(claim.claim_id)
    same = spans.get((judged.start, judged.end)) or next(iter(spans.values()), [])
    return same[judged.nth] if judged.nth < len(same) else None


def find_nth(claims: Sequence[Claim], claim_id: str) -> int:
    """Counts the claims of a coding on the same words that stand before one of them."""
    claim = next(each for each in claims if each.claim_id == claim_id)
    span = (claim.kind, claim.evidence.start, claim.evidence.end)
    same = [each.claim_id for each in claims if (each.kind, each.evidence.start, each.evidence.end) == span]
    return same.index(claim_id)


def group_lost(lost: Sequence[Judged]) -> list[list[Judged]]:
    """Groups judgements whose claim is not there any more: those of one claim, whatever id it had, together."""
    groups: list[list[Judged]] = []
    for each in lost:
        same = next((group for group in groups if any(_is_same(other, each) for other in group)), None)
        if same is None:
            groups.append([each])
        else:
            same.append(each)
    return groups


def _is_same(one: Judged, two: Judged) -> bool:
    overlap = one.start < two.end and two.start < one.end
    return one.claim_id == two.claim_id or (one.kind == two.kind and overlap and one.nth == two.nth)


def merge_changes(judged: Sequence[Judged], more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Merges amendments: of each field the latest value, also of one that a later value of its whole covers."""
    merged: dict[str, Any] = {}
    for changes in (*(each.changes for each in judged), more or {}):
        for name, value in changes.items():
            covered = [known for known in merged if known == name or known.startswith(f"{name}.")]
            for known in covered:
                del merged[known]
            merged[name] = value  # at the end: what was said later is applied later
    return merged


def apply_judged(claim: Claim, judged: Sequence[Judged]) -> Claim:
    """Gives a claim what persons said of it: each field the latest value, and the latest verdict.

    A value that a later run's claim cannot take any more (its place, where it found none) is left out;
    the others and the verdict stand.
    """
    if not judged:
        return claim
    amended, taken = claim, []
    for name, value in merge_changes(judged).items():
        try:
            amended = amend_claim(amended, {name: value})
        except LedgerError:
            continue
        taken.append(name)
    return replace(amended, judgement=replace(judged[-1].judgement, amended=tuple(taken)))


def amend_claim(claim: Claim, changes: Mapping[str, Any]) -> Claim:
    """Changes fields of a claim, named with dots (`quantity.low`, `sources.0.name`, `place`).

    Raises:
        LedgerError: there is no such field, it may not be amended, or it does not take the value.
    """
    record: Any = to_record(claim)
    for name, value in changes.items():
        _set(record, name, value)
    try:
        return from_record(record)
    except ReadError as error:
        raise _to_refusal(error.message.removeprefix("not a claim record: "), changes) from None


def _set(record: Any, name: str, value: Any) -> None:
    first, *rest = name.split(".")
    if not _is_plain(value):
        raise LedgerError(f"no value for a field: {name}={value!r}", hint="give text, a finite number, null or JSON")
    if first not in order_fields(Claim):
        raise LedgerError(f"a claim has no field {first!r}", hint=_to_near(first, first, order_fields(Claim)))
    if first in FIXED:
        raise LedgerError(f"the field {first!r} is not a person's to amend", hint="reject the claim instead")
    at: Any = record
    for depth, part in enumerate((first, *rest)):
        last = depth == len(rest)
        at = _step(at, part, name, value, last=last)


def _step(at: Any, part: str, name: str, value: Any, *, last: bool) -> Any:
    if isinstance(at, list):
        if not part.lstrip("-").isdecimal() or not -len(at) <= int(part) < len(at):
            raise LedgerError(f"there is no {part!r} in {name!r}", hint=f"it has {len(at)} entries, counted from 0")
        if last:
            at[int(part)] = value
        return at[int(part)]
    if not isinstance(at, dict):
        raise LedgerError(f"there is nothing below {name!r} in this claim", hint="give the whole object as JSON")
    if part not in at:
        raise LedgerError(f"there is no field {name!r}", hint=_to_near(name, part, at))
    if last:
        at[part] = value
    return at[part]


def _to_near(name: str, part: str, known: Iterable[str]) -> str:
    """Says which field may have been meant, by its whole name."""
    near = difflib.get_close_matches(part, list(known), 1)
    return f"did you mean {name.replace(part, near[0])!r}?" if near else f"there are {', '.join(known)}"


def _is_plain(value: Any) -> bool:
    """Whether JSON and every database can hold a value."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_plain(each) for name, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, str):
        return to_storable(value) == value
    # Whole numbers beyond a double's range are none that a column holds.
    return value is None or (isinstance(value, bool | int | float) and -1e300 < value < 1e300)


def _to_refusal(said: str, changes: Mapping[str, Any]) -> LedgerError:
    """Says in plain words why a claim does not take some values."""
    given = f"given: {', '.join(f'{name}={json.dumps(value)}' for name, value in changes.items())}"
    wrong = re.fullmatch(r"(.+) is not a valid (\w+)", said)
    if wrong and hasattr(vocab, wrong[2]):
        words = ", ".join(getattr(vocab, wrong[2]))
        return LedgerError(f"the claim does not take {wrong[1]} as its {wrong[2].lower()}", hint=f"one of {words}")
    for name, word in _TYPE_WORDS.items():
        said = re.sub(rf"is not {name}$", f"is not {word}", said)
    return LedgerError(f"the claim does not take this: {said}", hint=given)


def from_written(pairs: Sequence[str]) -> dict[str, Any]:
    """Reads `FIELD=VALUE` pairs; a value is JSON where it can be (`1700`, `null`, `{...}`), else text.

    Raises:
        LedgerError: a pair has no `=`.
    """
    changes: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip():
            raise LedgerError(f"not FIELD=VALUE: {pair!r}", hint="such as measure=killed or quantity.low=1200")
        try:
            changes[name.strip()] = json.loads(value.replace(",", "") if _is_grouped(value) else value)
        except ValueError:
            changes[name.strip()] = value
    return changes


def _is_grouped(value: str) -> bool:
    head, *groups = value.strip().split(",")
    return bool(groups) and head.isdecimal() and all(len(group) == 3 and group.isdecimal() for group in groups)


def to_judgement_row(
    number: int,
    claim: Claim,
    report_no: int,
    nth: int,
    verdict: Verdict,
    changes: Mapping[str, Any],
    who: Mapping[str, str],
) -> dict[str, Any]:
    """Makes the row of a judgement; `who` has `by`, `why` and `at`."""
    return {
        "judgement_no": number,
        "judgement_id": to_id("judgement", number, claim.claim_id, verdict, json.dumps(changes), *who.values()),
        "claim_id": claim.claim_id,
        "report_no": report_no,
        "kind": claim.kind,
        "start": claim.evidence.start,
        "end": claim.evidence.end,
        "nth": nth,
        "verdict": verdict,
        "changes": json.dumps(changes, ensure_ascii=False),
        **who,
    }
