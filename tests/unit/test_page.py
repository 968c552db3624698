"""The self-contained page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from made_reports import RUN, TEXT, make_claim, make_extraction, make_report

from reportedly.model import Evidence, Extraction, Failure, Judgement
from reportedly.serve.page import TEMPLATES, to_lines, to_link, to_page
from reportedly.vocab import Status, Verdict


class Tags(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.targets += [values["href"] or ""] if "href" in values else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def write_page(*extractions: Extraction, failures: tuple[Failure, ...] = ()) -> str:
    return to_page(extractions or (make_extraction(),), failures, RUN)


def test_every_letter_of_the_report_is_on_the_page_once() -> None:
    lines = ["".join(piece.text for piece in line.pieces) for line in to_lines(make_extraction())]
    assert lines == [line for line in TEXT.split("\n") if line]


def test_links_lead_to_ids_that_exist_once() -> None:
    tags = Tags(write_page(make_extraction(), make_extraction()))
    assert not tags.open
    assert len(tags.ids) == len(set(tags.ids))
    assert {target[1:] for target in tags.targets if target.startswith("#")} <= set(tags.ids)


def test_each_claim_is_tied_to_its_words_and_back() -> None:
    tags = Tags(write_page())
    for claim in make_extraction().claims:
        assert {f"r1-c-{claim.claim_id}", f"r1-e-{claim.claim_id}"} <= set(tags.ids)


def test_text_is_escaped() -> None:
    page = write_page(failures=(Failure(origin="<b>", cause="<script>alert(1)</script>"),))
    assert "Subscribe &lt;now&gt; &amp; save!" in page
    assert "<script" not in page


def test_an_address_that_runs_code_is_no_link() -> None:
    assert to_link("javascript:alert(1)") is None
    assert "javascript:" not in write_page(replace(make_extraction(), report=make_report(url="javascript:alert(1)")))


def test_the_page_needs_no_network_and_no_script() -> None:
    page = write_page()
    assert not {"script", "link", "img", "iframe"} & Tags(page).tags
    assert "url(" not in page
    assert "@import" not in page
    assert " style=" not in page


def test_the_policy_names_the_style_that_is_there() -> None:
    page = write_page()
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page or f"style-src 'sha256-{digest}'" in page


def test_promotion_is_marked_as_such() -> None:
    assert '<p class="promotion">Subscribe' in write_page()


def test_several_reports_have_a_list_of_contents() -> None:
    assert "<nav" in write_page(make_extraction(), make_extraction())
    assert "<nav" not in write_page()


def test_overlapping_evidence_keeps_the_text_and_both_anchors() -> None:
    start = TEXT.index("about 1,700")
    wide = make_claim("1,700", claim_id="f" * 16)
    wide = replace(
        wide, evidence=Evidence(start=start, end=start + 11, text="about 1,700", sentence_start=0, sentence_end=1)
    )
    extraction = Extraction(report=make_report(), claims=(make_claim("1,700"), wide))
    assert "".join(p.text for line in to_lines(extraction) for p in line.pieces) == TEXT.replace("\n", "")
    assert f"r1-e-{'f' * 16}" in Tags(write_page(extraction)).ids


def test_evidence_over_a_line_break_is_marked_on_both_lines() -> None:
    start = TEXT.index("Post.\nAbout")
    at = Evidence(start=start, end=start + 11, text="Post.\nAbout", sentence_start=0, sentence_end=1)
    extraction = Extraction(report=make_report(), claims=(replace(make_claim(), evidence=at),))
    marked = [piece.text for line in to_lines(extraction) for piece in line.pieces if piece.claims]
    assert marked == ["Post.", "About"]


def test_every_status_has_its_colours_and_none_is_faint() -> None:
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark")
    for scheme in (light[: light.index("}")], dark[: dark.index("}")]):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", scheme))
        for status in Status:
            assert contrast(colours[status], colours[f"{status}-soft"]) >= 4.5
            assert f".chip.{status}" in style
        assert contrast(colours["quiet"], colours["paper"]) >= 4.5
        assert contrast(colours["quiet"], colours["card"]) >= 4.5
        assert contrast(colours["link"], colours["paper"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_judgement_stands_on_its_claims_card_in_words() -> None:
    judgement = Judgement(
        judgement_id="j", verdict=Verdict.REJECT, by="Ann <b>", why="not so", at="2025-05-03T10:00:00+00:00"
    )
    extraction = make_extraction()
    judged = replace(extraction, claims=(replace(extraction.claims[0], judgement=judgement), *extraction.claims[1:]))
    page = write_page(judged)
    assert "✗ rejected by Ann &lt;b&gt;" in page
    assert page.count('class="judged reject"') == 1
    assert not Tags(page).open
