"""Stage 6 of 8. In: what a person asks for. Out: the SQL that answers it.

Questions go to `current_claims`, with one index for each that is asked often. What happened last comes
first. Words are matched by the database's own full-text index.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from reportedly.errors import LedgerError
from reportedly.lexicon import load_lexicon
from reportedly.lexicon.gazetteer import find_countries
from reportedly.record.rows import fold
from reportedly.record.sql import claims, current_claims, current_reports, names, reports
from reportedly.vocab import Kind, Role, Status, Verdict

#: What a query may ask of persons' verdicts: `standing` leaves out what they rejected.
JUDGED = ("standing", "all", "judged", "unjudged", *Verdict)
#: As many reports as `about` ranks: the rest would be far down anyone's list.
MOST_ABOUT = 2_000
#: The newest so many are ranked: a word of 100,000 reports tells none from another (1.4 microseconds each).
MOST_RANKED = 20_000
_CODE = re.compile(r"[A-Z]{3}")
_ACTOR_CODE = re.compile(r"[A-Z]{3}(?:[A-Z]{3})+")
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
#: A claim of such a span of days has the columns' own bounds where it is open.
_LAST_DAYS = {4: "-12-31", 7: "-31", 10: ""}
_FIRST_DAYS = {4: "-01-01", 7: "-01", 10: ""}

now_ = current_claims.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for; all that is given must hold.

    Args:
        measure: an id of the codebook (`troops`).
        actor: a country's code, name or people, a PLOVER code (`USAMIL`), or words of the actor's name.
        place: a country's code or name, or words of the place's name.
        status: a status (`planned`).
        role: a role (`change`).
        kind: `quantity` or `event`.
        since: the first day, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: claims that hold then or later.
        until: the last day: claims that hold then or before. A claim that says no time counts for the
            day of publication.
        source: words of a source of the chain.
        publisher: the publisher, as it is written or its beginning.
        text: words that stand together in the claim's sentence.
        about: free words that the report is about; the best reports come first.
        report: a report's id or its beginning.
        claim: a claim's id or its beginning.
        judged: `standing` (not rejected), `all`, `judged`, `unjudged`, `accept`, `reject` or `amend`.
        min_confidence: from 0 to 1.
        limit: at most so many claims; None for all.
        offset: so many are passed over first.
    """

    measure: str | None = None
    actor: str | None = None
    place: str | None = None
    status: str | None = None
    role: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    source: str | None = None
    publisher: str | None = None
    text: str | None = None
    about: str | None = None
    report: str | None = None
    claim: str | None = None
    judged: str = "standing"
    min_confidence: float = 0.0
    limit: int | None = None
    offset: int = 0


def to_select(query: Query, dialect: str, *columns: Any) -> sa.Select[Any]:
    """Makes the statement of a query; it gives `claim_no` and the columns asked for.

    Raises:
        LedgerError: a value is none that the field can have.
    """
    if (query.limit or 0) < 0 or query.offset < 0:
        raise LedgerError("limit and offset cannot be less than 0")
    chosen = sa.select(now_.claim_no, *columns).select_from(current_claims)
    for condition in find_conditions(query, dialect):
        chosen = chosen.where(condition)
    if query.about:
        ranked = _rank_reports(query.about, dialect)
        chosen = chosen.join(ranked, ranked.c.report_no == now_.report_no)
        chosen = chosen.order_by(ranked.c.rank, now_.from_day.desc(), now_.claim_no)
    elif query.text or query.source:
        # In the index's own order, the newest rows first: a common word need not be found everywhere.
        chosen = chosen.order_by(now_.claim_no.desc())
    else:
        chosen = chosen.order_by(now_.from_day.desc(), now_.claim_no.desc())
    return chosen.limit(query.limit).offset(query.offset or None)


def find_conditions(query: Query, dialect: str) -> list[sa.ColumnElement[bool]]:
    """Finds the conditions of a query."""
    found: list[sa.ColumnElement[bool]] = []
    if query.measure:
        found.append(now_.measure == query.measure)
    for column, value, words in (
        (now_.status, query.status, list(Status)),
        (now_.role, query.role, list(Role)),
        (now_.kind, query.kind, list(Kind)),
    ):
        if value:
            found.append(column == check_word(value, words))
    if query.actor:
        found.append(_match_actor(query.actor))
    if query.place:
        found.append(_match_country(query.place, now_.place_country, now_.place))
    if query.since:
        found.append(now_.to_day >= to_day(query.since, _FIRST_DAYS))
    if query.until:
        found.append(now_.from_day <= to_day(query.until, _LAST_DAYS))
    if query.publisher:
        found.append(begins_with(now_.publisher, query.publisher, dialect))
    if query.min_confidence > 0:
        found.append(now_.confidence >= query.min_confidence)
    for column, value in ((claims.c.claim_id, query.claim), (reports.c.report_id, query.report)):
        if value:
            begins = begins_with(column, value.lower(), dialect)
            number = reports.c.report_no if column is reports.c.report_id else claims.c.claim_no
            found.append(now_[number.name].in_(sa.select(number).where(begins)))
    found += _match_verdict(query.judged)
    if dialect == "sqlite" and (query.text or query.source):
        rowids = sa.text("SELECT rowid FROM claim_words WHERE claim_words MATCH :match")
        found.append(now_.claim_no.in_(rowids.bindparams(match=to_words_match(query))))
    elif query.text or query.source:
        found += [_match_words(words, column) for words, column in _to_words(query)]
    return found


