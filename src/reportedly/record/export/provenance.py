"""Stage 6 of 8. In: Entry. Out: W3C PROV-JSON, how each claim came about.

raw bytes <- report <- claim, made by a run (an activity) with the program (a software agent), by the lexicon (a plan)
and the parser's model. The claim quotes the report (prov:Quotation: it carries its words) and is attributed to its
sources, the original one and those that relay it. A person's judgement is an activity: an amended claim is a revision
of the program's, a rejected one is invalidated by it. The report's text itself stays behind.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from reportedly.model import Claim, Judgement, Report, Run, Source, to_id
from reportedly.record.entries import Entry
from reportedly.record.export.identities import NAMESPACE, find_original, to_source_key, to_source_name
from reportedly.record.export.phrases import to_phrase
from reportedly.record.export.writing import Sections
from reportedly.vocab import SourceKind, Verdict

#: A prefix for each kind of thing, so that an id alone is a valid local name.
_KINDS = ("claim", "report", "raw", "run", "program", "lexicon", "model", "source", "person", "judgement")
PREFIXES: Mapping[str, str] = {"reportedly": NAMESPACE, **{kind: f"{NAMESPACE}{kind}:" for kind in _KINDS}}
_AGENT_TYPES = {
    SourceKind.PERSON: "prov:Person",
    SourceKind.WITNESS: "prov:Person",
    SourceKind.ANALYST: "prov:Person",
    SourceKind.ORGANISATION: "prov:Organization",
    SourceKind.NEWS: "prov:Organization",
}


def export_prov(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one PROV-JSON object and counts its claims."""
    descent = _Descent()
    count = 0
    for entry in entries:
        descent.add(entry)
        count += 1
    descent.write(stream)
    return count


