"""Stage 4 of 8. In: a stretch of the time grammar. Out: the parts of a TimeMention.

One function a family of rules; each returns the parts by name, or None where the words
are no time after all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from reportedly.extract.time_amounts import UNITS, is_share, read_amount, read_unit
from reportedly.extract.time_grammar import Stretch, Word
from reportedly.model import Token

Parts = dict[str, object]
_SIGNS = {"t": 0, "l": -1, "n": 1, "g": 1, "h": 0, "5": 0, "6": -1}


def read_stretch(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """Reads a stretch into the parts of a `TimeMention`; None where it is no time."""
    return _READERS[stretch.rule](stretch, tokens)


# ---------------------------------------------------------------- points of the calendar


def _read_calendar(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """Dates, months, weekdays, seasons, holidays with whatever stands beside them."""
    parts: Parts = {"kind": "point"}
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        _read_letter(letter, word, parts)
    if "sign" in parts:
        _read_sign(stretch, parts)
    parts.pop("sign", None)
    return parts


def _read_season(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`the fall of the city` and `spring` the verb are no seasons, `Spring` the town neither."""
    at = stretch.first + stretch.letters.index("S")
    after = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if tokens[at].entity in {"GPE", "ORG", "PERSON", "FAC", "LOC"}:
        return None
    if not _is_noun(tokens[at]) or (after == "of" and stretch.last == at + 1):
        return None
    return _read_calendar(stretch, tokens)


def _read_letter(letter: str, word: Word, parts: Parts) -> None:
    if letter in "1O" and "season" not in parts:
        number = int(re.sub(r"\D", "", word.value) or 0)
        if 1 <= number <= 31:
            parts["last_day" if "day" in parts else "day"] = number
    elif letter in "MWS":
        parts[{"M": "month", "W": "weekday", "S": "season"}[letter]] = int(word.value)
    elif letter == "Y":
        parts["year"] = int(word.value)
    elif letter == "A":
        edge, _, year = word.value.partition("-")
        parts["modifier"] = {"early": "start", "mid": "mid"}.get(edge, "end")
        parts["year"] = int(year)
    elif letter in "eb":
        parts["modifier"] = word.value
    elif letter == "r":
        parts["modifier"] = "earlier" if word.value == "-1" else "later"
    elif letter == "P":
        parts["part_of_day"] = word.value
    elif letter == "F":
        parts["fiscal"] = True
    elif letter in _SIGNS:
        parts["sign"] = letter
    elif letter == "L":
        parts["holiday"] = word.value


def _read_sign(stretch: Stretch, parts: Parts) -> None:
    """`last March`, `June of that year`, `next Friday`: whole steps from the anchor."""
    letter = str(parts["sign"])
    at = stretch.letters.index(letter)
    if "y" in stretch.letters[at:]:
        parts.update(unit="year", offset=_SIGNS[letter])
    else:
        parts["offset"] = _SIGNS[letter]
    if letter in "gh":
        parts["anaphoric"] = True


