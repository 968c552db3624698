"""Dates as metadata and datelines write them: ISO 8601, RFC 2822 and written out.

Ground floor: a reader needs them for `published`, cleaning for datelines. What a sentence
says about time (`last week`) is a question of its own and not answered here. The month names are
those of RFC 2822 and their long forms, which metadata use whatever the report's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
MONTHS = {name[:3]: at for at, name in enumerate(_NAMES, 1)}

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|[4-9]\d)(?:st|nd|rd|th)?"  # 40 to 99 too: a date that cannot be must be seen
_DATE = re.compile(
    rf"""(?P<iso>(?<!\d)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d))
    |(?<![\w.])(?P<month>{_MONTH})\s{{0,2}}(?P<day>{_DAY})(?![\d:])(?:(?:,|\s)\s{{0,2}}(?P<year>(?:1[89]|20)\d\d)(?!\d))?
    |(?<![\w.])(?P<day2>{_DAY})[\s-]{{1,2}}(?:of\s)?(?P<month2>{_MONTH})
      (?:(?:,\s?|\s|-)(?P<year2>(?:1[89]|20)\d\d|\d\d)(?![\d:]))?""",
    re.IGNORECASE | re.VERBOSE,
)
# What may stand beside a date in its line: the weekday, the time of day and its zone.
_BESIDE = re.compile(
    r"""(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?
    |\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d+)?(?:\s?[ap]\.?m\b\.?)?(?:\s?[ap]\.m\.)?
    |\d{1,2}\s?[ap]\.?m\b\.?
    |\b(?:utc|gmt|[ecmp][sd]t|bst|ces?t|ist|jst|kst|hkt|msk|edt|et|z)\b\.?
    |[+-]\d\d:?\d\d\b|\(\w{2,5}\)
    |\b(?:at|on|t)\b|[\s,|/•·;–—-]+""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written at text[start:end]; `year` is None where it is left out."""

    year: int | None
    month: int
    day: int
    start: int
    end: int

    def to_date(self, near: str | None = None) -> date | None:
        """Returns the day, or None if there is no such day or no year to be had.

        Args:
            near: an ISO date; a missing year becomes the one that puts the day nearest to it.
        """
        if self.year is not None:
            return _to_day(self.year, self.month, self.day)
        if near is None:
            return None
        pole = date.fromisoformat(near[:10])
        days = (_to_day(year, self.month, self.day) for year in (pole.year - 1, pole.year, pole.year + 1))
        return min((day for day in days if day), key=lambda day: abs(day - pole), default=None)


def find_date(text: str, start: int = 0, end: int | None = None) -> WrittenDate | None:
    """Finds the first written date in text[start:end]; whether that day exists is not asked."""
    match = _DATE.search(text, start, len(text) if end is None else end)
    if match is None:
        return None
    if match["iso"]:
        year, month, day = (int(part) for part in re.split(r"[-/.]", match["iso"]))
        return WrittenDate(year, month, day, match.start(), match.end())
    named = match["month"] or match["month2"]
    figures = match["year"] or match["year2"]
    return WrittenDate(
        year=_to_year(figures) if figures else None,
        month=MONTHS[named[:3].lower()],
        day=int(re.match(r"\d+", match["day"] or match["day2"]).group()),  # type: ignore[union-attr]
        start=match.start(),
        end=match.end(),
    )


def to_iso_date(text: str) -> str:
    """Turns a date of metadata into an ISO date, the day as in its own time zone.

    Accepts ISO 8601 dates and date-times, RFC 2822 and written dates with a year.

    Raises:
        ValueError: it is no date, or there is no such day; the message says which.
    """
    plain = text.strip()
    if re.match(r"\d{8}(?:\D|$)|\d{4}-", plain):
        try:
            return datetime.fromisoformat(plain).date().isoformat()
        except ValueError:
            pass
    found = find_date(plain)
    rest = f"{plain[: found.start]}|{plain[found.end :]}" if found else ""
    if found is None or found.year is None or _BESIDE.sub("", rest):
        raise ValueError(f"not a date: {text!r}")
    day = found.to_date()
    if day is None:
        raise ValueError(f"there is no such day: {text!r}")
    return day.isoformat()


def drop_times(text: str) -> str:
    """Returns what is left of a line when dates, weekdays, times of day and zones are taken out."""
    return _BESIDE.sub(" ", _DATE.sub(" ", text)).strip()


def _to_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _to_year(figures: str) -> int:
    # Two figures stand for the years from 1930 to 2029, as in wire copy of the 1990s.
    return int(figures) if len(figures) == 4 else int(figures) + (1900 if int(figures) >= 30 else 2000)
