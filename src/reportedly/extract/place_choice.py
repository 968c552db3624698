"""Stage 4 of 8, which of the named places a figure is about. In: PlaceMention, Figure. Out: PlaceMention.

Every name of the figure's sentence has a cost: the way through the tree from the figure to what
the name hangs on, its relation (`from` suits a withdrawal, `to` a deployment), the figures that
stand between. The cheapest is the place; where the sentence has none, the report's thread has.
Costs and the limit were set by hand on the dev retellings of `force-claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportedly.extract.place_origins import SENT, find_origin, may_have_origin
from reportedly.extract.place_parallels import find_counterpart, find_gapped_number, find_leading_subject, is_gapped
from reportedly.extract.place_relations import WIDTHS
from reportedly.model import Figure, ParsedReport, PlaceMention, Sentence
from reportedly.vocab import Direction, RegionKind, Role

#: A name that costs more than this is not the figure's place.
LIMIT = 5.0
# What it costs to go up from a token, by its dependency; 1 where nothing is listed.
_STEPS = {
    "nummod": 0.0, "quantmod": 0.0, "amod": 0.0, "det": 0.0, "compound": 0.1, "poss": 0.3, "pobj": 0.2, "prep": 0.3,
    "dobj": 0.3, "nsubj": 0.4, "nsubjpass": 0.3, "attr": 0.3, "acl": 0.4, "xcomp": 0.3, "conj": 0.8, "appos": 0.6,
    "npadvmod": 0.4, "agent": 0.3, "pcomp": 0.3, "advmod": 0.2, "relcl": 1.0, "advcl": 1.0, "ccomp": 2.0,
    "parataxis": 2.5, "dep": 0.8, "oprd": 0.3, "aux": 0.0,
}  # fmt: skip
_RELATIONS = {"at": 0.0, "to": 0.3, "from": 0.6, "via": 3.0, "of": 0.5, "owner": 0.4, "host": 0.3, "object": 1.8,
              "loose": 1.0, "subject": 5.0, "speaker": 5.0, "with": 4.5, "none": 4.5}  # fmt: skip
# Added for the direction of a change: where it goes to, where it is taken from.
_SUITS = {
    (Direction.UP, "from"): 2.5, (Direction.UP, "to"): -0.4, (Direction.UP, "at"): 0.3,
    (Direction.DOWN, "from"): -0.6, (Direction.DOWN, "to"): 2.5, (Direction.DOWN, "object"): -0.8,
}  # fmt: skip
# Added where a name says whose the counted are, and another says where: `Kenya's 800 soldiers in Somalia`.
_POSSESSOR = 3.5
# Added where the dead are said to be from a place: they mostly died elsewhere.
_ORIGIN_OF_DEAD = 2.0
# Relations in which another name says where the possessor's forces are.
_ELSEWHERE = frozenset({"at", "to", "from"})
# Words of which the gaps in a list of names are made.
_LIST_WORDS = frozenset({",", "and", "or", "the", "&", "in", "to", "from"})
# Anaphors that name something definite: where it is not found, nothing else is the place.
_DEFINITE = frozenset({"border", "point", "nowhere"})
_COMPARING = frozenset({"as", "than", "like"})
# What a mention weighs when the report is asked what it is about.
_SALIENCE = {"subject": 0.25, "speaker": 0.5, "with": 0.3, "none": 0.4, "object": 0.7, "via": 0.3}
_LOCATIVE = frozenset({"at", "to", "from", "of", "owner", "host"})
_EACH = frozenset({"each", "apiece", "respectively", "both"})


def choose_place(parsed: ParsedReport, mentions: Sequence[PlaceMention], figure: Figure) -> tuple[PlaceMention, ...]:
    """Chooses the place that a figure is about.

    Args:
        parsed: the report.
        mentions: what `find_places` found in it, in reading order.
        figure: a counted figure with its role and direction.

    Returns:
        One mention as a rule; several where one figure stands for each of them; none for joint
        places in different countries, or where the report names none. The mentions' `rules` say
        how they were chosen.
    """
    sentence = parsed.sentences[figure.sentence]
    here = [mention for mention in mentions if mention.sentence == figure.sentence and not mention.dateline]
    others = {item for item in here if sentence.tokens and _says_whose(sentence, here, item, figure)}
    if others:
        here = [item for item in here if item not in others]
        mentions = [item for item in mentions if item not in others]
    weighed = [item for item in here if not item.container and sentence.tokens]
    dealt = find_counterpart(sentence, [item for item in weighed if item.relation in _LOCATIVE], figure)
    if dealt is not None:
        return (_ruled(dealt, "en.place.respectively"),)
    ranked = sorted((_weigh(sentence, here, item, figure), item.start, item) for item in weighed)
    for cost, _, mention in ranked:
        if cost > LIMIT:
            break
        chosen = _settle(parsed, sentence, mentions, here, mention, figure)
        if chosen is not None:
            return chosen
    return _inherit(parsed, mentions, figure)


def _settle(
    parsed: ParsedReport,
    sentence: Sentence,
    mentions: Sequence[PlaceMention],
    here: Sequence[PlaceMention],
    mention: PlaceMention,
    figure: Figure,
) -> tuple[PlaceMention, ...] | None:
    """Turns the cheapest mention into the answer; None where it stands for nothing known."""
    if mention.anaphor:
        if mention.anaphor == "each":
            return tuple(_ruled(item, "en.place.each", mention) for item in _find_each(mentions, mention)) or None
        meant = _find_antecedent(mentions, mention)
        if meant is None:
            return () if mention.anaphor in _DEFINITE else None
        return (_ruled(meant, "en.place.anaphor", mention),)
    group = _find_coordinated(sentence, here, mention)
    if len({item.iso3 for item in group}) > 1:
        return tuple(_ruled(item, "en.place.each") for item in group) if _says_each(sentence, figure) else ()
    return (_ruled(_narrow(here, mention), f"en.place.{mention.relation}"),)


def _narrow(here: Sequence[PlaceMention], mention: PlaceMention) -> PlaceMention:
    """A wider place gives way to the narrower one named within it (`in Rutba, in Anbar`), and a line or
    region of no one country to the place it is said to lie in (`along the front in Ladakh`)."""
    for item in here:
        if item.container or item.anaphor or not item.iso3 or item.relation != "at":
            continue
        if item.iso3 == mention.iso3 and 0 < mention.first - item.last <= 3 and item.attach is not None:
            if WIDTHS.get(item.precision or "", 3) < WIDTHS.get(mention.precision or "", 3):
                return item
        elif _lies_in(mention, item):
            return item
    return mention


def _lies_in(mention: PlaceMention, item: PlaceMention) -> bool:
    """Whether a region of no one country is said to lie in another named place."""
    if mention.iso3 is not None or mention.precision != "region" or item.attach is None:
        return False
    return mention.first <= item.attach < mention.last + 3 and item.first > mention.first


def _ruled(mention: PlaceMention, rule: str, through: PlaceMention | None = None) -> PlaceMention:
    return replace(mention, rules=(*mention.rules, *(through.rules if through else ()), rule))


# ---------------------------------------------------------------- in the figure's own sentence


def _weigh(sentence: Sentence, here: Sequence[PlaceMention], mention: PlaceMention, figure: Figure) -> float:
    """The cost of a name for a figure; lower is nearer."""
    if not mention.anaphor and is_gapped(sentence, mention, figure):
        return 0.0 if not _is_parallel_to_owner(here, mention) else LIMIT + 1.0
    return _weigh_name(sentence, mention, figure, here) + _weigh_part(sentence, here, mention, figure)


def _weigh_part(sentence: Sentence, here: Sequence[PlaceMention], mention: PlaceMention, figure: Figure) -> float:
    """What is added where a name says whose the counted are or whence they came, not where they are."""
    if _is_origin(sentence, mention, figure):
        return _ORIGIN_OF_DEAD  # all others were left out before
    if mention.relation != "owner" or not _is_possessor(sentence, mention, figure):
        return 0.0
    for item in here:
        leaves = item.relation == "object" and figure.quantity.direction is Direction.DOWN
        if item is mention or item.container or not (leaves or item.relation in _ELSEWHERE):
            continue
        if not _is_origin(sentence, item, figure) and _weigh_name(sentence, item, figure, here) <= LIMIT:
            return _POSSESSOR
    return 0.0


def _says_whose(sentence: Sentence, here: Sequence[PlaceMention], mention: PlaceMention, figure: Figure) -> bool:
    """Whether a name says whose the figure or another one is: an origin, or the next owner of a list."""
    if mention.relation == "from":
        return figure.measure in SENT and _is_origin(sentence, mention, figure)
    if mention.container or mention.anaphor or find_gapped_number(sentence, mention) is None:
        return False
    leading = find_leading_subject(sentence, mention)
    return leading is not None and any(
        item.relation == "subject" and item.first <= leading < item.last for item in here
    )


def _is_origin(sentence: Sentence, mention: PlaceMention, figure: Figure) -> bool:
    """Whether `from X` says whence the figure's people are, or those of another figure of the list."""
    if mention.relation != "from" or not may_have_origin(figure):
        return False
    names = find_origin(sentence, figure)
    if names is not None and mention.first in names:
        return True
    if mention.attach is None or figure.quantity.direction is not None:
        return False
    above, noun = sentence.tokens[mention.attach], figure.noun
    if above.tag == "CD":
        return True
    counted = any(sentence.tokens[child].tag == "CD" for child in sentence.children[above.index])
    return counted and (noun is None or sentence.tokens[noun].lower == above.lower)


