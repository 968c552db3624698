"""The records that the stages hand to each other: frozen, slotted, keyword-only.

    Item (what a reader found) -> Report (cleaned) -> ParsedReport (sentences) -> Claim

Ids are hashes of content, so reading twice changes nothing and workers need no
coordination. All offsets are code points into `Report.text`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from reportedly.vocab import (
    Approx,
    Direction,
    Factuality,
    Kind,
    Precision,
    RegionKind,
    Relation,
    Role,
    SourceKind,
    Speech,
    Status,
    TimeBasis,
    Unit,
    Verdict,
)

SCHEMA = "reportedly.claim/1"


def to_id(*parts: object) -> str:
    """Makes a stable id from content: 16 hex digits of SHA-256 over the parts."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# ---------------------------------------------------------------- what a reader found


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One report as a reader found it: decoded, newlines normalised, nothing cut.

    `published` and `modified` are ISO 8601 dates or date-times or None; `origin` is a path or
    URL for messages alone and never part of an id. `regions` are stretches that the input's
    own markup tells (a caption, a headline): whole lines of the text; what they leave open is
    found by cleaning. `credited` are words of the text that name whom the input's metadata credits
    for all of it (the channel that a post was forwarded from). `identity` names the thing
    through its versions (a page's canonical address, a feed's entry, a channel's post); None where
    nothing does. `retrieved` (ISO 8601 date-time) and `raw_sha256` (of the bytes as they came)
    say which copy this is.
    """

    text: str
    external_id: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    language: str | None = None
    rights: str | None = None
    reader: str = "text"
    origin: str = ""
    regions: tuple[Region, ...] = ()
    credited: Words | None = None
    links: tuple[str, ...] = ()
    modified: str | None = None
    identity: str | None = None
    retrieved: str | None = None
    raw_sha256: str | None = None


def to_report_id(item: Item) -> str:
    """Makes a report's id: from its text, publisher, URL and date, not from its path or the time of reading."""
    return to_id(item.text, item.publisher, item.url, item.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One report that could not be coded: never dropped, always a row with its cause."""

    origin: str
    cause: str
    external_id: str | None = None
    error: str = "ReadError"
    hint: str = ""


# ---------------------------------------------------------------- the cleaned report


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A stretch of the report's text and what it is."""

    kind: RegionKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of the report: `report.text[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """Where, when and by whom a report says it was filed; `agency` is a source of the chain."""

    place: str | None = None
    date: str | None = None
    agency: str | None = None
    agency_start: int | None = None
    agency_end: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report with its regions. `published` is an ISO date; `published_basis` says
    whether it came from the metadata (`publication`) or the text (`dateline`); `published_at`
    has the time of day and zone where the metadata have. `credited`: see Item."""

    report_id: str
    text: str
    regions: tuple[Region, ...]
    external_id: str | None = None
    publisher: str | None = None
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    dateline: Dateline | None = None
    published: str | None = None
    published_basis: TimeBasis | None = None
    published_at: str | None = None
    modified: str | None = None
    language: str | None = None
    rights: str | None = None
    reader: str = "text"
    origin: str = ""
    credited: Words | None = None
    links: tuple[str, ...] = ()


# ---------------------------------------------------------------- the parsed report


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `start` and `end` are offsets into the report; `head` is an index into
    the sentence (its own index at a root); `tag` is Penn Treebank, `dep` ClearNLP;
    `entity` is an OntoNotes label or empty; `lower` has quotes and spaces made ASCII."""

    index: int
    text: str
    lower: str
    start: int
    end: int
    tag: str
    dep: str
    head: int
    entity: str
    starts_entity: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence: its span without outer blanks, its region, its paragraph.

    `tokens` is empty where screening found nothing to parse. `children[i]` are the
    indices whose head is token i.
    """

    index: int
    start: int
    end: int
    text: str
    region: RegionKind
    paragraph: int
    tokens: tuple[Token, ...] = ()
    children: tuple[tuple[int, ...], ...] = ()

    def is_parsed(self) -> bool:
        """Whether the parser saw this sentence."""
        return bool(self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A quoted zone, the quotation marks included; it may run over several sentences."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReport:
    """A report, its sentences in order and its quoted zones; `endless`: too much of it to be parsed."""

    report: Report
    sentences: tuple[Sentence, ...]
    quotations: tuple[Quotation, ...] = ()
    endless: bool = False


# ---------------------------------------------------------------- mentions: words, not yet identities


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that answer a question: `report.text[start:end] == text`, which are the tokens
    [first, last) of sentence number `sentence`; `rules` found them."""

    text: str
    start: int
    end: int
    sentence: int
    first: int
    last: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaceMention(Mention):
    """Words that name a place (demonyms are not places), and how they stand in their sentence.

    Two mentions are equal if they are the same words of the report, whatever rules chose them.

    `iso3`, `precision` and `key` (a rule id) are what the name alone tells. `relation` is how
    it hangs on token `attach`: `at`, `to`, `from`, `via`, `of`, `owner` (a possessive or a
    compound), `host` (subject of what a place does: has, loses), `subject`, `object`,
    `with`, `none`. `metonym`: a government or a people is meant; `container`: it only says
    where the place named just before lies (`Goma, Congo`); `dateline`: where the report was
    filed; `anaphor`: words that stand for a place named elsewhere (`there`, `the city`), with
    the sort of place that fits.
    """

    iso3: str | None = None
    precision: str | None = None
    key: str = ""
    relation: str = "none"
    attach: int | None = None
    metonym: bool = False
    container: bool = False
    dateline: bool = False
    anaphor: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlaceMention) and (self.start, self.end) == (other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.start, self.end))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention(Mention):
    """Words that name an actor: a state, an armed force, an organisation, a people.

    `kind` is `state`, `seat` (a capital that stands for its state), `people`, `leader`,
    `organisation` or `role` (`police`, `rebels`). `head` is the token of the noun that the
    words name or modify; `role` is a PLOVER sector; `organisation` is a name. `country` is
    None where the words alone do not say whose. `tie` says what the words stand with:
    `loss` (`Afghan losses`), `presence` (`U.S. strength`), `loser` (who lost, whom it
    cost), `host` and `guest` (who may only have others' forces there), `origin` (`officers
    from Kenya`), `speaker` (its officials), `place` (a state's name before a noun).
    """

    head: int
    kind: str
    tie: str | None = None
    country: str | None = None
    role: str | None = None
    organisation: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention(Mention):
    """Words that say when, with their reading before any calendar is applied.

    `kind` is `point` (a stretch of the calendar: a day, a week, a year), `duration`, `set`
    (every Friday) or `reference` (now, recently). Calendar parts are numbers as written
    (`weekday` 0 is Monday, `season` 1 spring to 4 winter, `decade` 199, `century` 18,
    `holiday` month-day, or month-nth-weekday with L for the last).
    `unit` with `offset` counts whole units from the anchor (`last week`: week, -1); `low` and
    `high` are a duration's amount of `unit`, None where vague. `direction` (past, present,
    future) says to which side of the anchor a duration or reference lies, `modifier` is
    start, mid, end or approx, `relation` what the words before it make of it (by, since, until,
    within, as_of, ...), `tense` that of the nearest verb. `anaphoric` counts from the mention
    number `previous` of the report; `partner` is the number of a range's other end.
    `of_saying` marks the time of a statement, `of_change` a sentence that speaks of a change or
    a happening.
    """

    kind: str = "reference"
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    last_year: int | None = None
    weekday: int | None = None
    season: int | None = None
    quarter: int | None = None
    half: int | None = None
    decade: int | None = None
    century: int | None = None
    clock: str | None = None
    part_of_day: str | None = None
    holiday: str | None = None
    fiscal: bool = False
    unit: str | None = None
    offset: int | None = None
    low: float | None = None
    high: float | None = None
    direction: str | None = None
    modifier: str | None = None
    relation: str | None = None
    tense: str | None = None
    anaphoric: bool = False
    previous: int | None = None
    partner: int | None = None
    of_saying: bool = False
    of_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Mention):
    """A counted figure: the words are the figure alone, without hedge or noun.

    `noun` is the token of what is counted, `governor` the token of the verb or noun that
    says what happens to it (`cut`, `killed`, `reduction`); None where there is none.
    """

    quantity: Quantity
    measure: str
    noun: int | None = None
    governor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who vouches for which stretch of the report.

    `sources` is the chain, nearest to the report first, the original source last;
    `contents` are the stretches [start, end) they vouch for.
    """

    sources: tuple[Source, ...]
    contents: tuple[tuple[int, int], ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A figure with the mentions that answer the other questions, before they are resolved.

    `each` tells the drafts of one figure that stands for several places apart (0, 1, ...).
    """

    figure: Figure
    sentence: Sentence
    status: Status
    factuality: Factuality
    place: PlaceMention | None = None
    actor: ActorMention | None = None
    time: TimeMention | None = None
    sources: tuple[Source, ...] = ()
    rules: tuple[str, ...] = ()
    each: int = 0


# ---------------------------------------------------------------- the claim and its parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The shortest span that carries the claim, and its sentence."""

    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A figure: bounds, hedge, role. Either bound is None where the text leaves it open.

    Units of `low` and `high`: things for `count`, per cent for `percent`, parts of one
    for `fraction`, factors for `multiple`, formations for `formation`.
    """

    low: float | None
    high: float | None
    approx: Approx
    role: Role
    unit: Unit = Unit.COUNT
    hedge: str | None = None
    direction: Direction | None = None
    basis: tuple[str, ...] = ()
    formation: str | None = None

    def to_value(self) -> float | None:
        """The number as written: the low bound, or the high one where the text leaves the low side open."""
        return self.low if self.low is not None else self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whose, who or to whom. `country` is ISO 3166-1 alpha-3, `code` PLOVER/CAMEO."""

    text: str
    start: int
    end: int
    name: str | None = None
    country: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where. Coordinates are WGS 84 decimal degrees."""

    text: str
    start: int
    end: int
    name: str | None = None
    country: str | None = None
    geonames_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    precision: Precision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """When the thing holds or happens: an inclusive interval of ISO dates and its EDTF.

    `text`, `text_start` and `text_end` are the words, None where the time comes from the
    report's own date.
    """

    start: str | None
    end: str | None
    edtf: str | None
    basis: TimeBasis
    text: str | None = None
    text_start: int | None = None
    text_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A coded event: PLOVER 2.0 type, mode and contexts, CAMEO code, trigger words."""

    type: str
    mode: str | None
    contexts: tuple[str, ...]
    cameo: str | None
    trigger: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who vouches for a claim, as the report says it."""

    text: str
    start: int
    end: int
    kind: SourceKind
    name: str | None = None
    role: str | None = None
    affiliation: str | None = None
    country: str | None = None
    anonymous: bool = False
    cue: Words | None = None
    speech: Speech = Speech.INDIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tie to another claim of the same report."""

    claim_id: str
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that one report says, held to the words that say it."""

    claim_id: str
    report_id: str
    kind: Kind
    evidence: Evidence
    status: Status
    factuality: Factuality
    confidence: float
    external_id: str | None = None
    measure: str | None = None
    quantity: Quantity | None = None
    actor: Actor | None = None
    recipient: Actor | None = None
    place: Place | None = None
    time: Time | None = None
    event: Event | None = None
    sources: tuple[Source, ...] = ()
    relates_to: tuple[Link, ...] = ()
    rules: tuple[str, ...] = ()
    run_id: str = ""
    judgement: Judgement | None = None
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person said of a claim; it outranks the rules.

    `amended` names the fields whose values are the person's (`quantity.low`); `at` is an ISO
    8601 date-time in UTC.
    """

    judgement_id: str
    verdict: Verdict
    by: str
    why: str
    at: str
    amended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that one report gave: its record, its claims, and why there are none."""

    report: Report
    claims: tuple[Claim, ...] = ()
    reason: str | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution: what made the claims. `run_id` is a hash of the rest; `code` a hash of
    the package's own sources."""

    run_id: str
    version: str
    lexicon: str
    model: str
    code: str = ""
    settings: tuple[tuple[str, str], ...] = field(default=())
