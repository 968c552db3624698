"""Actors: who is named, whose a figure is, and which identity that has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportedly.extract.actors import choose_actor, find_actors
from reportedly.extract.syntax import find_token
from reportedly.lexicon import Lexicon
from reportedly.model import Actor, ActorMention, Figure, ParsedReport, Quantity
from reportedly.resolve.actors import resolve_actor
from reportedly.vocab import Approx, Role

Parse = Callable[..., ParsedReport]


def find_figure(parsed: ParsedReport, words: str, measure: str) -> Figure:
    """The figure that stands at the first place of some words."""
    start = parsed.report.text.index(words)
    sentence = next(one for one in parsed.sentences if one.start <= start < one.end)
    first, last = find_token(sentence, start), find_token(sentence, start + len(words) - 1)
    assert first is not None
    assert last is not None
    return Figure(
        text=words,
        start=start,
        end=start + len(words),
        sentence=sentence.index,
        first=first,
        last=last + 1,
        quantity=Quantity(low=1, high=1, approx=Approx.EXACT, role=Role.LEVEL),
        measure=measure,
    )


def choose(parsed: ParsedReport, lexicon: Lexicon, words: str, measure: str = "troops") -> ActorMention | None:
    return choose_actor(parsed, find_actors(parsed, lexicon), find_figure(parsed, words, measure))


def resolve(parsed: ParsedReport, lexicon: Lexicon, words: str) -> Actor:
    mention = next(one for one in find_actors(parsed, lexicon) if one.text == words)
    return resolve_actor(mention, parsed, lexicon)


@pytest.mark.parametrize(
    ("text", "words", "country", "code"),
    [
        ("Ten U.S. service members flew out on Monday.", "U.S. service members", "USA", "USAMIL"),
        ("Iraq's parliament rejected the plan.", "Iraq's parliament", "IRQ", "IRQLEG"),
        ("The Pentagon confirmed the order.", "Pentagon", "USA", "USAMIL"),
        ("Afghan government forces held the road.", "Afghan government forces", "AFG", "AFGMIL"),
        ("Peru's Congress opened an inquiry.", "Peru's Congress", "PER", "PERLEG"),
        ("Moscow warned the two governments.", "Moscow", "RUS", "RUS"),
        ("Vladimir Putin gave the order.", "Vladimir Putin", "RUS", "RUSGOV"),
        ("Kenyan police officers reached the port.", "Kenyan police officers", "KEN", "KENCOP"),
    ],
)
def test_a_phrase_gives_its_country_and_sector(
    parse: Parse, lexicon: Lexicon, text: str, words: str, country: str, code: str
) -> None:
    actor = resolve(parse(text), lexicon, words)
    assert (actor.country, actor.code) == (country, code)


@pytest.mark.parametrize(
    ("text", "words", "name", "code"),
    [
        ("Islamic State gunmen attacked the town.", "Islamic State gunmen", "Islamic State", "IMGISI"),
        ("NATO forces trained there.", "NATO forces", "NATO", "IGOWSTNAT"),
        ("The United Nations condemned it.", "United Nations", "UN", "UNO"),
        ("MINUSMA left its last camp.", "MINUSMA", "UN mission in Mali (MINUSMA)", "UNOMIL"),
    ],
)
def test_an_organisation_without_a_country_has_a_name_and_a_code(
    parse: Parse, lexicon: Lexicon, text: str, words: str, name: str, code: str
) -> None:
    actor = resolve(parse(text), lexicon, words)
    assert (actor.name, actor.country, actor.code) == (name, None, code)


@pytest.mark.parametrize(("published", "code"), [("2020-05-01", "AFGREBTAL"), ("2022-05-01", "AFGGOVTAL")])
def test_a_group_that_came_to_power_changes_its_code(parse: Parse, lexicon: Lexicon, published: str, code: str) -> None:
    parsed = parse("The Taliban held the road.", published=published)
    assert resolve(parsed, lexicon, "Taliban").code == code


@pytest.mark.parametrize(
    "text",
    [
        "He told us that turkey was cheap.",
        "The Washington Post wrote about it.",
        "They met in Baghdad and in Syria.",
        "The Iran-backed group denied it.",
        "The Kuwait Times wrote about it.",
    ],
)
def test_words_that_only_look_like_a_nation_are_no_actor(parse: Parse, lexicon: Lexicon, text: str) -> None:
    assert [one for one in find_actors(parse(text), lexicon) if one.country] == []


def test_marines_are_american_only_where_the_report_says_so(parse: Parse, lexicon: Lexicon) -> None:
    alone = find_actors(parse("The Marines landed at dawn."), lexicon)
    vouched = find_actors(parse("The Marines landed at dawn, the Pentagon said."), lexicon)
    assert alone[0].country is None
    assert vouched[0].country == "USA"


def test_mentions_hold_their_exact_words(parse: Parse, lexicon: Lexicon) -> None:
    text = "“Russia’s army and the U.S. embassy staff left,” Turkish officials said."
    mentions = find_actors(parse(text), lexicon)
    assert mentions
    assert all(text[one.start : one.end] == one.text for one in mentions)


@pytest.mark.parametrize(
    ("text", "figure", "country", "rule"),
    [
        ("About 1,700 US troops will leave Iraq.", "1,700", "USA", "en.actor.modifier"),
        ("France will have taken its 1,500 troops out of Niger.", "1,500", "FRA", "en.actor.modifier"),
        ("China has 20,000 troops along the border.", "20,000", "CHN", "en.actor.clause"),
        ("American strength in Iraq will fall this month to 3,000.", "3,000", "USA", "en.actor.clause"),
        ("While American soldiers were leaving, 900 stayed in Iraq.", "900", "USA", "en.actor.same-sentence"),
        ("The U.S. troops left. Another 600 will follow in May.", "600", "USA", "en.actor.main-owner"),
    ],
)
def test_forces_belong_to_whom_the_nearest_words_name(
    parse: Parse, lexicon: Lexicon, text: str, figure: str, country: str, rule: str
) -> None:
    chosen = choose(parse(text), lexicon, figure)
    assert chosen is not None
    assert (chosen.country, chosen.rules[-1]) == (country, rule)


def test_a_country_that_has_guests_is_not_their_owner(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The U.S. troops will go home. Iraq has about 2,500 of them.")
    chosen = choose(parsed, lexicon, "2,500")
    assert chosen is not None
    assert chosen.country == "USA"


def test_the_dead_have_the_nationality_that_the_text_gives(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The bombs killed 13 U.S. service members and at least 60 Afghans.")
    soldiers, others = (choose(parsed, lexicon, words, "killed") for words in ("13", "60"))
    assert soldiers is not None
    assert others is not None
    assert (soldiers.country, others.country) == ("USA", "AFG")


def test_a_figure_without_a_noun_counts_whom_the_sentence_counted(parse: Parse, lexicon: Lexicon) -> None:
    chosen = choose(parse("At least 60 Afghans died and another 143 were hurt."), lexicon, "143", "wounded")
    assert chosen is not None
    assert chosen.country == "AFG"


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("Israeli strikes killed 40 people on Sunday.", "40"),
        ("Russia killed 12 civilians, Ukraine's government said.", "12"),
        ("U.S. troops killed 139 insurgents in the valley.", "139"),
        ("Sri Lanka's death toll is 253.", "253"),
    ],
)
def test_the_dead_are_not_given_to_those_who_killed_or_counted_them(
    parse: Parse, lexicon: Lexicon, text: str, figure: str
) -> None:
    assert choose(parse(text), lexicon, figure, "killed") is None


def test_a_report_that_names_nobody_gives_nobody(parse: Parse, lexicon: Lexicon) -> None:
    assert choose(parse("Some 300 troops crossed the river."), lexicon, "300") is None


@pytest.mark.parametrize(
    ("text", "words", "country"),
    [
        ("The force has 1,200 soldiers from Brazil and 700 from Nepal.", "1,200", "BRA"),
        ("The force has 1,200 soldiers from Brazil and 700 from Nepal.", "700", "NPL"),
        ("Of the 6,000 troops there, 1,700 are from Pakistan.", "1,700", "PAK"),
        ("France has 2,400 soldiers in the force, Italy 1,900 and Spain 1,100.", "1,900", "ITA"),
        ("France has 2,400 soldiers in the force, Italy 1,900 and Spain 1,100.", "1,100", "ESP"),
        ("Ghana and Nepal will send 800 and 650 soldiers respectively to Liberia.", "800", "GHA"),
        ("Ghana and Nepal will send 800 and 650 soldiers respectively to Liberia.", "650", "NPL"),
    ],
)
def test_each_contingent_of_a_list_has_its_own_owner(
    parse: Parse, lexicon: Lexicon, text: str, words: str, country: str
) -> None:
    chosen = choose(parse(text), lexicon, words)
    assert chosen is not None
    assert chosen.country == country


def test_the_next_host_of_a_list_is_no_owner(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("U.S. troops will come home. Iraq is to have 2,500 troops and Jordan 1,500.")
    chosen = choose(parsed, lexicon, "1,500")
    assert chosen is None or chosen.country != "JOR"


def test_a_government_that_orders_troops_stands_for_its_army(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The White House ordered 9,500 troops out of Germany.")
    chosen = choose(parsed, lexicon, "9,500")
    assert chosen is not None
    assert resolve_actor(chosen, parsed, lexicon).code == "USAMIL"
