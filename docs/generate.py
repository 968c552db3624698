"""Writes the pages and pictures that are made from the program, so that they cannot drift from it.

    python docs/generate.py            writes them
    python docs/generate.py --check    writes nothing, names those that are out of date, exits 1 if any is

`reference/claim.md` comes from the records and `reference/fields.yaml`, `reference/codebook.md` from the lexicon,
`images/ledger.svg` from the program's table of one sample report. The outputs that stand in the other pages are those
of their own commands (`examples.py`).
"""

from __future__ import annotations

import argparse
import difflib
import html
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import examples
import yaml
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from reportedly.lexicon import Lexicon, load_lexicon
from reportedly.lexicon.tables import Row
from reportedly.record.schema import to_report_schema, to_schema
from reportedly.serve.wording import FACTUALITY_MEANING, STATUS_MEANING

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SAMPLES = ROOT / "src" / "reportedly" / "demo" / "samples.jsonl"
#: The sample report of the README, by its number in the file.
SHOWN = 8
#: Pages whose examples are run.
RUN = ("tutorial.md", "how-to/*.md", "explanation/*.md")
NOTE = "<!-- Made by docs/generate.py from the program itself: do not edit. -->\n"
#: Black on white, colours that hold on it: a picture that reads on light and dark pages.
THEME = TerminalTheme(
    (255, 255, 255),
    (31, 35, 40),
    [
        (31, 35, 40),
        (176, 0, 32),
        (17, 99, 41),
        (130, 80, 0),
        (9, 80, 180),
        (115, 46, 155),
        (0, 105, 120),
        (87, 96, 106),
    ],
)


