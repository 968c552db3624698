"""Whatever the text, its regions cover it in order and change nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.clean import clean_item
from reportedly.lexicon import load_lexicon
from reportedly.model import Item

LINES = st.sampled_from(
    [
        "WASHINGTON (AP) — The army left.", "August 28, 2020", "By Ann Example", "Subscribe", "Army sends forty north",
        "(Photo: Ann Example/AFP)", "Copyright © 2020 Example", "TOP STORIES", "The army sent forty guards on Monday.",
        "Yes • 50%", "  ", "", "\u00a0", "Ann Example | June 1, 2020", "😀 — İstanbul:", "KYIV -", "(Reuters)",
        "|", "—",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=12).map("\n".join))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, title=st.one_of(st.none(), st.text(max_size=30)))
def test_regions_partition_any_text(text: str, title: str | None) -> None:
    report = clean_item(Item(text=text, title=title, publisher="Example"), load_lexicon())
    assert report.text == text
    at = 0
    for region in report.regions:
        assert region.start == at < region.end
        at = region.end
    assert at == len(text)
    dateline = report.dateline
    if dateline and dateline.start is not None and dateline.end is not None:
        assert 0 <= dateline.start < dateline.end <= len(text)