def _read_day_month(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    parts = _read_calendar(stretch, tokens)
    if parts is None or "day" not in parts:
        return None
    # `in August 30 soldiers died`: the number counts what follows.
    letters = stretch.letters
    if letters[-1] == "1" and "M" in letters and letters.rindex("M") < len(letters) - 1:
        number = tokens[stretch.last - 1]
        after = tokens[stretch.last].tag if stretch.last < len(tokens) else ""
        before = tokens[stretch.first - 1].lower if stretch.first else ""
        if before in {"in", "since"} and after in {"NNS", "NNPS", "JJ"} and number.head != number.index - 1:
            return None
    return parts


def _read_iso(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    text = " ".join(token.text for token in tokens[stretch.first : stretch.last])
    digits = [int(part) for part in re.findall(r"\d+", text)]
    if len(digits) != 3:
        return None
    if digits[0] > 1000:
        year, month, day = digits
    elif digits[0] > 12 >= digits[1]:
        day, month, year = digits
    elif digits[1] > 12 >= digits[0] or digits[0] == digits[1]:
        month, day, year = digits
    else:
        # 05/06/2026: which is the month is not said, the year is.
        return {"kind": "point", "year": digits[2]}
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return {"kind": "point", "year": year, "month": month, "day": day}


def _read_clock(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    if stretch.letters[0] == "C" and len(stretch.letters) == 1:
        before = tokens[stretch.first - 1].lower if stretch.first else ""
        if before not in {"at", "around", "by", "about", "until", "from"} and not stretch.words[0].value.endswith("m"):
            return None
    if stretch.letters[0] == "P":
        noon = stretch.words[0].value == "MI"
        if not noon and tokens[stretch.first].lower != "midnight":
            return _read_calendar(stretch, tokens)
        rest = _read_calendar(Stretch("", 0, 0, stretch.letters[1:], stretch.words[1:]), tokens) or {}
        if "T" in stretch.letters:
            rest.update(_read_day_word(stretch, tokens) or {})
        rest.pop("part_of_day", None)
        return {**rest, "kind": "point", "clock": "12:00" if noon else "24:00"}
    hour, minute = [*re.findall(r"\d+", stretch.words[0].value), "0"][:2]
    late = any("pm" in word.value for word in stretch.words if word.kind in {"shape", "half_day"})
    hours = int(hour) % 12 + 12 if late else int(hour) % 24
    if hours > 24:
        return None
    rest = _read_calendar(Stretch("", 0, 0, stretch.letters[1:], stretch.words[1:]), tokens) or {}
    if "T" in stretch.letters:
        rest.update(_read_day_word(stretch, tokens) or {})
    elif "weekday" not in rest:
        rest.update(unit="day", offset=0)
    rest.pop("part_of_day", None)
    return {**rest, "kind": "point", "clock": f"{hours:02d}:{int(minute):02d}"}


# What makes the number after it a count, and what the year before a plural noun.
_COUNTING = frozenset({"$", "#", "no.", "£", "€", "than", "-", "some", "nearly"})
_OWNING = frozenset({"the", "its", "their", "his", "in"})


def _read_year(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """A bare number is a year by its place: not where it counts a plural noun or is money."""
    parts = _read_calendar(stretch, tokens)
    if parts is None or stretch.letters[-1] == "A" or "y" in stretch.letters or "modifier" in parts:
        return parts
    token = tokens[stretch.last - 1]
    before = tokens[stretch.first - 1] if stretch.first else None
    after = tokens[stretch.last] if stretch.last < len(tokens) else None
    if _counts(token, before, after, tokens):
        return None
    near = before.lower if before is not None else ""
    if token.entity in {"CARDINAL", "QUANTITY", "MONEY", "PERCENT"}:
        # `cut by 2000` is a count, `by 2027` a year: round numbers stay counts.
        dated = near in {"in", "since", "until", "during"} or (near == "by" and token.text[-2:] != "00")
    elif before is not None and before.tag == "CC":
        # `2014 and 2015`, but not `500 troops and 2000 out of the province`.
        dated = stretch.first > 1 and _is_year(tokens[stretch.first - 2])
    else:
        dated = token.entity in {"DATE", "EVENT"} or (before is not None and before.tag in {"IN", "DT", "NNP"})
    return parts if dated else None


def _counts(token: Token, before: Token | None, after: Token | None, tokens: Sequence[Token]) -> bool:
    """Whether the words around a number of four digits make it a count."""
    if before is not None and (before.lower in _COUNTING or before.tag == "CD"):
        return True
    if after is not None and (after.lower in {"%", "percent"} or after.tag == "CD"):
        return True
    if after is not None and after.lower in {"to", "or"} and after.index + 1 < len(tokens):
        # `by 2000 to 2500`: two counts.
        other = tokens[after.index + 1]
        if other.tag == "CD" and not _is_year(other):
            return True
    if token.dep not in {"nummod", "compound", "amod"} or token.head <= token.index:
        return False
    plural = tokens[token.head].tag in {"NNS", "NNPS"}
    return plural and (before is None or before.lower not in _OWNING)


def _is_year(token: Token) -> bool:
    return re.fullmatch(r"(?:1[5-9]|20)\d\d", token.text) is not None


def _read_year_range(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`2003-2011`, `2020-21`."""
    first, last = re.findall(r"\d+", "-".join(word.value for word in stretch.words))
    if len(last) == 2:
        last = first[:2] + last
    if len(last) != 4 or not int(first) < int(last):
        return None
    return {"kind": "point", "year": int(first), "last_year": int(last)}


def _read_day_alone(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`on the 20th`: of the month that tense and report give."""
    before = tokens[stretch.first - 1].tag if stretch.first else ""
    after = tokens[stretch.last].tag if stretch.last < len(tokens) else ""
    digits = re.match(r"\d+", stretch.words[-1].value)
    if before != "IN" or digits is None or after.startswith(("NN", "JJ", "CD")):
        return None
    return {"kind": "point", "day": int(digits[0])}


# ---------------------------------------------------------------- units counted from the anchor


def _read_relative(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`last week`, `earlier this month`, `that same day`, `the coming days`."""
    letters = stretch.letters
    at = len(letters) - 1
    inside = tokens[stretch.first : stretch.last]
    word, token = stretch.words[at], inside[-1]
    sign = next((letter for letter in letters if letter in _SIGNS), "t")
    parts: Parts = {"kind": "point", "unit": UNITS.get(letters[at], word.value), "offset": _SIGNS[sign]}
    for letter, inner in zip(letters[:at], stretch.words, strict=False):
        _read_letter(letter, inner, parts)
    parts.pop("sign", None)
    if sign in "gh":
        parts["anaphoric"] = True
    if letters[at] == "P":
        parts.update(unit="day", part_of_day=word.value)
        if sign == "l" and word.value != "NI":
            return None
    if letters[at] == "I":
        parts["unit"] = "quarter"
    if sign == "6":
        return {"kind": "duration", "unit": parts["unit"], "direction": "past"} if token.tag == "NNS" else None
    # `the next day` counts from what was told before, `next week` from the report.
    if sign == "n" and tokens[stretch.first].lower == "the" and any(item.lower == "next" for item in inside):
        parts["anaphoric"] = True
    if token.tag in {"NNS", "NNPS"} and token.lower.endswith("s") and letters[at] in "UyQP":
        return {"kind": "duration", "unit": parts["unit"], "direction": _to_direction(sign)}
    return parts


def _read_ago(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    at = next(i for i in range(len(stretch.letters) - 1, -1, -1) if stretch.letters[i] in "Gr")
    back = int(stretch.words[at].value)
    amount = None if stretch.letters[0] in "Uyc" else read_amount(stretch)
    parts: Parts = {"kind": "point", "unit": read_unit(stretch), "direction": "past" if back < 0 else "future"}
    if stretch.letters[at] == "r" or (parts["unit"] == "year" and amount == (1.0, 1.0)):
        parts["anaphoric"] = True
    if amount is None:
        return {**parts, "kind": "reference"}
    if "approx" in {word.kind for word in stretch.words} or amount[0] != amount[1]:
        parts["modifier"] = "approx"
    low, high = amount
    return {**parts, "low": low, "high": high}


def _read_year_ago(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    return {"kind": "point", "unit": "year", "low": 1.0, "high": 1.0, "direction": "past", "anaphoric": True}


def _read_window(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`the past two months`, `the next two to three months`, `the first nine months`."""
    sign = next((letter for letter in stretch.letters if letter in _SIGNS), "")
    amount = read_amount(stretch)
    parts: Parts = {"kind": "duration", "unit": read_unit(stretch), "direction": _to_direction(sign) if sign else None}
    if amount is not None:
        parts.update(low=amount[0], high=amount[1])
    return parts


def _read_duration(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    if is_share(stretch, tokens):
        return None
    if stretch.letters[0] in "Uyc" and "z" not in stretch.letters:
        plural = all(tokens[i].tag == "NNS" for i in (stretch.first, stretch.last - 1))
        return {"kind": "duration", "unit": read_unit(stretch)} if plural else None
    if stretch.letters[-1] == "P" and (stretch.letters[0] == "a" or not tokens[stretch.last - 1].lower.endswith("s")):
        return None
    parts = _read_window(stretch, tokens)
    if parts is None:
        return None
    if stretch.letters.startswith("q"):
        parts["modifier"] = "approx"
    # `2,000 a month`, `twice a week`: a rate, not a length.
    if stretch.letters.startswith("a") and len(stretch.letters) == 2 and stretch.first:
        before = tokens[stretch.first - 1]
        if before.tag in {"CD", "NNS"} or before.lower in {"once", "twice", "times", "%"}:
            return {**parts, "kind": "set"}
    return parts


def _read_set(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    if stretch.rule == "frequency":
        value = stretch.words[0].value
        unit = {"P1D": "day", "P1W": "week", "P1M": "month", "P1Y": "year", "PT1H": "hour"}.get(value, "month")
        amount = 3.0 if value == "P3M" else 2.0 if value == "P2W" else 1.0
        return {"kind": "set", "unit": unit if value != "P2W" else "week", "low": amount, "high": amount}
    last = stretch.words[-1]
    if last.kind in {"month", "weekday"}:
        return {"kind": "set", last.kind: int(last.value), "unit": None}
    amount_read = read_amount(stretch) or (1.0, 1.0)
    return {"kind": "set", "unit": read_unit(stretch), "low": amount_read[0], "high": amount_read[1]}


# ---------------------------------------------------------------- long units


def _read_quarter(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    parts: Parts = {"kind": "point"}
    ordinal = next((word for word in stretch.words if word.kind == "ordinal"), None)
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter in "YAF":
            _read_letter(letter, word, parts)
        elif letter == "B":
            parts["quarter"] = int(word.value[-1])
    if ordinal is not None:
        number = int(ordinal.value)
        if "H" in stretch.letters and number <= 2:
            parts["half"] = number
        elif number <= 4:
            parts["quarter"] = number
        else:
            return None
    match = re.search(r"([tlngh5])F?y", stretch.letters)
    if match:
        parts.update(unit="year", offset=_SIGNS[match[1]])
    elif "quarter" not in parts and "half" not in parts:
        sign = next((letter for letter in stretch.letters if letter in _SIGNS), "t")
        if "Y" in stretch.letters:
            return None
        # `the quarter` is the one spoken of, else the last that has ended.
        parts.update(unit="quarter", offset=-1 if not set("tln5") & set(stretch.letters) else _SIGNS[sign])
        if stretch.letters in {"dQ", "dlQ", "dlI"}:
            parts.update(anaphoric=True, offset=-1 if "l" in stretch.letters else 0)
    if re.search(r"[gh]F?y", stretch.letters):
        parts["anaphoric"] = True
    return parts


def _read_fiscal(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    parts: Parts = {"kind": "point", "fiscal": True}
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter == "f":
            year = int(re.sub(r"\D", "", word.value))
            parts["year"] = year if year > 1000 else 2000 + year
        else:
            _read_letter(letter, word, parts)
    return parts


def _read_decade(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    edge, _, decade = stretch.words[-1].value.rpartition("-")
    number = int(re.sub(r"\D", "", decade))
    if number < 100:
        number += 1900 if number >= 20 else 2000
    parts: Parts = {"kind": "point", "decade": number // 10}
    if edge:
        parts["modifier"] = {"early": "start", "mid": "mid"}.get(edge, "end")
    for letter, word in zip(stretch.letters[:-1], stretch.words, strict=False):
        _read_letter(letter, word, parts)
    return parts


def _read_century(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter == "O":
            return {"kind": "point", "century": int(re.sub(r"\D", "", word.value)) - 1}
    sign = next(letter for letter in stretch.letters if letter in _SIGNS)
    return {"kind": "point", "unit": "century", "offset": _SIGNS[sign]}


# ---------------------------------------------------------------- days, edges, references


def _read_day_word(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    parts: Parts = {"kind": "point", "unit": "day"}
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter == "T":
            parts["offset"] = int(word.value)
            if word.kind == "day_night":
                parts["part_of_day"] = "NI"
        elif letter in "eP":
            _read_letter(letter, word, parts)
    return parts


def _read_side(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    """`the end of the month`: of the anchor's month."""
    side = next(word for letter, word in zip(stretch.letters, stretch.words, strict=True) if letter in "eb")
    unit = read_unit(stretch)
    if unit not in {"day", "week", "month", "year", "decade"} or "d" not in stretch.letters[1:]:
        return None
    return {"kind": "point", "unit": unit, "offset": 0, "modifier": side.value}


def _read_year_end(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    unit = "year" if any(word.kind == "year_end" for word in stretch.words) else "month"
    parts: Parts = {"kind": "point", "unit": unit, "offset": 0, "modifier": "end"}
    for letter, word in zip(stretch.letters, stretch.words, strict=True):
        if letter == "Y":
            parts = {"kind": "point", "year": int(word.value), "modifier": "end"}
    return parts


def _read_weekend(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    if not stretch.letters.startswith("d"):
        return None
    return {"kind": "point", "unit": "weekend"}


def _read_reference(stretch: Stretch, tokens: Sequence[Token]) -> Parts | None:
    if stretch.letters in {"5", "6"}:
        return {"kind": "reference", "direction": "present" if stretch.letters == "5" else "past"}
    if stretch.letters.startswith("d"):
        return {"kind": "reference", "direction": "past"} if tokens[stretch.last - 1].lower == "past" else None
    return {"kind": "reference", "direction": stretch.words[0].value}


def _to_direction(sign: str) -> str | None:
    return {"l": "past", "n": "future", "g": "future", "6": "past"}.get(sign)


def _is_noun(token: Token) -> bool:
    return token.tag.startswith("NN")


_READERS: Mapping[str, Callable[[Stretch, Sequence[Token]], Parts | None]] = {
    "iso-date": _read_iso,
    "clock": _read_clock,
    "day-of-month": _read_day_month,
    "day-before-month": _read_day_month,
    "month-of-year": _read_calendar,
    "month": _read_calendar,
    "season": _read_season,
    "quarter-of-relative-year": _read_quarter,
    "quarter": _read_quarter,
    "weekday": _read_calendar,
    "ago": _read_ago,
    "year-ago": _read_year_ago,
    "window": _read_window,
    "first-amount": _read_window,
    "relative-unit": _read_relative,
    "holiday": _read_calendar,
    "year-end": _read_year_end,
    "weekend": _read_weekend,
    "repeat": _read_set,
    "fiscal-year": _read_fiscal,
    "duration": _read_duration,
    "decade": _read_decade,
    "century": _read_century,
    "day-word": _read_day_word,
    "frequency": _read_set,
    "side-of-unit": _read_side,
    "year": _read_year,
    "year-range": _read_year_range,
    "day-alone": _read_day_alone,
    "reference": _read_reference,
}