class _Descent:
    """Gathers records; what many claims share is written once."""

    def __init__(self) -> None:
        self._sections = Sections()
        self._numbers = itertools.count(1)
        self._reports: set[str] = set()
        self._runs: set[str] = set()
        self._used: set[tuple[str, str]] = set()
        self._replacing: dict[str, None] = {}

    def add(self, entry: Entry) -> None:
        """Adds a claim with all that it came from."""
        report, run, claim = entry.report, entry.run, entry.claim
        if report.report_id not in self._reports:
            self._reports.add(report.report_id)
            self._add_report(entry)
        if run.run_id not in self._runs:
            self._runs.add(run.run_id)
            self._add_run(run)
        if (run.run_id, report.report_id) not in self._used:
            self._used.add((run.run_id, report.report_id))
            self._relate("used", activity=f"run:{run.run_id}", entity=f"report:{report.report_id}")
        self._add_claim(entry)
        for number, source in enumerate(claim.sources, 1):
            self._add_source(claim, source, number, report)
        if not claim.sources and report.publisher:
            self._credit(claim, self._add_publisher(report.publisher), "publisher, on its own account")

    def write(self, stream: BinaryIO) -> None:
        """Writes it all; a newer report of which nothing else is known is named at least."""
        for report_id in self._replacing:
            self._sections.add("entity", f"report:{report_id}", {"prov:type": _name("reportedly:Report")})
        self._sections.write(stream, {"prefix": dict(PREFIXES)})

    # ------------------------------------------------------------ things

    def _add_report(self, entry: Entry) -> None:
        report = entry.report
        name = f"report:{report.report_id}"
        self._entity(
            name, "reportedly:Report", label=report.title, url=report.url, published=report.published,
            modified=report.modified, language=report.language, reader=report.reader, origin=list(entry.origins),
        )  # fmt: skip
        if report.publisher:
            self._relate("wasAttributedTo", entity=name, agent=self._add_publisher(report.publisher))
        if entry.raw_sha256:
            self._entity(f"raw:{entry.raw_sha256}", "reportedly:RawBytes", sha256=entry.raw_sha256)
            self._relate("wasDerivedFrom", generatedEntity=name, usedEntity=f"raw:{entry.raw_sha256}")
        if entry.replaced_by:
            self._replacing[entry.replaced_by] = None
            self._derive(f"report:{entry.replaced_by}", name, "prov:Revision")

    def _add_run(self, run: Run) -> None:
        activity, program = f"run:{run.run_id}", f"program:{to_id(run.version, run.code)}"
        lexicon, model = f"lexicon:{to_id(run.lexicon)}", f"model:{to_id(run.model)}"
        settings = [f"{name}={value}" for name, value in run.settings]
        self._sections.add("activity", activity, _to_attributes("reportedly:Run", {"setting": settings}))
        self._agent(program, "prov:SoftwareAgent", label=f"reportedly {run.version}", code=run.code)
        self._agent(model, "prov:SoftwareAgent", label=run.model)
        self._entity(lexicon, "prov:Plan", label=f"lexicon {run.lexicon}")
        self._relate("wasAssociatedWith", activity=activity, agent=program, plan=lexicon)
        self._relate("wasAssociatedWith", activity=activity, agent=model)

    def _add_claim(self, entry: Entry) -> None:
        claim, judgement = entry.claim, entry.claim.judgement
        name = f"claim:{claim.claim_id}"
        evidence = {"value": claim.evidence.text, "start": claim.evidence.start, "end": claim.evidence.end}
        amended = judgement is not None and judgement.verdict is Verdict.AMEND
        self._entity(
            name, "reportedly:Claim", kind=claim.kind, rule=list(claim.rules), confidence=claim.confidence,
            label=None if amended else to_phrase(claim), withdrawn=entry.withdrawn, **evidence,
        )  # fmt: skip
        self._relate("wasGeneratedBy", entity=name, activity=f"run:{claim.run_id}")
        self._derive(name, f"report:{claim.report_id}", "prov:Quotation", activity=f"run:{claim.run_id}")
        if judgement is not None:
            self._add_judgement(claim, judgement)
        if entry.withdrawn is not None:
            self._relate("wasInvalidatedBy", {"reportedly:why": entry.withdrawn}, entity=name)

    def _add_judgement(self, claim: Claim, judgement: Judgement) -> None:
        claimed, activity = f"claim:{claim.claim_id}", f"judgement:{judgement.judgement_id}"
        person = f"person:{to_id(judgement.by)}"
        at = {"prov:startTime": judgement.at, "prov:endTime": judgement.at}
        said = _to_attributes("reportedly:Judgement", {"verdict": judgement.verdict, "why": judgement.why})
        self._sections.add("activity", activity, at | said)
        self._agent(person, "prov:Person", label=judgement.by)
        self._relate("wasAssociatedWith", activity=activity, agent=person)
        self._relate("used", activity=activity, entity=claimed)
        if judgement.verdict is Verdict.AMEND:
            revised = f"claim:{claim.claim_id}.{judgement.judgement_id}"
            amended = list(judgement.amended)
            self._entity(revised, "reportedly:Claim", label=to_phrase(claim), kind=claim.kind, amended=amended)
            self._relate("wasGeneratedBy", entity=revised, activity=activity, time=judgement.at)
            self._relate("wasAttributedTo", entity=revised, agent=person)
            self._derive(revised, claimed, "prov:Revision", activity=activity)
        elif judgement.verdict is Verdict.REJECT:
            self._relate("wasInvalidatedBy", entity=claimed, activity=activity, time=judgement.at)

    def _add_source(self, claim: Claim, source: Source, number: int, report: Report) -> None:
        name = f"source:{to_source_key(source, report.report_id)}"
        about = {"kind": source.kind, "role": source.role, "affiliation": source.affiliation, "country": source.country}
        if source.kind is SourceKind.DOCUMENT:
            self._entity(name, "reportedly:Writing", label=to_source_name(source), **about)
            self._derive(f"claim:{claim.claim_id}", name, "prov:PrimarySource")
            return
        self._agent(name, _AGENT_TYPES.get(source.kind), label=to_source_name(source), **about)
        role = "original source" if source is find_original(claim) else "relays it"
        self._credit(claim, name, role, number=number, cue=source.cue.text if source.cue else None)

    def _add_publisher(self, publisher: str) -> str:
        name = f"source:{to_id('publisher', publisher)}"
        self._agent(name, "prov:Organization", label=publisher)
        return name

    # ------------------------------------------------------------ records

    def _entity(self, name: str, kind: str, /, **attributes: object) -> None:
        self._sections.add("entity", name, _to_attributes(kind, attributes))

    def _agent(self, name: str, kind: str | None, /, **attributes: object) -> None:
        self._sections.add("agent", name, _to_attributes(kind, attributes))

    def _credit(self, claim: Claim, agent: str, role: str, **attributes: object) -> None:
        more = {"prov:role": role, **_to_attributes(None, attributes)}
        self._relate("wasAttributedTo", more, entity=f"claim:{claim.claim_id}", agent=agent)

    def _derive(self, generated: str, used: str, kind: str, activity: str | None = None) -> None:
        names = {"generatedEntity": generated, "usedEntity": used} | ({"activity": activity} if activity else {})
        self._relate("wasDerivedFrom", {"prov:type": _name(kind)}, **names)

    def _relate(self, relation: str, more: Mapping[str, object] | None = None, **names: str) -> None:
        record = {f"prov:{name}": value for name, value in names.items()}
        self._sections.append(relation, f"_:r{next(self._numbers)}", record | dict(more or {}))


def _name(qualified: str) -> dict[str, str]:
    return {"$": qualified, "type": "prov:QUALIFIED_NAME"}


def _to_attributes(kind: str | None, attributes: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {} if kind is None else {"prov:type": _name(kind)}
    for name, value in attributes.items():
        if value is None or value in ("", []):
            continue
        if isinstance(value, float):
            value = {"$": repr(value), "type": "xsd:double"}
        elif isinstance(value, list):
            value = list(dict.fromkeys(value))  # PROV's attributes are a set
            value = value[0] if len(value) == 1 else value
        elif not isinstance(value, int):
            value = str(value)
        found[f"prov:{name}" if name in ("label", "value") else f"reportedly:{name}"] = value
    return found
