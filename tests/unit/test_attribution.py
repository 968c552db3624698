"""According to whom: sources, their chains, and the stretch each vouches for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reportedly.extract.attribution import DENIED, UNVOUCHED, choose_sources, find_attributions
from reportedly.lexicon import Lexicon
from reportedly.model import Attribution, Dateline, Figure, ParsedReport, Quantity, Region, Report, Source
from reportedly.resolve.sources import resolve_sources
from reportedly.segment import split_report
from reportedly.vocab import Approx, RegionKind, Role, SourceKind, Speech

Parse = Callable[[str], ParsedReport]


def make_figure(parsed: ParsedReport, text: str, nth: int = 0) -> Figure:
    start = -1
    for _ in range(nth + 1):
        start = parsed.report.text.index(text, start + 1)
    number = next(item.index for item in parsed.sentences if item.start <= start < item.end)
    quantity = Quantity(low=1.0, high=1.0, approx=Approx.EXACT, role=Role.LEVEL)
    return Figure(
        text=text,
        start=start,
        end=start + len(text),
        sentence=number,
        first=0,
        last=1,
        quantity=quantity,
        measure="troops",
    )


def find_chain(parsed: ParsedReport, lexicon: Lexicon, text: str, nth: int = 0) -> tuple[Source, ...]:
    chain, _ = choose_sources(parsed, find_attributions(parsed, lexicon), make_figure(parsed, text, nth))
    return resolve_sources(chain, parsed, lexicon)


def find_names(parsed: ParsedReport, lexicon: Lexicon, text: str, nth: int = 0) -> list[str]:
    return [source.text for source in find_chain(parsed, lexicon, text, nth)]


def find_one(parsed: ParsedReport, lexicon: Lexicon) -> Attribution:
    (found,) = find_attributions(parsed, lexicon)
    return found


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("The base will hold 410 soldiers, according to the ministry.", ["the ministry"]),
        ("According to Defence Minister Ola Brandt, 410 soldiers are at the base.", ["Defence Minister Ola Brandt"]),
        ("The minister said on Monday that 410 soldiers would go home.", ["The minister"]),
        ("Some 410 soldiers will go home, the army said.", ["the army"]),
        ("Some 410 soldiers, the army said, will go home by May.", ["the army"]),
        ("After the handover, the official said, there will be 410 soldiers.", ["the official"]),
        ("Some 410 soldiers will go home, said Colonel Ola Brandt, who leads the base.", ["Colonel Ola Brandt"]),
        ("Local officials count 410 dead.", ["Local officials"]),
        ("The health ministry puts the toll at 410.", ["The health ministry"]),
        ("The police have a far lower number: 410 marchers.", ["The police"]),
        ("It was announced by the ministry that 410 soldiers would go.", ["the ministry"]),
        ("The deaths of 410 people were confirmed by the ministry.", ["the ministry"]),
        ("By the agency's own count 410 people had fled.", ["the agency's"]),
        ("A statement from the harbour police gives the dead as 410.", ["A statement from the harbour police"]),
        ("The generals announced a reduction from 9,000 troops to 410.", ["The generals"]),
        ("The base holds 410 soldiers.", []),
    ],
)
def test_a_source_is_found_whatever_the_order_of_words(
    parse: Parse, lexicon: Lexicon, text: str, chain: list[str]
) -> None:
    assert find_names(parse(text), lexicon, "410") == chain


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("A defence official told Reuters that 410 soldiers would go.", ["Reuters", "A defence official"]),
        ("A defence official told reporters that 410 soldiers would go.", ["A defence official"]),
        ("Some 410 soldiers will go, Reuters reported, citing two officials.", ["Reuters", "two officials"]),
        (
            "Some 410 soldiers will go, according to unnamed officials who spoke with Reuters.",
            ["Reuters", "unnamed officials"],
        ),
        (
            "Reuters reports that General Ola Brandt announced a cut to 410 soldiers.",
            ["Reuters", "General Ola Brandt"],
        ),
    ],
)
def test_a_chain_runs_from_the_outlet_to_the_original_source(
    parse: Parse, lexicon: Lexicon, text: str, chain: list[str]
) -> None:
    assert find_names(parse(text), lexicon, "410") == chain


def test_offsets_hold_the_words_of_source_and_cue(parse: Parse, lexicon: Lexicon) -> None:
    text = "“We will send 410 men,” the mayor of Tarko said. “It’s not enough,” she added."
    for attribution in find_attributions(parse(text), lexicon):
        for source in attribution.sources:
            assert text[source.start : source.end] == source.text
            assert source.cue is not None
            assert text[source.cue.start : source.cue.end] == source.cue.text


def test_a_quotation_runs_on_over_sentences_and_after_its_speaker(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse('"We are ready," Mayor Ola Brandt said. "There are 410 men here. We need no more."')
    (source,) = find_chain(parsed, lexicon, "410")
    assert (source.name, source.role, source.speech) == ("Ola Brandt", "Mayor", Speech.DIRECT)


def test_a_speaker_between_two_halves_of_a_quotation_owns_both(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse('"The trouble," said Ola Brandt, "is that 410 men are missing."')
    assert find_names(parsed, lexicon, "410") == ["Ola Brandt"]


def test_a_pronoun_and_a_short_name_point_back_to_the_full_name(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("General Ola Brandt said the war was over. He said 410 men would stay. Brandt said 30 would go.")
    assert [source.name for source in find_chain(parsed, lexicon, "410")] == ["Ola Brandt"]
    assert [source.name for source in find_chain(parsed, lexicon, "30")] == ["Ola Brandt"]


def test_an_unnamed_official_points_back_to_the_words_that_brought_him_in(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("A senior harbour official said the port was shut. The official said 410 men would stay.")
    (source,) = find_chain(parsed, lexicon, "410")
    assert source.name == "A senior harbour official"
    assert source.anonymous


def test_a_title_without_a_name_is_the_only_one_who_bears_it(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Some 410 men will go, the top general said. General Ola Brandt spoke at the port.")
    assert [source.name for source in find_chain(parsed, lexicon, "410")] == ["Ola Brandt"]


def test_what_follows_in_a_which_clause_or_after_while_is_the_reports_own(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Some 410 men will go, the army said on Monday, while 70 boats lie in the port.")
    assert find_names(parsed, lexicon, "410") == ["the army"]
    assert find_names(parsed, lexicon, "70") == []


def test_a_semicolon_ends_what_a_source_vouches_for(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The city lost 70 boats; 410 men will go, the army said.")
    assert find_names(parsed, lexicon, "410") == ["the army"]
    assert find_names(parsed, lexicon, "70") == []


def test_a_wish_vouches_for_nothing(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The mayor wants 410 men in the port.")
    assert UNVOUCHED in find_one(parsed, lexicon).rules
    assert find_names(parsed, lexicon, "410") == []


def test_a_denial_ends_the_chain_at_the_denier(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The army rejected on Friday a Reuters report that 410 men would go.")
    chain, rules = choose_sources(parsed, find_attributions(parsed, lexicon), make_figure(parsed, "410"))
    assert [source.text for source in chain] == ["The army"]
    assert DENIED in rules
    assert "en.cues.deny" in rules or "en.cues.reject" in rules


def test_the_rules_name_the_row_of_the_cue(parse: Parse, lexicon: Lexicon) -> None:
    assert "en.cues.say" in find_one(parse("The army said that 410 men would go."), lexicon).rules


def test_raising_troop_numbers_is_no_report_but_raising_a_toll_is(parse: Parse, lexicon: Lexicon) -> None:
    assert find_names(parse("The ministry raised the toll to 410."), lexicon, "410") == ["The ministry"]
    assert find_names(parse("The ministry raised the number of troops to 410."), lexicon, "410") == []


def test_a_countrys_toll_is_not_the_countrys_word(parse: Parse, lexicon: Lexicon) -> None:
    assert find_names(parse("Norway's death toll is 410."), lexicon, "410") == []


def test_a_person_has_role_affiliation_and_country(parse: Parse, lexicon: Lexicon) -> None:
    (source,) = find_chain(parse("Pentagon spokesman Ola Brandt said that 410 men would go."), lexicon, "410")
    assert (source.name, source.role, source.affiliation) == ("Ola Brandt", "Pentagon spokesman", "Pentagon")
    assert (source.kind, source.country, source.anonymous) == (SourceKind.PERSON, "USA", False)


# ---------------------------------------------------------------- headlines, datelines, publishers


@pytest.fixture
def parse_headline(parser: Any) -> Parse:
    def parse(text: str) -> ParsedReport:
        region = Region(kind=RegionKind.HEADLINE, start=0, end=len(text))
        return split_report(Report(report_id="x", text=text, regions=(region,)), parser)

    return parse


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Pentagon: 410 troops to leave Norway", "Pentagon"),
        ("Report: Army to pull 410 troops", "Report"),
        ("Norway to Trim Force by 410, Officials Say", "Officials"),
        ("Norway to trim force by 410, says ministry", "ministry"),
        ("Blast off northern coast kills 410 -police", "police"),
    ],
)
def test_a_headline_names_its_source_at_an_edge(
    parse_headline: Parse, lexicon: Lexicon, text: str, source: str
) -> None:
    assert find_names(parse_headline(text), lexicon, "410") == [source]


def test_a_topic_before_a_colon_is_no_source(parse_headline: Parse, lexicon: Lexicon) -> None:
    assert find_names(parse_headline("Harbour attacks: 410 boats lost"), lexicon, "410") == []


def make_dateline(text: str, parser: Any, publisher: str | None) -> ParsedReport:
    dateline = Dateline(place="OSLO", agency="Reuters", agency_start=6, agency_end=13, start=0, end=17)
    regions = (
        Region(kind=RegionKind.DATELINE, start=0, end=17),
        Region(kind=RegionKind.BODY, start=17, end=len(text)),
    )
    return split_report(
        Report(report_id="x", text=text, regions=regions, dateline=dateline, publisher=publisher), parser
    )


def test_the_datelines_agency_is_nearest_and_stands_alone_where_nobody_is_named(parser: Any, lexicon: Lexicon) -> None:
    text = "OSLO (Reuters) - The army said 410 men would go. The base holds 70 boats."
    parsed = make_dateline(text, parser, "Harbour Post (Reuters)")
    assert find_names(parsed, lexicon, "410") == ["Reuters", "The army"]
    assert find_names(parsed, lexicon, "70") == ["Reuters"]


def test_the_publisher_is_no_source_of_its_own_report(parser: Any, lexicon: Lexicon) -> None:
    text = "OSLO (Reuters) - The army told Reuters 410 men would go. The base holds 70 boats."
    parsed = make_dateline(text, parser, "Reuters")
    assert find_names(parsed, lexicon, "410") == ["The army"]
    assert find_names(parsed, lexicon, "70") == []


def test_a_report_without_text_has_no_attributions(parse: Parse, lexicon: Lexicon) -> None:
    assert find_attributions(parse(""), lexicon) == ()


@pytest.mark.parametrize(
    ("text", "number", "chain"),
    [
        (
            "The Manila Times reported, citing an army officer, that 85 militants had been killed on Jolo.",
            "85",
            ["The Manila Times", "an army officer"],
        ),
        (
            "The Daily Star, quoting the state news agency, which cited a military source, said 130 men left Aden.",
            "130",
            ["The Daily Star", "the state news agency", "a military source"],
        ),
        ("Residents saw 12 helicopters over the town.", "12", ["Residents"]),
        ("The president saw 12 helicopters over the town.", "12", []),
        ("Organisers said 90,000 people marched in Tbilisi, police 22,000.", "90,000", ["Organisers"]),
        ("Organisers said 90,000 people marched in Tbilisi, police 22,000.", "22,000", ["police"]),
        ("About 600 rebels were killed in Meta, the Colombian army estimates.", "600", ["the Colombian army"]),
        ("The agency retracted its report that 12 soldiers had been killed.", "12", ["The agency"]),
        ("''We have 300 soldiers here,'' said General Ba. ''Another 40 leave in June.''", "40", ["General Ba"]),
    ],
)
def test_a_chain_survives_what_the_parser_mistakes(
    text: str, number: str, chain: list[str], parse: Parse, lexicon: Lexicon
) -> None:
    assert find_names(parse(text), lexicon, number) == chain


def test_a_rank_is_no_part_of_a_name(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Colonel Aminata Diallo commands the battalion. She said 240 soldiers would go home.")
    (source,) = find_chain(parsed, lexicon, "240")
    assert source.name == "Aminata Diallo"
