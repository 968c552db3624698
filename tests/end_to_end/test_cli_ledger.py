"""The commands that ask and judge the ledger."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from reportedly.cli import main
from reportedly.cli.asking import EXPORT_NAMES, LISTING_NAMES, SHOWN
from reportedly.cli.ledger import VERDICTS
from reportedly.model import Extraction, Failure, Item
from reportedly.pipeline import code_items, load_tools
from reportedly.read import read_items
from reportedly.record.export.formats import EXPORTS
from reportedly.record.export.jsonl import to_line
from reportedly.record.ledger import Ledger
from reportedly.serve.demo import find_demo_reports
from reportedly.serve.listing import LISTINGS
from reportedly.settings import Settings
from reportedly.vocab import Status, Verdict

NEXT = "f" * 16
WHO = ("--why", "checked by hand", "--by", "Ann")
OBEYED = {"\x1b", "\x07", "\x9b", "\u202e"}

type Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the sample reports, two failures, and a second run that reads three reports differently."""
    path = tmp_path_factory.mktemp("ledger") / "news.db"
    tools = load_tools(Settings())
    coded = list(code_items(read_items(find_demo_reports(), Settings()), tools))
    failed = [
        Failure(origin="a.pdf", cause="not a PDF", hint="see what it is"),
        Failure(origin="b", cause="empty"),
    ]
    with Ledger(path, create=True) as ledger:
        ledger.record(tools.run, [*coded, *failed])
        first, second, third = (each for each in coded[:3] if isinstance(each, Extraction))
        altered = replace(first.claims[0], measure="tanks", status=Status.DEMANDED)
        again = [
            replace(first, claims=(altered, *first.claims[1:])),
            replace(second, claims=second.claims[:-1]),
            third,
        ]
        ledger.record(replace(tools.run, run_id=NEXT), again)
    return path


@pytest.fixture
def ledger(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the ledger, which is the one that the settings name."""
    path = tmp_path / "news.db"
    shutil.copyfile(template, path)
    monkeypatch.setenv("REPORTEDLY_LEDGER", str(path))
    return path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command: its exit code, what it printed, what it said on standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes standard output a terminal of 100 columns without colours, once called."""

    def make() -> None:
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    return make


def find_claims(path: Path, **asked: object) -> list[str]:
    with Ledger(path) as ledger:
        return [to_line(claim) for claim in ledger.claims(**asked)]


def find_id(path: Path, **asked: object) -> str:
    with Ledger(path) as ledger:
        return next(iter(ledger.claims(**asked))).claim_id


def change_rows(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


# ---------------------------------------------------------------- claims


def test_piped_claims_are_the_claim_records_all_of_them(ledger: Path, ask: Ask) -> None:
    code, out, err = ask("claims")
    assert code == 0
    assert out.splitlines() == find_claims(ledger)
    assert len(out.splitlines()) > SHOWN
    assert err == ""


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (("--measure", "troops", "--place", "Iraq"), {"measure": "troops", "place": "Iraq"}),
        (("--actor", "USA", "--status", "planned"), {"actor": "USA", "status": "planned"}),
        (("--since", "2020", "--until", "2020-12"), {"since": "2020", "until": "2020-12"}),
        (("--source", "officials", "--kind", "quantity"), {"source": "officials", "kind": "quantity"}),
        (("--text", "troops", "--publisher", "Sample D"), {"text": "troops", "publisher": "Sample D"}),
        (("--about", "Kosovo soldiers", "--role", "level"), {"about": "Kosovo soldiers", "role": "level"}),
        (
            ("--min-confidence", "0.9", "--limit", "3", "--offset", "1"),
            {"min_confidence": 0.9, "limit": 3, "offset": 1},
        ),
        (("--judged", "unjudged", "--limit", "0"), {"judged": "unjudged"}),
    ],
)
def test_each_filter_asks_what_it_says(
    ledger: Path, ask: Ask, options: tuple[str, ...], asked: dict[str, object]
) -> None:
    code, out, _ = ask("claims", *options)
    assert code == 0
    assert out.splitlines() == find_claims(ledger, **asked)
    assert out


