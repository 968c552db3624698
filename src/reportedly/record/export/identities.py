"""Stage 6 of 8. In: Entry. Out: names that hold outside the ledger, and which entries may stand alone.

Names are URNs made of the ledger's own ids (`urn:reportedly:claim:2e7d9e2ae122ca71`): the same in every run and
on every machine, and no promise that an address answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

from reportedly.model import Claim, Source, to_id
from reportedly.record.entries import Entry
from reportedly.vocab import SourceKind, Verdict

#: The namespace of all names.
NAMESPACE = "urn:reportedly:"
#: The kinds of source whose name is one thing wherever it stands; a person's name is not.
_NAMED_ALIKE = frozenset({SourceKind.ORGANISATION, SourceKind.NEWS})


def to_urn(kind: str, name: str) -> str:
    """Names a thing: `to_urn("claim", claim_id)`."""
    return f"{NAMESPACE}{kind}:{quote(name, safe='')}"


def to_web_address(text: str | None) -> str | None:
    """Gives an address back if it is one of the web that other programs accept, else None."""
    if not text or any(letter.isspace() or letter in '<>"{}|\\^`' for letter in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None


def to_source_key(source: Source, report_id: str) -> str:
    """Makes the id of a source.

    Organisations and outlets with a resolved name are the same in every report. Everyone else stays
    within the report: two reports' `John Smith`, or `an official`, need not be one.
    """
    if source.name and source.kind in _NAMED_ALIKE:
        return to_id("source", source.kind, source.name, source.country)
    return to_id("source", report_id, source.kind, source.name or " ".join(source.text.lower().split()))


def to_source_name(source: Source) -> str:
    """Names a source: as resolved, else as written, on one line."""
    return " ".join((source.name or source.text).split())


def is_standing(entry: Entry) -> bool:
    """Whether a claim holds as far as the ledger knows: not withdrawn, not rejected by a person.

    Formats that have no place to say so leave out what does not.
    """
    judgement = entry.claim.judgement
    return entry.withdrawn is None and (judgement is None or judgement.verdict is not Verdict.REJECT)


def find_standing(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Finds the entries that hold."""
    return (entry for entry in entries if is_standing(entry))


def find_original(claim: Claim) -> Source | None:
    """Finds the original source, the last of the chain; None where the publisher says it itself."""
    return claim.sources[-1] if claim.sources else None
