"""The number grammar: what is written, what it is worth, what hedges it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.extract.numbers import Number, find_numbers, load_number_words
from reportedly.lexicon import Lexicon, load_lexicon


def read_one(text: str, lexicon: Lexicon) -> tuple[str, Number]:
    numbers = find_numbers(text, load_number_words(lexicon))
    assert len(numbers) == 1, [text[number.start : number.end] for number in numbers]
    return text[numbers[0].start : numbers[0].end], numbers[0]


@pytest.mark.parametrize(
    ("text", "figure", "low", "high"),
    [
        ("It has 5,200 men.", "5,200", 5200, 5200),
        ("It has 2 583 men.", "2 583", 2583, 2583),
        ("It has 12K men.", "12K", 12_000, 12_000),
        ("It has 15-thousand men.", "15-thousand", 15_000, 15_000),
        ("It has four-thousand-100 men.", "four-thousand-100", 4100, 4100),
        ("It has 1.7 million men.", "1.7 million", 1_700_000, 1_700_000),
        ("It has three thousand two hundred men.", "three thousand two hundred", 3200, 3200),
        ("It has two hundred and five men.", "two hundred and five", 205, 205),
        ("It has seventy-one ships.", "seventy-one", 71, 71),
        ("It has a thousand men.", "a thousand", 1000, 1000),
        ("It has a dozen ships.", "a dozen", 12, 12),
        ("It has half a million men.", "half a million", 500_000, 500_000),
        ("Between 7,000 and 9,000 men came.", "7,000 and 9,000", 7000, 9000),
        ("It has 10,000-12,000 men.", "10,000-12,000", 10_000, 12_000),
        ("It spoke of a 100-to-300 range.", "100-to-300", 100, 300),
        ("Between seven- and 15-thousand men came.", "seven- and 15-thousand", 7000, 15_000),
        ("Between 10 and 15,000 men came.", "10 and 15,000", 10_000, 15_000),
        ("It lost 1.2 to 1.5 million men.", "1.2 to 1.5 million", 1_200_000, 1_500_000),
        ("Dozens of ships came.", "Dozens", 24, 99),
        ("Tens of thousands of men came.", "Tens of thousands", 20_000, 99_999),
        ("It has 14% of them.", "14%", 14, 14),
        ("It fell by seven percent.", "seven percent", 7, 7),
        ("It fell by a third.", "a third", pytest.approx(1 / 3, abs=1e-5), pytest.approx(1 / 3, abs=1e-5)),
        ("One in four men left.", "One in four", 0.25, 0.25),
        ("It is three times the old figure.", "three", 3, 3),
        ("It is a seven-fold rise.", "seven", 7, 7),
    ],
)
def test_a_number_form_has_its_value(text: str, figure: str, low: float, high: float, lexicon: Lexicon) -> None:
    words, number = read_one(text, lexicon)
    assert (words, number.low, number.high) == (figure, low, high)


@pytest.mark.parametrize(
    ("text", "approx", "low", "high"),
    [
        ("It has about 500 men.", "about", 500, 500),
        ("It has 500 or so men.", "about", 500, 500),
        ("It has more than 500 men.", "at_least", 500, None),
        ("It has at least 500 men.", "at_least", 500, None),
        ("It has at least about 500 men.", "at_least", 500, None),
        ("It has 500 or more men.", "at_least", 500, None),
        ("It has 500+ men.", "at_least", 500, None),
        ("It has up to 500 men.", "at_most", None, 500),
        ("It has as many as 500 men.", "at_most", None, 500),
        ("It has fewer than 500 men.", "at_most", None, 500),
        ("It has a total of 500 men.", "exact", 500, 500),
        ("It has more than a million men.", "at_least", 1_000_000, None),
    ],
)
def test_a_hedge_bounds_its_number(
    text: str, approx: str, low: float | None, high: float | None, lexicon: Lexicon
) -> None:
    _, number = read_one(text, lexicon)
    assert (number.approx, number.low, number.high) == (approx, low, high)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $2.5 billion and €300.",
        "It costs 2.3 million dollars.",
        "Two C-17s and an F-35C of the 82nd.".replace("Two ", ""),
        "The second-half rally went on.",
        "A third infantry battalion came.",
        "Nothing here.",
    ],
)
def test_money_names_and_ordinals_are_no_numbers(text: str, lexicon: Lexicon) -> None:
    assert find_numbers(text, load_number_words(lexicon)) == []


def test_from_and_to_are_two_numbers_and_a_hedge_covers_the_nearest(lexicon: Lexicon) -> None:
    text = "It falls from about 5,200 to 3,000."
    first, second = find_numbers(text, load_number_words(lexicon))
    assert (first.approx, first.low, second.approx, second.low) == ("about", 5200, "exact", 3000)


@given(st.text(alphabet=st.sampled_from("0123456789,.- \u00a0abthousandmillionfrt%$’—"), max_size=60))
def test_any_text_gives_ordered_spans_inside_it(text: str) -> None:
    numbers = find_numbers(text, load_number_words(load_lexicon()))
    spans = [(number.start, number.end) for number in numbers]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
