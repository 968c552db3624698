"""Stage 5 of 8, how far to trust a claim. In: Claim. Out: a number from 0 to 1.

The weights were fitted on the development reports of `tests/evaluation`: the share of claims
right in value, role, measure and place among those with the same marks. They are read as a
first calibration, not as probabilities on other text.
"""

from __future__ import annotations

from reportedly.model import Claim
from reportedly.vocab import Role

#: Where nothing speaks against a claim.
_START = 0.9
#: What lowers trust: a rule id's ending -> factor.
_DOUBTS = {
    "en.role.level-by-default": 0.9,
    "en.role.parallel": 0.85,
    "en.role.headline-verb": 0.95,
    "en.number.cardinal": 1.0,
}


def find_confidence(claim: Claim) -> float:
    """Estimates how likely a claim is right in value, role, measure and place."""
    trust = _START
    for rule in claim.rules:
        trust *= _DOUBTS.get(rule, 1.0)
        if ".from-headline" in rule or ".from-previous" in rule:
            trust *= 0.95
    if claim.place is None:
        trust *= 0.9
    if claim.quantity is not None and claim.quantity.role in (Role.FROM, Role.TO):
        trust *= 0.97
    return round(trust, 2)
