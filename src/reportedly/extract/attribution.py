"""Stage 4 of 8, according to whom? In: ParsedReport. Out: Attributions, and a figure's chain.

One sentence gives its cues (`cues`), each cue a source (`source_phrases`) and the stretch
it vouches for; quotations (`quoted`) and antecedents (`antecedents`) run over sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from reportedly.extract import antecedents, quoted
from reportedly.extract.cues import (
    Cue,
    Span,
    find_contents,
    find_cues,
    find_noun_content,
    find_noun_speaker,
    find_preposition_parts,
    find_speaker,
    is_negated,
    iter_noun_cues,
    to_words,
    trim_span,
)
from reportedly.extract.figure_cues import find_figure_content, find_tally_content, has_number, is_sourcelike
from reportedly.extract.headline_sources import find_headline_attributions
from reportedly.extract.source_phrases import (
    SourceMarks,
    find_relays,
    find_source,
    find_source_marks,
    find_span_source,
    fold_words,
)
from reportedly.extract.syntax import find_subtree, is_verb, iter_ancestors
from reportedly.lexicon import Lexicon
from reportedly.model import Attribution, Figure, ParsedReport, Sentence, Source
from reportedly.vocab import RegionKind, SourceKind

#: Marks an attribution whose source does not vouch for the content: wishes, questions, judgements.
UNVOUCHED = "en.attribution.not-vouched-for"
NEGATED = "en.attribution.cue-negated"
#: Marks a denial: whatever is inside, it is the denier who vouches.
DENIED = "en.attribution.denial"


def find_attributions(parsed: ParsedReport, lexicon: Lexicon) -> tuple[Attribution, ...]:
    """Finds who vouches for which stretch of a report.

    Returns:
        Attributions in order of their cue; offsets are the report's. Those whose rules
        hold `en.attribution.not-vouched-for` (a wish, a question, a judgement) are here
        for the record of who thinks what; `choose_sources` leaves them aside.
    """
    found: list[Attribution] = []
    for sentence in parsed.sentences:
        if sentence.is_parsed():
            found += find_in_sentence(sentence, lexicon)
    found = quoted.extend_over_quotations(parsed, found)
    linked = antecedents.link_antecedents(parsed, found, lexicon)
    return tuple(attribution for attribution in linked if not _is_bare_possessive(attribution.sources[-1]))


def _is_bare_possessive(source: Source) -> bool:
    """Whether a source is a possessive pronoun that points back to nobody: `its` vouches for nothing."""
    return source.name is None and source.text.lower() in {"its", "their", "his"}


def find_in_sentence(sentence: Sentence, lexicon: Lexicon) -> list[Attribution]:
    """Finds the attributions of one parsed sentence."""
    words = fold_words(sentence)
    cues = find_cues(sentence, words, lexicon)
    nouns = list(iter_noun_cues(sentence, words, lexicon))
    headline = sentence.region is RegionKind.HEADLINE
    if not cues and not nouns and not headline:
        return []
    marks = find_source_marks(sentence, lexicon)
    cites = [cue for cue in cues if cue.has_frame("cite")]
    found: list[Attribution] = []
    for cue in cues:
        if cue.has_frame("cite"):
            continue
        if cue.has_frame("prep"):
            made = _read_preposition(sentence, marks, cue)
        else:
            made = _read_verb(sentence, marks, cue, cites, nouns)
            if made and cue.is_saying():
                made, *gapped = _split_gapped(sentence, marks, made)
                found += gapped
        found += [made] if made else []
    verbs = {cue.head for cue in cues}
    found += [made for made in (_read_noun(sentence, marks, cue, verbs) for cue in nouns) if made]
    if headline:
        found = find_headline_attributions(sentence, marks, found, lexicon)
    return found


# ---------------------------------------------------------------- verbs


def _read_verb(
    sentence: Sentence, marks: SourceMarks, cue: Cue, cites: Sequence[Cue], nouns: Sequence[Cue]
) -> Attribution | None:
    speaker = find_speaker(sentence, cue.head, cue)
    if speaker is None or sentence.tokens[speaker].tag in {"WP", "WDT", "EX"}:
        return None
    source = find_source(sentence, marks, speaker, cue=to_words(sentence, cue.first, cue.last))
    if source is None or (cue.has_frame("witness") and source.kind is not SourceKind.WITNESS):
        return None
    spans: list[Span] = []
    rule = "en.attribution.source-of-verb"
    if cue.is_saying() and (
        source.kind is SourceKind.DOCUMENT or not cue.has_frame("document") or cue.row["class"] == "show"
    ):
        spans = find_contents(sentence, cue, speaker)
        if not spans and cue.has_frame("clause"):
            spans = _find_behind_cited(sentence, cue, cites)
    if not spans and cue.is_figure():
        figures = {noun.head for noun in nouns if noun.has_frame("figure")}
        tolls = {noun.head for noun in nouns if noun.has_frame("toll")}
        spans = find_figure_content(sentence, marks, cue, source.kind, speaker, figures, tolls)
        rule = "en.attribution.source-of-figure"
    spans = _drop_source(sentence, spans, source)
    # What somebody saw is news of the report's own, but for how many: `witnesses saw 50 tanks`.
    if not spans or (cue.has_frame("witness") and not any(has_number(sentence, *span) for span in spans)):
        return None
    chain = [*_find_relay_sources(sentence, marks, cue, speaker, spans, cites), source]
    chain += _find_cited(sentence, marks, cue, cites)
    if source.kind is SourceKind.NEWS and len(chain) == 1:
        chain += _find_origin(sentence, marks, cue)
    rules = [cue.row.rule, rule]
    if cue.row["vouches"] != "yes":
        rules.append(UNVOUCHED)
    if is_negated(sentence, cue.head):
        rules.append(NEGATED)
    elif cue.row["class"] == "deny":
        rules.append(DENIED)
    return _to_attribution(sentence, chain, spans, rules)


def _find_relay_sources(
    sentence: Sentence, marks: SourceMarks, cue: Cue, speaker: int, spans: Sequence[Span], cites: Sequence[Cue]
) -> list[Source]:
    relays = find_relays(sentence, marks, cue.head, speaker)
    taken = [range(first, last) for first, last in spans]
    cited = {index for cite in cites for index in find_subtree(sentence, cite.first)}
    made = [
        find_source(sentence, marks, at, cue=to_words(sentence, cue.first, cue.last))
        for at in relays
        if at not in cited and not any(at in span for span in taken)
    ]
    return [replace(source, kind=SourceKind.NEWS, anonymous=False) for source in made if source]


def _find_cited(sentence: Sentence, marks: SourceMarks, cue: Cue, cites: Sequence[Cue]) -> list[Source]:
    """Whom a cue's speaker cites: `reported, citing officials`, and whom those cite (`which cited a source`)."""
    found: list[Source] = []
    heads: set[int] = set()
    for cite in cites:
        if cite.first == cue.head:
            continue
        above = list(iter_ancestors(sentence, cite.first, 3))
        if cue.head not in above and heads.isdisjoint(above[:1]):
            continue
        head = _find_cited_head(sentence, cite)
        source = (
            find_source(sentence, marks, head, cue=to_words(sentence, cite.first, cite.last))
            if head is not None
            else None
        )
        if source and head is not None:
            heads.add(head)
            found.append(source)
    return found


