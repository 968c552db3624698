"""Stage 6 of 8. In: two runs. Out: Difference: the claims gained, lost and altered between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from reportedly.errors import LedgerError
from reportedly.model import Claim
from reportedly.record.export.jsonl import to_record
from reportedly.record.queries import begins_with
from reportedly.record.rows import from_claim_row
from reportedly.record.sql import claims, codings, runs

#: Fields that differ between any two runs, or follow from others.
_IGNORED = frozenset({"run_id", "claim_id", "judgement", "rules", "relates_to"})


class Change(StrEnum):
    """What became of a claim from one run to the other."""

    GAINED = "gained"
    LOST = "lost"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One claim that differs. `fields` are the names of the fields that do, where it was altered."""

    change: Change
    old: Claim | None = None
    new: Claim | None = None
    fields: tuple[str, ...] = ()


def find_differences(connection: sa.Connection, old: str, new: str) -> Iterator[Difference]:
    """Compares two runs over the reports that both coded, report by report, in the order of the text.

    Raises:
        LedgerError: there is no such run.
    """
    old_no, new_no = find_run_no(connection, old), find_run_no(connection, new)
    one, two = codings.alias(), codings.alias()
    both = (
        sa.select(one.c.coding_no, two.c.coding_no)
        .join(two, two.c.report_no == one.c.report_no)
        .where(one.c.run_no == old_no, two.c.run_no == new_no)
        .order_by(one.c.report_no)
    )
    for old_coding, new_coding in connection.execute(both).all():
        yield from compare_claims(_read(connection, old_coding), _read(connection, new_coding))


def find_run_no(connection: sa.Connection, run: str) -> int:
    """Finds a run's number by its id or its beginning.

    Raises:
        LedgerError: none or several have it.
    """
    chosen = sa.select(runs.c.run_no, runs.c.run_id).where(
        begins_with(runs.c.run_id, run.strip().lower(), connection.dialect.name)
    )
    found = connection.execute(chosen.limit(3)).all() if run.strip() else []
    if len(found) != 1:
        some = "several runs begin" if found else "no run begins"
        raise LedgerError(f"{some} with {run!r}", hint="`reportedly runs` lists them")
    number: int = found[0][0]
    return number


def compare_claims(old: Mapping[str, Claim], new: Mapping[str, Claim]) -> Iterator[Difference]:
    """Compares the claims of one report by two runs, each by its id.

    A claim of the same id is the same; else one of the same kind on the same words is, whose role changed.
    """
    pairs = {claim_id: claim_id for claim_id in old if claim_id in new}
    free = {_to_words(claim): claim_id for claim_id, claim in new.items() if claim_id not in pairs}
    for claim_id, claim in old.items():
        if claim_id not in pairs and _to_words(claim) in free:
            pairs[claim_id] = free.pop(_to_words(claim))
    found = [Difference(change=Change.LOST, old=claim) for key, claim in old.items() if key not in pairs]
    kept = set(pairs.values())
    found += [Difference(change=Change.GAINED, new=claim) for key, claim in new.items() if key not in kept]
    for old_id, new_id in pairs.items():
        before, after = to_record(old[old_id]), to_record(new[new_id])
        fields = tuple(name for name in before if name not in _IGNORED and before[name] != after[name])
        if fields:
            found.append(Difference(change=Change.ALTERED, old=old[old_id], new=new[new_id], fields=fields))
    yield from sorted(found, key=_to_place)


def _to_words(claim: Claim) -> tuple[str, int, int]:
    return claim.kind, claim.evidence.start, claim.evidence.end


def _to_place(difference: Difference) -> tuple[int, str]:
    claim = difference.new or difference.old
    assert claim is not None
    return claim.evidence.start, difference.change


def _read(connection: sa.Connection, coding_no: int) -> dict[str, Claim]:
    chosen = sa.select(claims.c.record).where(claims.c.coding_no == coding_no).order_by(claims.c.claim_no)
    found = [from_claim_row(record) for record in connection.execute(chosen).scalars()]
    return {claim.claim_id: claim for claim in found}
