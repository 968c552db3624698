"""Why a claim says what it says."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from made_reports import RUN, TEXT, make_claim, make_extraction

from reportedly.errors import ReadError
from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.lexicon.tables import Row, compile_table
from reportedly.record.export.jsonl import to_line
from reportedly.serve.explain import (
    explain_claim,
    explain_rule,
    find_claim,
    find_literal,
    find_text,
    read_file,
    read_written,
)
from reportedly.serve.formats import JsonObject

ROW = Row("en.hedges.about", "about", ("about",), {}, "en/hedges.csv:7", "It lost [about] 900 men.")
LEXICON = Lexicon("en", {"hedges": compile_table("hedges", {"about": ROW})}, {}, "0")


def test_json_lines_are_read() -> None:
    lines = "\n".join(to_line(claim) for claim in make_extraction().claims) + "\n"
    written = read_written(lines, where="x")
    assert written.claims == make_extraction().claims
    assert not written.reports


def test_the_json_object_is_read_with_its_reports() -> None:
    stream = io.StringIO()
    writer = JsonObject(stream, RUN)
    writer.write_extraction(make_extraction())
    writer.write_end()
    written = read_written(stream.getvalue(), where="x")
    assert written.claims == make_extraction().claims
    assert [report.text for report in written.reports.values()] == [TEXT]


@pytest.mark.parametrize("text", ['{"run": {}', '{"run": {}, "reports": [{}]}', "<html>"])
def test_what_is_neither_is_an_error(text: str) -> None:
    with pytest.raises(ReadError):
        read_written(text, where="x")


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="not UTF-8"):
        read_file("-", io.BytesIO(b"\xff\xfe\x00"))
    with pytest.raises(ReadError, match="No such file"):
        read_file(str(tmp_path / "none"), io.BytesIO())


def test_the_beginning_of_an_id_is_enough() -> None:
    claims = make_extraction().claims
    assert find_claim(claims, claims[1].claim_id[:5]) == claims[1]
    assert find_claim(claims, claims[1].claim_id[:5].upper()) == claims[1]


def test_a_beginning_of_several_ids_names_some() -> None:
    twins = [make_claim(claim_id="ab12"), make_claim(claim_id="ab34")]
    with pytest.raises(ReadError, match="2 claims begin with 'ab'") as raised:
        find_claim(twins, "ab")
    assert "ab12" in raised.value.hint


def test_an_unknown_id_asks_did_you_mean() -> None:
    with pytest.raises(ReadError) as raised:
        find_claim([make_claim(claim_id="abcdef0123456789")], "abcdef0123456798")
    assert raised.value.hint == "did you mean abcdef0123456789?"
    with pytest.raises(ReadError) as raised:
        find_claim([make_claim(claim_id="abcdef0123456789")], "abcdff")
    assert raised.value.hint == "did you mean abcdef?"


def test_the_sentence_is_shown_with_the_figure_marked() -> None:
    claim = make_claim()
    assert find_text(claim, ["other", TEXT]) == TEXT
    lines = list(explain_claim(claim, LEXICON, TEXT))
    assert any("by about [1,700] troops, from 5,200" in line for line in lines)


def test_without_the_report_the_words_of_the_claim_stand_alone() -> None:
    lines = list(explain_claim(make_claim(), LEXICON))
    assert "  [1,700]" in lines
    assert any("--report" in line for line in lines)


def test_each_field_is_put_into_words() -> None:
    text = "\n".join(explain_claim(make_claim(), LEXICON)).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "about −1,700 (change, about, count, hedged by “about”)",
        "planned: someone decided or intends it",
        "Borduria, from “garrison”",
        "Syldavia (country), from “Syldavia”",
        "28 Aug – 28 Nov 2020 (by the report's date)",
        "Klow Post (news, indirect speech)",
        "an official (officials; unnamed, “told”, indirect speech)",
        "change from",
        "en.hedges.about  lexicon/en/hedges.csv:7",
        "It lost [about] 900 men.",
    ):
        assert words in text


def test_what_is_null_is_said_to_be_unsaid() -> None:
    text = "\n".join(explain_claim(make_claim(actor=None, place=None, time=None, sources=()), LEXICON))
    assert text.count("not said") == 3
    assert "the publisher, on its own account" in text


def test_a_rule_in_the_code_is_found_with_line_and_purpose(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text('"""Module."""\n# en.x.far\n', encoding="utf-8")
    (package / "b.py").write_text(
        'def find_it():\n    """Finds it.\n\n    More.\n    """\n    return "en.x.far"\n', encoding="utf-8"
    )
    assert find_literal("en.x.far", package) == ("package/b.py", 6, "Finds it.")
    assert find_literal("en.x.farther", package) is None


def test_a_rule_whose_name_is_put_together_is_found_where_that_is_done(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text('def find_it(way):\n    return f"en.x.{way}"\n', encoding="utf-8")
    assert find_literal("en.x.far", package) == ("package/a.py", 2, "in find_it")
    assert find_literal("en.y.far", package) is None


def test_a_rule_that_is_nowhere_says_so() -> None:
    assert "not in this version" in explain_rule("en.nowhere.at-all", LEXICON)[0]


def test_a_row_of_the_real_lexicon_is_found_where_it_stands() -> None:
    lexicon = load_lexicon()
    rule = next(iter(lexicon.table("hedges").rows.values())).rule
    assert explain_rule(rule, lexicon)[0].startswith(f"{rule}  lexicon/en/hedges.csv:")