def _find_behind_cited(sentence: Sentence, cue: Cue, cites: Sequence[Cue]) -> list[Span]:
    """`reported, citing an officer, that ...`: the parser hangs the clause on the officer."""
    tokens = sentence.tokens
    for cite in cites:
        if tokens[cite.first].head != cue.head or cite.first < cue.last:
            continue
        head = _find_cited_head(sentence, cite)
        for child in sentence.children[head] if head is not None else ():
            subtree = find_subtree(sentence, child)
            opener = tokens[subtree[0]]
            if tokens[child].dep in {"relcl", "acl", "ccomp"} and opener.lower == "that" and opener.tag == "IN":
                return [trim_span(sentence, subtree[0], subtree[-1] + 1)]
    return []


def _find_origin(sentence: Sentence, marks: SourceMarks, cue: Cue) -> list[Source]:
    """Where an outlet has it from: `the agency gave 113, from a ministry official`."""
    tokens = sentence.tokens
    for child in sentence.children[cue.head]:
        if tokens[child].dep == "prep" and tokens[child].lower == "from" and tokens[child - 1].lower == ",":
            heads = [
                below for below in sentence.children[child] if tokens[below].dep == "pobj" and below in marks.nouns
            ]
            made = find_source(sentence, marks, heads[0], cue=to_words(sentence, child, child + 1)) if heads else None
            return [made] if made else []
    return []


