"""Figures: what is counted, and whether it is a level, a change, an end of one or a count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportedly.extract.quantities import find_figures
from reportedly.extract.times import find_times
from reportedly.lexicon import Lexicon
from reportedly.model import Figure, ParsedReport

Parse = Callable[..., ParsedReport]


def read_figures(text: str, parse: Parse, lexicon: Lexicon) -> list[Figure]:
    parsed = parse(text)
    return list(find_figures(parsed, lexicon, find_times(parsed, lexicon)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The country keeps 900 troops in Syria.", [("900", "troops", "level", None)]),
        ("The army will withdraw 1,200 soldiers from Mali.", [("1,200", "troops", "change", "-")]),
        ("The alliance will send 450 more soldiers to Kosovo.", [("450", "troops", "change", "+")]),
        (
            "It will cut its force from 5,200 to about 3,500 troops.",
            [("5,200", "troops", "from", None), ("3,500", "troops", "to", None)],
        ),
        ("The force will be reduced by a third.", [("a third", "troops", "change", "-")]),
        (
            "About 600 troops will leave, leaving 1,400 soldiers there.",
            [("600", "troops", "change", "-"), ("1,400", "troops", "to", None)],
        ),
        (
            "At least 12 people were killed and 30 others wounded in the blast.",
            [("12", "killed", "count", None), ("30", "wounded", "count", None)],
        ),
        ("The fighting has displaced 40,000 people.", [("40,000", "displaced", "count", None)]),
        ("Police arrested 25 men after the march.", [("25", "detained", "count", None)]),
        (
            "Some 2,000 of the 9,000 soldiers there will go home.",
            [("2,000", "troops", "change", "-"), ("9,000", "troops", "level", None)],
        ),
        ("Two battalions were sent to the border.", [("Two", "troops", "change", "+")]),
        ("About 3,500 soldiers will replace those who leave.", [("3,500", "troops", "change", None)]),
    ],
)
def test_a_plain_sentence_is_read(
    text: str, expected: list[tuple[str, str, str, str | None]], parse: Parse, lexicon: Lexicon
) -> None:
    found = [
        (f.text, f.measure, f.quantity.role.value, f.quantity.direction) for f in read_figures(text, parse, lexicon)
    ]
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "The firm lets 1,700 employees go, 2 percent of its staff.",
        "Scout Troop 3802 sold 2,702 boxes of cookies.",
        "The home side won 17-11 before 60,000 spectators.",
        "He won 26,677 votes, 74 percent of the total.",
        "The quake struck 40 miles from the coast at a depth of 10 km.",
        "She is 41 and has two children.",
        "The deal is worth $2.5 billion over three years.",
        "On June 9, 2019, the court met at 2.30 pm.",
    ],
)
def test_what_is_not_counted_is_no_figure(text: str, parse: Parse, lexicon: Lexicon) -> None:
    assert read_figures(text, parse, lexicon) == []


def test_a_brigade_that_moves_is_one_formation(parse: Parse, lexicon: Lexicon) -> None:
    (figure,) = read_figures("A brigade will be sent to the border.", parse, lexicon)
    assert (figure.quantity.unit, figure.quantity.low, figure.quantity.formation) == ("formation", 1, "brigade")


def test_a_bare_number_takes_what_its_neighbour_counts(parse: Parse, lexicon: Lexicon) -> None:
    figures = read_figures("By May there will be 2,500 soldiers in Kenya and 1,500 in Chad.", parse, lexicon)
    assert [(figure.text, figure.measure) for figure in figures] == [("2,500", "troops"), ("1,500", "troops")]


def test_every_offset_holds_its_words(parse: Parse, lexicon: Lexicon) -> None:
    text = "“We lost 12 men,” he said.\u00a0Some 3 500 soldiers — “half” of them — stay. 🙂 Another 40 troops left."
    for figure in read_figures(text, parse, lexicon):
        assert text[figure.start : figure.end] == figure.text