def test_a_terminal_shows_the_first_claims_and_says_how_many_there_are(
    ledger: Path, ask: Ask, terminal: Callable[[], None]
) -> None:
    terminal()
    code, out, err = ask("claims")
    total = len(find_claims(ledger))
    assert code == 0
    assert out.count("reported by") == 1
    assert f"reportedly: {SHOWN} of {total} claims; --limit 0 for all" in err
    assert max(map(len, out.splitlines())) <= 100
    _, out, err = ask("claims", "--limit", "0", "--format", "jsonl")
    assert (len(out.splitlines()), err) == (total, "")


def test_the_evidence_can_follow_the_table(ledger: Path, ask: Ask) -> None:
    _, out, _ = ask("claims", "--format", "table", "--evidence", "--text", "commanders")
    for line in find_claims(ledger, text="commanders"):
        assert out.count(json.loads(line)["claim_id"][:8]) == 2


def test_what_was_not_found_comes_with_what_may_have_been_meant(ledger: Path, ask: Ask) -> None:
    assert ask("claims", "--measure", "trops") == (0, "", "reportedly: no claim matches - did you mean 'troops'?\n")
    assert "did you mean 'Sample Courier'?" in ask("claims", "--publisher", "Sample Currier")[2]
    assert "the ledger counts" in ask("claims", "--measure", "zebras")[2]


@pytest.mark.parametrize("name", LISTING_NAMES)
def test_every_format_holds_every_claim_and_the_files_name_chooses_it(
    name: str, ledger: Path, ask: Ask, tmp_path: Path
) -> None:
    suffix = {"table": "txt"}.get(name, name)
    target = tmp_path / f"claims.{suffix}"
    code, out, err = ask("claims", "--measure", "killed", "--output", str(target))
    expected = [json.loads(line) for line in find_claims(ledger, measure="killed")]
    assert (code, out) == (0, "")
    assert f"{len(expected)} of {len(expected)} claims" in err
    text = target.read_text(encoding="utf-8")
    if name == "json":
        whole = json.loads(text)
        assert whole["claims"] == expected
        assert whole["query"] == {"measure": "killed", "judged": "standing"}
        assert {claim["report_id"] for claim in expected} == set(whole["reports"])
        assert {claim["run_id"] for claim in expected} == set(whole["runs"])
    elif name == "jsonl":
        assert [json.loads(line) for line in text.splitlines()] == expected
    elif name == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["claim_id"] for row in rows] == [claim["claim_id"] for claim in expected]
    elif name == "md":
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        assert sum(token.type == "tr_open" for token in tokens) == len(expected) + 1
    else:
        assert all(claim["claim_id"][:8] in text for claim in expected)


def test_the_formats_offered_are_the_formats_there_are() -> None:
    assert set(LISTING_NAMES) == set(LISTINGS)
    assert set(EXPORT_NAMES) == {*EXPORTS, "datasette"}
    assert set(VERDICTS) == set(Verdict)


# ---------------------------------------------------------------- show and explain


def test_a_claim_is_shown_in_its_paragraph_with_its_answers_and_its_descent(ledger: Path, ask: Ask) -> None:
    claim = json.loads(find_claims(ledger, place="Iraq", status="planned")[0])
    code, out, _ = ask("show", claim["claim_id"][:8])
    assert code == 0
    shown = " ".join(out.split())
    assert f"figure: {claim['evidence']['text']}]" in shown
    assert f"[where: {claim['place']['text']}]" in shown
    for words in ("where it comes from", "publisher Sample", "found at", "samples.jsonl", "judged by nobody yet"):
        assert words in shown


def test_a_report_is_shown_with_its_claims_marked_and_listed(ledger: Path, ask: Ask) -> None:
    claim = json.loads(find_claims(ledger, measure="killed")[0])
    code, out, _ = ask("show", claim["report_id"])
    assert code == 0
    with Ledger(ledger) as opened:
        found = opened.find_report(claim["report_id"])
    for each in found.claims:
        assert out.count(each.claim_id[:6]) == 2


def test_what_is_shown_can_be_had_as_json(ledger: Path, ask: Ask) -> None:
    claim_id = find_id(ledger)
    ask("judge", claim_id, "accept", *WHO)
    shown = json.loads(ask("show", claim_id, "--format", "json")[1])
    assert shown["claim"]["claim_id"] == claim_id
    assert [remark["verdict"] for remark in shown["history"]] == ["accept"]
    report_id = shown["report"]["report_id"]
    assert [version["report_id"] for version in shown["versions"]] == [report_id]
    report = json.loads(ask("show", report_id, "--format", "json")[1])
    assert claim_id in [claim["claim_id"] for claim in report["claims"]]


