"""Cleaning: what each line of a report is."""

from __future__ import annotations

import time

import pytest

from reportedly.clean import clean_item
from reportedly.lexicon import Lexicon
from reportedly.model import Item, Report
from reportedly.vocab import TimeBasis

BODY = "The garrison sent forty guards to the northern camp on Monday, an army officer said in the town."
MORE = "Another twenty will follow before the end of the month, the officer told reporters at the gate."


def clean(text: str, lexicon: Lexicon, **known: str) -> Report:
    return clean_item(Item(text=text, **known), lexicon)


def kinds(report: Report) -> list[tuple[str, str]]:
    return [(region.kind.value, report.text[region.start : region.end].strip()) for region in report.regions]


def test_a_whole_report_falls_into_its_parts(lexicon: Lexicon) -> None:
    text = (
        "Join our new channel on Telegram for the news!\n\nArmy to send forty guards north\n\n"
        "Guards at the gate. (Army photo by Sgt. Ann K. Example)\nMarch 3, 2021\n\n"
        f"{BODY}\n\n{MORE}\n\nRelated topics: army north\nCopyright © 2021 Example. All Rights Reserved.\n"
        "TOP STORIES\nMan finds dog\nDog finds man"
    )
    report = clean(text, lexicon)
    assert [kind for kind, _ in kinds(report)] == [
        "promotion", "headline", "caption", "credit", "dateline", "body", "boilerplate",
    ]  # fmt: skip
    assert ("caption", "Guards at the gate.") in kinds(report)
    assert (report.published, report.published_basis) == ("2021-03-03", TimeBasis.DATELINE)


def test_metadata_wins_over_the_dateline(lexicon: Lexicon) -> None:
    report = clean(f"March 3, 2021\n\n{BODY}", lexicon, published="2021-03-04")
    assert (report.published, report.published_basis) == ("2021-03-04", TimeBasis.PUBLICATION)


def test_a_report_without_a_date_has_none(lexicon: Lexicon) -> None:
    report = clean(BODY, lexicon)
    assert (report.published, report.published_basis, report.dateline) == (None, None, None)


def test_an_update_does_not_stand_for_the_publication(lexicon: Lexicon) -> None:
    report = clean(f"Updated: May 5, 2021 5:58pm\nPublished: May 4, 2021 1:45pm\n\n{BODY}", lexicon)
    assert report.published == "2021-05-04"


@pytest.mark.parametrize(
    ("dateline", "place", "agency"),
    [
        ("WASHINGTON (AP) —", "WASHINGTON", "Associated Press"),
        ("GOMA, Congo, March 3 (Reuters) -", "GOMA, Congo", "Reuters"),
        ("KABUL, Afghanistan (AP) —", "KABUL, Afghanistan", "Associated Press"),
        ("April 25 (UPI) --", None, "United Press International"),
        ("(Reuters) -", None, "Reuters"),
        ("(MENAFN)", None, "MENAFN"),
        ("New Delhi (Sputnik):", "New Delhi", "Sputnik"),
        ("NEW DELHI:", "NEW DELHI", None),
        ("WASHINGTON --", "WASHINGTON", None),
        ("WASHINGTON -", "WASHINGTON", None),
        ("FOXBORO, Mass. —", "FOXBORO, Mass.", None),
        ("Madrid (Reuters) –", "Madrid", "Reuters"),
        ("SAN SALVADOR, 9 JAN 90 (DPA) --", "SAN SALVADOR", "dpa"),
        ("O'TOWN, Ohio (AP)_", "O'TOWN, Ohio", "Associated Press"),
    ],
)
def test_a_dateline_in_the_run_is_exactly_its_words(
    lexicon: Lexicon, dateline: str, place: str | None, agency: str | None
) -> None:
    report = clean(f"Army sends guards\n\n{dateline} {BODY}", lexicon)
    assert [text for kind, text in kinds(report) if kind == "dateline"] == [dateline]
    found = report.dateline
    assert found is not None
    assert (found.place, found.agency) == (place, agency)
    assert report.text[found.start : found.end] == dateline
    if agency:
        assert report.text[found.agency_start : found.agency_end] in dateline