def _find_cited_head(sentence: Sentence, cite: Cue) -> int | None:
    for at in range(cite.last - 1, cite.first - 1, -1):
        for child in sentence.children[at]:
            if child >= cite.last and sentence.tokens[child].dep in {"dobj", "pobj"}:
                return child
    return None


# ---------------------------------------------------------------- a verb left out


_GAP_NAME = frozenset({"DT", "JJ", "NN", "NNS", "NNP", "NNPS", "VBN"})
_GAP_HEDGE = frozenset({"RB", "IN", "JJR", "JJS"})
#: What stands before a name; the latter only between two such figures.
_GAP_JOINTS = (",", "and", "but", "while")
_GAP_ENDS = frozenset({",", ".", ";", "and", "but", "while"})


def _split_gapped(sentence: Sentence, marks: SourceMarks, made: Attribution) -> list[Attribution]:
    """`Organisers said 90,000 marched, police 22,000`: the second figure is the police's.

    Returns the attribution without the stretches of others, then one for each of those.
    """
    tokens = sentence.tokens
    start, end = made.contents[-1]
    inside = [token.index for token in tokens if start <= token.start and token.end <= end]
    numbers = [index for index in inside if tokens[index].tag == "CD"]
    if len(numbers) < 2:
        return [made]
    last, cut = inside[-1] + 1, inside[-1] + 1
    found: list[Attribution] = []
    for number in numbers[1:]:
        name = _find_gap(sentence, marks, inside[0], number, _GAP_JOINTS if found else _GAP_JOINTS[:1])
        stops = number + 1 >= len(tokens) or tokens[number + 1].lower in _GAP_ENDS
        if name is None or not stops:
            continue
        source = find_span_source(sentence, marks, *name, cue=made.sources[-1].cue)
        if source is not None:
            cut = min(cut, name[0] - 1)
            spans = [(name[1], number + 1)]
            found.append(_to_attribution(sentence, [source], spans, [*made.rules, "en.attribution.verb-left-out"]))
    if cut == last or cut <= inside[0]:
        return [made]
    kept = (*made.contents[:-1], (start, tokens[cut - 1].end))
    return [replace(made, contents=kept), *found]


def _find_gap(sentence: Sentence, marks: SourceMarks, first: int, number: int, joints: Sequence[str]) -> Span | None:
    """The name right before a bare number, set off by a comma: `, the police only 22,000`."""
    tokens = sentence.tokens
    end = number
    while end > first and tokens[end - 1].tag in _GAP_HEDGE:
        end -= 1
    begin = end
    while begin > first and tokens[begin - 1].tag in _GAP_NAME:
        begin -= 1
    if begin == end or begin - 1 <= first or tokens[begin - 1].lower not in joints:
        return None
    named = end - 1 in marks.nouns or end - 1 in marks.outlets or tokens[end - 1].entity == "ORG"
    return (begin, end) if named else None


# ---------------------------------------------------------------- prepositions, nouns