def _is_possessor(sentence: Sentence, mention: PlaceMention, figure: Figure) -> bool:
    """Whether the counted are said to be a state's own: not in `Iraq's 3,000 U.S. troops`."""
    tokens = sentence.tokens
    if figure.noun is None or mention.attach != figure.noun or mention.last >= len(tokens):
        return False
    inner = tokens[figure.last : figure.noun]
    return tokens[mention.last].tag == "POS" and not any(token.text[:1].isupper() for token in inner)


def _weigh_name(sentence: Sentence, mention: PlaceMention, figure: Figure, here: Sequence[PlaceMention]) -> float:
    """The cost of the way to a name, of its relation, and of what stands between."""
    attach = mention.attach if mention.attach is not None else mention.first
    start = figure.noun if figure.noun is not None else figure.last - 1
    cost = _measure_way(sentence, start, attach) + _RELATIONS.get(mention.relation, 1.0)
    quantity = figure.quantity
    if quantity.direction is not None:
        cost += _suit(figure, mention)
    elif quantity.role is Role.CHANGE:
        cost += {"from": 2.0, "at": 0.5, "to": -0.5}.get(mention.relation, 0.0)
    elif mention.relation == "from":
        cost += 1.0
    if mention.relation == "host" and _is_owner(here, mention, figure):
        cost += 1.5
    return cost + _measure_gap(sentence, mention, figure)