def make_table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Makes a Markdown table."""
    lines = [list(head), *(list(map(str, row)) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


# ---------------------------------------------------------------- the claim record


def make_claim_page() -> str:
    """Makes `reference/claim.md`.

    Raises:
        SystemExit: a field has no meaning in fields.yaml, or one there has no field.
    """
    meanings: dict[str, dict[str, str]] = yaml.safe_load((DOCS / "reference" / "fields.yaml").read_text("utf-8"))
    meanings["Status"] = {str(key): value for key, value in STATUS_MEANING.items()}
    meanings["Factuality"] = {str(key): value for key, value in FACTUALITY_MEANING.items()}
    claim, report = to_schema(), to_report_schema()
    claims = {"Claim": claim, **_find_definitions(claim)}
    reports = {"Report": report, **{name: of for name, of in _find_definitions(report).items() if name not in claims}}
    _check_meanings({**claims, **reports}, meanings)
    parts = [
        NOTE,
        "# The claim record\n",
        "One JSON object a line (`reportedly read FILE --format jsonl`), the same names in Python (`Claim`).\n"
        "Every field is always there; null means that the report does not say. Offsets are code points of the\n"
        "report's text, the end exclusive, so that `report.text[start:end]` is exactly the words.\n"
        "`reportedly schema` prints the JSON Schema.\n",
        *(_to_section(name, of, meanings) for name, of in claims.items()),
        "# The report record\n",
        "What `--format json` gives beside the claims; `reportedly schema --report` prints its schema.\n",
        *(_to_section(name, of, meanings) for name, of in reports.items()),
    ]
    return "\n".join(parts)


def _find_definitions(schema: Mapping[str, object]) -> dict[str, Any]:
    found = schema.get("$defs")
    if not isinstance(found, dict):
        return {}
    records = {name: of for name, of in found.items() if "properties" in of}
    return {**records, **{name: of for name, of in found.items() if name not in records}}


def _check_meanings(records: Mapping[str, Any], meanings: Mapping[str, Mapping[str, str]]) -> None:
    wrong = [f"{name}: no such record or vocabulary" for name in meanings if name not in records]
    for name, of in records.items():
        fields, told = set(of.get("properties", of.get("enum", ()))), set(meanings.get(name, ()))
        wrong += [f"{name}.{field}: no meaning" for field in sorted(fields - told)]
        wrong += [f"{name}.{field}: no such field" for field in sorted(told - fields)]
    if wrong:
        raise SystemExit("docs/reference/fields.yaml: " + "; ".join(wrong))


def _to_section(name: str, of: Mapping[str, Any], meanings: Mapping[str, Mapping[str, str]]) -> str:
    lines = [f"## {name}\n", f"{of['description']}\n"]
    if "enum" in of:
        table = make_table(("value", "meaning"), ((f"`{value}`", meanings[name][value]) for value in of["enum"]))
    else:
        rows = ((f"`{key}`", _to_type(kind), meanings[name][key]) for key, kind in of["properties"].items())
        table = make_table(("field", "type", "meaning"), rows)
    return "\n".join([*lines, table])


def _to_type(kind: Mapping[str, Any]) -> str:
    if "$ref" in kind:
        name = kind["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in kind:
        return " or ".join(_to_type(part) for part in kind["anyOf"])
    if "const" in kind:
        return f"`{kind['const']}`"
    if kind["type"] == "array":
        return f"list of {_to_type(kind['items'])}"
    return " or ".join(kind["type"]) if isinstance(kind["type"], list) else str(kind["type"])


# ---------------------------------------------------------------- the codebook


def make_codebook(lexicon: Lexicon) -> str:
    """Makes `reference/codebook.md`."""
    return "\n".join(
        [
            NOTE,
            "# Codebook\n",
            "What can be counted, and which words say how much, in which direction and how surely. Made from the\n"
            "tables in `src/reportedly/lexicon`; regular inflections (`withdraws`, `withdrawing`) are left out, and a\n"
            "part such as `n't` or the `wo` of `won't` stands as the parser splits it. To add words of your own:\n"
            "[overlay the lexicon](../how-to/overlay-the-lexicon.md), [add a measure](../how-to/add-a-measure.md).\n",
            _make_measures(lexicon),
            _make_bounds(lexicon),
            _make_changes(lexicon),
            _make_statuses(lexicon),
        ]
    )


def _make_measures(lexicon: Lexicon) -> str:
    words: dict[str, list[str]] = {}
    for table in ("measure_terms", "happenings", "stock_nouns"):
        for row in lexicon.table(table).rows.values():
            words.setdefault(row["measure"], []).append(_to_forms(row))
    rows = []
    for name, of in lexicon.measures.items():
        lasting = ", lasting" if of.get("lasting") else ""
        rows.append((f"`{name}`", of["label"], of["counts"], f"{of['role']}{lasting}", _join(words.get(name, ()))))
    return (
        "## Measures\n\n"
        "The role is that of a figure about which the words say no more: `level`, so many are there; `count`, so many\n"
        "were killed, held, fired. A *lasting* count still holds when it is told (so many are displaced).\n\n"
        + make_table(("measure", "label", "counts", "role", "words"), rows)
        + "\nA number of `formations` is given to `troops` with the unit `formation`.\n\n"
        "### Basis\n\nWhat a figure takes in. The words beside it say so:\n\n"
        + make_table(("basis", "words"), _group(lexicon, "bases", "basis"))
    )


def _make_bounds(lexicon: Lexicon) -> str:
    vague = sorted(lexicon.table("vague_numbers").rows.values(), key=lambda row: (int(row["low"]), int(row["high"])))
    fractions = [*lexicon.table("fractions").rows.values(), *lexicon.table("multiples").rows.values()]
    return (
        "## Hedges and bounds\n\n"
        "`about` leaves both bounds at the number written, `at_least` leaves the high side open, `at_most` the low\n"
        "side. Bounds are not moved by one: `more than 2,000` has the low bound 2,000.\n\n"
        + make_table(("bound", "before or after the number", "words"), _group(lexicon, "hedges", "approx", "side"))
        + "\n## Vague numerals\n\n"
        + make_table(
            ("words", "low", "high"),
            ((_to_forms(row), f"{int(row['low']):,}", f"{int(row['high']):,}") for row in vague),
        )
        + "\n## Fractions and multiples\n\n"
        + make_table(("words", "value"), ((_to_forms(row), row["value"]) for row in fractions))
    )


def _make_changes(lexicon: Lexicon) -> str:
    signs = {
        "+": "more",
        "-": "fewer",
        "?": "the place decides: more where they go, fewer where they leave",
        "0": "no net change: a rotation",
    }
    rows = [
        (f"`{sign}`", signs[sign], pos, words)
        for sign, pos, words in _group(lexicon, "change_words", "direction", "pos")
    ]
    beside = [
        (f"`{effect}`", side, words) for effect, side, words in _group(lexicon, "additive_words", "effect", "side")
    ]
    return (
        "## Change words\n\nWords that make a figure a change, with its sign.\n\n"
        + make_table(("sign", "meaning", "part of speech", "words"), rows)
        + "\nWords beside the figure that do the same (`remain`: the level that is left):\n\n"
        + make_table(("effect", "where", "words"), beside)
        + "\n## Levels and counts\n\nVerbs that say what a figure is for: a `level`, a `count` of happenings, "
        "the level that something will `reach`, that will `remain`, or that someone does `expect`.\n\n"
        + make_table(("role", "words"), _group(lexicon, "stock_words", "role"))
    )


def _make_statuses(lexicon: Lexicon) -> str:
    meanings = ((f"`{status}`", meaning) for status, meaning in STATUS_MEANING.items())
    modals = (
        (f"`{status}`", certainty, words)
        for status, certainty, words in _group(lexicon, "modals", "status", "certainty")
    )
    plans = (
        (f"`{status}`", certainty, pos, words)
        for status, certainty, pos, words in _group(lexicon, "intentions", "status", "certainty", "pos")
    )
    return (
        "## Statuses\n\n"
        + make_table(("status", "meaning"), meanings)
        + "\nTense decides between `happened` and `ongoing`. Modals, plans and denials above the figure decide the\n"
        "rest; the certainty is FactBank's. A modal's row below is its plain present; reported speech and the perfect\n"
        "have readings of their own (`would` in reported speech is `planned`).\n\n"
        + make_table(("status", "certainty", "modals"), modals)
        + "\n"
        + make_table(("status", "certainty", "part of speech", "words"), plans)
        + "\nNegation and denial:\n\n"
        + make_table(("kind", "words"), _group(lexicon, "negations", "kind"))
    )


def _group(lexicon: Lexicon, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Joins the words of a table's rows that share the values of some columns; statuses in their own order."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for row in lexicon.table(table).rows.values():
        grouped.setdefault(tuple(row[column] for column in columns), []).append(_to_forms(row))
    statuses = list(map(str, STATUS_MEANING))
    order = sorted(grouped, key=lambda key: (statuses.index(key[0]) if key[0] in statuses else 0, key))
    return [(*key, _join(grouped[key])) for key in order]


def _to_forms(row: Row) -> str:
    """The words of a row as the table has them; an inflected row shows its first form alone."""
    forms = [form.strip() for form in row["forms"].split("|")]
    return ", ".join(forms[:1] if row["inflect"] == "verb" else forms)


def _join(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


# ---------------------------------------------------------------- the picture of the table


def make_picture() -> str:
    """Makes `images/ledger.svg`: the program's table of one sample report."""
    from reportedly import Extraction, read_text
    from reportedly.serve.terminal import show_extraction

    row = json.loads(SAMPLES.read_text(encoding="utf-8").splitlines()[SHOWN - 1])
    read = read_text(row["text"], publisher=row["publisher"], published=row["published"], title=row["title"])
    assert isinstance(read, Extraction)
    console = Console(
        file=io.StringIO(), width=100, record=True, force_terminal=True, color_system="standard", highlight=False
    )
    show_extraction(console, read)
    svg = console.export_svg(title="", theme=THEME, unique_id="ledger", code_format=PICTURE)
    svg = re.sub(
        r"(?<= )([\d.]+) ([\d.]+)(?=\" role)", lambda size: f"{float(size[1]) + 26:.0f} {float(size[2]):.0f}", svg
    )
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


