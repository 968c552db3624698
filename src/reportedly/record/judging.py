"""Stage 6 of 8. In: what a person says of a claim. Out: rows that stand beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from reportedly.errors import LedgerError
from reportedly.model import to_id
from reportedly.record.answers import find_claim_id
from reportedly.record.current import read_claims, refresh
from reportedly.record.judgements import (
    amend_claim,
    apply_judged,
    find_judged,
    find_nth,
    from_judgement_row,
    match_judged,
    to_judgement_row,
)
from reportedly.record.queries import begins_with, check_word
from reportedly.record.rows import from_claim_row, to_storable
from reportedly.record.sql import claims, codings, judgements, reports, withdrawals
from reportedly.record.writing import number_after
from reportedly.vocab import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A judgement whose words were checked, not yet held against its claim."""

    verdict: Verdict
    by: str
    why: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that a person said of a claim; `withdrawn` is why it was taken back."""

    judgement_id: str
    verdict: Verdict
    by: str
    why: str
    at: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    withdrawn: str | None = None


def to_checked(verdict: str, by: str, why: str, changes: Mapping[str, Any]) -> Checked:
    """Checks the words of a judgement.

    Raises:
        LedgerError: nobody judges, no reason is given, or values are given where none belong.
    """
    word = Verdict(check_word(verdict, list(Verdict)))
    _check_person(by, why)
    if (word is Verdict.AMEND) != bool(changes):
        hint = "`reportedly judge CLAIM amend FIELD=VALUE`"
        raise LedgerError("amend needs values" if word is Verdict.AMEND else f"{word} takes no values", hint=hint)
    return Checked(verdict=word, by=_to_words(by), why=_to_words(why), changes=changes)


def _check_person(by: str, why: str) -> None:
    if not by.strip():
        raise LedgerError("a judgement needs a name", hint="--by NAME")
    if not why.strip():
        raise LedgerError("a judgement needs a reason", hint="--why TEXT")


def _to_words(text: str) -> str:
    return (to_storable(text) or "").strip()


def record_judgement(connection: sa.Connection, claim: str, made: Checked, now: str) -> str:
    """Records a judgement of a claim, and returns the claim's id.

    Raises:
        LedgerError: there is no such claim, or it does not take the values.
    """
    claim_id = find_claim_id(connection, claim)
    chosen = (
        sa.select(claims.c.record, codings.c.report_no, codings.c.coding_no)
        .join(codings, codings.c.coding_no == claims.c.coding_no)
        .where(claims.c.claim_id == claim_id)
        .order_by(claims.c.claim_no.desc())
    )
    row = connection.execute(chosen).first()
    assert row is not None
    found, report_no = from_claim_row(row[0]), row[1]
    beside = [each for _, each in read_claims(connection, [row[2]])[row[2]]]
    standing, _ = match_judged(beside, find_judged(connection, [report_no]).get(report_no, ()))
    before = apply_judged(found, standing.get(claim_id, ()))
    amend_claim(before, made.changes)  # refuses what the claim as it stands does not take
    number = next(number_after(connection, judgements.c.judgement_no))
    who = {"by": made.by, "why": made.why, "at": now}
    nth = find_nth(beside, claim_id)
    judgement = to_judgement_row(number, found, report_no, nth, made.verdict, made.changes, who)
    connection.execute(sa.insert(judgements), [judgement])
    refresh(connection, [report_no])
    return claim_id


def record_withdrawal(connection: sa.Connection, target: str, by: str, why: str, now: str) -> tuple[str, str]:
    """Records that a claim, a report or a judgement is taken back.

    Raises:
        LedgerError: nothing or several things have this id.
    """
    _check_person(by, why)
    kind, target_id, report_no = find_target(connection, target)
    taken = sa.select(withdrawals.c.why).where(withdrawals.c.target == kind, withdrawals.c.target_id == target_id)
    before = connection.execute(taken).scalars().first()
    if before is not None:
        raise LedgerError(f"this {kind} was taken back already: {before}", where=target_id)
    number = next(number_after(connection, withdrawals.c.withdrawal_no))
    row = {
        "withdrawal_no": number,
        "withdrawal_id": to_id("withdrawal", number, target_id, by, why, now),
        "target": kind,
        "target_id": target_id,
        "by": _to_words(by),
        "why": _to_words(why),
        "at": now,
    }
    connection.execute(sa.insert(withdrawals), [row])
    refresh(connection, [report_no])
    return kind, target_id


def find_target(connection: sa.Connection, target: str) -> tuple[str, str, int]:
    """Finds what an id or its beginning names: claim, report or judgement, the whole id, its report's number.

    Raises:
        LedgerError: nothing or several things have this id.
    """
    value, dialect = target.strip().lower(), connection.dialect.name
    by_claim = sa.select(claims.c.claim_id, codings.c.report_no).join(codings).distinct()
    found: list[tuple[str, str, int]] = []
    for kind, column, chosen in (
        ("claim", claims.c.claim_id, by_claim),
        ("report", reports.c.report_id, sa.select(reports.c.report_id, reports.c.report_no)),
        ("judgement", judgements.c.judgement_id, sa.select(judgements.c.judgement_id, judgements.c.report_no)),
    ):
        rows = connection.execute(chosen.where(begins_with(column, value, dialect)).limit(3)) if value else ()
        found += [(kind, name, number) for name, number in rows]
    if not found:
        raise LedgerError(f"no claim, report or judgement has the id {target!r}", hint="`reportedly claims` lists ids")
    exact = [each for each in found if each[1] == value] or found
    if len(exact) > 1:
        names = ", ".join(f"{kind} {name}" for kind, name, _ in exact[:3])
        raise LedgerError(f"several begin with {target!r}", hint=f"such as {names}")
    return exact[0]


def read_history(connection: sa.Connection, claim: str) -> list[Remark]:
    """Reads what persons said of a claim, also what was taken back, oldest first.

    Raises:
        LedgerError: there is no such claim.
    """
    claim_id = find_claim_id(connection, claim)
    place = (
        sa.select(codings.c.coding_no, codings.c.report_no)
        .join(claims, claims.c.coding_no == codings.c.coding_no)
        .where(claims.c.claim_id == claim_id)
        .order_by(claims.c.claim_no.desc())
    )
    coding_no, report_no = connection.execute(place).all()[0]
    taken_back = sa.and_(withdrawals.c.target == "judgement", withdrawals.c.target_id == judgements.c.judgement_id)
    chosen = (
        sa.select(judgements, withdrawals.c.why.label("withdrawn"))
        .outerjoin(withdrawals, taken_back)
        .where(judgements.c.report_no == report_no)
        .order_by(judgements.c.judgement_no)
    )
    rows = connection.execute(chosen).mappings().all()
    beside = [each for _, each in read_claims(connection, [coding_no])[coding_no]]
    # Said of an older run's claim on the same words, it was said of this one.
    matched, _ = match_judged(beside, [from_judgement_row(row) for row in rows])
    meant = {each.judgement.judgement_id for each in matched.get(claim_id, ())}
    return [
        Remark(
            judgement_id=row["judgement_id"],
            verdict=Verdict(row["verdict"]),
            by=row["by"],
            why=row["why"],
            at=row["at"],
            changes=json.loads(row["changes"]),
            withdrawn=row["withdrawn"],
        )
        for row in rows
        if row["claim_id"] == claim_id or row["judgement_id"] in meant
    ]
