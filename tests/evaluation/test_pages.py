"""Scores the main text of 90 real pages; floors only rise."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from scoring import EPSILON, SHARED, find_digest, has_data, read_floors, score

NAME = "html"
pytestmark = pytest.mark.skipif(
    not has_data(NAME), reason=f"no data set {NAME} beside the checkout: nothing was scored"
)


def read_bodies(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The body of each page: as it is read (without title, deck, captions and credits), and as it is cleaned."""
    from reportedly.clean import clean_item
    from reportedly.lexicon import load_lexicon
    from reportedly.read.html import READER
    from reportedly.read.sources import Known, Payload
    from reportedly.settings import Settings
    from reportedly.vocab import RegionKind

    assert READER.open is not None
    lexicon, read, cleaned = load_lexicon(), {}, {}
    for line in (folder / "items.jsonl").read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        row = json.loads(line)
        data = gzip.decompress((folder / row["html"]).read_bytes())
        payload = Payload(data=data, reader="html", origin=row["url"], known=Known(url=row["url"]))
        item = READER.open(payload, Settings())
        at = 0
        for region in item.regions:
            if region.kind is not RegionKind.HEADLINE or region.start > at + 2:
                break
            at = region.end
        without = [region for region in item.regions if region.kind in (RegionKind.CAPTION, RegionKind.CREDIT)]
        kept, here = "", at
        for region in without:
            kept, here = kept + item.text[here : max(here, region.start)] + "\n", max(here, region.end)
        read[row["id"]] = kept + item.text[here:]
        kinds = (RegionKind.BODY, RegionKind.HEADLINE, RegionKind.DATELINE)
        regions = [region for region in clean_item(item, lexicon).regions if region.kind in kinds and region.end > at]
        cleaned[row["id"]] = "\n".join(item.text[max(at, region.start) : region.end] for region in regions)
    return read, cleaned


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the scorer says of the bodies as read and as cleaned."""
    folder = SHARED / "data" / NAME
    found = {}
    for name, bodies in zip(("read", "cleaned"), read_bodies(folder), strict=True):
        output = tmp_path_factory.mktemp("evaluation") / "bodies.jsonl"
        lines = (json.dumps({"id": key, "text": body}) + "\n" for key, body in bodies.items())
        output.write_text("".join(lines), encoding="utf-8")
        found[name] = score("score_html.py", folder, output)
    return found


@pytest.mark.parametrize("step", ["read", "cleaned"])
def test_the_main_text_of_pages_does_not_fall_below_its_floor(verdicts: dict[str, Any], step: str) -> None:
    floor = read_floors()[NAME]
    assert floor["digest"] == find_digest(NAME), "the data changed: measure again and write new floors"
    assert verdicts[step]["f1"] >= floor[step] - EPSILON
    assert verdicts[step]["empty"] == 0
