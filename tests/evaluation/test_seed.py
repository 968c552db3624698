"""What the article that started the project must give, claim by claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scoring import SHARED, has_data, read_claims

pytestmark = pytest.mark.skipif(not has_data("seed"), reason="no seed article beside the checkout: nothing was checked")

Record = dict[str, Any]


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The seed's claims, in order."""
    output = tmp_path_factory.mktemp("seed") / "claims.jsonl"
    article = SHARED / "data" / "seed" / "article.txt"
    assert read_claims(article, output, "--publisher", "American Military News") == 0
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def find(claims: list[Record], text: str, role: str, nth: int = 0) -> Record:
    found = [claim for claim in claims if claim["evidence"]["text"] == text and claim["quantity"]["role"] == role]
    return found[nth]


def name_chain(claim: Record) -> list[str]:
    return [source["name"] or source["text"] for source in claim["sources"]]


def test_the_figures_are_these_and_no_others(claims: list[Record]) -> None:
    texts = [(claim["evidence"]["text"], claim["quantity"]["role"]) for claim in claims]
    assert texts == [
        ("1,700", "change"),
        ("a third", "change"),
        ("a third", "change"),
        ("5,200", "from"),
        ("3,500", "to"),
        ("1,700", "change"),
        ("900", "level"),
    ]


def test_every_offset_holds_its_words(claims: list[Record]) -> None:
    text = Path(SHARED / "data" / "seed" / "article.txt").read_text(encoding="utf-8")
    for claim in claims:
        spans = [claim["evidence"], claim["actor"], claim["place"], *claim["sources"]]
        spans += [source["cue"] for source in claim["sources"]]
        for span in filter(None, spans):
            assert text[span["start"] : span["end"]] == span["text"]


def test_the_reduction_is_planned_and_its_start_is_there(claims: list[Record]) -> None:
    for claim in claims[:6]:
        assert claim["measure"] == "troops"
        assert claim["actor"]["country"] == "USA"
        assert claim["place"]["country"] == "IRQ"
        assert claim["status"] == ("ongoing" if claim["quantity"]["role"] == "from" else "planned")
        assert name_chain(claim)[0] == "Wall Street Journal"
        assert "officials" in name_chain(claim)[-1]
        assert claim["sources"][-1]["anonymous"]


def test_hedges_and_signs_are_as_written(claims: list[Record]) -> None:
    assert find(claims, "3,500", "to")["quantity"]["approx"] == "about"
    assert find(claims, "5,200", "from")["quantity"]["approx"] == "exact"
    assert find(claims, "1,700", "change", 1)["quantity"]["approx"] == "about"
    third = find(claims, "a third", "change", 1)["quantity"]
    assert (third["unit"], third["approx"], third["direction"]) == ("fraction", "about", "-")


def test_the_end_is_tied_to_the_start(claims: list[Record]) -> None:
    start, end = find(claims, "5,200", "from"), find(claims, "3,500", "to")
    assert {"claim_id": start["claim_id"], "relation": "change_from"} in end["relates_to"]


def test_the_reduction_falls_between_report_and_deadline(claims: list[Record]) -> None:
    time = find(claims, "1,700", "change", 1)["time"]
    assert (time["start"] >= "2020-08-28", time["end"] <= "2020-11-28") == (True, True)


def test_syria_stands_on_the_publishers_own_account(claims: list[Record]) -> None:
    claim = find(claims, "900", "level")
    assert (claim["place"]["country"], claim["status"], claim["sources"]) == ("SYR", "ongoing", [])
    assert claim["quantity"]["approx"] == "about"


def test_the_publication_date_is_read_from_the_text() -> None:
    import reportedly as rp

    (extraction,) = rp.read(SHARED / "data" / "seed" / "article.txt", publisher="American Military News")
    assert isinstance(extraction, rp.Extraction)
    assert (extraction.report.published, extraction.report.published_basis) == ("2020-08-28", "dateline")
