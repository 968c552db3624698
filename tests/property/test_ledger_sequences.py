"""Whatever was done in whatever order: views made anew are the views as they were kept, and no old row changed."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given, settings
from tests.unit.made_ledgers import (
    TEXT,
    hash_rows,
    make_claim,
    make_extraction,
    make_item,
    make_run,
    open_empty,
    read_views,
)

from reportedly.errors import LedgerError
from reportedly.model import Extraction, Failure
from reportedly.record.ledger import Ledger
from reportedly.record.writing import Result
from reportedly.vocab import Role

RUNS = [make_run(name) for name in ("one", "two", "three")]
FIGURES = ("5,200", "1,700", "12", "30")

#: One step: what to do, and numbers that choose what to do it to.
step = st.tuples(
    st.sampled_from(("add", "add", "add", "recode", "judge", "judge", "withdraw", "fail", "again")),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 15),
)


def make_version(page: int, version: int, run: int, chosen: int) -> Extraction:
    """One version of one of a few pages; `chosen` says which figures a run finds, and in which role."""
    item = make_item(
        f"{TEXT}\n\nPage {page}, version {version}.",
        identity=f"page {page}" if page else None,
        retrieved=f"2021-03-0{1 + (version * 7 + chosen) % 9}T00:00:00Z" if version else None,
        origin=f"/{page}/{chosen % 2}.html",
    )
    role = Role.FROM if chosen % 3 == 0 else Role.LEVEL
    claims = [
        make_claim(item, figure, run=RUNS[run], role=role) for bit, figure in enumerate(FIGURES) if chosen & 1 << bit
    ]
    made = make_extraction(item, run=RUNS[run])
    return Extraction(report=made.report, claims=tuple(claims), item=item)


def add(ledger: Ledger, page: int, version: int, chosen: int) -> None:
    """Adds a version of a page."""
    ledger.record(RUNS[0], [make_version(page, version, 0, chosen), make_version(page, 0, 0, chosen)])


def recode(ledger: Ledger, run: int, _: int, chosen: int) -> None:
    """Codes the reports that count anew, as a run that finds other figures."""
    made = []
    for item in ledger.items(RUNS[run % 3]):
        page, version = (int(word.strip(".,")) for word in item.text.rsplit("Page ", 1)[1].split(" version "))
        made.append(make_version(page, version, run % 3, chosen))
    ledger.record(RUNS[run % 3], made)


def judge(ledger: Ledger, which: int, verdict: int, chosen: int) -> None:
    """Judges a claim, also one that does not count any more."""
    claims = [claim for report in ledger.reports() for claim in ledger.find_report(report.report_id).claims]
    if claims:
        word = ("accept", "reject", "amend", "amend")[verdict]
        changes = ({"measure": "killed"}, {"place": None}, {"quantity.low": 7})[chosen % 3] if word == "amend" else None
        ledger.judge(claims[(which * 5 + chosen) % len(claims)].claim_id, word, by="Ann", why="so", changes=changes)


def withdraw(ledger: Ledger, which: int, kind: int, chosen: int) -> None:
    """Takes a claim, a report or a judgement back."""
    claims = list(ledger.claims(judged="all"))
    if claims:
        claim = claims[(which * 5 + chosen) % len(claims)]
        said = claim.judgement.judgement_id if claim.judgement else claim.claim_id
        ledger.withdraw((said, claim.claim_id, said, claim.report_id)[kind], by="Ann", why="no")


def fail(ledger: Ledger, which: int, mended: int, _: int) -> None:
    """Records a failure, or that it was mended."""
    asked = {"path": f"/{which}"}
    if mended:
        ledger.resolve(asked, ())
    else:
        ledger.record(RUNS[0], [Result(found=Failure(origin=f"/{which}", cause="broken"), asked=asked)])


def again(ledger: Ledger, page: int, version: int, chosen: int) -> None:
    """Finds a report again that may be there: only its place is new, or the page is as it was before."""
    item = make_version(page, version, 0, chosen).item
    assert item
    known = ledger.find_known(RUNS[0], reports=[make_version(page, version, 0, chosen).report.report_id])
    if known:
        ledger.record(RUNS[0], [Result(found=item)])


STEPS: dict[str, Callable[[Ledger, int, int, int], None]] = {
    "add": add,
    "recode": recode,
    "judge": judge,
    "withdraw": withdraw,
    "fail": fail,
    "again": again,
}


@settings(max_examples=20)
@given(steps=st.lists(step, min_size=1, max_size=12))
def test_views_made_anew_are_the_views_as_they_were_kept(steps: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_empty(Path(folder) / "news.db") as ledger:
        for name, *numbers in steps:
            before = hash_rows(ledger)
            with contextlib.suppress(LedgerError):  # what was taken back already
                STEPS[name](ledger, *numbers)
            assert before.items() <= hash_rows(ledger).items()
        kept = read_views(ledger)
        ledger.rebuild()
        assert read_views(ledger) == kept
        heads = [report.text for report in ledger.reports() if "Page 0" not in report.text]
        pages = [text.rpartition("Page ")[2][0] for text in heads]
        assert len(pages) == len(set(pages)), "two versions of one page count at once"