def test_a_dash_without_blanks_ends_a_dateline_too(lexicon: Lexicon) -> None:
    report = clean(f"WASHINGTON—{BODY}", lexicon)
    assert kinds(report) == [("dateline", "WASHINGTON—"), ("body", BODY)]


def test_the_agency_that_is_not_the_publisher_is_the_one_that_filed(lexicon: Lexicon) -> None:
    text = f"WASHINGTON (UrduPoint News / Sputnik - 28th August, 2020) {BODY}"
    report = clean(text, lexicon, publisher="UrduPoint")
    assert report.dateline is not None
    assert (report.dateline.agency, report.dateline.date) == ("Sputnik", "2020-08-28")


def test_a_missing_year_comes_from_the_publication(lexicon: Lexicon) -> None:
    report = clean(f"WASHINGTON, Dec 30 (Reuters) - {BODY}", lexicon, published="2021-01-02")
    assert report.dateline is not None
    assert report.dateline.date == "2020-12-30"


@pytest.mark.parametrize(
    "line",
    [
        f"NATO — {BODY} NATO was asked.",
        f"BREAKING: {BODY}",
        f"ISIS — also known as Daesh — {BODY}",
        "Q: How many guards will go to the northern camp this month, sir? A: Forty will go.",
        f"Feb. 12, 2013 - {BODY}",
    ],
)
def test_what_only_looks_like_a_dateline_stays_in_the_body(lexicon: Lexicon, line: str) -> None:
    report = clean("\n\n".join([BODY, MORE, BODY, MORE, line]), lexicon)
    assert {kind for kind, _ in kinds(report)} == {"body"}


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Ann Example and Bob Example", "Ann Example and Bob Example"),
        ("by Ann Example Morning Courier", "Ann Example Morning Courier"),
        ("Ann K. Example", "Ann K. Example"),
        ("Ann Example | June 17, 2019, 06:57 PM", "Ann Example"),
    ],
)
def test_a_byline_is_no_text(lexicon: Lexicon, line: str, byline: str) -> None:
    report = clean(f"Army sends guards north\n\n{line}\n\n{BODY}", lexicon)
    assert report.byline == byline
    assert [text for kind, text in kinds(report) if kind == "body"] == [BODY]


@pytest.mark.parametrize("line", ["By REUTERS", "Associated Press"])
def test_an_agency_alone_in_a_line_is_the_agency_of_the_dateline(lexicon: Lexicon, line: str) -> None:
    report = clean(f"Army sends guards north\n{line}\n\n{BODY}", lexicon)
    assert report.dateline is not None
    assert report.dateline.agency in ("Reuters", "Associated Press")


def test_a_headline_that_names_its_words_again_is_no_byline(lexicon: Lexicon) -> None:
    report = clean(f"Northern Garrison\n\n{BODY.replace('garrison', 'northern garrison')}", lexicon)
    assert kinds(report)[0] == ("headline", "Northern Garrison")


def test_headline_deck_and_crosshead_are_headlines(lexicon: Lexicon) -> None:
    text = f"Army sends forty guards north\n\nOfficer promises twenty more\n\n{BODY}\n\nWhat comes next\n\n{MORE}"
    assert [kind for kind, _ in kinds(clean(text, lexicon))] == ["headline", "body", "headline", "body"]


def test_the_title_of_the_metadata_is_found_in_the_text(lexicon: Lexicon) -> None:
    report = clean(f"Army sends forty guards north. {BODY}", lexicon, title="Army sends forty guards north")
    assert kinds(report) == [("headline", "Army sends forty guards north."), ("body", BODY)]


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Ann Example/HKFP.",
        "( FOX )",
        "ANYLAND-CONFLICT - Credit: Ann Example/AFP/Getty Images",
        "Ann Example / Reuters.",
    ],
)
def test_a_credit_alone_is_a_credit(lexicon: Lexicon, line: str) -> None:
    assert ("credit", line) in kinds(clean(f"Army sends guards\n\n{line}\n\n{BODY}", lexicon))


