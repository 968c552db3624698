"""Where: which words name a place, which one a figure is about, and what place it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportedly.extract.places import choose_place, find_places
from reportedly.lexicon import Lexicon
from reportedly.lexicon.gazetteer import find_candidates, load_cities
from reportedly.model import Figure, ParsedReport, Place, PlaceMention, Quantity
from reportedly.resolve.places import resolve_places
from reportedly.vocab import Approx, Direction, Precision, Role

Parse = Callable[..., ParsedReport]


def to_figure(parsed: ParsedReport, text: str, role: Role, direction: Direction | None) -> Figure:
    start = parsed.report.text.index(text)
    sentence = next(item for item in parsed.sentences if item.start <= start < item.end)
    tokens = [token for token in sentence.tokens if token.start < start + len(text) and start < token.end]
    last = tokens[-1]
    return Figure(
        text=text,
        start=start,
        end=start + len(text),
        sentence=sentence.index,
        first=tokens[0].index,
        last=last.index + 1,
        measure="troops",
        noun=last.head if last.dep in ("nummod", "amod") else None,
        quantity=Quantity(low=1, high=1, approx=Approx.EXACT, role=role, direction=direction),
    )


def choose(
    parsed: ParsedReport, lexicon: Lexicon, text: str, role: Role = Role.LEVEL, direction: Direction | None = None
) -> list[str]:
    mentions = find_places(parsed, lexicon)
    return [item.text for item in choose_place(parsed, mentions, to_figure(parsed, text, role, direction))]


def resolve(parsed: ParsedReport, lexicon: Lexicon) -> dict[str, Place]:
    places = resolve_places(find_places(parsed, lexicon), parsed, lexicon)
    return {place.text: place for place in places.values()}


def names(parsed: ParsedReport, lexicon: Lexicon) -> list[str]:
    return [item.text for item in find_places(parsed, lexicon) if not item.anaphor]


# ---------------------------------------------------------------- what is a place


def test_a_nationality_is_no_place_but_the_country_is(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("U.S. officials and Iraqi commanders met US troops. They trained in the U.S. last year.")
    (mention,) = find_places(parsed, lexicon)
    assert (mention.text, mention.iso3) == ("U.S.", "USA")
    assert parsed.report.text[mention.start : mention.end] == "U.S."


def test_the_pronoun_us_is_no_country(parse: Parse, lexicon: Lexicon) -> None:
    assert names(parse("They told us that it was over."), lexicon) == []


def test_names_of_newspapers_and_people_are_no_places(parse: Parse, lexicon: Lexicon) -> None:
    text = "The Washington Post and the New York Times named Michael Jordan and Chad Smith."
    assert names(parse(text), lexicon) == []


def test_a_side_of_a_town_is_no_town_of_that_name(parse: Parse, lexicon: Lexicon) -> None:
    assert names(parse("Police shot two people on the Southwest Side and in the West End on Friday."), lexicon) == []


def test_a_border_told_by_a_nationality_is_a_place(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Tanks were seen near the Ukrainian border on Sunday.")
    assert resolve(parsed, lexicon)["Ukrainian border"].country == "UKR"


def test_a_government_is_flagged_as_a_metonym(parse: Parse, lexicon: Lexicon) -> None:
    mentions = find_places(parse("Moscow said that it had left Kherson."), lexicon)
    assert [(item.text, item.metonym) for item in mentions] == [("Moscow", True), ("Kherson", False)]


def test_a_name_in_the_run_of_a_dateline_is_flagged(parse: Parse, lexicon: Lexicon) -> None:
    mentions = find_places(parse("GOMA, Congo (AP) — Rebels killed 40 people in Bunia, the army said."), lexicon)
    assert [(item.text, item.dateline) for item in mentions] == [("GOMA", True), ("Congo", True), ("Bunia", False)]


def test_every_mention_holds_its_words(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("“We’re leaving,” he said in Deir al-Zor. The U.S.-Mexico border and Port-au-Prince were calm.")
    mentions = find_places(parsed, lexicon)
    assert [item.text for item in mentions] == ["Deir al-Zor", "U.S.-Mexico border", "Port-au-Prince"]
    assert all(parsed.report.text[item.start : item.end] == item.text for item in mentions)


# ---------------------------------------------------------------- which place a figure is about


@pytest.mark.parametrize(
    ("text", "figure", "wanted"),
    [
        ("Some 2,500 soldiers are in Kenya and 3,000 in Chad.", "2,500", ["Kenya"]),
        ("Some 2,500 soldiers are in Kenya and 3,000 in Chad.", "3,000", ["Chad"]),
        ("Kenya has about 5,000 of them now, Chad more than 3,000.", "3,000", ["Chad"]),
        ("Ethiopia has 4,000 troops in Somalia, Kenya 3,600.", "3,600", ["Somalia"]),
        ("Italy loses 500 troops to end at 2,500.", "500", ["Italy"]),
        ("Sri Lanka's death toll rose to 310.", "310", ["Sri Lanka"]),
        ("Iraq troop levels fell to 3,000.", "3,000", ["Iraq"]),
        ("At least 13 died at Kabul airport, officials told reporters in Berlin.", "13", ["Kabul"]),
        ("A bomb killed 26 people in Bannu, in Khyber Pakhtunkhwa province.", "26", ["Bannu"]),
        ("The attack on Goma killed 20. At least 30 more were wounded there.", "30", ["Goma"]),
        ("Officers flew to Haiti. About 200 are in the country.", "200", ["Haiti"]),
        ("France's 800 soldiers are in Mali.", "800", ["Mali"]),
        ("Iraq's 3,000 U.S. troops will stay.", "3,000", ["Iraq"]),
        ("The force in Haiti has 1,200 soldiers from Brazil and 700 from Nepal.", "700", ["Haiti"]),
        ("There are 5,000 soldiers in Congo. Of these, 1,700 are from Pakistan.", "1,700", ["Congo"]),
        ("Peru will send 200 soldiers to Haiti, Chile 100.", "200", ["Haiti"]),
        ("Peru will send 200 soldiers to Haiti, Chile 100.", "100", ["Haiti"]),
        ("Spain sent 300 and 200 soldiers to Mali and Niger respectively.", "200", ["Niger"]),
        ("Troops are in Estonia and Latvia. About 1,000 serve in each country.", "1,000", ["Estonia", "Latvia"]),
    ],
)
def test_a_figure_finds_its_place(parse: Parse, lexicon: Lexicon, text: str, figure: str, wanted: list[str]) -> None:
    assert choose(parse(text), lexicon, figure) == wanted


def test_a_withdrawal_is_from_where_the_troops_leave(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Officers withdrew 1,200 troops from Mali to Niger last week.")
    assert choose(parsed, lexicon, "1,200", Role.CHANGE, Direction.DOWN) == ["Mali"]


def test_what_leaves_another_place_is_not_from_where_it_leaves(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Some 300 soldiers from Kenya will withdraw from Haiti.")
    assert choose(parsed, lexicon, "300", Role.CHANGE, Direction.DOWN) == ["Haiti"]
    parsed = parse("Kenya's 800 soldiers will leave Somalia by June.")
    assert choose(parsed, lexicon, "800", Role.CHANGE, Direction.DOWN) == ["Somalia"]


def test_a_deployment_is_to_where_the_troops_go(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Some 3,000 soldiers flew from Fort Bragg, North Carolina, to Poland.")
    assert choose(parsed, lexicon, "3,000", Role.CHANGE, Direction.UP) == ["Poland"]


def test_a_joint_figure_of_several_countries_has_no_place(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The alliance will send 3,000 troops to Poland, Germany and Romania.")
    assert choose(parsed, lexicon, "3,000", Role.CHANGE, Direction.UP) == []


def test_an_inherited_place_says_so_in_its_rules(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Fighting went on in Goma on Monday. At least 20 people were killed.")
    (chosen,) = choose_place(parsed, find_places(parsed, lexicon), to_figure(parsed, "20", Role.COUNT, None))
    assert (chosen.text, chosen.rules[-1]) == ("Goma", "en.place.from-previous-sentence")


def test_the_place_of_a_dateline_is_never_chosen(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("BERLIN (AP) — At least 20 people were killed, the ministry said.")
    assert choose(parsed, lexicon, "20", Role.COUNT) == []


def test_a_report_without_parsed_sentences_has_no_places(lexicon: Lexicon, parse: Parse) -> None:
    assert find_places(parse(""), lexicon) == ()


# ---------------------------------------------------------------- what place it is


def test_what_contains_a_city_decides_which_one_it_is(parse: Parse, lexicon: Lexicon) -> None:
    places = resolve(parse("He lives in Springfield, Illinois, not in Paris, Texas."), lexicon)
    springfield, paris = places["Springfield"], places["Paris"]
    assert springfield.lat == pytest.approx(39.8, abs=0.3)
    assert springfield.geonames_id is not None
    assert paris.country == "USA"
    assert paris.lat == pytest.approx(33.7, abs=0.3)


def test_georgia_is_a_state_beside_other_states(parse: Parse, lexicon: Lexicon) -> None:
    assert resolve(parse("Guards from Alabama and Florida went to Georgia."), lexicon)["Georgia"].country == "USA"
    assert resolve(parse("Soldiers from Armenia went to Georgia."), lexicon)["Georgia"].country == "GEO"


def test_a_disputed_region_has_no_country(parse: Parse, lexicon: Lexicon) -> None:
    place = resolve(parse("Some 400 soldiers stayed in Aksai Chin and the Sahel."), lexicon)["Aksai Chin"]
    assert (place.country, place.precision) == (None, Precision.REGION)


def test_a_chosen_mention_finds_its_place_under_the_original(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("Some 400 soldiers are in Erbil.")
    mentions = find_places(parsed, lexicon)
    places = resolve_places(mentions, parsed, lexicon)
    (chosen,) = choose_place(parsed, mentions, to_figure(parsed, "400", Role.LEVEL, None))
    assert isinstance(chosen, PlaceMention)
    assert places[chosen].country == "IRQ"


def test_our_own_tables_come_before_misleading_aliases(lexicon: Lexicon) -> None:
    assert find_candidates("Gao", lexicon)[0].iso3 == "MLI"
    assert find_candidates("Nineveh", lexicon)[0].iso3 == "IRQ"
    assert find_candidates("no such place", lexicon) == ()


def test_accents_do_not_matter_in_the_gazetteer() -> None:
    cities = load_cities()
    assert cities is not None
    assert cities.knows("Bogota")
    assert cities.knows("Bogotá")


def test_every_country_has_codes_and_a_point(lexicon: Lexicon) -> None:
    rows = lexicon.table("countries").rows.values()
    assert len({row["iso3"] for row in rows}) == len(rows) > 195
    for row in rows:
        assert len(row["iso2"]) == 2
        assert len(row["iso3"]) == 3
        assert row["geonames_id"].isdigit()
        assert -90 <= float(row["lat"]) <= 90
        assert -180 <= float(row["lon"]) <= 180


def test_every_place_lies_in_a_listed_country_or_none(lexicon: Lexicon) -> None:
    codes = {row["iso3"] for row in lexicon.table("countries").rows.values()}
    for row in lexicon.table("places").rows.values():
        assert row["iso3"] in codes or row["iso3"] == "", row.where
        assert Precision(row["precision"]) is not None
