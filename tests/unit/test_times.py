"""Times: what is one, what it means on a calendar, and which one belongs to a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reportedly.extract.times import choose_time, find_times
from reportedly.lexicon import Lexicon
from reportedly.model import Figure, ParsedReport, Quantity, Time, TimeMention
from reportedly.resolve.times import read_anchor, resolve_claim_time, resolve_mention, to_timex
from reportedly.vocab import Approx, Role, Status, TimeBasis

Parse = Callable[..., ParsedReport]
#: A Wednesday.
DAY = "2026-03-18"


@pytest.fixture
def read(parse: Parse, lexicon: Lexicon) -> Callable[..., list[Time | None]]:
    def read_times(text: str, published: str | None = DAY) -> list[Time | None]:
        parsed = parse(text, published)
        mentions = find_times(parsed, lexicon)
        return [resolve_mention(mention, parsed.report, mentions) for mention in mentions]

    return read_times


@pytest.fixture
def words(parse: Parse, lexicon: Lexicon) -> Callable[[str], list[str]]:
    return lambda text: [mention.text for mention in find_times(parse(text, DAY), lexicon)]


@pytest.mark.parametrize(
    ("text", "start", "end", "edtf"),
    [
        ("Ten men were killed on Monday.", "2026-03-16", "2026-03-16", "2026-03-16"),
        ("They will meet on Friday.", "2026-03-20", "2026-03-20", "2026-03-20"),
        ("He was there on Wednesday.", "2026-03-18", "2026-03-18", "2026-03-18"),
        ("They left last Wednesday.", "2026-03-11", "2026-03-11", "2026-03-11"),
        ("They left last week.", "2026-03-09", "2026-03-15", "2026-03-09/2026-03-15"),
        ("They left late last month.", "2026-02-21", "2026-02-28", "2026-02-21/2026-02-28"),
        ("The base was shelled in December.", "2025-12-01", "2025-12-31", "2025-12"),
        ("The council will vote in December.", "2026-12-01", "2026-12-31", "2026-12"),
        ("They left three days ago.", "2026-03-15", "2026-03-15", "2026-03-15"),
        ("The war began in the summer of 2025.", "2025-06-01", "2025-08-31", "2025-22"),
        ("It grew in the first half of 2025.", "2025-01-01", "2025-06-30", "2025-01/2025-06"),
        ("The fort was built in the 19th century.", "1800-01-01", "1899-12-31", "18XX"),
        ("The fort was built in the 1990s.", "1990-01-01", "1999-12-31", "199X"),
        ("Drones struck the port overnight.", "2026-03-17", "2026-03-18", "2026-03-17/2026-03-18"),
        ("In the past 24 hours two convoys left.", "2026-03-17", "2026-03-18", "2026-03-17/2026-03-18"),
        ("The fleet will return in the next two to three months.", "2026-03-18", "2026-06-18", "2026-03-18/2026-06-18"),
        ("The camp was raided on 28th August, 2020.", "2020-08-28", "2020-08-28", "2020-08-28"),
        ("The camp was raided on 2020-08-28.", "2020-08-28", "2020-08-28", "2020-08-28"),
        ("They were garrisoned there from 2003-2011.", "2003-01-01", "2011-12-31", "2003/2011"),
        ("The paper of Monday, Oct. 26 had it.", "2026-10-26", "2026-10-26", "2026-10-26"),
        ("It will leave on the 20th.", "2026-03-20", "2026-03-20", "2026-03-20"),
    ],
)
def test_a_time_becomes_an_interval(
    read: Callable[..., list[Time | None]], text: str, start: str, end: str, edtf: str
) -> None:
    [time] = read(text)
    assert time is not None
    assert (time.start, time.end, time.edtf) == (start, end, edtf)


@pytest.mark.parametrize(
    ("text", "start", "end", "edtf"),
    [
        ("They have been there since 2014.", "2014-01-01", None, "2014/.."),
        ("They must go by Jan. 15, 2027.", None, "2027-01-15", "../2027-01-15"),
        ("They must go by September.", None, "2026-09-01", "../2026-09-01"),
        ("They must go by the end of September.", None, "2026-09-30", "../2026-09-30"),
        ("They must go by early 2027.", None, "2027-01-01", "../2027-01-01"),
        ("They will go in the coming weeks.", "2026-03-18", None, "2026-03-18/.."),
        ("In recent months two convoys left.", None, "2026-03-18", "../2026-03-18"),
    ],
)
def test_an_open_side_stays_open(
    read: Callable[..., list[Time | None]], text: str, start: str | None, end: str | None, edtf: str
) -> None:
    [time] = read(text)
    assert time is not None
    assert (time.start, time.end, time.edtf) == (start, end, edtf)


@pytest.mark.parametrize(
    "text",
    [
        "He is 20 years old.",
        "Two 13-year-olds and a 30-year-old man came home.",
        "The 2nd Battalion may march.",
        "Troops fall back and the second man left.",
        "The fall of the capital was quick.",
        "They cut 500 troops and 2000 out of the province.",
        "About three-quarters of the force went.",
        "It would trim the garrison by 2000 to 2500.",
    ],
)
def test_what_only_looks_like_a_time_is_none(words: Callable[[str], list[str]], text: str) -> None:
    assert words(text) == []


def test_june_of_that_year_is_one_time(words: Callable[[str], list[str]]) -> None:
    assert words("They came in 2014, after the fall of the city in June of that year.") == ["2014", "June of that year"]


def test_that_year_is_the_year_named_before(read: Callable[..., list[Time | None]]) -> None:
    _, june = read("They came in 2014, after the loss of the city in June of that year.")
    assert june is not None
    assert june.edtf == "2014-06"


def test_a_range_joins_its_two_ends_over_the_turn_of_the_year(read: Callable[..., list[Time | None]]) -> None:
    times = read("Ten convoys left between Dec. 20 and Jan. 5.")
    assert [time and time.edtf for time in times] == ["2025-12-20/2026-01-05"] * 2


def test_an_event_that_is_named_for_its_day_has_its_own_year(read: Callable[..., list[Time | None]]) -> None:
    [time] = read("The war followed the Sept. 11 attacks.")
    assert time is not None
    assert time.start == "2001-09-11"


def test_without_a_report_date_only_stated_dates_resolve(read: Callable[..., list[Time | None]]) -> None:
    monday, stated = read("They came on Monday and had left in June 2014.", None)
    assert monday is None
    assert stated is not None
    assert (stated.edtf, stated.basis) == ("2014-06", TimeBasis.STATED)


def test_the_time_of_a_statement_is_marked(parse: Parse, lexicon: Lexicon) -> None:
    said, left = find_times(parse("The ministry said on Thursday that 500 troops left on Monday.", DAY), lexicon)
    assert said.of_saying
    assert not left.of_saying


def test_offsets_hold_the_words(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Over the next 6-12 months, “5,000 troops” will leave.", DAY)
    [mention] = find_times(parsed, lexicon)
    assert parsed.report.text[mention.start : mention.end] == mention.text == "the next 6-12 months"


@pytest.mark.parametrize(
    ("text", "timex"),
    [
        ("They left last week.", ("DATE", "2026-W11")),
        ("They left on Monday night.", ("TIME", "2026-03-16TNI")),
        ("They stayed for 48 hours.", ("DURATION", "PT48H")),
        ("They meet every Friday.", ("SET", "XXXX-WXX-5")),
        ("They are now in the valley.", ("DATE", "PRESENT_REF")),
        ("They left in the third quarter of 2025.", ("DATE", "2025-Q3")),
    ],
)
def test_a_time_is_written_as_timex(parse: Parse, lexicon: Lexicon, text: str, timex: tuple[str, str]) -> None:
    mentions = find_times(parse(text, DAY), lexicon)
    assert to_timex(mentions[0], DAY, mentions) == timex


# ---------------------------------------------------------------- the time of a figure


def make_figure(parsed: ParsedReport, text: str, role: Role) -> Figure:
    """Makes the figure of a text: its noun is its head, its governor the verb above."""
    start = parsed.report.text.index(text)
    sentence = next(item for item in parsed.sentences if item.start <= start < item.end)
    token = next(item for item in sentence.tokens if item.start == start)
    at = token.head
    while not sentence.tokens[at].tag.startswith("VB") and sentence.tokens[at].head != at:
        at = sentence.tokens[at].head
    return Figure(
        text=text, start=start, end=start + len(text), sentence=sentence.index, first=token.index, last=token.index + 1,
        quantity=Quantity(low=1.0, high=1.0, approx=Approx.EXACT, role=role), measure="troops", noun=token.head,
        governor=at,
    )  # fmt: skip


@pytest.fixture
def choose(parse: Parse, lexicon: Lexicon) -> Callable[..., TimeMention | None]:
    def choose_for(text: str, figure: str, role: Role) -> TimeMention | None:
        parsed = parse(text, DAY)
        return choose_time(parsed, find_times(parsed, lexicon), make_figure(parsed, figure, role))

    return choose_for


def test_the_time_of_the_thing_is_chosen_not_of_the_saying(choose: Callable[..., TimeMention | None]) -> None:
    chosen = choose("The ministry said on Thursday that 500 troops will leave by June 1.", "500", Role.CHANGE)
    assert chosen is not None
    assert chosen.text == "June 1"
    assert chosen.rules[-1] == "en.time.by-clause"


def test_a_statement_has_no_time_for_its_figure(choose: Callable[..., TimeMention | None]) -> None:
    assert choose("The ministry said on Thursday that 500 troops are there.", "500", Role.LEVEL) is None


def test_the_next_sentence_gives_the_deadline_of_the_same_change(choose: Callable[..., TimeMention | None]) -> None:
    text = "The general plans to withdraw 500 troops. The withdrawal will be finished before June 1."
    chosen = choose(text, "500", Role.CHANGE)
    assert chosen is not None
    assert chosen.text == "June 1"
    assert chosen.rules[-1] == "en.time.from-next-sentence"


def test_the_year_of_a_treaty_is_not_that_of_the_troops(choose: Callable[..., TimeMention | None]) -> None:
    assert choose("Under the 2012 deal 900 troops stay in the valley.", "900", Role.LEVEL) is None


# ---------------------------------------------------------------- the time of a claim


@pytest.mark.parametrize(
    ("role", "status", "start", "end"),
    [
        (Role.LEVEL, Status.ONGOING, DAY, None),
        (Role.FROM, Status.ONGOING, DAY, None),
        (Role.CHANGE, Status.PLANNED, DAY, None),
        (Role.CHANGE, Status.HAPPENED, None, DAY),
        (Role.COUNT, Status.HAPPENED, None, DAY),
    ],
)
def test_without_words_the_report_dates_what_it_can(
    parse: Parse, role: Role, status: Status, start: str | None, end: str | None
) -> None:
    time = resolve_claim_time(None, parse("", DAY).report, role, status)
    assert time is not None
    assert (time.start, time.end, time.basis, time.text) == (start, end, TimeBasis.PUBLICATION, None)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.TO, Status.PLANNED),
        (Role.LEVEL, Status.HAPPENED),
        (Role.LEVEL, Status.POSSIBLE),
        (Role.COUNT, Status.DENIED),
    ],
)
def test_without_words_the_rest_has_no_time(parse: Parse, role: Role, status: Status) -> None:
    assert resolve_claim_time(None, parse("", DAY).report, role, status) is None


def test_a_date_from_the_dateline_says_so(parse: Parse) -> None:
    report = replace(parse("", DAY).report, published_basis=TimeBasis.DATELINE)
    time = resolve_claim_time(None, report, Role.LEVEL, Status.ONGOING)
    assert time is not None
    assert time.basis is TimeBasis.DATELINE


@pytest.mark.parametrize(
    ("role", "status", "start", "end"),
    [
        (Role.CHANGE, Status.PLANNED, DAY, "2026-06-18"),
        (Role.TO, Status.PLANNED, "2026-06-18", None),
        (Role.FROM, Status.ONGOING, DAY, None),
        (Role.COUNT, Status.HAPPENED, None, DAY),
    ],
)
def test_a_deadline_serves_each_role_in_its_way(
    parse: Parse, lexicon: Lexicon, role: Role, status: Status, start: str | None, end: str | None
) -> None:
    parsed = parse("The cut will take place in the next two to three months.", DAY)
    mentions = find_times(parsed, lexicon)
    time = resolve_claim_time(mentions[0], parsed.report, role, status, mentions)
    assert time is not None
    assert (time.start, time.end) == (start, end)


def test_the_status_of_the_claim_turns_a_weekday(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("He expected 3,000 men at the airport on Friday.", DAY)
    mentions = find_times(parsed, lexicon)
    time = resolve_claim_time(mentions[0], parsed.report, Role.TO, Status.EXPECTED, mentions)
    assert time is not None
    assert time.start == "2026-03-20"


def test_an_impossible_report_date_anchors_nothing() -> None:
    assert read_anchor("2026-02-31") is None
    assert read_anchor("soon") is None
    assert read_anchor("2026-03-18T22:30:00+09:00") is not None


def test_an_impossible_date_has_no_interval(read: Callable[..., list[Time | None]]) -> None:
    assert read("They came on February 30, 2021.") == [None]