def _is_owner(here: Sequence[PlaceMention], mention: PlaceMention, figure: Figure) -> bool:
    """Whether what a country `has` is said to be elsewhere: `A has 400 soldiers in X`."""
    return any(
        item.relation in ("at", "of") and item.iso3 != mention.iso3 and item.first >= figure.last and not item.anaphor
        for item in here
    )


def _is_parallel_to_owner(here: Sequence[PlaceMention], mention: PlaceMention) -> bool:
    """Whether a gapped name repeats the part of an owner: `A has 400 in X, B 300` (B's, also in X)."""
    owner = next((item for item in here if item.relation in ("host", "subject") and item.start < mention.start), None)
    return owner is not None and any(
        item.relation == "at" and item.iso3 != owner.iso3 and owner.start < item.start < mention.start for item in here
    )


def _measure_way(sentence: Sentence, start: int, attach: int) -> float:
    """The cost of the way from a figure up to where its tree meets that of a name's anchor, and down to it."""
    up = _find_costs(sentence, start)
    cost, at = 0.0, attach
    for _ in range(20):
        if at in up:
            return cost + up[at]
        token = sentence.tokens[at]
        if token.head == at:
            break
        cost += 1.2 * _STEPS.get(token.dep, 1.0) + (2.0 if token.lower in _COMPARING else 0.0)
        at = token.head
    return cost + max(up.values()) + 1.0


def _find_costs(sentence: Sentence, start: int) -> dict[int, float]:
    costs, at, cost = {start: 0.0}, start, 0.0
    for _ in range(20):
        token = sentence.tokens[at]
        if token.head == at:
            break
        cost += _STEPS.get(token.dep, 1.0)
        at = token.head
        costs[at] = cost
    return costs


def _measure_gap(sentence: Sentence, mention: PlaceMention, figure: Figure) -> float:
    """The cost of the words between: every other figure may have a place of its own."""
    low, high = (figure.last, mention.first) if mention.first >= figure.last else (mention.last, figure.first)
    between = sentence.tokens[low:high]
    others = sum(token.tag == "CD" and token.entity not in ("DATE", "TIME") for token in between)
    stops = sum(token.text in (";", "—", "–", "--") for token in between)
    return 0.03 * len(between) + 0.6 * others + 0.5 * stops