def check_word(value: str, words: Sequence[str]) -> str:
    """Returns a word of a closed list.

    Raises:
        LedgerError: it is none of them.
    """
    if value in words:
        return value
    near = difflib.get_close_matches(value, words, 1)
    hint = f"did you mean {str(near[0])!r}?" if near else f"one of {', '.join(words)}"
    raise LedgerError(f"not one of the known words: {value!r}", hint=hint)


def to_day(text: str, ends: dict[int, str]) -> str:
    """Completes a year or a month to a day, for comparing ISO dates as text.

    Raises:
        LedgerError: it is no date.
    """
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        date.fromisoformat(text + _FIRST_DAYS[len(text)])
    except ValueError:
        raise LedgerError(f"not a date: {text!r}", hint="write it as YYYY, YYYY-MM or YYYY-MM-DD") from None
    return text + ends[len(text)]


# ---------------------------------------------------------------- names


def begins_with(column: sa.ColumnElement[Any], value: str, dialect: str) -> sa.ColumnElement[bool]:
    """Whether a cell begins with a value, case and all."""
    if dialect == "sqlite":  # LIKE would pass over case, and the index; elsewhere letters have another order
        return sa.and_(column >= value, column < value + "\U0010ffff")
    return column.startswith(value, autoescape=True)


def find_country(name: str) -> str | None:
    """Finds the ISO alpha-3 code of a country by its code, name or people, None for anything else."""
    if _CODE.fullmatch(name):
        return name
    lexicon = load_lexicon()
    found = find_countries(name.lower(), lexicon)
    if found:
        return found[0].iso3
    row = lexicon.table("demonyms").find_word(name.lower())
    return row["iso3"] or None if row else None


def _match_country(value: str, country: sa.ColumnElement[Any], name: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    code = find_country(value)
    return country == code if code else _holds(name, value)


def _match_actor(value: str) -> sa.ColumnElement[bool]:
    if _ACTOR_CODE.fullmatch(value):
        return now_.actor_code == value
    return _match_country(value, now_.actor_country, now_.actor)


def _holds(column: sa.ColumnElement[Any], value: str) -> sa.ColumnElement[bool]:
    escaped = re.sub(r"([\\%_])", r"\\\1", fold(value))
    return column.in_(sa.select(names.c.name).where(names.c.folded.like(f"%{escaped}%", escape="\\")))


def _match_verdict(judged: str) -> list[sa.ColumnElement[bool]]:
    check_word(judged, JUDGED)
    if judged == "all":
        return []
    if judged == "standing":
        return [sa.or_(now_.verdict.is_(None), now_.verdict != Verdict.REJECT)]
    if judged in ("judged", "unjudged"):
        return [now_.verdict.is_not(None) if judged == "judged" else now_.verdict.is_(None)]
    return [now_.verdict == judged]


# ---------------------------------------------------------------- words


def _to_words(query: Query) -> list[tuple[str, str]]:
    return [(words, column) for words, column in ((query.text, "sentence"), (query.source, "sources")) if words]


def to_words_match(query: Query) -> str:
    """Makes the FTS5 expression of the words that a question's claims must hold.

    Raises:
        LedgerError: there is no word.
    """
    return " AND ".join(f"{column} : ({to_match(words, phrase=True)})" for words, column in _to_words(query))


def _match_words(words: str, column: str) -> sa.ColumnElement[bool]:
    to_match(words, phrase=True)  # refuses what has no word
    vector = sa.func.to_tsvector(sa.literal_column("'reportedly'"), sa.func.left(claims.c[column], 20_000))
    asked = sa.func.phraseto_tsquery(sa.literal_column("'reportedly'"), words)
    return now_.claim_no.in_(sa.select(claims.c.claim_no).where(vector.bool_op("@@")(asked)))


def to_match(words: str, *, phrase: bool) -> str:
    """Makes an FTS5 expression of a person's words: none of them is an operator.

    Raises:
        LedgerError: there is no word in it.
    """
    found = re.findall(r"\w+", words)
    if not found:
        raise LedgerError(f"no word to look for in {words!r}", hint="give letters or figures")
    quoted = [f'"{word}"' for word in found]
    return " + ".join(quoted) if phrase else " OR ".join(quoted)


def _rank_reports(words: str, dialect: str) -> sa.Subquery:
    """The reports that hold any of the words, best first by BM25 (SQLite) or cover density (PostgreSQL)."""
    match = to_match(words, phrase=False)
    if dialect == "sqlite":
        found = (
            sa.text(
                "SELECT report_no, rank FROM (SELECT rowid AS report_no, bm25(report_words) AS rank FROM report_words"
                " WHERE report_words MATCH :about ORDER BY rowid DESC LIMIT :newest) ORDER BY rank LIMIT :most"
            )
            .bindparams(about=match, newest=MOST_RANKED, most=MOST_ABOUT)
            .columns(sa.column("report_no", sa.Integer), sa.column("rank", sa.Double))
        )
        return found.subquery("ranked")
    asked = sa.func.to_tsquery(sa.literal_column("'english'"), " | ".join(re.findall(r"\w+", words)) or "''")
    title = sa.func.coalesce(reports.c.title, "") + " " + sa.func.left(reports.c.text, 200_000)
    vector = sa.func.to_tsvector(sa.literal_column("'english'"), title)
    rank = (-sa.func.ts_rank_cd(vector, asked)).label("rank")
    matching = sa.select(reports.c.report_no, rank).where(vector.bool_op("@@")(asked))
    standing = matching.join(current_reports, current_reports.c.report_no == reports.c.report_no)
    return standing.order_by(rank).limit(MOST_ABOUT).subquery("ranked")