def test_a_credit_inside_a_line_leaves_the_rest(lexicon: Lexicon) -> None:
    report = clean(f"Guards face a crowd on June 9. Photo / Ann Example, for the Courier\n\n{BODY}", lexicon)
    assert kinds(report)[:2] == [
        ("caption", "Guards face a crowd on June 9."),
        ("credit", "Photo / Ann Example, for the Courier"),
    ]


@pytest.mark.parametrize(
    "tail",
    [
        "For more news, visit Example Brief.",
        "Ann Example contributed to this report.",
        "Follow Ann Example on Twitter @example.",
        "New naval base • 25%",
    ],
)
def test_furniture_at_the_end_of_a_paragraph_is_cut_from_it(lexicon: Lexicon, tail: str) -> None:
    report = clean(f"{BODY}\n\n{MORE} {tail}", lexicon)
    assert kinds(report)[0] == ("body", f"{BODY}\n\n{MORE}")
    assert kinds(report)[1][1] == tail


@pytest.mark.parametrize(
    "sentence",
    [
        "For more than ten years the army has kept its forty guards there, and reporters visit them now and then.",
        "Support for the mission fell, the officer said, and no newsletter will change that in the garrison.",
        "Follow the guards north and you will find the camp where forty of them have lived since the war.",
        "A guard without permission to speak publicly said that forty more are on their way to the camp.",
        "Posted on its Telegram channel, the army's list names forty guards who were killed at the camp.",
        "The officer said the army may also read the letters of the forty guards who were sent north.",
        "Copyright of the map belongs to the army, which sent its forty guards north with it on Monday.",
        '"Subscribe to that view and you lose the forty guards," the officer said in the northern town.',
    ],
)
def test_a_sentence_of_the_body_is_never_thrown_out(lexicon: Lexicon, sentence: str) -> None:
    for text in (sentence, f"{BODY}\n\n{sentence}\n\n{MORE}", f"{BODY} {sentence}"):
        assert {kind for kind, _ in kinds(clean(text, lexicon))} <= {"body", "headline", "caption"}


def test_a_list_of_stories_ends_where_the_report_goes_on(lexicon: Lexicon) -> None:
    report = clean(f"{BODY}\n\nRelated stories\nMan finds dog\nDog finds man\n\n{MORE}", lexicon)
    assert [kind for kind, _ in kinds(report)] == ["body", "boilerplate", "body"]


def test_wrapped_copy_is_put_together_before_it_is_judged(lexicon: Lexicon) -> None:
    text = (
        "SOMEWHERE, 9 JAN 90 (DPA) -- The garrison sent forty guards to the\nnorthern camp on Monday, an officer of "
        "the army said in the\ntown near the border, where the old road begins and the new\nroad ends, which is why "
        "nobody goes there at night without\na lamp and a friend who knows the way to the camp and\nback again.\n"
    )
    assert [kind for kind, _ in kinds(clean(text, lexicon))] == ["dateline", "body"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The guards left the camp and went home to their families.", "en"),
        ("Army to send forty guards", "en"),
        ("Les gardes ont quitté le camp hier soir, selon le ministère.", "fr"),
        ("Die Wachen haben das Lager verlassen und sind nicht zurück.", "de"),
        ("Los guardias salieron del campamento el lunes, según la policía.", "es"),
        ("Солдаты покинули базу в понедельник.", "ru"),
        ("غادر الجنود القاعدة يوم الاثنين وفق المتحدث.", "ar"),
        ("士兵们星期一离开了基地，发言人说。", "zh"),
        ("Guards leave camp", None),
    ],
)
def test_the_language_is_told_offline(lexicon: Lexicon, text: str, language: str | None) -> None:
    assert clean(text, lexicon).language == language


@pytest.mark.parametrize(
    "text",
    ["The army has forty guards. " * 7_500, "a" * 200_000, "(" * 200_000, "Aa. " * 50_000, "NAME - " * 30_000],
)
def test_one_line_of_200_000_characters_does_not_hang(lexicon: Lexicon, text: str) -> None:
    began = time.process_time()
    report = clean(text, lexicon)
    assert time.process_time() - began < 1
    assert "".join(text[region.start : region.end] for region in report.regions) == text
