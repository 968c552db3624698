"""Layout loses no line, and no way of writing an inner address makes it an outer one."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from reportedly.read.hosts import is_public
from reportedly.read.pdf_layout import Line, to_paragraphs

WORDS = st.lists(st.text("abcdeABC.,“”0123", min_size=1, max_size=8), min_size=1, max_size=8).map(" ".join)
PLACES = st.floats(-50, 900, allow_nan=False)


@st.composite
def draw_page(draw: st.DrawFn, number: int) -> list[Line]:
    found = []
    for index, text in enumerate(draw(st.lists(WORDS, max_size=6))):
        tag = "QRSTUVWXYZKL"[number * 6 + index]  # a letter that no other line has
        left, width = draw(PLACES), draw(st.floats(0, 500))
        hyphen = "\xad" if draw(st.booleans()) else ""
        found.append(Line(f"{text} {tag}{hyphen}", left, left + width, draw(PLACES), draw(st.floats(0.1, 40)), number))
    return found


@given(first=draw_page(0), second=draw_page(1))
def test_no_line_of_any_layout_is_lost(first: list[Line], second: list[Line]) -> None:
    paragraphs = to_paragraphs([first, second], [842.0, 842.0])
    tags = {line.text.removesuffix("\xad")[-1] for line in (*first, *second)}
    assert tags <= set("".join(paragraph.text for paragraph in paragraphs))
    assert all(paragraph.text == paragraph.text.strip() != "" for paragraph in paragraphs)


@given(number=st.integers(0, 2**32 - 1))
def test_an_address_within_an_address_is_judged_as_itself(number: int) -> None:
    inner = ipaddress.IPv4Address(number)
    for outer in (
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ):
        assert is_public(str(outer)) == is_public(str(inner))
    if inner.is_private or inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_reserved:
        assert not is_public(str(inner))
