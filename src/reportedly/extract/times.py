"""Stage 4 of 8. In: ParsedReport. Out: TimeMention. The question: when?

`find_times` reads every time of a report, `choose_time` says which one is the time of a
figure. No calendar is applied here: `resolve/times.py` does that.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportedly.extract.time_choice import choose_time
from reportedly.extract.time_contexts import find_tense, is_of_change, is_of_saying
from reportedly.extract.time_grammar import Stretch, TimeWords, find_stretches, load_time_words
from reportedly.extract.time_readings import Parts, read_stretch
from reportedly.lexicon.tables import Lexicon, split_words
from reportedly.model import ParsedReport, Report, Sentence, TimeMention, Token

__all__ = ["choose_time", "find_times"]

#: Relations that no statement stands in.
_ENDING = frozenset({"by", "until", "before", "within", "through"})

# ---------------------------------------------------------------- finding


def find_times(parsed: ParsedReport, lexicon: Lexicon) -> tuple[TimeMention, ...]:
    """Finds the times of a report's parsed sentences, in order.

    Their spans leave out prepositions (`by`, `since`), which are in `relation`; `previous` and
    `partner` are indices into the returned tuple.
    """
    words = load_time_words(lexicon)
    found: list[TimeMention] = []
    for sentence in parsed.sentences:
        if sentence.tokens:
            found.extend(_find_in_sentence(parsed.report, sentence, words, found))
    return tuple(found)


_Made = tuple[str, int, int, Parts]


def _find_in_sentence(
    report: Report, sentence: Sentence, words: TimeWords, before: Sequence[TimeMention]
) -> list[TimeMention]:
    tokens = sentence.tokens
    made: list[_Made] = []
    for stretch in find_stretches(tokens, words):
        parts = read_stretch(stretch, tokens)
        if parts is not None:
            if "day" in parts and "year" not in parts:
                _add_event_year(parts, stretch, tokens, words, report.published)
            made.append((stretch.rule, stretch.first, stretch.last, parts))
    if not made:
        return []
    partners = _pair_ranges(tokens, made, len(before))
    of_change = is_of_change(sentence, words)
    mentions: list[TimeMention] = []
    for at, (rule, first, last, parts) in enumerate(made):
        number = len(before) + at
        relation = _find_relation(tokens, first, words)
        if at and partners.get(number - 1) == number:
            relation = "to"
        tense = find_tense(sentence, last - 1, words)
        ending = relation in _ENDING or parts.get("direction") == "future"
        mentions.append(
            TimeMention(
                text=report.text[tokens[first].start : tokens[last - 1].end],
                start=tokens[first].start,
                end=tokens[last - 1].end,
                sentence=sentence.index,
                first=first,
                last=last,
                rules=(f"en.time.{rule}",),
                relation=relation,
                tense=tense,
                of_saying=not ending and is_of_saying(sentence, first, last, words, tense),
                of_change=of_change,
                previous=_find_previous([*before[-12:], *mentions], parts, number) if parts.get("anaphoric") else None,
                partner=partners.get(number),
                **parts,  # type: ignore[arg-type]
            )
        )
    return mentions


def _add_event_year(
    parts: Parts, stretch: Stretch, tokens: Sequence[Token], words: TimeWords, published: str | None
) -> None:
    """`the Sept. 11 attacks`: a day that names an event has that event's year."""
    if stretch.last >= len(tokens) or tokens[stretch.last].lower not in words.event_nouns:
        return
    inside = split_words(" ".join(token.lower for token in tokens[stretch.first : stretch.last]))
    for hit in words.events.find(inside):
        if tokens[stretch.last].lower in hit.row["nouns"].split("|") and (published or "9999") >= hit.row["year"]:
            parts["year"] = int(hit.row["year"])


def _find_previous(before: Sequence[TimeMention], parts: Parts, number: int) -> int | None:
    """The number of the mention that an anaphoric one counts from: the last point, or for
    `the quarter` and `a year earlier` the last quarter that was named."""
    quarterly = parts.get("unit") == "quarter" or _is_year_ago(parts)
    for back, mention in enumerate(reversed(before), 1):
        if mention.kind == "point" and (not quarterly or mention.quarter is not None or mention.half is not None):
            return number - back
    return None


def _is_year_ago(parts: Parts) -> bool:
    return parts.get("unit") == "year" and parts.get("low") == 1.0 and parts.get("direction") == "past"


def _find_relation(tokens: Sequence[Token], first: int, words: TimeWords) -> str | None:
    """The relation that the words right before a time put it in, longest first."""
    for size in (4, 3, 2, 1):
        if size <= first:
            relation = words.relations.get(tuple(token.lower for token in tokens[first - size : first]))
            if relation is not None:
                return relation
    return None


def _pair_ranges(tokens: Sequence[Token], made: Sequence[_Made], offset: int) -> dict[int, int]:
    """Ties the two ends of `from 2003 to 2011`, `between Dec. 20 and Jan. 5`, `June-August`."""
    partners: dict[int, int] = {}
    for at in range(len(made) - 1):
        _, first, last, parts = made[at]
        _, other, _, other_parts = made[at + 1]
        if parts["kind"] != "point" or other_parts["kind"] != "point" or other != last + 1:
            continue
        link, before = tokens[last].lower, tokens[first - 1].lower if first else ""
        if (link in {"-", "–", "through", "until", "till"}) or (
            (link == "to" and before != "to") or (link == "and" and before == "between")
        ):
            partners[offset + at], partners[offset + at + 1] = offset + at + 1, offset + at
    return partners
