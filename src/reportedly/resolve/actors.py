"""Stage 5 of 8, who is it? In: ActorMention. Out: Actor with name, country and code.

Codes are PLOVER's (three letters of the country, then the sector) and CAMEO's for the
groups that CAMEO lists. A group that changed sides has a code from a date on.
"""

from __future__ import annotations

import functools

from reportedly.lexicon import Lexicon, Row
from reportedly.model import Actor, ActorMention, ParsedReport

_LETTERS = 3


def resolve_actor(mention: ActorMention, parsed: ParsedReport, lexicon: Lexicon) -> Actor:
    """Resolves a mention to an identity; what its words do not support stays None.

    Args:
        mention: what `find_actors` or `choose_actor` gave.
        parsed: the report, for its date: some groups' codes changed with it.
        lexicon: the tables that the mention's rules belong to.

    Returns:
        The actor. `name` is a state's or an organisation's, None for a bare role; `country`
        is ISO 3166-1 alpha-3; `code` is PLOVER/CAMEO (`USAMIL`, `UNOMIL`, `AFGREBTAL`).
    """
    organisation = _find_organisations(lexicon).get(mention.organisation or "")
    state = _find_states(lexicon).get(mention.country or "", (None, None))[0]
    # A ministry's or government's forces are its state's: the Pentagon's 900 troops are the United States'.
    stands_for_state = (
        organisation is not None and organisation["kind"] in ("ministry", "government") and state is not None
    )
    name = state if stands_for_state else mention.organisation or state
    return Actor(
        text=mention.text,
        start=mention.start,
        end=mention.end,
        name=name,
        country=mention.country,
        code=_find_code(mention, organisation, parsed, lexicon),
    )


@functools.lru_cache(maxsize=4)
def _find_organisations(lexicon: Lexicon) -> dict[str, Row]:
    """The row of an organisation's name, the first of those that share it."""
    found: dict[str, Row] = {}
    for row in lexicon.table("organisations").rows.values():
        found.setdefault(row["name"], row)
    return found


@functools.lru_cache(maxsize=4)
def _find_states(lexicon: Lexicon) -> dict[str, tuple[str, str]]:
    """Name and PLOVER country code by ISO 3166-1 alpha-3 code."""
    found = {row["iso3"]: (row["name"], row["iso3"]) for row in lexicon.table("states").rows.values()}
    for row in lexicon.table("demonyms").rows.values():
        if row["code"] and row["iso3"]:
            found[row["iso3"]] = (row["name"], row["code"])
    return found


def _find_code(mention: ActorMention, organisation: Row | None, parsed: ParsedReport, lexicon: Lexicon) -> str | None:
    if organisation is not None and organisation["code"]:
        code = organisation["code"]
        since, _, later = organisation["later"].partition(":")
        published = parsed.report.published
        # ISO dates compare as text; a report without a date keeps the older code.
        if later and published and published >= since:
            code = later
        bare = len(code) == _LETTERS and organisation["kind"] in {"alliance", "mission"}
        return code + mention.role if bare and mention.role else code
    if mention.country:
        return _find_states(lexicon).get(mention.country, ("", mention.country))[1] + (mention.role or "")
    return mention.role