def test_a_claim_of_the_ledger_is_explained_with_its_sentence_and_its_judges(
    ledger: Path, ask: Ask, terminal: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim_id = find_id(ledger, status="planned")
    ask("judge", claim_id, "amend", "measure=contractors", *WHO)
    code, out, _ = ask("explain", claim_id[:8], "--ledger", str(ledger))
    assert code == 0
    for words in ("rules", "lexicon/", "contractors", "✎ amended by Ann", "measure = contractors", "checked by hand"):
        assert words in out
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert ask("explain", claim_id[:8])[1] == out
    code, _, err = ask("explain", claim_id, "claims.jsonl", "--ledger", str(ledger))
    assert (code, "not both" in err) == (1, True)


# ---------------------------------------------------------------- stats, runs, failures, diff


def test_the_overview_counts_what_is_there(ledger: Path, ask: Ask) -> None:
    code, out, _ = ask("stats")
    assert code == 0
    for words in ("Sample Courier", "troops", "planned", "Afghanistan", "2: `reportedly failures` lists them"):
        assert words in out
    record = json.loads(ask("stats", "--format", "json")[1])
    with Ledger(ledger) as opened:
        assert record["measures"] == dict(opened.stats().measures)


def test_runs_and_failures_are_listed(ledger: Path, ask: Ask) -> None:
    runs = [json.loads(line) for line in ask("runs")[1].splitlines()]
    assert [run["reports"] for run in runs] == [16, 3]
    assert NEXT in ask("runs", "--format", "table")[1]
    failures = [json.loads(line) for line in ask("failures")[1].splitlines()]
    assert [failure["cause"] for failure in failures] == ["not a PDF", "empty"]
    assert "not a PDF - see what it is" in ask("failures", "--format", "table")[1]


def test_mended_failures_are_listed_if_asked_for(ledger: Path, ask: Ask) -> None:
    with Ledger(ledger) as opened:
        opened.resolve(opened.failures()[0].asked, [])
    assert ask("failures") == (0, "", "reportedly: no failures that stand; --all lists mended ones\n")
    assert ask("failures", "--all", "--format", "table")[1].count("mended") == 2


def test_two_runs_are_compared_field_by_field(ledger: Path, ask: Ask) -> None:
    first = json.loads(ask("runs")[1].splitlines()[0])["run_id"]
    code, out, err = ask("diff", first[:6], NEXT[:6], "--format", "table")
    assert code == 0
    assert err == "reportedly: 0 gained, 1 lost, 1 altered\n"
    assert "measure: troops → tanks" in out
    assert "→ demanded" in out
    changes = [json.loads(line) for line in ask("diff", first, NEXT)[1].splitlines()]
    altered = next(each for each in changes if each["change"] == "altered")
    assert altered["fields"]["measure"] == {"old": "troops", "new": "tanks"}
    lost = next(each for each in changes if each["change"] == "lost")
    assert (lost["new"], lost["old"]["claim_id"]) == (None, lost["claim_id"])
    table = ask("diff", NEXT, first, "--format", "md")
    assert table[2] == "reportedly: 1 gained, 0 lost, 1 altered\n"
    assert "measure: tanks → troops" in table[1]


# ---------------------------------------------------------------- judging


def test_a_judgement_shows_in_every_face_and_can_be_taken_back(ledger: Path, ask: Ask) -> None:
    claim_id = find_id(ledger, status="planned", place="Iraq")
    code, out, _ = ask("judge", claim_id[:8], "amend", "quantity.low=1,234", "quantity.high=1,234", *WHO)
    assert code == 0
    assert "✎ amended by Ann" in out
    assert "1,234" in out
    record = json.loads(find_claims(ledger, judged="amend")[0])
    assert record["quantity"]["low"] == 1234
    judgement_id = record["judgement"]["judgement_id"]
    for command in (("claims", "--format", "table"), ("claims", "--format", "md"), ("show", claim_id),
                    ("show", record["report_id"]), ("explain", claim_id, "--ledger", str(ledger))):  # fmt: skip
        assert "✎ amended" in ask(*command)[1], command
    assert "verdict" in ask("claims", "--judged", "judged")[1]
    code, out, _ = ask("withdraw", judgement_id[:8], *WHO)
    assert (code, out) == (0, f"judgement {judgement_id} is withdrawn: it stays readable and counts no more\n")
    assert find_claims(ledger, judged="judged") == []
    assert "taken back: checked by hand" in " ".join(ask("show", claim_id)[1].split())


def test_a_rejected_claim_counts_no_more_and_stays_readable(ledger: Path, ask: Ask) -> None:
    claim_id = find_id(ledger)
    assert ask("judge", claim_id, "reject", *WHO)[0] == 0
    assert claim_id not in ask("claims")[1]
    assert claim_id in ask("claims", "--judged", "reject")[1]
    assert "✗ rejected by Ann" in ask("show", claim_id)[1]


def test_a_withdrawn_report_takes_its_claims_with_it(ledger: Path, ask: Ask) -> None:
    record = json.loads(find_claims(ledger, measure="killed")[0])
    ask("withdraw", record["report_id"], "--why", "the outlet took it back", "--by", "Ann")
    assert record["claim_id"] not in ask("claims")[1]
    for shown in (record["claim_id"], record["report_id"]):
        assert "withdrawn: the outlet took it back" in " ".join(ask("show", shown)[1].split())


# ---------------------------------------------------------------- export


@pytest.mark.parametrize("name", EXPORT_NAMES)
def test_every_export_is_written_and_counted(name: str, ledger: Path, ask: Ask, tmp_path: Path) -> None:
    target = tmp_path / "out"
    code, out, err = ask("export", name, "--measure", "troops", "--output", str(target))
    assert (code, out) == (0, "")
    assert target.stat().st_size > 0
    assert ("datasette" if name == "datasette" else f"written to {target}") in err
    assert list(tmp_path.glob(".*")) == []


def test_an_export_goes_to_standard_output_too(ledger: Path, ask: Ask) -> None:
    code, out, err = ask("export", "jsonl", "--measure", "killed")
    assert (code, out.splitlines()) == (0, find_claims(ledger, measure="killed"))
    assert f"{len(out.splitlines())} rows" in err


def test_bytes_that_are_no_text_do_not_go_to_a_terminal(ledger: Path, ask: Ask, terminal: Callable[[], None]) -> None:
    terminal()
    code, out, err = ask("export", "parquet")
    assert (code, out) == (1, "")
    assert "--output FILE.parquet" in err


def test_no_output_overwrites_the_ledger(ledger: Path, ask: Ask) -> None:
    before = ledger.read_bytes()
    for command in (("export", "csv"), ("claims",)):
        code, _, err = ask(*command, "--output", str(ledger))
        assert (code, "would overwrite a database" in err) == (1, True)
    assert ledger.read_bytes() == before


# ---------------------------------------------------------------- looking after it


def test_a_sound_ledger_has_no_problems(ledger: Path, ask: Ask) -> None:
    ask("judge", find_id(ledger), "amend", "measure=tanks", *WHO)
    code, out, err = ask("ledger", "check")
    assert (code, out) == (0, "")
    assert "0 problems" in err


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE claims SET start = start + 1 WHERE claim_no = 3", "its record says something else than its row"),
        ('UPDATE claims SET record = replace(record, \'"text":"\', \'"text":"x\') WHERE claim_no = 3', "do not stand"),
        ("UPDATE claims SET record = '{' WHERE claim_no = 3", "its record cannot be read"),
        ("UPDATE reports SET publisher = 'x', item = '{' WHERE report_no = 2", "cannot be read"),
        (
            "UPDATE reports SET item = replace(item, 'Sample', 'Simple') WHERE report_no = 2",
            "is not what its id was made",
        ),
        ("UPDATE current_claims SET status = 'happened' WHERE status = 'planned'", "`reportedly ledger rebuild`"),
        ("DELETE FROM current_reports WHERE report_no = 4", "`reportedly ledger rebuild`"),
        ("UPDATE codings SET claims = claims + 1 WHERE coding_no = 1", "claims, and"),
        ("DELETE FROM reports WHERE report_no = 5", "points to a row of reports that is not there"),
    ],
)
def test_each_kind_of_damage_is_found(ledger: Path, ask: Ask, statement: str, words: str) -> None:
    with sqlite3.connect(ledger) as connection:
        for name, made in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if "append" in (made or "").lower() or "RAISE" in (made or ""):
                connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()
    code, out, err = ask("ledger", "check")
    assert code == 1
    assert words in out
    assert "0 problems" not in err