#: Rich's own frame has a title bar and fetches a font; this has neither.
PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -10 {terminal_width} {terminal_height}" role="img">
<title>The claims of one sample report as a table</title>
<style>
.{unique_id}-matrix {{
  font: {char_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect fill="#ffffff" stroke="#d0d7de" x="-11" y="-9" width="99.8%" height="99.4%" rx="8"/>
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</svg>
"""


def find_words(svg: str) -> list[str]:
    """The words that a picture shows, without confidences: those are fitted anew now and then."""
    shown = re.sub(r"<(style|title)>.*?</\1>", "", svg, flags=re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", " ", shown)).split()
    return [word for word in words if not re.fullmatch(r"\.\d\d|1\.0", word)]


# ---------------------------------------------------------------- all of them


#: What is made, and how.
MADE: Mapping[str, Callable[[], str]] = {
    "reference/claim.md": make_claim_page,
    "reference/codebook.md": lambda: make_codebook(load_lexicon()),
    "images/ledger.svg": make_picture,
}


def find_pages() -> list[str]:
    """Finds the pages with examples, below docs/."""
    return sorted(str(path.relative_to(DOCS)) for pattern in RUN for path in DOCS.glob(pattern))


def is_current(name: str, made: str) -> bool:
    """Whether a made file says what the program says now; of a picture, its words."""
    path = DOCS / name
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    return find_words(written) == find_words(made) if name.endswith(".svg") else written == made


def main(arguments: list[str] | None = None) -> int:
    """Writes what is made, or with --check says what is out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is out of date")
    check = parser.parse_args(arguments).check
    code = 0
    for name in [*MADE, *find_pages()]:
        by_hand: list[str] = []
        if name in MADE:
            made = MADE[name]()
        else:
            made, by_hand = examples.update_page((DOCS / name).read_text(encoding="utf-8"))
        for line in by_hand:
            print(f"docs/{name}: mend by hand, it leaves lines out: {line}")
            code = 1
        if is_current(name, made):
            continue
        if check:
            code = 1
            old = (DOCS / name).read_text(encoding="utf-8").splitlines() if (DOCS / name).is_file() else []
            print(f"docs/{name} is out of date: python docs/generate.py")
            print("\n".join(list(difflib.unified_diff(old, made.splitlines(), lineterm="", n=0))[:20]))
        else:
            (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / name).write_text(made, encoding="utf-8", newline="\n")
            print(f"docs/{name} written")
    return code


if __name__ == "__main__":
    sys.exit(main())
