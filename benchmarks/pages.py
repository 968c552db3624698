"""Main text of web pages: the score of the article-extraction-benchmark, and speed beside plain trafilatura.

    python benchmarks/pages.py [--misses N] [--runs N]

Reads the pages of `data/html` beside the checkout (or under REPORTEDLY_SHARED) and asks that data's own
scorer. The gold is the article's body: text, subheads and lists, without title, byline and captions.
Scored are the item as the reader makes it, and what the report's cleaning leaves as body. Speed is processor
time on one core, both sides over the same pages in one run; memory is the system's account of the process.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reportedly.clean import clean_item
from reportedly.lexicon import load_lexicon
from reportedly.model import Item, Region
from reportedly.read.html import READER
from reportedly.read.sources import Known, Payload
from reportedly.settings import Settings
from reportedly.vocab import RegionKind

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("REPORTEDLY_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data" / "html"
#: Kinds of region that the gold has no words of.
LEFT_OUT = frozenset({RegionKind.CAPTION, RegionKind.CREDIT})
FURNITURE = frozenset({RegionKind.PROMOTION, RegionKind.BOILERPLATE, *LEFT_OUT})


def read_pages(folder: Path = DATA) -> dict[str, tuple[bytes, str]]:
    """Reads the pages of a data set: id -> bytes, address."""
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text(encoding="utf-8").split("\n") if line]
    return {row["id"]: (gzip.decompress((folder / row["html"]).read_bytes()), row["url"]) for row in rows}


def open_page(data: bytes, url: str) -> Item | None:
    """Opens one page with our reader; None where it finds no report."""
    from reportedly.errors import ReadError

    assert READER.open is not None
    try:
        return READER.open(Payload(data=data, reader="html", origin=url, known=Known(url=url)), Settings())
    except ReadError:
        return None


def to_body(item: Item, regions: Sequence[Region], without: Iterable[RegionKind]) -> str:
    """Returns a text without the headlines it begins with (title, deck) and the regions of some kinds."""
    text, at = "", 0
    for region in item.regions:
        if region.kind is not RegionKind.HEADLINE or region.start > at + 2:
            break
        at = region.end
    for region in sorted(regions, key=lambda each: each.start):
        if region.kind in without and region.end > at:
            text, at = text + item.text[at : max(at, region.start)] + "\n", region.end
    return text + item.text[at:]


def score(bodies: Mapping[str, str], misses: int = 0, folder: Path = DATA) -> dict[str, float]:
    """Asks the data's scorer for its verdict on the bodies by page."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": key, "text": body}) + "\n" for key, body in bodies.items())
        file.flush()
        command = [sys.executable, str(SHARED / "tools" / "score_html.py"), str(folder), file.name, "--json"]
        done = subprocess.run([*command, "--misses", str(misses)], check=True, stdout=subprocess.PIPE, text=True)
    verdict: dict[str, float] = json.loads(done.stdout)
    return verdict


def time_both(pages: Mapping[str, tuple[bytes, str]]) -> tuple[float, float]:
    """Pages a second: our reader, and plain trafilatura with its metadata."""
    import trafilatura

    start = time.process_time()
    for data, url in pages.values():
        open_page(data, url)
    ours = time.process_time() - start
    start = time.process_time()
    for data, url in pages.values():
        trafilatura.bare_extraction(data, url=url, with_metadata=True)
    return len(pages) / ours, len(pages) / (time.process_time() - start)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", type=int, default=0, help="name the N worst pages")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args(argv)
    if not DATA.is_dir():
        print(f"no pages at {DATA}: nothing was measured")
        return 1
    pages = read_pages()
    items = {key: item for key, (data, url) in pages.items() if (item := open_page(data, url))}
    lexicon = load_lexicon()
    read = {key: to_body(item, item.regions, LEFT_OUT) for key, item in items.items()}
    cleaned = {key: to_body(item, clean_item(item, lexicon).regions, FURNITURE) for key, item in items.items()}
    for name, bodies, misses in (("as read", read, args.misses), ("as cleaned", cleaned, args.misses)):
        verdict = score(bodies, misses)
        print(
            f"{name:12s} f1 {verdict['f1']:.4f} (+-{verdict['f1_error']:.4f})  precision {verdict['precision']:.4f}"
            f"  recall {verdict['recall']:.4f}  exact {verdict['exact']:.3f}  empty {verdict['empty']}"
        )
    for name in ("title", "byline", "publisher", "published", "modified", "language", "identity"):
        print(f"pages with {name:12s} {sum(getattr(item, name) is not None for item in items.values()):3d}")
    runs = [time_both(pages) for _ in range(args.runs)]
    ours, plain = (statistics.median(run[side] for run in runs) for side in (0, 1))
    ratio = statistics.median(run[0] / run[1] for run in runs)
    print(f"pages a second: {ours:.1f}, plain trafilatura with metadata {plain:.1f}, ratio {ratio:.2f}")
    print(f"peak memory, MB: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
