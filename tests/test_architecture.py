"""The laws of the house hold, and each check can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

import architecture as house

SOURCES = house.read_sources()


def make_function(lines: int, name: str = "read_it") -> str:
    return f"def {name}() -> None:\n" + "    pass\n" * (lines - 1)


# ---------------------------------------------------------------- the house


def test_no_file_is_too_long() -> None:
    assert house.find_long_files(SOURCES) == []


def test_no_function_is_too_long() -> None:
    assert house.find_long_functions(SOURCES) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert house.find_cycles(SOURCES) == []


def test_every_module_and_function_is_named_for_what_it_is() -> None:
    assert house.find_banned_modules(SOURCES) == []
    assert house.find_banned_functions(SOURCES) == []


def test_a_report_is_never_called_a_document() -> None:
    assert house.find_documents(SOURCES) == []


def test_every_module_of_a_stage_says_which() -> None:
    assert house.find_unnumbered_stages(SOURCES) == []


def test_everything_public_is_documented_and_everything_annotated() -> None:
    assert house.find_undocumented(SOURCES) == []


def test_the_package_has_few_public_names() -> None:
    assert house.find_too_many_names(SOURCES["reportedly"]) == []


@pytest.mark.parametrize("module", ["reportedly.model", "reportedly.vocab"])
def test_every_public_type_is_in_the_glossary(module: str) -> None:
    glossary = (house.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert house.find_unexplained(house.find_records(SOURCES[module]), glossary) == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    assert house.find_forbidden_files() == []


# ---------------------------------------------------------------- each check can fail


def test_a_long_file_and_a_long_median_are_seen() -> None:
    assert house.find_long_files({"a": "x = 1\n" * 601, "b": "", "c": "x = 1\n", "d": "x = 1\n"}) == ["a: 601 lines"]
    assert house.find_long_files({"a": "x = 1\n" * 200}) == ["the median file has 200 lines"]
    assert house.find_long_files({"a": "x = 1\n" * 199}) == []


def test_a_long_function_is_seen() -> None:
    short = "".join(make_function(3, f"read_{number}") for number in range(40))
    assert house.find_long_functions({"a": short + make_function(60)}) == []
    assert house.find_long_functions({"a": short + make_function(61)}) == ["a.read_it: 61 lines"]


def test_too_many_rather_long_functions_are_seen() -> None:
    assert house.find_long_functions({"a": make_function(45) + make_function(3, "read_b")}) == [
        "1 of 2 functions have 45 lines or more: a.read_it (45)"
    ]


def test_a_circle_is_seen_even_through_a_function() -> None:
    sources = {
        "r": "",
        "r.a": "from r.b import x\n",
        "r.b": "def read_it():\n    from r import c\n",
        "r.c": "import r.a\n",
    }
    assert house.find_cycles(sources) == ["r.a -> r.b -> r.c -> r.a"]
    sources["r.c"] = "if TYPE_CHECKING:\n    import r.a\n"
    assert house.find_cycles(sources) == []


@pytest.mark.parametrize("name", ["reportedly.utils", "reportedly.core.tables", "reportedly.read.base"])
def test_a_module_without_a_name_of_its_own_is_seen(name: str) -> None:
    assert house.find_banned_modules({name: ""}) == [name]
    assert house.find_banned_modules({"reportedly.read.basement": ""}) == []


@pytest.mark.parametrize("name", ["get_claims", "_do_it", "handle_item", "process_text"])
def test_a_verb_that_says_nothing_is_seen(name: str) -> None:
    assert house.find_banned_functions({"a": make_function(2, name)}) == [f"a.{name}"]
    assert house.find_banned_functions({"a": make_function(2, "find_gets")}) == []


def test_a_report_called_a_document_is_seen() -> None:
    bad = "def read_document(): ...\ndef read_it(document): ...\nclass Box:\n    documents: int = 0\n"
    assert sorted(house.find_documents({"a": bad})) == ["a: document", "a: documents", "a: read_document"]
    assert house.find_documents({"a": 'class Kind:\n    DOCUMENT = "document"\n'}) == []


def test_a_stage_without_its_number_is_seen() -> None:
    wrong = "the docstring must begin 'Stage 4 of 8. In: X. Out: Y.'"
    assert house.find_unnumbered_stages({"reportedly.extract.a": '"""Stage 3 of 8. In: A. Out: B."""'}) == [
        f"reportedly.extract.a: {wrong}"
    ]
    for right in ("Stage 4 of 8. In: A. Out: B.", "Stage 4 of 8, how many? In: A. Out: B."):
        assert house.find_unnumbered_stages({"reportedly.extract.a": f'"""{right}"""'}) == []
    assert house.find_unnumbered_stages({"reportedly.extract": "", "reportedly.cli": "x = 1"}) == []


def test_what_is_undocumented_or_not_annotated_is_seen() -> None:
    assert house.find_undocumented({"a": "x = 1"}) == ["a: no module docstring"]
    assert house.find_undocumented({"a": '"""A."""\ndef read_it() -> None: ...\n'}) == ["a.read_it: no docstring"]
    assert house.find_undocumented({"a": '"""A."""\nclass B:\n    """B."""\n    def to_c(self) -> int: ...\n'}) == [
        "a.B.to_c: no docstring"
    ]
    assert house.find_undocumented({"a": '"""A."""\ndef _read(b, *, c: int, **d) -> None: ...\n'}) == [
        "a._read: not annotated: b, d"
    ]
    assert house.find_undocumented({"a": '"""A."""\ndef _read(b: int): ...\n'}) == [
        "a._read: not annotated: what it returns"
    ]


def test_too_many_public_names_are_seen() -> None:
    assert house.find_too_many_names(f"__all__ = {['x'] * 21!r}") == ["21 public names"]
    assert house.find_too_many_names(f"__all__ = {['x'] * 20!r}") == []
    assert house.find_too_many_names("x = 1") == ["no __all__"]


def test_a_type_without_an_entry_is_seen() -> None:
    records = house.find_records("class Claim: ...\nclass _Own: ...\n")
    assert house.find_unexplained(records, "A **Claim** is.\n") == ["Claim: no entry in docs/glossary.md"]
    assert house.find_unexplained(records, "- **Claim**: one thing.\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "see https://example.org/s" + "imple/spacy",
        "https://files.pythonh" + "osted.org/packages/a.whl",
        "open('/w" + "ork/main/a')",
        "cd /r" + "oot/project",
        "PYTHONPATH=/tmp/d" + "ev/x",
    ],
)
def test_an_address_or_a_path_of_one_machine_is_seen(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"first line\n{text}\n", encoding="utf-8")
    (found,) = house.find_forbidden_files(tmp_path)
    assert found.startswith("a.txt:2: ")


@pytest.mark.parametrize(
    "text", ["https://example.org/simpler", "docs/homework/plan.md", "the framework/house", "/tmp/device"]
)
def test_a_harmless_address_or_path_is_no_trouble(text: str) -> None:
    assert house.find_forbidden("a.txt", text) == []
