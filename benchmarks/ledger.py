"""The ledger's speed, without the parser: made reports of about 2.5 KB and 8 claims, random but lifelike values.

    python benchmarks/ledger.py add FOLDER [--reports 100000]
    python benchmarks/ledger.py ask FOLDER [--claims 1000000] [--queries 300]

`add` records batches of 32, as `reportedly add` does, into a ledger of 1,000 reports and one of many in turn, and
prints the ratio pair by pair (median and quartiles). `ask` makes a ledger of that many
claims (or takes the one that is there), asks a mixed set of random questions, cold (a new process's first
pass, the system's cache dropped where it may be) and warm, and prints the times by sort, and the
memory of a question and of a pass over all claims.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from reportedly.model import (
    Actor,
    Claim,
    Evidence,
    Extraction,
    Item,
    Place,
    Quantity,
    Region,
    Report,
    Run,
    Source,
    Time,
    Words,
    to_id,
    to_report_id,
)
from reportedly.record.ledger import Ledger
from reportedly.vocab import (
    Approx,
    Direction,
    Factuality,
    Kind,
    Precision,
    RegionKind,
    Role,
    SourceKind,
    Speech,
    Status,
    TimeBasis,
)

BATCH = 32
#: Pairs of batches, one into each ledger.
PAIRS = 40
CLAIMS_EACH = 8
RUN = Run(run_id=to_id("benchmark"), version="1.0", lexicon="feed", model="none", code="face")


def to_list(words: str) -> tuple[str, ...]:
    """Splits words."""
    return tuple(words.split())


#: Countries by how often they are in the news: the first is in about a fifth of all claims.
COUNTRIES = to_list(
    "USA IRQ AFG SYR RUS UKR ISR PSE IRN TUR YEM SOM NGA MLI LBY PAK IND CHN PRK KOR JPN PHL MMR THA SDN SSD ETH ERI "
    "KEN UGA COD RWA CAF TCD NER BFA CMR EGY SAU QAT KWT JOR LBN GEO ARM AZE MDA POL DEU FRA GBR ITA ESP GRC SRB BIH "
    "COL VEN MEX HTI HND PER BRA ARG AUS NZL IDN MYS VNM KHM LKA NPL BGD KAZ KGZ TJK UZB TKM MNG"
)
MEASURES = to_list(
    "troops killed wounded strikes detained protesters displaced missing aircraft rockets drones tanks contractors "
    "fighters missiles ships bases casualties kidnapped peacekeepers advisers"
)
_COMMON = to_list("the troops said of in to and a officials killed security forces province city report government")
_LETTERS = ("ba", "dor", "kle", "mi", "sta", "vin", "ro", "gu", "tem", "shi", "ra", "no", "pel", "zu", "ha", "co")


def to_word(number: int) -> str:
    """Makes a word of a number, always the same."""
    made = ""
    while number or not made:
        number, rest = divmod(number, len(_LETTERS))
        made += _LETTERS[rest]
    return made


def draw(rng: random.Random, count: int) -> int:
    """Draws a rank below `count`: the first is drawn often, the last seldom, as with words and names."""
    return int(count ** rng.random()) - 1


def draw_day(rng: random.Random) -> date:
    """Draws a day of twenty years."""
    return date(2004, 1, 1) + timedelta(days=rng.randrange(7300))


def make_sentence(rng: random.Random, figure: str, measure: str, place: str, source: str) -> str:
    """Makes a sentence of about 50 words around a figure."""
    words = [_COMMON[draw(rng, len(_COMMON))] if rng.random() < 0.5 else to_word(draw(rng, 60_000)) for _ in range(46)]
    words[8:8] = [figure, measure]
    words[20:20] = [place, source]
    return " ".join(words).capitalize() + "."


def draw_time(rng: random.Random, published: date) -> Time | None:
    """Draws when a claim holds: mostly a day or a week about publication, sometimes a year, seldom open."""
    sort = rng.random()
    start = published - timedelta(days=draw(rng, 400))
    end: date | None
    if sort < 0.6:
        start = end = published - timedelta(days=rng.randrange(7))
    elif sort < 0.8:
        end = start + timedelta(days=rng.randrange(31))
    elif sort < 0.9:
        start, end = date(start.year, 1, 1), date(start.year, 12, 31)
    elif sort < 0.95:
        end = None
    else:
        return None
    shown = end.isoformat() if end else None
    return Time(start=start.isoformat(), end=shown, edtf=start.isoformat(), basis=TimeBasis.RELATIVE, text="last week")


def make_claim(rng: random.Random, report_id: str, at: int, number: int, published: date) -> tuple[str, Claim]:
    """Makes a claim that stands in its own sentence at an offset; returns the sentence too."""
    figure = f"{draw(rng, 20_000) + 1:,}"
    measure = MEASURES[draw(rng, len(MEASURES))]
    country, owner = COUNTRIES[draw(rng, len(COUNTRIES))], COUNTRIES[draw(rng, len(COUNTRIES))]
    place = to_word(1000 + COUNTRIES.index(country) * 200 + draw(rng, 200)).capitalize()
    source = to_word(draw(rng, 5000)).capitalize()
    sentence = make_sentence(rng, figure, measure, place, source)
    value = float(figure.replace(",", ""))
    start = at + sentence.find(figure)
    named = rng.random() < 0.7
    stated = Source(
        text=f"{source} spokesman" if named else "officials",
        start=start,
        end=start + 9,
        name=source if named else None,
        kind=SourceKind.PERSON if named else SourceKind.OFFICIALS,
        anonymous=not named,
        cue=Words(text="said", start=start, end=start + 4),
        speech=Speech.INDIRECT,
    )
    end = start + len(figure)
    return sentence, Claim(
        claim_id=to_id(report_id, number),
        report_id=report_id,
        kind=Kind.QUANTITY,
        evidence=Evidence(start=start, end=end, text=figure, sentence_start=at, sentence_end=at + len(sentence)),
        status=tuple(Status)[draw(rng, len(Status))],
        factuality=Factuality.CERTAIN,
        confidence=round(rng.random(), 3),
        measure=measure,
        quantity=Quantity(
            low=value,
            high=value,
            approx=Approx.ABOUT,
            role=tuple(Role)[draw(rng, len(Role))],
            direction=Direction.DOWN,
            hedge="about",
        ),
        actor=Actor(text=owner, start=start, end=end, name=f"{owner} army", country=owner, code=f"{owner}MIL")
        if rng.random() < 0.8
        else None,
        place=Place(
            text=place,
            start=start,
            end=end,
            name=place,
            country=country,
            geonames_id=number,
            lat=45.5,
            lon=20.0,
            precision=Precision.CITY,
        )
        if rng.random() < 0.85
        else None,
        time=draw_time(rng, published),
        sources=(stated,) if rng.random() < 0.75 else (),
        rules=("en.hedges.about", "en.role.level", "en.measure_terms.troops", "en.cues.say"),
        run_id=RUN.run_id,
    )


def make_extraction(number: int) -> Extraction:
    """Makes a report with its claims, the same for the same number."""
    rng = random.Random(number)
    published = draw_day(rng)
    report_id = to_id("benchmark", number)
    title = f"{to_word(draw(rng, 60_000))} {to_word(draw(rng, 60_000))} {number}".capitalize()
    text, claims = title, []
    for each in range(CLAIMS_EACH):
        sentence, claim = make_claim(rng, report_id, len(text) + 2, each, published)
        text += "\n\n" + sentence
        claims.append(claim)
    item = Item(
        text=text,
        publisher=f"{to_word(draw(rng, 200)).capitalize()} Herald",
        published=published.isoformat(),
        url=f"https://example.org/{number}",
        title=title,
        language="en",
        reader="html",
        origin=f"/pages/{number % 997}/{number}.html",
        identity=f"https://example.org/{number}",
    )
    report = Report(
        report_id=to_report_id(item),
        text=text,
        regions=(Region(kind=RegionKind.BODY, start=0, end=len(text)),),
        publisher=item.publisher,
        url=item.url,
        title=title,
        published=item.published,
        language="en",
        reader="html",
    )
    return Extraction(report=report, claims=tuple(claims), item=item)


# ---------------------------------------------------------------- adding


def record_timed(ledger: Ledger, first: int) -> tuple[float, float]:
    """Records a batch of made reports; returns seconds by the clock and of processor a report."""
    made = [make_extraction(number) for number in range(first, first + BATCH)]
    wall, own = time.perf_counter(), time.process_time()
    ledger.record(RUN, made)
    return (time.perf_counter() - wall) / BATCH, (time.process_time() - own) / BATCH


def measure_adding(folder: Path, reports: int) -> None:
    """Prints the cost per report in a small and a large ledger, batch by batch in turn: other work slows both."""
    small, large = folder / "small.db", folder / "large.db"
    for path in (small, large):
        _remove(path)
    with Ledger(small, create=True) as few, Ledger(large, create=True) as many:
        for ledger, most in ((few, 1_000), (many, reports)):
            for at in range(0, most, BATCH):
                record_timed(ledger, at)
        pairs: list[tuple[tuple[float, float], tuple[float, float]]] = []
        for turn in range(PAIRS):
            # Batches that neither has; the small one doubles meanwhile, which favours the large one a little.
            first = 10 * reports + turn * BATCH
            pairs.append((record_timed(few, first), record_timed(many, first)))
    print(f"{PAIRS} pairs of batches of {BATCH}: into 1,000 stored reports, into {reports:,}")
    for index, name in enumerate(("clock", "processor")):
        costs = [statistics.median(pair[side][index] for pair in pairs) * 1000 for side in (0, 1)]
        ratios = [pair[1][index] / pair[0][index] for pair in pairs]
        low, middle, high = (statistics.quantiles(ratios, n=4)[at] for at in (0, 1, 2))
        print(
            f"{name:>10}: {costs[0]:.2f} and {costs[1]:.2f} ms a report, ratio {middle:.2f} ({low:.2f} to {high:.2f})"
        )
    print(f"file: {large.stat().st_size / 2**20:,.0f} MB, {large.stat().st_size / reports:,.0f} bytes a report")
    for path in (small, large):
        _remove(path)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


# ---------------------------------------------------------------- asking


def make_ledger(path: Path, claims: int) -> None:
    """Makes the ledger of that many claims, in large batches."""
    began = time.perf_counter()
    with Ledger(path, create=True) as ledger:
        for at in range(ledger.stats().versions, claims // CLAIMS_EACH, 2000):
            numbers = range(at, min(at + 2000, claims // CLAIMS_EACH))
            ledger.record(RUN, [make_extraction(number) for number in numbers])
        ledger.optimize()
    size = path.stat().st_size / 2**20
    print(f"made {claims:,} claims in {time.perf_counter() - began:.0f} s, {size:,.0f} MB", flush=True)


def draw_span(rng: random.Random) -> dict[str, str]:
    """Draws the bounds of a question: a day, a month, a year, or one side alone."""
    day = draw_day(rng)
    sort = rng.randrange(5)
    if sort == 0:
        return {"since": day.isoformat()}
    if sort == 1:
        return {"until": day.isoformat()}
    length = (1, 30, 365)[sort - 2]
    return {"since": day.isoformat(), "until": (day + timedelta(days=length)).isoformat()}


def draw_fields(rng: random.Random) -> dict[str, str]:
    """Draws a question by measure, actor, place, time, alone or together."""
    parts: dict[str, Callable[[], dict[str, str]]] = {
        "measure": lambda: {"measure": rng.choice(MEASURES)},
        "actor": lambda: {"actor": rng.choice(COUNTRIES)},
        "place": lambda: {"place": rng.choice(COUNTRIES)},
        "time": lambda: draw_span(rng),
        "status": lambda: {"status": rng.choice(list(Status))},
        "name": lambda: {"place": to_word(1000 + rng.randrange(16_000))},
        "army": lambda: {"actor": f"{rng.choice(COUNTRIES).lower()} army"},
        "code": lambda: {"actor": f"{rng.choice(COUNTRIES)}MIL"},
        "publisher": lambda: {"publisher": to_word(rng.randrange(200)).capitalize()},
        "confidence": lambda: {"min_confidence": 0.9},  # type: ignore[dict-item]
    }
    main = rng.sample(["measure", "actor", "place", "time"], rng.randint(1, 4))
    more = rng.sample(list(parts), 1) if rng.random() < 0.25 else []
    asked: dict[str, str] = {}
    for part in [*main, *more]:
        asked |= parts[part]()
    return asked


def draw_words(rng: random.Random) -> dict[str, str]:
    """Draws a full-text question: a common, a middling or a rare word, of the sentence, source or report."""
    common = ["troops", "killed", "officials", "security forces", "the troops said", "government"]
    middling, rare = to_word(rng.randrange(5, 50)), to_word(rng.randrange(1000, 60_000))
    sort = rng.randrange(8)
    if sort < 2:
        return {"text": (rng.choice(common), middling)[sort]}
    if sort == 2:
        return {"text": rare}
    if sort < 5:
        return {"source": ("officials", to_word(rng.randrange(5000)))[sort - 3]}
    if sort == 5:
        return {"about": f"{rng.choice(common)} {middling}"}
    if sort == 6:
        return {"about": f"{middling} {rare}"}
    return {"text": rng.choice(common), **draw_fields(rng)}


def time_queries(ledger: Ledger, asked: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    """Asks each question once, for 50 claims; returns the milliseconds by the clock and of the processor."""
    spent = []
    for each in asked:
        began, own = time.perf_counter(), time.process_time()
        list(ledger.entries(**each, limit=50))
        spent.append(((time.perf_counter() - began) * 1000, (time.process_time() - own) * 1000))
    return spent


def print_times(
    name: str, asked: Sequence[dict[str, Any]], spent: Sequence[tuple[float, float]], slowest: int = 5
) -> None:
    """Prints the percentiles and the slowest questions."""
    cuts, own = (statistics.quantiles(each, n=100) for each in zip(*spent, strict=True))
    most = max(spent)[0]
    print(f"{name:<14} p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}  max {most:6.1f} ms; processor p95 {own[94]:6.1f} ms")
    for (cost, _), each in sorted(zip(spent, map(json.dumps, asked), strict=True), reverse=True)[:slowest]:
        print(f"    {cost:7.1f}  {each}")


def measure_asking(folder: Path, claims: int, queries: int) -> None:
    """Prints how long questions take, cold and warm, and what memory they need."""
    path = folder / f"ask-{claims}.db"
    if not path.is_file():
        make_ledger(path, claims)
    rng = random.Random(20)
    sets = {
        "fields": [draw_fields(rng) for _ in range(queries)],
        "words": [draw_words(rng) for _ in range(queries)],
    }
    _drop_cache()
    with Ledger(path) as ledger:
        for state in ("cold", "warm"):
            for name, asked in sets.items():
                print_times(f"{name}, {state}", asked, time_queries(ledger, asked), 3 if state == "cold" else 6)
    for name, code in (
        ("nothing", "0"),
        ("one question", "len(list(ledger.entries(measure='troops', limit=50)))"),
        ("a full-text question", "len(list(ledger.entries(text='troops', limit=50)))"),
        ("100,000 claims of all", "sum(1 for _ in itertools.islice(ledger.claims(), 100_000))"),
    ):
        print(f"memory of {name}: {_measure_memory(path, code)}")


def _drop_cache() -> None:
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        print("(the system's cache stays warm: only root may drop it)")


def _measure_memory(path: Path, code: str) -> str:
    script = (
        "import itertools, re, time; from reportedly.record.ledger import Ledger; began = time.perf_counter()\n"
        f"with Ledger({str(path)!r}) as ledger: found = {code}\n"
        # Not getrusage: a child begins with its parent's peak.
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024\n"
        "print(f'{peak:.0f} MB at the peak, {found:,} claims, {time.perf_counter() - began:.1f} s')"
    )
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Runs what the arguments say."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=("add", "ask"))
    options.add_argument("folder", type=Path)
    options.add_argument("--reports", type=int, default=100_000)
    options.add_argument("--claims", type=int, default=1_000_000)
    options.add_argument("--queries", type=int, default=300)
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.what == "add":
        measure_adding(given.folder, given.reports)
    else:
        measure_asking(given.folder, given.claims, given.queries)
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
