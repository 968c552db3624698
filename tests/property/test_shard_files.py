"""Whatever a result holds, it comes back from a shard's file as it went in."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportedly.model import Extraction, Failure, Item
from reportedly.pipeline import code_items, load_tools
from reportedly.scale import Shard, code_shard, read_shard
from reportedly.scale.rows import join_rows, write_rows
from reportedly.settings import Settings

SETTINGS = Settings()
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
PIECES = st.sampled_from(
    ["Two soldiers were killed near Gao on Monday.", "\n\n", "“About 900 will stay,” he said.", "Ann Example",
     "MALI: ", "Les soldats sont partis.", "😀", "\u00a0", "at least 12", "a third of the 5,200 troops", "."]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=9)), max_size=6).map("".join))


def slow(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@slow(60)
@given(results=st.lists(st.one_of(st.from_type(Extraction), st.from_type(Failure)), max_size=2), cut=st.integers(0, 2))
def test_any_result_comes_back_as_it_was(results: list[Extraction | Failure], cut: int) -> None:
    run = load_tools(SETTINGS).run
    assert list(read_shard(write_rows(results, run))) == results
    joined = join_rows([write_rows(results[:cut], run), write_rows(results[cut:], run)])
    assert list(read_shard(joined)) == results


@slow(30)
@given(texts=st.lists(TEXTS, max_size=4), published=st.one_of(st.none(), st.just("2024-05-06")))
def test_a_shard_gives_what_coding_in_this_process_gives(texts: list[str], published: str | None) -> None:
    items = tuple(Item(text=text, published=published, origin=str(number)) for number, text in enumerate(texts))
    shard = Shard(number=0, pieces=items, settings=SETTINGS)
    assert list(read_shard(code_shard(shard))) == list(code_items(items, load_tools(SETTINGS)))
