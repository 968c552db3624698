"""Sets of words by name: looked up, overlaid, and checked both ways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reportedly
from reportedly.errors import LexiconError
from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.lexicon.check import find_problems
from reportedly.lexicon.tables import WORD_SETS, to_choice

SOURCES = Path(reportedly.__file__).parent
#: The ways in which code asks for a set by name.
_ASKED = re.compile(r'(?:sets\[|\.words\(|(?:says|says_any|says_pair|begins|ends)\([^"\n]*)["\']([a-z-]+)["\']')
HEADER = "id,forms,inflect,example,counterexample\n"


def write_overlay(folder: Path, rows: str) -> Path:
    """Writes an overlay with rows of word sets alone."""
    (folder / "en").mkdir()
    (folder / "en" / f"{WORD_SETS}.csv").write_text(HEADER + rows, encoding="utf-8")
    return folder


def test_a_set_is_asked_for_by_name(lexicon: Lexicon) -> None:
    assert lexicon.words("counted-citing") == {"citing", "quoting", "cited", "quoted"}
    assert lexicon.words("figure-all-but") == {"all but"}


def test_the_same_set_is_the_same_object(lexicon: Lexicon) -> None:
    assert lexicon.words("joint-of") is lexicon.words("joint-of")


def test_an_unknown_set_names_the_nearest(lexicon: Lexicon) -> None:
    with pytest.raises(LexiconError, match="did you mean 'number-money'"):
        lexicon.words("number-mony")


def test_an_unknown_set_is_an_error_in_the_mapping_too(lexicon: Lexicon) -> None:
    with pytest.raises(LexiconError, match="no set of words 'qqq'"):
        lexicon.sets["qqq"]


def test_a_lexicon_without_the_table_has_no_sets() -> None:
    with pytest.raises(LexiconError, match="add a row"):
        Lexicon("xx", {}, {}, "0").words("joint-of")


def test_every_set_that_code_asks_for_exists_and_each_is_asked_for(lexicon: Lexicon) -> None:
    asked: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        asked.update(_ASKED.findall(path.read_text(encoding="utf-8")))
    assert asked == set(lexicon.sets)


def test_an_overlay_replaces_a_set(tmp_path: Path) -> None:
    changed = load_lexicon("en", write_overlay(tmp_path, "joint-of,of|o',,Half [of] them left.,\n"))
    assert changed.words("joint-of") == {"of", "o'"}
    assert changed.words("joint-to") == {"to"}


def test_sets_may_overlap_without_a_problem(tmp_path: Path) -> None:
    rows = "first-set,of,,Half [of] them left.,\nsecond-set,of|to,,It rose [to] 300.,\n"
    assert find_problems(load_lexicon("en", write_overlay(tmp_path, rows))) == find_problems(load_lexicon())


def test_an_example_must_hold_a_word_of_its_set(tmp_path: Path) -> None:
    rows = "joint-of,of,,Half of [them] left.,\njoint-to,to,,It rose [to] 300.,They went to Tarko.\n"
    problems = find_problems(load_lexicon("en", write_overlay(tmp_path, rows)))
    assert any("joint-of: the example does not fire on [them]" in problem for problem in problems)
    assert any("joint-to: the counterexample fires" in problem for problem in problems)


def test_words_become_alternatives_the_longest_first() -> None:
    assert to_choice({"a.m.", "or", "or-so"}) == r"or\-so|a\.m\.|or"
