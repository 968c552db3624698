"""Stage 6 of 8. In: the ledger's rows. Out: the views that questions are asked of.

What counts of a report is the claims of its latest coding, as persons judged them, unless a newer
version replaced it or it was taken back; and a claim of an older coding that a person held to be right
and that the latest does not have. Nothing here is knowledge of its own: `rebuild` makes it anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from reportedly.model import Claim
from reportedly.record.judgements import Judged, apply_judged, find_judged, group_lost, match_judged
from reportedly.record.rows import Row, fold, from_claim_row, to_current_row
from reportedly.record.sql import (
    claims,
    codings,
    current_claims,
    current_reports,
    names,
    replacements,
    reports,
    withdrawals,
)
from reportedly.vocab import Verdict

#: Reports whose views are made at once.
CHUNK = 200

type Coded = Mapping[int, Sequence[tuple[int, Claim]]]


def refresh(connection: sa.Connection, report_nos: Sequence[int], coded: Coded | None = None) -> None:
    """Makes the views of some reports anew.

    Args:
        connection: a writer's.
        report_nos: the reports whose codings, versions, judgements or withdrawals changed.
        coded: claims that are at hand, by the number of their coding: they need not be read again.
    """
    for chunk in itertools.batched(sorted(set(report_nos)), CHUNK):
        for table in (current_claims, current_reports):
            connection.execute(sa.delete(table).where(table.c.report_no.in_(chunk)))
        standing = _find_standing(connection, chunk)
        if not standing:
            continue
        at_hand = dict(coded or {})
        missing = [row["coding_no"] for row in standing if row["coding_no"] not in at_hand]
        at_hand |= read_claims(connection, missing)
        judged = find_judged(connection, chunk)
        taken_back = _find_withdrawn(connection, standing)
        rows = []
        for each in standing:
            said = judged.get(each["report_no"], ())
            found = _judge(connection, at_hand.get(each["coding_no"], ()), said)
            rows += [
                to_current_row(number, each["report_no"], claim, each["publisher"], each["published"])
                for number, claim in found
                if claim.claim_id not in taken_back
            ]
        connection.execute(
            sa.insert(current_reports),
            [{"report_no": row["report_no"], "coding_no": row["coding_no"]} for row in standing],
        )
        if rows:
            connection.execute(sa.insert(current_claims), rows)
            _record_names(connection, rows)


def rebuild(connection: sa.Connection) -> int:
    """Makes all views anew; returns how many claims count."""
    for table in (current_claims, current_reports, names):
        connection.execute(sa.delete(table))
    refresh(connection, connection.execute(sa.select(reports.c.report_no)).scalars().all())
    return connection.execute(sa.select(sa.func.count()).select_from(current_claims)).scalar_one()


def is_replaced(report_no: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a report was replaced by a newer version, and did not come back since."""
    by, back = replacements.alias(), replacements.alias()
    came_back = sa.exists().where(back.c.report_no == by.c.replaces, back.c.replacement_no > by.c.replacement_no)
    return sa.exists().where(by.c.replaces == report_no, sa.not_(came_back))


def _find_standing(connection: sa.Connection, report_nos: Sequence[int]) -> list[Row]:
    """The reports that count, each with its latest coding."""
    latest = (
        sa.select(codings.c.report_no, sa.func.max(codings.c.coding_no).label("coding_no"))
        .where(codings.c.report_no.in_(report_nos))
        .group_by(codings.c.report_no)
        .subquery()
    )
    withdrawn = sa.select(withdrawals.c.target_id).where(withdrawals.c.target == "report")
    chosen = (
        sa.select(latest.c.report_no, latest.c.coding_no, reports.c.publisher, reports.c.published)
        .join(reports, reports.c.report_no == latest.c.report_no)
        .where(sa.not_(is_replaced(latest.c.report_no)), reports.c.report_id.not_in(withdrawn))
        .order_by(latest.c.report_no)
    )
    return [dict(row) for row in connection.execute(chosen).mappings()]


def read_claims(connection: sa.Connection, coding_nos: Sequence[int]) -> dict[int, list[tuple[int, Claim]]]:
    """Reads the claims of some codings with their numbers."""
    found: dict[int, list[tuple[int, Claim]]] = {}
    if coding_nos:
        chosen = (
            sa.select(claims.c.coding_no, claims.c.claim_no, claims.c.record)
            .where(claims.c.coding_no.in_(coding_nos))
            .order_by(claims.c.claim_no)
        )
        for coding_no, claim_no, record in connection.execute(chosen):
            found.setdefault(coding_no, []).append((claim_no, from_claim_row(record)))
    return found


def _find_withdrawn(connection: sa.Connection, standing: Sequence[Row]) -> frozenset[str]:
    """The ids of claims that were taken back; there are never many."""
    if not standing:
        return frozenset()
    chosen = sa.select(withdrawals.c.target_id).where(withdrawals.c.target == "claim")
    return frozenset(connection.execute(chosen).scalars())


def _record_names(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Adds the names that were not there; one that no claim has any more does no harm."""
    found = {row[column] for row in rows for column in ("actor", "place")} - {None}
    for some in itertools.batched(sorted(found), CHUNK):
        chosen = sa.select(names.c.name).where(names.c.name.in_(some))
        fresh = set(some).difference(connection.execute(chosen).scalars())
        if fresh:
            connection.execute(sa.insert(names), [{"name": name, "folded": fold(name)} for name in sorted(fresh)])


def _judge(
    connection: sa.Connection, numbered: Sequence[tuple[int, Claim]], judged: Sequence[Judged]
) -> Sequence[tuple[int, Claim]]:
    """The claims of a coding as persons judged them, and those that they keep from older codings."""
    if not judged:
        return numbered
    matched, lost = match_judged([claim for _, claim in numbered], judged)
    found = [(number, apply_judged(claim, matched.get(claim.claim_id, ()))) for number, claim in numbered]
    for group in group_lost(lost):
        if group[-1].judgement.verdict != Verdict.REJECT:
            number, claim = _read_latest(connection, group[-1].claim_id)
            found.append((number, apply_judged(claim, group)))
    return found


def _read_latest(connection: sa.Connection, claim_id: str) -> tuple[int, Claim]:
    chosen = sa.select(claims.c.claim_no, claims.c.record).where(claims.c.claim_id == claim_id)
    number, record = connection.execute(chosen.order_by(claims.c.claim_no.desc()).limit(1)).one()
    return number, from_claim_row(record)
