"""Web Annotations, schema.org, PROV and FollowTheMoney, each read back by a program of others."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import rdflib
from followthemoney import model as money_model
from made_entries import make_coded, make_entries, make_entry, make_judgement
from made_reports import RUN, make_claim, make_report
from prov.model import ProvActivity, ProvAgent, ProvDerivation, ProvDocument, ProvInvalidation
from pyld import jsonld

from reportedly.model import Source
from reportedly.record.export.annotations import CONTEXT as ANNO
from reportedly.record.export.annotations import to_annotation
from reportedly.record.export.formats import EXPORTS
from reportedly.record.export.jsonl import from_record
from reportedly.record.export.schema_org import CONTEXT as SCHEMA_ORG
from reportedly.vocab import SourceKind, Verdict

ENTRIES = make_entries()
STANDING = [
    entry
    for entry in ENTRIES
    if not entry.withdrawn and not (entry.claim.judgement and entry.claim.judgement.verdict is Verdict.REJECT)
]
OA, AS, RDF = (
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/activitystreams#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
)
_LINK = {"@type": "@id"}
#: The terms of the Recommendation's context that the export uses, in our own writing: no test asks the network.
ANNO_TERMS: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    **{
        name: OA + name
        for name in (
            "Annotation", "TextualBody", "SpecificResource", "TextPositionSelector", "TextQuoteSelector", "TimeState",
            "start", "end", "exact", "prefix", "suffix", "describing", "tagging", "assessing",
        )
    },
    "AnnotationCollection": AS + "OrderedCollection",
    "AnnotationPage": AS + "OrderedCollectionPage",
    "Software": AS + "Application",
    "Person": "http://xmlns.com/foaf/0.1/Person",
    "name": "http://xmlns.com/foaf/0.1/name",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "value": RDF + "value",
    "format": "http://purl.org/dc/elements/1.1/format",
    "creator": {"@id": "http://purl.org/dc/terms/creator", **_LINK},
    "created": {"@id": "http://purl.org/dc/terms/created", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    "modified": {"@id": "http://purl.org/dc/terms/modified", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    "generator": {"@id": AS + "generator", **_LINK},
    "body": {"@id": OA + "hasBody", **_LINK},
    "target": {"@id": OA + "hasTarget", **_LINK},
    "source": {"@id": OA + "hasSource", **_LINK},
    "selector": {"@id": OA + "hasSelector", **_LINK},
    "state": {"@id": OA + "hasState", **_LINK},
    "cached": {"@id": OA + "cachedSource", **_LINK},
    "motivation": {"@id": OA + "motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": OA + "hasPurpose", "@type": "@vocab"},
    "items": {"@id": AS + "items", "@type": "@id", "@container": "@list"},
    "first": {"@id": AS + "first", **_LINK},
    "last": {"@id": AS + "last", **_LINK},
    "partOf": {"@id": AS + "partOf", **_LINK},
    "startIndex": AS + "startIndex",
    "total": AS + "totalItems",
}  # fmt: skip
CONTEXTS = {ANNO: ANNO_TERMS, SCHEMA_ORG: {"@vocab": "https://schema.org/"}}


def export(name: str, entries: Any = ENTRIES) -> Any:
    stream = io.BytesIO()
    EXPORTS[name].write(iter(entries), stream)
    whole = stream.getvalue().decode("utf-8")
    return [json.loads(line) for line in whole.split("\n") if line] if name == "followthemoney" else json.loads(whole)


def load_context(url: str, options: object) -> dict[str, object]:
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXTS[url]}}


def expand(data: object) -> Any:
    return jsonld.expand(data, {"documentLoader": load_context})


def iter_keys(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        yield from data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from iter_keys(part)


def iter_nodes(data: object) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from iter_nodes(part)


# ---------------------------------------------------------------- Web Annotation


def test_annotations_are_linked_data_of_known_terms_alone() -> None:
    collection = export("annotations")
    assert set(iter_keys(collection)) - {"@context"} <= set(ANNO_TERMS)
    (expanded,) = expand(collection)
    (page,) = expanded[AS + "first"]
    items = page[AS + "items"][0]["@list"]
    assert expanded[AS + "totalItems"] == [{"@value": len(items)}]
    assert expanded["@id"] == page[AS + "partOf"][0]["@id"] != ""
    assert Counter(item[OA + "motivatedBy"][0]["@id"] for item in items) == {
        OA + "describing": len(ENTRIES),
        OA + "assessing": 3,
    }
    assert all(item[OA + "hasTarget"] for item in items)
    quads = jsonld.to_rdf(collection, {"documentLoader": load_context})["@default"]
    exact = [quad["object"]["value"] for quad in quads if quad["predicate"]["value"] == OA + "exact"]
    assert sorted(exact) == sorted(entry.claim.evidence.text for entry in ENTRIES)


def test_an_annotation_points_at_its_words_in_two_ways() -> None:
    for entry in ENTRIES:
        position, quote = to_annotation(entry)["target"]["selector"]  # type: ignore[index]
        text = entry.report.text
        assert text[position["start"] : position["end"]] == quote["exact"] == entry.claim.evidence.text
        assert text.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1


def test_an_annotation_names_the_text_that_its_positions_count_in() -> None:
    for entry in ENTRIES:
        report_id, digest = to_annotation(entry)["target"]["state"]["cached"]  # type: ignore[index]
        assert report_id.endswith(entry.report.report_id)
        raw = urlsafe_b64decode(digest.removeprefix("ni:///sha-256;") + "=")
        assert raw == hashlib.sha256(entry.report.text.encode("utf-8")).digest()


def test_an_annotation_carries_the_claim_record() -> None:
    for entry in ENTRIES:
        record = json.loads(to_annotation(entry)["body"][0]["value"])  # type: ignore[index]
        assert record.pop("withdrawn", None) == entry.withdrawn
        assert from_record(record) == entry.claim


def test_an_address_that_a_browser_would_run_is_no_source() -> None:
    made = make_entry(make_claim(), make_report(url="javascript://example.org/%0aalert(1)"))
    assert to_annotation(made)["target"]["source"].startswith("urn:reportedly:report:")  # type: ignore[index]
    sources = {entry.report.url: to_annotation(entry)["target"]["source"] for entry in ENTRIES}  # type: ignore[index]
    assert sources["https://example.org/a"] == "https://example.org/a"
    assert sources["javascript:alert(1)"].startswith("urn:reportedly:report:")


def test_a_person_who_amended_is_the_creator_beside_the_program() -> None:
    amended = next(
        entry for entry in ENTRIES if entry.claim.judgement and entry.claim.judgement.verdict is Verdict.AMEND
    )
    made = to_annotation(amended)
    assert [creator["type"] for creator in made["creator"]] == ["Person", "Software"]  # type: ignore[attr-defined]
    assert made["modified"] == "2024-06-01T10:00:00+00:00"


# ---------------------------------------------------------------- schema.org


def test_schema_org_uses_terms_that_schema_org_has() -> None:
    graph = export("schema-org")
    assert graph["@context"] == SCHEMA_ORG
    for node in iter_nodes(graph["@graph"]):
        assert "@type" not in node or node["@type"] in rdflib.SDO, node
        for name in node:
            assert name.startswith("@") or name in rdflib.SDO, name


def test_schema_org_is_read_as_linked_data() -> None:
    nodes = {node["@id"]: node for node in expand(export("schema-org"))}
    claims = [node for node in nodes.values() if node["@type"] == ["https://schema.org/Claim"]]
    assert len(claims) == len(STANDING)
    for claim in claims:
        (appearance,) = claim["https://schema.org/appearance"]
        assert nodes[appearance["@id"]]["@type"] == ["https://schema.org/NewsArticle"]
        assert claim["https://schema.org/text"][0]["@value"]


def test_the_author_of_a_claim_is_its_source_else_the_publisher() -> None:
    coded = make_coded()[0]
    own = make_entry(replace(coded.claim, claim_id="own", sources=()), coded.report)
    paper = Source(text="a leaked report", start=0, end=1, kind=SourceKind.DOCUMENT)
    written = make_entry(replace(coded.claim, claim_id="written", sources=(paper,)), coded.report)
    claims = {node["identifier"]: node for node in export("schema-org", [coded, own, written])["@graph"]}
    assert claims[coded.claim.claim_id]["author"]["name"] == "the army"
    assert claims["own"]["author"] == {"@type": "NewsMediaOrganization", "name": "Example Times"}
    assert claims["written"]["isBasedOn"]["@type"] == "CreativeWork"
    assert "author" not in claims["written"]


def test_a_judgement_is_a_review_and_no_fact_check() -> None:
    reviews = [node for node in iter_nodes(export("schema-org")) if node.get("@type") == "Review"]
    assert {review["reviewRating"]["alternateName"] for review in reviews} == {"accept", "amend"}
    assert all(review["reviewAspect"] == "whether the report says so" for review in reviews)
    assert '"ClaimReview"' not in json.dumps(export("schema-org"))


def test_open_bounds_stay_open() -> None:
    values = [node for node in iter_nodes(export("schema-org")) if node.get("@type") == "QuantitativeValue"]
    at_least = next(value for value in values if value["name"] == "killed")
    assert (at_least["minValue"], "maxValue" in at_least, "value" in at_least) == (12, False, False)


# ---------------------------------------------------------------- PROV


def read_prov(entries: Any = ENTRIES) -> ProvDocument:
    return ProvDocument.deserialize(content=json.dumps(export("prov", entries)), format="json")


def test_prov_is_read_and_written_without_loss() -> None:
    read = read_prov()
    again = ProvDocument.deserialize(content=read.serialize(format="json"), format="json")
    assert read == again
    assert len(list(read.get_records())) == sum(
        len(records) for section, records in export("prov").items() if section != "prefix"
    )


def test_every_claim_descends_from_a_report_and_a_run() -> None:
    read = read_prov()
    derived = {(str(one.args[0]), str(one.args[1])) for one in read.get_records(ProvDerivation)}
    quoted = {
        str(one.args[0]) for one in read.get_records(ProvDerivation) if "Quotation" in str(one.get_asserted_types())
    }
    assert quoted == {f"claim:{entry.claim.claim_id}" for entry in ENTRIES}
    for entry in ENTRIES:
        assert (f"claim:{entry.claim.claim_id}", f"report:{entry.report.report_id}") in derived
        assert not entry.replaced_by or (f"report:{entry.replaced_by}", f"report:{entry.report.report_id}") in derived
    assert (f"report:{ENTRIES[0].report.report_id}", f"raw:{'ab' * 32}") in derived
    assert f"run:{RUN.run_id}" in {str(one.identifier) for one in read.get_records(ProvActivity)}


def test_every_name_used_is_declared() -> None:
    data = export("prov")
    declared = {name for section in ("entity", "activity", "agent") for name in data[section]}
    sections = [
        records for section, records in data.items() if section not in ("prefix", "entity", "activity", "agent")
    ]
    coded_by = {f"run:{entry.claim.run_id}" for entry in make_coded()}  # their run is not the made one
    for record in (record for records in sections for record in records.values()):
        for key, value in record.items():
            if key.startswith("prov:") and key not in ("prov:type", "prov:role", "prov:time"):
                assert value in declared | coded_by, (key, value)


def test_a_rejected_claim_is_invalidated_and_an_amended_one_revised() -> None:
    read = read_prov()
    invalidated = [str(one.args[0]) for one in read.get_records(ProvInvalidation)]
    rejected = [f"claim:{entry.claim.claim_id}" for entry in ENTRIES if entry not in STANDING]
    assert sorted(invalidated) == sorted(rejected)
    revisions = [one for one in read.get_records(ProvDerivation) if "Revision" in str(one.get_asserted_types())]
    assert {str(one.args[0]).partition(":")[0] for one in revisions} == {"claim", "report"}


def test_sources_are_agents_and_writings_are_not() -> None:
    data = export("prov")
    labels = {agent.get("prov:label") for agent in data["agent"].values()}
    assert {"the army", "Amadou Traore", "Reuters", "Example Times"} <= labels
    assert "a leaked; paper" not in labels
    assert "a leaked; paper" in {entity.get("prov:label") for entity in data["entity"].values()}
    assert len(list(read_prov().get_records(ProvAgent))) == len(data["agent"])


def test_an_outlet_is_one_agent_in_all_reports_and_an_unnamed_official_is_not() -> None:
    outlet = Source(text="Reuters", start=0, end=1, kind=SourceKind.NEWS, name="Reuters")
    official = Source(text="an official", start=0, end=1, kind=SourceKind.OFFICIALS, anonymous=True)
    claim = make_claim(sources=(outlet, official))
    two = [
        make_entry(claim, make_report()),
        make_entry(replace(claim, claim_id="x", report_id="other"), make_report(report_id="other", publisher=None)),
    ]
    labels = Counter(agent.get("prov:label") for agent in export("prov", two)["agent"].values())
    assert (labels["Reuters"], labels["an official"]) == (1, 2)


# ---------------------------------------------------------------- FollowTheMoney


def test_entities_are_valid_followthemoney() -> None:
    entities = export("followthemoney")
    for data in entities:
        schema = money_model.get(data["schema"])
        assert schema is not None
        assert set(data["properties"]) <= set(schema.properties)
        assert set(schema.required) <= set(data["properties"])
        schema.validate(data)
        read = money_model.get_proxy(data)
        cleaned = money_model.get_proxy(data, cleaned=False)  # drops every value that is not in its form
        assert read.to_dict()["properties"].keys() == cleaned.to_dict()["properties"].keys(), data
        assert {name: sorted(values) for name, values in read.to_dict()["properties"].items()} == {
            name: sorted(values) for name, values in cleaned.to_dict()["properties"].items()
        }


def test_every_standing_claim_is_an_event_proven_by_its_article() -> None:
    entities = {data["id"]: data for data in export("followthemoney")}
    events = [data for data in entities.values() if data["schema"] == "Event"]
    assert [data["properties"]["recordId"][0] for data in events] == [entry.claim.claim_id for entry in STANDING]
    for data in events:
        assert entities[data["properties"]["proof"][0]]["schema"] == "Article"


def test_every_entity_that_is_named_by_another_is_there_with_a_fitting_schema() -> None:
    entities = {data["id"]: data for data in export("followthemoney")}
    for data in entities.values():
        schema = money_model.get(data["schema"])
        assert schema is not None
        for name, values in data["properties"].items():
            prop = schema.get(name)
            assert prop is not None
            if prop.type.name == "entity":
                for value in values:
                    other = money_model.get(entities[value]["schema"])
                    assert other is not None
                    assert prop.range is not None
                    assert other.is_a(prop.range), (data, name)


def test_a_named_source_is_linked_to_the_event_and_a_bare_one_is_a_mention() -> None:
    entities = export("followthemoney", make_coded())
    links = [data["properties"] for data in entities if data["schema"] == "UnknownLink"]
    assert {link["role"][0] for link in links} == {"original source", "relays it"}
    mentions = {data["properties"]["name"][0]: data["properties"] for data in entities if data["schema"] == "Mention"}
    assert "resolved" not in mentions["the army"]
    assert mentions["Reuters"]["resolved"]


@pytest.mark.parametrize("name", ["schema-org", "followthemoney", "gkg", "acled"])
def test_formats_that_cannot_say_so_leave_out_what_was_taken_back(name: str) -> None:
    claim = make_claim()
    gone = [
        make_entry(claim, make_report(), withdrawn="sent twice"),
        make_entry(replace(claim, judgement=make_judgement(Verdict.REJECT)), make_report()),
    ]
    stream = io.BytesIO()
    assert EXPORTS[name].write(iter(gone), stream) == 0
    assert claim.claim_id.encode() not in stream.getvalue()
