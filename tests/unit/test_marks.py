"""The words of a claim's answers, marked where they stand."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from made_reports import TEXT, make_claim, make_report
from rich.console import Console

from reportedly.model import Actor, Claim, Evidence, Place, Source, Time, Words
from reportedly.serve.marks import (
    LONGEST_PASSAGE,
    STYLES,
    find_marks,
    find_passages,
    to_legend,
    to_marked_report,
    to_passage,
    to_reflowed,
)
from reportedly.vocab import SourceKind, TimeBasis


def find_words(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def make_told() -> Claim:
    """A claim whose every answer stands in the report."""
    garrison, syldavia, official, told, by = map(
        find_words, ("garrison in", "Syldavia", "an official", "told", "from 5,200")
    )
    return make_claim(
        actor=Actor(text="garrison in", start=garrison[0], end=garrison[1]),
        place=Place(text="Syldavia", start=syldavia[0], end=syldavia[1]),
        time=Time(start=None, end=None, edtf=None, basis=TimeBasis.STATED, text="from 5,200", text_start=by[0],
                  text_end=by[1]),
        sources=(
            Source(text="an official", start=official[0], end=official[1], kind=SourceKind.OFFICIALS,
                   cue=Words(text="told", start=told[0], end=told[1])),
        ),
    )  # fmt: skip


def write_passages(claim: Claim, text: str = TEXT) -> list[str]:
    marks = find_marks(claim, text)
    return [
        to_passage(text, start, end, marks, coloured=False).plain for start, end in find_passages(claim, text, marks)
    ]


def test_without_colour_each_answer_is_named_where_it_stands() -> None:
    (passage,) = write_passages(make_told())
    assert passage == (
        "The [whose: garrison in] [where: Syldavia] will fall by about [figure: 1,700] troops, [when: from 5,200] to "
        "3,500, [source: an official] [said by: told] the Klow Post.\nAbout 900 remain in San Theodoros."
    )


def test_with_colour_the_words_stay_as_they_are_and_are_named_below() -> None:
    claim = make_told()
    marks = find_marks(claim, TEXT)
    (span,) = find_passages(claim, TEXT, marks)
    passage = to_passage(TEXT, *span, marks, coloured=True)
    assert passage.plain == TEXT[slice(*span)]
    painted = {(str(part.style), passage.plain[part.start : part.end]) for part in passage.spans}
    assert {("bold underline", "1,700"), ("green", "Syldavia"), ("magenta", "an official")} <= painted
    legend = to_legend(TEXT, marks).plain
    assert legend.startswith("figure 1,700 · whose garrison in · where Syldavia · when from 5,200")


def test_every_answer_has_a_style_of_its_own_but_figure_and_event() -> None:
    assert len(set(STYLES.values())) == len(STYLES) - 1


def test_words_that_do_not_stand_in_the_report_are_not_marked() -> None:
    claim = make_claim(place=Place(text="Elsewhere", start=3, end=12))
    assert "where" not in [mark.name for mark in find_marks(claim, TEXT)]


def test_answers_of_the_same_words_share_a_mark_and_one_within_another_gives_way() -> None:
    start, end = find_words("Syldavia")
    told = replace(make_told(), actor=Actor(text="Syldavia", start=start, end=end), time=None)
    inner = replace(told, place=Place(text="Syl", start=start, end=start + 3))
    assert "[whose, where: Syldavia]" in write_passages(told)[0]
    assert "[whose: Syldavia]" in write_passages(inner)[0]


def test_a_source_in_another_paragraph_brings_that_paragraph() -> None:
    start, end = find_words("Borduria")
    passages = write_passages(
        replace(make_told(), sources=(Source(text="Borduria", start=start, end=end, kind=SourceKind.NEWS),))
    )
    assert len(passages) == 2
    assert "[source: Borduria] to cut garrison" in passages[0]


@pytest.mark.parametrize("blank", [" ", "\n"])
def test_of_an_endless_paragraph_only_what_is_near_is_shown(blank: str) -> None:
    text = f"{('word' + blank) * 2_000}About 12 died.{(blank + 'word') * 2_000}"
    start = text.index("12")
    claim = make_claim(actor=None, place=None, time=None, sources=(), relates_to=())
    claim = replace(
        claim,
        evidence=Evidence(start=start, end=start + 2, text="12", sentence_start=start - 6, sentence_end=start + 8),
    )
    (passage,) = write_passages(claim, text)
    assert "About [figure: 12] died." in passage
    assert len(passage) < LONGEST_PASSAGE
    assert passage.startswith("… ") == (blank == " ")


def test_a_report_carries_the_ids_of_its_claims_after_their_words() -> None:
    claims = [make_claim(words, relates_to=()) for words in ("1,700", "5,200", "900")]
    marked = to_marked_report(make_report(), claims, 6, {}).plain
    for claim in claims:
        assert f"{claim.evidence.text}[{claim.claim_id[:6]}]" in marked
    bare = marked
    for claim in claims:
        bare = bare.replace(f"[{claim.claim_id[:6]}]", "")
    assert bare == TEXT.replace("\n\n", "\n")


def test_wrapped_lines_are_joined_letter_for_letter_and_others_stay() -> None:
    wrapped = f"{'long line ' * 6}that goes\non here.\nShort\nlines\n\nand\n{'x' * 80}.\nEnd"
    joined = to_reflowed(wrapped)
    assert joined == wrapped.replace("goes\non", "goes on")
    assert len(joined) == len(wrapped)


def test_claims_on_the_same_words_share_them() -> None:
    claims = [make_claim("900", claim_id="a" * 16), make_claim("900", claim_id="b" * 16)]
    assert "900[aaaaaa bbbbbb] remain" in to_marked_report(make_report(), claims, 6, {}).plain


def test_a_marked_report_prints_at_any_width() -> None:
    for width in (20, 80):
        stream = io.StringIO()
        Console(file=stream, width=width).print(to_marked_report(make_report(), [make_claim()], 6, {}))
        assert max(map(len, stream.getvalue().splitlines())) <= width
