"""Stage 6 of 8. In: records. Out: rows of the ledger's tables, and back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reportedly.model import Claim, Extraction, Item, Report, Run
from reportedly.record.export.jsonl import (
    from_item_record,
    from_record,
    from_report_record,
    to_item_record,
    to_record,
    to_report_record,
)

type Row = dict[str, Any]

#: Where an interval of days is open or nothing says when, for comparing.
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
#: Names are indexed, and PostgreSQL's indexes hold no long keys.
_LONGEST_KEY = 300
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WRITTEN_NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")


def to_storable(text: str | None) -> str | None:
    """Replaces what no database stores: NUL, and halves of letters that file names may bring."""
    return _UNSTORABLE.sub("\ufffd", text) if text else text


def _to_key(text: str | None) -> str | None:
    return to_storable(text[:_LONGEST_KEY]) if text else None


def fold(name: str) -> str:
    """Folds a name for looking it up by its words: no case, no marks above or below."""
    return "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))


def to_json(value: object) -> str:
    """Writes JSON for a cell: all letters stay as they are but those that no database stores."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in written:  # else NUL would come back out of the cell
        written = _WRITTEN_NUL.sub("\\1\ufffd", written)
    return _UNSTORABLE.sub("\ufffd", written)


def to_map[K, V](rows: Iterable[Sequence[Any]]) -> dict[K, V]:
    """Makes a map of rows of two cells; of several with one key the last counts."""
    return {row[0]: row[1] for row in rows}


# ---------------------------------------------------------------- reports


def to_report_row(report_no: int, extraction: Extraction, item: Item, now: str) -> Row:
    """Makes the row of a report from what its reader found."""
    report = extraction.report
    record = to_item_record(item)
    record.pop("text")
    return {
        "report_no": report_no,
        "report_id": report.report_id,
        "identity_key": None,
        "publisher": to_storable(item.publisher),
        "published": report.published,
        "language": report.language,
        "url": to_storable(item.url),
        "title": to_storable(item.title),
        "reader": item.reader,
        "text": to_storable(item.text) or "",
        "item": to_json(record),
        "added_at": now,
    }


def from_report_row(row: Mapping[Any, Any]) -> Item:
    """Makes the item again that a report was coded from."""
    return from_item_record({**json.loads(row["item"]), "text": row["text"]})


def to_coding_row(coding_no: int, report_no: int, run_no: int, extraction: Extraction, now: str) -> Row:
    """Makes the row that says that a run coded a report."""
    record = to_report_record(extraction.report)
    record.pop("text")
    return {
        "coding_no": coding_no,
        "report_no": report_no,
        "run_no": run_no,
        "claims": len(extraction.claims),
        "reason": extraction.reason,
        "report": to_json(record),
        "coded_at": now,
    }


def from_coding_row(record: str, text: str) -> Report:
    """Makes a report's record again from a coding and the report's text."""
    return from_report_record({**json.loads(record), "text": text})


# ---------------------------------------------------------------- claims


def to_claim_row(claim_no: int, coding_no: int, claim: Claim, text: str) -> Row:
    """Makes the row of a claim; `text` is the report's."""
    at = claim.evidence
    return {
        "claim_no": claim_no,
        "coding_no": coding_no,
        "claim_id": claim.claim_id,
        "start": at.start,
        "end": at.end,
        "evidence": to_storable(at.text),
        "sentence": to_storable(text[at.sentence_start : at.sentence_end]),
        "sources": to_storable(
            " \u2039 ".join(
                " / ".join(dict.fromkeys(filter(None, (source.text, source.name, source.affiliation))))
                for source in claim.sources
            )
        ),
        "record": to_json(to_record(claim)),
    }


def from_claim_row(record: str) -> Claim:
    """Makes a claim again from its record."""
    return from_record(json.loads(record))


def to_current_row(claim_no: int, report_no: int, claim: Claim, publisher: str | None, published: str | None) -> Row:
    """Makes the row that questions are asked of; the claim has a person's amendments."""
    quantity, actor, place, time = claim.quantity, claim.actor, claim.place, claim.time
    source = claim.sources[-1] if claim.sources else None
    day = published or None
    return {
        "claim_no": claim_no,
        "report_no": report_no,
        "claim_id": claim.claim_id,
        "kind": claim.kind,
        "measure": claim.measure,
        "low": quantity.low if quantity else None,
        "high": quantity.high if quantity else None,
        "approx": quantity.approx if quantity else None,
        "role": quantity.role if quantity else None,
        "direction": quantity.direction if quantity else None,
        "unit": quantity.unit if quantity else None,
        "actor": _to_key(actor.name or actor.text) if actor else None,
        "actor_country": actor.country if actor else None,
        "actor_code": actor.code if actor else None,
        "place": _to_key(place.name or place.text) if place else None,
        "place_country": place.country if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "from_day": ((time.start if time else day) or FIRST_DAY)[:10],
        "to_day": ((time.end if time else day) or LAST_DAY)[:10],
        "status": claim.status,
        "factuality": claim.factuality,
        "source": to_storable(source.name or source.text) if source else None,
        "anonymous": int(source.anonymous) if source else None,
        "confidence": claim.confidence,
        "publisher": _to_key(publisher),
        "published": published,
        "verdict": claim.judgement.verdict if claim.judgement else None,
    }


# ---------------------------------------------------------------- runs


def to_run_row(run_no: int, run: Run, now: str) -> Row:
    """Makes the row of a run."""
    return {
        "run_no": run_no,
        "run_id": run.run_id,
        "version": run.version,
        "code": run.code,
        "lexicon": run.lexicon,
        "model": run.model,
        "settings": to_json(dict(run.settings)),
        "started_at": now,
    }


def from_run_row(row: Mapping[Any, Any]) -> Run:
    """Makes a run again from its row."""
    return Run(
        run_id=row["run_id"],
        version=row["version"],
        lexicon=row["lexicon"],
        model=row["model"],
        code=row["code"],
        settings=tuple(json.loads(row["settings"]).items()),
    )
