"""Stage 8 of 8. In: a question that found nothing. Out: what may have been meant."""

from __future__ import annotations

import difflib

from reportedly.record.ledger import Ledger
from reportedly.record.queries import Query


def find_hint(ledger: Ledger, query: Query) -> str:
    """Says what the ledger has instead, as the end of a sentence; empty where there is nothing to say."""
    stats = ledger.stats()
    if not stats.versions:
        return ": the ledger is empty - `reportedly add PATH` fills it"
    measures = [name for name, _ in stats.measures]
    if query.measure and query.measure not in measures:
        near = difflib.get_close_matches(query.measure, measures, 1)
        return f" - did you mean {near[0]!r}?" if near else f" - the ledger counts {', '.join(measures)}"
    publishers = [name for name, _ in stats.publishers]
    if query.publisher and not any(name.startswith(query.publisher) for name in publishers):
        near = difflib.get_close_matches(query.publisher, publishers, 1)
        return f" - did you mean {near[0]!r}?" if near else ""
    if query.judged == "standing" and stats.rejected:
        return " - --judged all also lists what was rejected"
    return ""
