"""The closed vocabularies of the claim record, each with the standard it comes from.

Every class is a `StrEnum`: a member is its own JSON spelling.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a claim holds."""

    QUANTITY = "quantity"
    EVENT = "event"


class Approx(StrEnum):
    """How a figure is bounded by its words (TimeML's modifiers, widened to counts)."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    VAGUE = "vague"


class Role(StrEnum):
    """What a figure is for: a stock, a change of it, or a count of happenings."""

    LEVEL = "level"
    CHANGE = "change"
    FROM = "from"
    TO = "to"
    COUNT = "count"


class Direction(StrEnum):
    """The sign of a change; null for a rotation without net change."""

    UP = "+"
    DOWN = "-"


class Unit(StrEnum):
    """In what a figure counts."""

    COUNT = "count"
    PERCENT = "percent"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    FORMATION = "formation"


class Status(StrEnum):
    """How far along a claim's content is, by the wording of its clause.

    The set follows the news statuses that extend FactBank: PLOVER's auxiliary tags
    (historical, future, hypothetical, negation) fold into it.
    """

    HAPPENED = "happened"
    ONGOING = "ongoing"
    PLANNED = "planned"
    EXPECTED = "expected"
    POSSIBLE = "possible"
    DEMANDED = "demanded"
    HYPOTHETICAL = "hypothetical"
    DENIED = "denied"


class Factuality(StrEnum):
    """FactBank 1.0 (Sauri and Pustejovsky 2009): certainty and polarity for one source."""

    CERTAIN = "CT+"
    PROBABLE = "PR+"
    POSSIBLE = "PS+"
    CERTAIN_NOT = "CT-"
    PROBABLE_NOT = "PR-"
    POSSIBLE_NOT = "PS-"
    CERTAIN_UNKNOWN = "CTu"
    UNKNOWN = "Uu"


class SourceKind(StrEnum):
    """What a source is."""

    PERSON = "person"
    OFFICIALS = "officials"
    ORGANISATION = "organisation"
    NEWS = "news"
    DOCUMENT = "document"
    WITNESS = "witness"
    ANALYST = "analyst"


class Speech(StrEnum):
    """How a source's words are given (PolNeAR's direct, indirect and mixed contents)."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Precision(StrEnum):
    """How narrow a place is (ACLED and UCDP precision scales, named)."""

    POINT = "point"
    CITY = "city"
    ADMIN = "admin"
    COUNTRY = "country"
    REGION = "region"


class TimeBasis(StrEnum):
    """What a time was worked out from."""

    STATED = "stated"
    RELATIVE = "relative"
    DATELINE = "dateline"
    PUBLICATION = "publication"


class Relation(StrEnum):
    """A link between two claims of one report."""

    CHANGE_FROM = "change_from"
    CHANGE_TO = "change_to"
    PART_OF = "part_of"
    SHARE_OF = "share_of"
    SAME_AS = "same_as"
    RESPONSE_TO = "response_to"


class RegionKind(StrEnum):
    """What a stretch of a report's text is. Claims come from the first, third and fourth."""

    HEADLINE = "headline"
    DATELINE = "dateline"
    BODY = "body"
    CAPTION = "caption"
    CREDIT = "credit"
    PROMOTION = "promotion"
    BOILERPLATE = "boilerplate"


#: The regions that claims may come from.
CLAIMED_REGIONS = frozenset({RegionKind.HEADLINE, RegionKind.BODY, RegionKind.CAPTION})


class Verdict(StrEnum):
    """What a person decided on a claim."""

    ACCEPT = "accept"
    REJECT = "reject"
    AMEND = "amend"