def _read_preposition(sentence: Sentence, marks: SourceMarks, cue: Cue) -> Attribution | None:
    parts = find_preposition_parts(sentence, cue)
    if parts is None:
        return None
    speaker, spans = parts
    source = find_source(sentence, marks, speaker, cue=to_words(sentence, cue.first, cue.last))
    if source is None or not spans:
        return None
    relays = [find_source(sentence, marks, at) for at in find_relays(sentence, marks, None, speaker)]
    chain = [*(replace(relay, kind=SourceKind.NEWS) for relay in relays if relay), source]
    return _to_attribution(sentence, chain, spans, [cue.row.rule, "en.attribution.source-of-preposition"])


def _read_noun(sentence: Sentence, marks: SourceMarks, cue: Cue, taken: Set[int]) -> Attribution | None:
    """`the ministry's claim that ...`, and `by the agency's count, ...`."""
    speaker = find_noun_speaker(sentence, cue.head, of=not cue.has_frame("figure"))
    owned = speaker is not None and sentence.tokens[speaker].dep in {"poss", "pobj"}
    spans = find_noun_content(sentence, cue.head) if cue.has_frame("that") else []
    rule = "en.attribution.source-of-noun"
    if not spans and owned and cue.has_frame("account"):
        spans, rule = _find_by_account(sentence, cue), "en.attribution.by-the-account-of"
    if not spans and owned and cue.has_frame("figure") and speaker is not None and _can_count(sentence, marks, speaker):
        spans, rule = find_tally_content(sentence, cue.head, taken), "en.attribution.tally-of"
    if not spans:
        return None
    if speaker is None and cue.has_frame("own"):
        speaker = cue.head if not _is_definite(sentence, cue.head) else None
    elif speaker is None:
        speaker = _find_teller(sentence, cue)
    if speaker is None:
        return None
    for head in dict.fromkeys((_find_owner(sentence, cue, speaker), speaker)):
        source = find_source(sentence, marks, head, cue=to_words(sentence, cue.first, cue.last))
        kept = _drop_source(sentence, spans, source) if source else []
        if source and kept:
            return _to_attribution(sentence, [source], kept, [cue.row.rule, rule])
    return None


def _find_owner(sentence: Sentence, cue: Cue, speaker: int) -> int:
    """`the agency retracted its report`: the owner is the subject of the verb, no pronoun."""
    if sentence.tokens[speaker].tag != "PRP$" or sentence.tokens[cue.head].dep not in {"dobj", "pobj"}:
        return speaker
    verb = next((above for above in iter_ancestors(sentence, cue.head, 3) if is_verb(sentence.tokens[above].tag)), None)
    subject = find_speaker(sentence, verb) if verb is not None else None
    return speaker if subject is None or subject >= cue.first else subject


def _can_count(sentence: Sentence, marks: SourceMarks, speaker: int) -> bool:
    """A country's toll is no toll by the country: `Gaza's death toll`."""
    return sentence.tokens[speaker].entity != "GPE" and is_sourcelike(sentence, marks, speaker)


def _is_definite(sentence: Sentence, noun: int) -> bool:
    return any(sentence.tokens[child].lower in {"the", "that", "this"} for child in sentence.children[noun])


def _find_teller(sentence: Sentence, cue: Cue) -> int | None:
    """`made the claim that`, `surprised all with the statement that`: the subject of the verb around it."""
    token = sentence.tokens[cue.head]
    above = sentence.tokens[token.head]
    if token.dep == "pobj" and above.lower in {"with", "in", "by"}:
        return find_speaker(sentence, above.head)
    return None


def _find_by_account(sentence: Sentence, cue: Cue) -> list[Span]:
    token = sentence.tokens[cue.head]
    above = sentence.tokens[token.head]
    if token.dep != "pobj" or above.lower not in {"by", "in", "on", "at"}:
        return []
    as_preposition = Cue(cue.row, above.index, above.index + 1, above.index)
    parts = find_preposition_parts(sentence, as_preposition)
    return parts[1] if parts else []


# ---------------------------------------------------------------- making them


def _drop_source(sentence: Sentence, spans: Sequence[Span], source: Source) -> list[Span]:
    """The spans that do not hold the source's own words."""
    tokens = sentence.tokens
    return [
        (first, last)
        for first, last in spans
        if not (tokens[first].start <= source.start and source.end <= tokens[last - 1].end)
    ]


