"""Stage 6 of 8. In: Entry. Out: W3C Web Annotations, a collection of one annotation a claim.

The target is the report's web address, else its name in the ledger. Two selectors say the same: a
TextPositionSelector that counts code points of the ledger's text (as the Recommendation asks) and a
TextQuoteSelector that is found again when a page has changed: where they differ, trust the quote. `state.cached`
names the text that the positions hold in: by its id, and by its SHA-256 as a name that any copy can be checked
against (RFC 6920). The body is the claim record as JSON and its tags. What a person said of a claim is an annotation
of the annotation (`assessing`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from reportedly.model import Claim, Judgement, Report, Run
from reportedly.record.entries import Entry
from reportedly.record.export.identities import find_original, to_source_name, to_urn, to_web_address
from reportedly.record.export.jsonl import to_record
from reportedly.record.export.writing import to_json, write_list
from reportedly.vocab import Verdict

#: The context of all Web Annotations.
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
#: Letters of text before and after a quotation; the length that other annotators use.
_AROUND = 32


def export_annotations(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes an AnnotationCollection of one page and counts the annotated claims."""
    claims = 0
    contents = hashlib.sha256()

    def iter_annotations() -> Iterator[dict[str, object]]:
        nonlocal claims
        for entry in entries:
            claims += 1
            contents.update(entry.claim.claim_id.encode())
            yield to_annotation(entry)
            if entry.claim.judgement is not None:
                yield _to_assessment(entry.claim, entry.claim.judgement)

    head = {"@context": CONTEXT, "type": "AnnotationCollection", "label": "Claims of reports"}
    stream.write(to_json(head)[:-1] + b',\n"first": {"type": "AnnotationPage", "startIndex": 0, "items": ')
    total = write_list(iter_annotations(), stream)
    # Total and name (made of what the collection holds) are known at the end alone; in JSON the order means nothing.
    name = to_urn("annotations", contents.hexdigest()[:16])
    page = f"{name}:page"
    stream.write(b', "id": ' + to_json(page) + b', "partOf": ' + to_json(name) + b"},\n")
    stream.write(to_json({"last": page, "id": name, "total": total})[1:] + b"\n")
    return claims


def to_annotation(entry: Entry) -> dict[str, object]:
    """Turns an entry into an annotation without `@context`, as an item of a page."""
    claim = entry.claim
    judgement = claim.judgement
    software = _to_software(entry.run)
    amended = judgement is not None and judgement.verdict is Verdict.AMEND
    made: dict[str, object] = {
        "id": to_urn("annotation", claim.claim_id),
        "type": "Annotation",
        "motivation": "describing",
        "creator": [_to_person(judgement), software] if judgement and amended else software,
        "generator": software,
        "body": [_to_body(entry), *_to_tags(entry)],
        "target": to_target(entry.report, claim),
    }
    if judgement and amended:
        made["modified"] = judgement.at
    return made


def to_target(report: Report, claim: Claim) -> dict[str, object]:
    """Makes the target: the report, the state of its text, and the evidence in it."""
    name = to_urn("report", report.report_id)
    start, end = claim.evidence.start, claim.evidence.end
    quote: dict[str, object] = {"type": "TextQuoteSelector", "exact": report.text[start:end]}
    quote["prefix"] = report.text[max(0, start - _AROUND) : start]
    quote["suffix"] = report.text[end : end + _AROUND]
    return {
        "type": "SpecificResource",
        "source": to_web_address(report.url) or name,
        "state": {"type": "TimeState", "cached": [name, to_hash_name(report.text)]},
        "selector": [{"type": "TextPositionSelector", "start": start, "end": end}, quote],
    }


def to_hash_name(text: str) -> str:
    """Names a text by the SHA-256 of its UTF-8 (RFC 6920): `ni:///sha-256;...`."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _to_body(entry: Entry) -> dict[str, object]:
    record = to_record(entry.claim)
    if entry.withdrawn is not None:
        record["withdrawn"] = entry.withdrawn
    return {
        "type": "TextualBody",
        "purpose": "describing",
        "format": "application/json",
        "value": json.dumps(record, ensure_ascii=False),
    }


def _to_tags(entry: Entry) -> list[dict[str, object]]:
    claim, source = entry.claim, find_original(entry.claim)
    words = [
        claim.kind,
        claim.measure,
        claim.event.type if claim.event else None,
        claim.status,
        f"according to {to_source_name(source)}" if source else None,
        "withdrawn" if entry.withdrawn is not None else None,
    ]
    return [{"type": "TextualBody", "purpose": "tagging", "value": str(word)} for word in words if word]


def _to_assessment(claim: Claim, judgement: Judgement) -> dict[str, object]:
    return {
        "id": to_urn("judgement", judgement.judgement_id),
        "type": "Annotation",
        "motivation": "assessing",
        "creator": _to_person(judgement),
        "created": judgement.at,
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": str(judgement.verdict)},
            {"type": "TextualBody", "purpose": "assessing", "format": "text/plain", "value": judgement.why},
        ],
        "target": to_urn("annotation", claim.claim_id),
    }


def _to_person(judgement: Judgement) -> dict[str, object]:
    return {"type": "Person", "name": judgement.by}


def _to_software(run: Run) -> dict[str, object]:
    return {"id": to_urn("run", run.run_id), "type": "Software", "name": f"reportedly {run.version}"}