def _find_coordinated(
    sentence: Sentence, here: Sequence[PlaceMention], mention: PlaceMention
) -> tuple[PlaceMention, ...]:
    """The names of one list, `Poland, Germany and Romania`: nothing but commas and `and` between."""
    names = [item for item in here if not item.container and not item.anaphor]
    if mention not in names:
        return (mention,)
    at = names.index(mention)
    first = last = at
    while first > 0 and _is_list(sentence, names[first - 1], names[first]):
        first -= 1
    while last + 1 < len(names) and _is_list(sentence, names[last], names[last + 1]):
        last += 1
    return tuple(names[first : last + 1])


def _is_list(sentence: Sentence, left: PlaceMention, right: PlaceMention) -> bool:
    between = [token.lower for token in sentence.tokens[left.last : right.first]]
    joined = 0 < len(between) <= 3 and all(word in _LIST_WORDS for word in between)
    return joined and between != ["the"] and (left.relation, left.attach) == (right.relation, right.attach)


def _says_each(sentence: Sentence, figure: Figure) -> bool:
    return any(token.lower in _EACH for token in sentence.tokens[figure.first : figure.last + 8])


# ---------------------------------------------------------------- from the report's thread


def _find_antecedent(mentions: Sequence[PlaceMention], anaphor: PlaceMention) -> PlaceMention | None:
    """The last place named before that fits: a country for `the country`, any for `there`."""
    fitting = [
        item
        for item in mentions
        if item.start < anaphor.start
        and not (item.anaphor or item.container or item.dateline)
        and _fits(item, anaphor.anaphor)
    ]
    same = [item for item in fitting if item.sentence == anaphor.sentence]
    for items, wanted in (
        (same, _LOCATIVE),
        (fitting, _LOCATIVE - {"from"}),
        (fitting, _LOCATIVE | {"object", "loose"}),
    ):
        named = [item for item in items if item.relation in wanted]
        if named:
            return named[-1]
    return fitting[-1] if fitting else None


def _find_each(mentions: Sequence[PlaceMention], anaphor: PlaceMention) -> list[PlaceMention]:
    """The different places named before `each country` in its sentence or the nearest before it."""
    for sentence in range(anaphor.sentence, max(anaphor.sentence - 4, -1), -1):
        named: dict[str, PlaceMention] = {}
        for item in mentions:
            if item.sentence == sentence and item.start < anaphor.start and item.relation in _LOCATIVE and item.iso3:
                named.setdefault(item.iso3, item)
        if len(named) > 1:
            return list(named.values())
    return []


def _fits(mention: PlaceMention, fits: str) -> bool:
    if fits == "country":
        return mention.precision == "country"
    if fits == "city":
        return mention.precision in ("city", "point")
    if fits == "admin":
        return mention.precision in ("admin", "region", "country")
    return fits != "nowhere"


def _inherit(parsed: ParsedReport, mentions: Sequence[PlaceMention], figure: Figure) -> tuple[PlaceMention, ...]:
    """The place of the sentences before, or else the one that the report is most about."""
    sentences = parsed.sentences
    own = sentences[figure.sentence]
    usable = [item for item in mentions if not (item.anaphor or item.container or item.dateline)]
    for back in (1, 2):
        index = figure.sentence - back
        if index < 0 or sentences[index].region is RegionKind.HEADLINE:
            break
        before = [item for item in usable if item.sentence == index and item.relation in _LOCATIVE]
        if before and (back == 1 or sentences[index].paragraph == own.paragraph):
            best = min(before, key=lambda item: _RELATIONS[item.relation] + _suit(figure, item))
            return (_ruled(best, "en.place.from-previous-sentence"),)
    if not usable:
        return ()
    return (_ruled(_find_salient(parsed, usable, figure), "en.place.from-report"),)


def _suit(figure: Figure, mention: PlaceMention) -> float:
    direction = figure.quantity.direction
    return _SUITS.get((direction, mention.relation), 0.0) if direction is not None else 0.0


def _find_salient(parsed: ParsedReport, items: Sequence[PlaceMention], figure: Figure) -> PlaceMention:
    """The place that the report is most about: headline and lead weigh more, governments less."""
    weights: dict[str, float] = {}
    for item in items:
        weight = 3.0 if parsed.sentences[item.sentence].region is RegionKind.HEADLINE else 1.0
        weight += 1.0 if item.sentence <= 1 else 0.0
        weight *= _SALIENCE.get(item.relation, 1.0)
        key = item.key or item.text.lower()
        weights[key] = weights.get(key, 0.0) + weight
    return max(items, key=lambda item: (weights[item.key or item.text.lower()] - _suit(figure, item), -item.start))


__all__ = ["LIMIT", "choose_place"]
