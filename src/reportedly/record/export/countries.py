"""Stage 6 of 8. In: ISO 3166-1 alpha-3 codes. Out: the codes that other formats ask for.

`countries.csv` beside this file is a table of facts: ISO 3166-1 alpha-2, alpha-3 and numeric codes, FIPS 10-4
codes (empty where there is none) and the names that the lexicon uses.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Country:
    """One country's codes; `numeric` and `fips` are empty where there is none."""

    iso3: str
    iso2: str
    numeric: str
    fips: str
    name: str


@functools.cache
def load_countries() -> Mapping[str, Country]:
    """Loads the table: ISO 3166-1 alpha-3 -> codes."""
    with (Path(__file__).parent / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: Country(**row) for row in csv.DictReader(file)}


def find_country(iso3: str | None) -> Country | None:
    """Finds a country by its alpha-3 code; None where the code is not known."""
    return load_countries().get(iso3 or "")