def test_a_rebuild_mends_the_views(ledger: Path, ask: Ask) -> None:
    before = find_claims(ledger)
    change_rows(ledger, "DELETE FROM current_claims WHERE claim_no > 10")
    assert find_claims(ledger) != before
    code, _, err = ask("ledger", "rebuild")
    assert (code, f"{len(before)} claims" in err) == (0, True)
    assert find_claims(ledger) == before
    assert ask("ledger", "check")[0] == 0


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("claims", "--status", "plannd"), "did you mean 'planned'?"),
        (("claims", "--since", "tomorrow"), "write it as YYYY"),
        (("claims", "--since", "2020-13"), "not a date"),
        (("show", "zzzz"), "`reportedly claims` lists ids"),
        (("show", ""), "no claim, report or judgement"),
        (("diff", "0", "zz"), "`reportedly runs` lists them"),
        (("judge", "zz", "accept", *WHO), "no claim has the id"),
        (("judge", "zz", "accept", "--why", " ", "--by", "Ann"), "a judgement needs a reason"),
        (("judge", "zz", "amend", *WHO), "amend needs values"),
        (("judge", "zz", "amend", "measure", *WHO), "not FIELD=VALUE"),
        (("withdraw", "zz", *WHO), "no claim, report or judgement"),
        (("stats", "--ledger", "none.db"), "`reportedly add PATH` makes one"),
        (("stats", "--ledger", __file__), "this file is no ledger"),
        (("export", "csv", "--output", "no/such/folder.csv"), "No such file"),
    ],
)
def test_what_goes_wrong_is_one_line_with_what_to_do(
    ledger: Path, ask: Ask, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = ask(*arguments)
    assert (code, out) == (1, "")
    assert words in err
    assert err.startswith("reportedly: error: ")
    assert err.count("\n") == 1


def test_a_value_that_a_field_cannot_take_is_named_with_those_it_can(ledger: Path, ask: Ask) -> None:
    claim_id = find_id(ledger)
    for change, words in (("status=maybe", "one of happened, ongoing"), ("measure=3", "3 is not text"),
                          ("quantity.lw=3", "did you mean 'quantity.low'?")):  # fmt: skip
        code, _, err = ask("judge", claim_id, "amend", change, *WHO)
        assert (code, words in err) == (1, True), err
    assert find_claims(ledger, judged="judged") == []


@pytest.mark.parametrize(
    "arguments",
    [("judge", "3fa2", "accept", "--by", "Ann"), ("judge", "3fa2", "maybe", *WHO), ("export", "xls"),
     ("claims", "--limit", "-1"), ("ledger",)],
)  # fmt: skip
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2


def test_what_a_report_says_is_shown_and_never_obeyed(
    tmp_path: Path, ask: Ask, terminal: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "\x1b]0;owned\x07 \x9b2J \u202edlrow [bold]|`<b>"
    text = f"Borduria has 900 troops in Klow{evil}, officials said."
    item = Item(text=text, title=f"Calm{evil}", publisher=f"Klow{evil}", origin=f"/a{evil}", published="2020-08-28")
    tools = load_tools(Settings())
    (coded,) = code_items([item], tools)
    assert isinstance(coded, Extraction)
    path = tmp_path / "evil.db"
    with Ledger(path, create=True) as opened:
        opened.record(tools.run, [coded, Failure(origin=f"x{evil}", cause=f"odd{evil}")])
        opened.judge(coded.claims[0].claim_id, "accept", by=f"Ann{evil}", why=f"so{evil}")
    monkeypatch.setenv("REPORTEDLY_LEDGER", str(path))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    terminal()
    claim_id, report_id = coded.claims[0].claim_id, coded.report.report_id
    commands = [("claims", "--evidence"), ("show", claim_id), ("show", report_id), ("explain", claim_id), ("stats",),
                ("runs",), ("failures",), ("export", "csv"), ("export", "jsonl"),
                *(("claims", "--format", name) for name in LISTING_NAMES),
                *(("show", each, "--format", "json") for each in (claim_id, report_id))]  # fmt: skip
    for command in commands:
        code, out, err = ask(*command)
        assert code == 0, (command, err)
        assert out
        assert not OBEYED & set(out + err), command
    for _ in range(2):
        code, out, err = ask("withdraw", claim_id, "--why", evil, "--by", "Ann")
    assert (code, out) == (1, "")
    assert "taken back already" in err
    assert not OBEYED & set(err)
