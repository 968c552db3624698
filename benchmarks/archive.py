"""Memory of `reportedly add` over a large web archive.

    python benchmarks/archive.py [--gigabytes N] [--page-kilobytes N] [--sentences N]
                                  [--workers N] [--folder DIR]

Makes a WARC of so many gigabytes from the sentences of the sample reports, each page with other figures
and as much script and navigation as real pages carry, adds it to a new ledger, and samples what the
system accounts to each process (VmHWM of /proc, the most it has held). Nothing is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import reportedly
from reportedly.record.ledger import Ledger

SAMPLES = Path(reportedly.__file__).parent / "demo" / "samples.jsonl"
#: Seconds between two looks at the processes.
LOOK = 0.5


def make_page(number: int, sentences: list[str], size: int, count: int, draw: random.Random) -> bytes:
    """Makes a page of about `size` bytes: `count` sentences with figures of its own, the rest furniture."""
    chosen = [
        re.sub(r"\d[\d,]*", lambda _: f"{draw.randint(3, 9000):,}", each) for each in draw.sample(sentences, count)
    ]
    body = "".join(f"<p>{' '.join(chosen[at : at + 3])}</p>" for at in range(0, count, 3))
    links = "".join(f'<li><a href="/page/{number}/{at}">Section {at} of the site</a></li>' for at in range(60))
    page = (
        f"<!DOCTYPE html><html lang=en><head><title>Report number {number}</title>"
        f'<link rel="canonical" href="https://klow.example/{number}">'
        f"</head><body><nav><ul>{links}</ul></nav><article><h1>Report number {number}</h1>{body}</article>"
    )
    filler = "window.data = window.data || []; window.data.push({slot: 17, ready: true});\n"
    script = filler * max(0, (size - len(page)) // len(filler))
    return f"{page}<script>{script}</script></body></html>".encode()


def write_archive(path: Path, size: int, page_size: int, count: int) -> int:
    """Writes a WARC of at least `size` bytes and returns how many pages it has."""
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines() if line]
    sentences = [part for row in rows for part in re.split(r"(?<=\.)\s+", row["text"]) if len(part) > 40]
    draw = random.Random(7)
    written = pages = 0
    with path.open("wb") as archive:
        while written < size:
            body = make_page(pages, sentences, page_size, count, draw)
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (
                "WARC/1.1\r\nWARC-Type: response\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{pages:012d}>\r\n"
                f"WARC-Date: 2021-03-01T00:00:00Z\r\nWARC-Target-URI: https://klow.example/{pages}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            written += archive.write(head.encode() + http + b"\r\n\r\n")
            pages += 1
    return pages


def find_processes(parent: int) -> Iterator[int]:
    """Yields a process and all below it."""
    yield parent
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{parent}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from find_processes(int(child))


def find_peak(pid: int) -> int:
    """The most memory that a process has held, in bytes."""
    with contextlib.suppress(OSError):
        match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        return int(match[1]) * 1024 if match else 0
    return 0


def measure(archive: Path, ledger: Path, workers: int) -> tuple[float, dict[int, int], int]:
    """Adds an archive; returns seconds, the peak of each process, and the pid of the one that reads and writes."""
    command = [sys.executable, "-m", "reportedly", "add", str(archive), "--ledger", str(ledger)]
    began = time.monotonic()
    peaks: dict[int, int] = {}
    with subprocess.Popen([*command, "--workers", str(workers)]) as process:
        while process.poll() is None:
            for pid in find_processes(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), find_peak(pid))
            time.sleep(LOOK)
    return time.monotonic() - began, peaks, process.pid


def main() -> int:
    """Makes the archive, adds it, prints what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--page-kilobytes", type=int, default=100)
    parser.add_argument("--sentences", type=int, default=6, help="of each page; most of them count something")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the archive is made; a temporary folder if left out")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        archive, path = Path(folder, "made.warc"), Path(folder, "made.db")
        pages = write_archive(archive, int(args.gigabytes * 1e9), args.page_kilobytes * 1000, args.sentences)
        print(f"{archive.stat().st_size / 1e9:.2f} GB, {pages:,} pages, {args.workers} workers")
        seconds, peaks, writer = measure(archive, path, args.workers)
        with Ledger(path) as ledger:
            stats = ledger.stats()
        size = path.stat().st_size
    print(f"{stats.reports:,} reports, {stats.claims:,} claims, {stats.failures:,} failures")
    print(f"{seconds:.0f} s, {pages / seconds:.0f} pages a second, ledger {size / 1e6:.0f} MB")
    for pid, peak in sorted(peaks.items(), key=lambda pair: -pair[1]):
        if peak > 60e6:
            print(f"{'reads and writes' if pid == writer else 'codes':>16}: {peak / 1e6:,.0f} MB at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
