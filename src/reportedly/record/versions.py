"""Stage 6 of 8. In: a report's id. Out: Version: the report and all that it replaced or that replaced it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from reportedly.record.current import is_replaced
from reportedly.record.sql import replacements, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a report: its id, its day of publication, its title, and when it was added."""

    report_id: str
    published: str | None
    title: str | None
    added_at: str


def find_versions(connection: sa.Connection, report_id: str) -> list[Version]:
    """Finds all versions of a report in the order in which they were replaced: the one that counts comes last."""
    chosen = sa.select(reports.c.report_no).where(reports.c.report_id == report_id)
    known = fresh = set(connection.execute(chosen).scalars())
    replaced: dict[int, int] = {}
    while fresh:
        touching = sa.select(replacements.c.report_no, replacements.c.replaces, replacements.c.replacement_no).where(
            sa.or_(replacements.c.report_no.in_(fresh), replacements.c.replaces.in_(fresh))
        )
        rows = connection.execute(touching).all()
        for _, older, number in rows:
            replaced[older] = max(number, replaced.get(older, 0))
        fresh = {number for newer, older, _ in rows for number in (newer, older)} - known
        known = known | fresh
    chosen_rows = sa.select(reports, is_replaced(reports.c.report_no).label("replaced"))
    found = connection.execute(chosen_rows.where(reports.c.report_no.in_(known))).mappings()
    ordered = sorted(found, key=lambda row: (not row["replaced"], replaced.get(row["report_no"], 0)))
    wanted = ("report_id", "published", "title", "added_at")
    return [Version(**{name: row[name] for name in wanted}) for row in ordered]
