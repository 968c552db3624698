"""Stage 5 of 8, how far to trust a claim. In: Claim. Out: a number from 0 to 1.

A logistic model of whether value, role, measure and country are all right, over the rules
that fired. `benchmarks/confidence.py` fits the weights and, leaving one story out at a time,
prints how far the numbers hold on stories that they were not fitted on.
"""

from __future__ import annotations

import math

from reportedly.model import Claim

#: Log-odds of a claim about which no rule below says anything; fitted 2.15, lowered because on left-out
#: stories the surest claims were right less often than they said.
START = 2.05
#: What each rule adds. Fitted on 435 claims of the development retellings, ridge penalty 2.
WEIGHTS = {
    "en.role.level-by-default": -1.41,
    "en.role.parallel": -0.74,
    "en.role.base-of-share": -0.48,
    "en.role.have": -0.41,
    "en.place.from-report": -0.49,
    "en.place.from-previous-sentence": -0.45,
    "en.place.owner": -0.53,
    "en.factuality.past-level": -0.55,
    "en.role.to-figure": 0.20,
    "en.role.from-figure": 0.34,
    "en.role.by-figure": 0.44,
    "en.role.change": 0.14,
    "en.role.will-be": 0.54,
    "en.actor.main-owner": -0.52,
    "en.claim.same-as-body": 0.27,
}


def find_confidence(claim: Claim) -> float:
    """Estimates how likely a claim is right in value, role, measure and country of the place."""
    odds = START + sum(WEIGHTS.get(rule, 0.0) for rule in claim.rules)
    return round(1 / (1 + math.exp(-odds)), 2)
