"""Stage 6 of 8. In: Claim. Out: our own words for it, for formats that ask for a line of text.

Nothing of the report is quoted but names and a vague figure's one or two words, so that what is exported
carries no publisher's sentences.
"""

from __future__ import annotations

from reportedly.model import Claim, Quantity, Time
from reportedly.record.export.identities import find_original, to_source_name
from reportedly.vocab import Approx, Direction, Role, Status, Unit

_UNITS = {Unit.PERCENT: " per cent", Unit.FRACTION: " (a part of one)", Unit.MULTIPLE: " times as many"}


def to_phrase(claim: Claim) -> str:
    """Says a claim in a line: `killed: at least 12, Gao, 2024-05-05, happened, according to the army`."""
    source = find_original(claim)
    parts = [
        to_what(claim),
        " ".join((claim.place.name or claim.place.text).split()) if claim.place else "",
        to_days(claim.time) if claim.time else "",
        "said not to be so" if claim.status is Status.DENIED else str(claim.status),
        f"according to {to_source_name(source)}" if source else "",
    ]
    return ", ".join(part for part in parts if part)


def to_what(claim: Claim) -> str:
    """Says what is counted and how much, or what happens: `troops: about 1,700 fewer`, `protest (demo)`."""
    if claim.quantity is not None:
        return f"{(claim.measure or 'counted').replace('_', ' ')}: {to_amount(claim.quantity, claim.evidence.text)}"
    if claim.event is not None:
        return claim.event.type.lower() + (f" ({claim.event.mode})" if claim.event.mode else "")
    return str(claim.kind)


def to_amount(quantity: Quantity, words: str) -> str:
    """Says a quantity: `at least 12`, `about 1,700 fewer`, `from 5,200`; a vague one in the report's `words`."""
    bare = " ".join(words.split()) if quantity.approx is Approx.VAGUE else _to_bounds(quantity)
    bare += _UNITS.get(quantity.unit, "")
    if quantity.unit is Unit.FORMATION:
        bare += f" ({quantity.formation or 'formations'})"
    if quantity.role in (Role.FROM, Role.TO):
        return f"{quantity.role} {bare}"
    if quantity.role is Role.CHANGE:
        ending = {Direction.UP: " more", Direction.DOWN: " fewer"}
        return bare + (ending[quantity.direction] if quantity.direction else " changed")
    return bare


def to_days(time: Time) -> str:
    """Says an interval: one day, `2024-05-01 to 2024-05-31`, `from 2024-05-01`, `until 2024-05-31`."""
    if time.start and time.end:
        return time.start if time.start == time.end else f"{time.start} to {time.end}"
    if time.start or time.end:
        return f"from {time.start}" if time.start else f"until {time.end}"
    return ""


def to_number(value: float) -> str:
    """Writes a number with commas between thousands and no needless decimals."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.10g}"


def _to_bounds(quantity: Quantity) -> str:
    low, high = quantity.low, quantity.high
    if low is None or high is None:
        if low is None and high is None:
            return "an unknown number"
        return f"at least {to_number(low)}" if low is not None else f"at most {to_number(high or 0)}"
    if low != high:
        return f"{to_number(low)} to {to_number(high)}"
    return ("about " if quantity.approx is Approx.ABOUT else "") + to_number(low)
