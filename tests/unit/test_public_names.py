"""What `import reportedly` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import reportedly


def test_there_are_at_most_twenty_public_names() -> None:
    assert len(reportedly.__all__) <= 20


@pytest.mark.parametrize("name", reportedly.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(reportedly, name) is not None
    assert name in dir(reportedly)


def test_the_name_read_stays_the_function_after_the_stage_is_imported() -> None:
    code = "import reportedly.read, reportedly as rp; from reportedly.read import read_items; print(rp.read.__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "reportedly"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        reportedly.nothing_of_the_kind  # noqa: B018


def test_the_import_brings_neither_parser_nor_table() -> None:
    code = (
        "import sys, reportedly; print(*[n for n in ('spacy', 'numpy', 'rich', 'jinja2', 'yaml') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