def _to_attribution(
    sentence: Sentence, chain: Sequence[Source], spans: Sequence[Span], rules: Sequence[str]
) -> Attribution:
    tokens = sentence.tokens
    return Attribution(
        sources=tuple(chain),
        contents=tuple((tokens[first].start, tokens[last - 1].end) for first, last in spans),
        rules=tuple(rules),
    )


# ---------------------------------------------------------------- a figure's chain


def choose_sources(
    parsed: ParsedReport, attributions: Sequence[Attribution], figure: Figure
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Chooses the chain for a figure: the attributions around it, widest first, and the rules.

    Whom the metadata credits (the channel that a post was forwarded from) and the dateline's
    agency stand first, for all that the report says. The publisher itself
    is no source. A denial ends the chain: the denier vouches, whatever it was that he denies.
    """
    chain: list[Source] = []
    rules: list[str] = []
    for source, rule in (
        (_find_credited(parsed), "en.attribution.credited-by-metadata"),
        (_find_agency(parsed), "en.attribution.dateline-agency"),
    ):
        if source and not any(_is_same(source, other) for other in chain):
            chain.append(source)
            rules.append(rule)
    for attribution in _find_around(attributions, figure):
        for source in attribution.sources:
            if not any(_is_same(source, other) for other in chain) and not _is_publisher(source, parsed):
                chain.append(source)
        rules += attribution.rules
        if DENIED in attribution.rules:
            break
    return tuple(chain), tuple(dict.fromkeys(rules))


def _find_around(attributions: Sequence[Attribution], figure: Figure) -> Iterator[Attribution]:
    """Yields the vouching attributions whose content holds a figure, widest first."""
    around: list[tuple[int, Attribution]] = []
    for attribution in attributions:
        if UNVOUCHED in attribution.rules:
            continue
        if any(start <= figure.start and figure.end <= end for start, end in attribution.contents):
            around.append((sum(end - start for start, end in attribution.contents), attribution))
    around.sort(key=lambda pair: -pair[0])
    inner: list[Attribution] = []
    for _, attribution in reversed(around):
        if not inner or _encloses(attribution, inner[-1]):
            inner.append(attribution)
    yield from reversed(inner)


def _encloses(outer: Attribution, inner: Attribution) -> bool:
    """Whether the outer source vouches for the inner act of saying too."""
    cue = inner.sources[-1].cue
    at = cue.start if cue else inner.sources[-1].start
    return any(start <= at < end for start, end in outer.contents)


def _is_same(source: Source, other: Source) -> bool:
    return source.start == other.start or (
        source.kind is other.kind is SourceKind.NEWS and source.name == other.name is not None
    )


def _find_credited(parsed: ParsedReport) -> Source | None:
    words = parsed.report.credited
    if words is None:
        return None
    source = Source(text=words.text, start=words.start, end=words.end, kind=SourceKind.NEWS, name=words.text)
    return None if _is_publisher(source, parsed) else source


def _find_agency(parsed: ParsedReport) -> Source | None:
    dateline = parsed.report.dateline
    if not dateline or not dateline.agency or dateline.agency_start is None or dateline.agency_end is None:
        return None
    source = Source(
        text=parsed.report.text[dateline.agency_start : dateline.agency_end],
        start=dateline.agency_start,
        end=dateline.agency_end,
        kind=SourceKind.NEWS,
        name=dateline.agency,
    )
    return None if _is_publisher(source, parsed) else source


def _is_publisher(source: Source, parsed: ParsedReport) -> bool:
    """Whether a source is the outlet that publishes: `WXOW (AP)` is WXOW, not the AP."""
    publisher = parsed.report.publisher
    if not publisher or source.kind is not SourceKind.NEWS:
        return False
    own = publisher.partition("(")[0].partition("/")[0].strip().casefold().removeprefix("the ")
    names = {name.casefold().removeprefix("the ") for name in (source.text, source.name or "") if name}
    return own in names
