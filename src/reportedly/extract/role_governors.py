"""Stage 4 of 8, a role from the verb or noun that governs the figure. In: a Spot. Out: Reading or None."""

from __future__ import annotations

from reportedly.extract.marks import Marks
from reportedly.extract.role_readings import (
    HAPPENED,
    SIGNS,
    Reading,
    Spot,
    default_role,
    is_coming,
    is_used,
    to_change,
)
from reportedly.extract.syntax import SUBJECTS, find_children, find_relation, find_subtree, is_verb
from reportedly.lexicon import Hit
from reportedly.model import Sentence
from reportedly.vocab import Direction, RegionKind, Role

# ---------------------------------------------------------------- the governing word


def climb(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """Climbs from the figure's phrase to the word that says what becomes of it."""
    tokens, at = sentence.tokens, spot.head
    below = _read_below(sentence, marks, spot)
    if below is not None:
        return below
    for _ in range(7):
        above = tokens[at].head
        if above == at:
            return None
        if spot.first <= above < spot.number and tokens[above].dep == "prep":
            # `over 4,000 will go`: the parser took the hedge for a preposition.
            verb = tokens[above].head
            hit = marks.changes.get(verb)
            if verb > spot.after and hit is not None:
                return to_change(sentence, marks, spot, hit, verb)
            return None
        if (
            tokens[at].dep == "prep"
            and not marks.says(at, "joint-of")
            and not is_verb(tokens[above].tag)
            and above not in marks.changes
        ):
            return None  # the carrier with 5,000 aboard left: what governs the carrier says nothing of them
        if is_verb(tokens[above].tag) or above in marks.changes:
            reading = _read_governor(sentence, marks, spot, at, above)
            if reading is not None:
                return reading
            if is_verb(tokens[above].tag):
                return None
        at = above
    return None


def _read_below(sentence: Sentence, marks: Marks, spot: Spot) -> Reading | None:
    """`3,000 troops to deploy`, `1,000 paratroopers bound for Kabul`: what the phrase itself says."""
    for child in sentence.children[spot.head]:
        token = sentence.tokens[child]
        hit = marks.changes.get(child)
        if child < spot.after or hit is None or token.dep not in {"relcl", "acl", "xcomp", "advcl", "amod"}:
            continue
        coming = any(
            marks.says(below, "role-coming") or marks.says(below, "role-may") for below in sentence.children[child]
        )
        if (
            token.tag in {"VB", "VBN"}
            and hit.row["pos"] == "verb"
            and (coming or (token.tag == "VB" and token.dep != "relcl"))
        ):
            return to_change(sentence, marks, spot, hit, child)
    return None


def _read_governor(sentence: Sentence, marks: Marks, spot: Spot, below: int, above: int) -> Reading | None:
    """The figure is an argument of a verb or a part of a change noun."""
    dep = find_relation(sentence, below)
    stock, hit = marks.stocks.get(above), marks.changes.get(above)
    if _is_left(sentence, marks, above):
        return _to_remaining(sentence, marks, spot, above, "en.role.left")
    chained = _find_chained(sentence, marks, above, below)
    if chained is not None:
        return _read_change(sentence, marks, spot, marks.changes[chained], below, chained, chained=True)
    if hit is not None and is_used(sentence, hit, above):
        return None if dep in {"conj", "cc"} else _read_change(sentence, marks, spot, hit, below, above)
    if stock is not None and marks.says(above, "role-light") and dep in SUBJECTS:
        # `are out`: what becomes of the figure stands in the word below a verb of being.
        if any(marks.says(child, "role-gone") for child in sentence.children[above] if child > above):
            return Reading(Role.CHANGE, Direction.DOWN, above, ("en.role.are-out", stock.row.rule))
    if stock is not None:
        return _read_stock(sentence, marks, spot, stock, below, above)
    if dep in {"conj", "prep", "advcl", "ccomp", "relcl", "acl", "xcomp", "pobj", "pcomp"}:
        return None
    return default_role(spot.measure, above)


def _is_left(sentence: Sentence, marks: Marks, verb: int) -> bool:
    """`2,000 will be left there` says what remains."""
    return marks.says(verb, "role-left") and bool(find_children(sentence, verb, "auxpass"))


def _find_chained(sentence: Sentence, marks: Marks, verb: int, below: int) -> int | None:
    """`ordered 700 Marines to deploy`, `are about to come out`, `headed for Poland are 3,000`."""
    dep = find_relation(sentence, below)
    if dep not in SUBJECTS | {"dobj", "dative", "attr"}:
        return None
    light = marks.says(verb, "role-light")
    if light and below > verb:
        for index in range(min(4, verb)):
            hit = marks.changes.get(index)
            if hit is not None and (hit.row["pos"] == "phrase" or is_verb(sentence.tokens[index].tag)):
                return index
    for child in sentence.children[verb]:
        below_verb = sentence.tokens[child]
        hit = marks.changes.get(child)
        if below_verb.dep in {"xcomp", "ccomp", "oprd", "acomp"} and hit is not None and hit.row["pos"] != "noun":
            return child
        if light and hit is not None and child < verb and below_verb.tag in {"VBN", "VBD"}:
            return child
        if light and child > verb and below_verb.dep in {"acomp", "xcomp", "prep", "advmod", "attr", "oprd"}:
            for deeper in sentence.children[child]:
                row = marks.changes.get(deeper)
                if row is not None and row.row["pos"] == "verb" and sentence.tokens[deeper].tag == "VB":
                    return deeper
            if hit is not None and hit.row["pos"] == "phrase":
                return child
    return None


def _read_change(
    sentence: Sentence, marks: Marks, spot: Spot, hit: Hit, below: int, above: int, *, chained: bool = False
) -> Reading | None:
    dep, theme = find_relation(sentence, below), hit.row["theme"]
    if spot.measure in HAPPENED and (hit.row["kind"] == "move" or not spot.bare or above in marks.happenings):
        return default_role(spot.measure, above)
    if hit.row["pos"] == "noun" or not is_verb(sentence.tokens[above].tag):
        if dep == "prep" and marks.says(below, "role-beside-change"):
            return default_role(spot.measure, above)
        return to_change(sentence, marks, spot, hit, above)
    if (
        hit.row["kind"] == "adjust"
        and hit.row["direction"] != "?"
        and dep in {"dobj", "nsubjpass"}
        and marks.says(max(0, spot.first - 1), "role-definite")
    ):
        return Reading(Role.LEVEL, None, above, ("en.role.definite-base", hit.row.rule))
    if marks.says(above, "role-leaving") and dep == "dobj" and not _is_place_name(sentence, below):
        return Reading(Role.TO, None, above, ("en.role.leaving-figure", hit.row.rule))
    if dep in SUBJECTS and not chained:
        passive = dep == "nsubjpass" or sentence.tokens[above].tag == "VBN"
        if hit.row["direction"] == "0":
            return to_change(sentence, marks, spot, hit, above)
        if theme == "object" and not passive:
            return default_role(spot.measure, above)
        if passive and _is_stative(sentence, marks, above, hit):
            return Reading(Role.LEVEL, None, above, ("en.role.stationed", hit.row.rule))
    elif (
        dep in {"dobj", "attr", "oprd", "npadvmod", "dative"}
        and theme == "subject"
        and hit.row["kind"] == "move"
        and not chained
    ):
        return default_role(spot.measure, above)
    elif dep in {"prep", "advcl", "advmod", "relcl", "acl", "conj", "mark", "ccomp", "agent"} and not chained:
        return default_role(spot.measure, above) if dep == "prep" else None
    return to_change(sentence, marks, spot, hit, above)


def _is_place_name(sentence: Sentence, index: int) -> bool:
    return sentence.tokens[index].entity in {"GPE", "LOC"}


def _is_stative(sentence: Sentence, marks: Marks, verb: int, hit: Hit) -> bool:
    """`900 troops are deployed there` says where they are, `900 troops will be sent` what comes."""
    if (
        hit.row["kind"] != "move"
        or hit.row["pos"] != "verb"
        or hit.row["direction"] == "-"
        or marks.says(verb, "role-sent")
    ):
        return False
    sets, below = marks.sets, {marks.words[child] for child in sentence.children[verb]}
    if below & sets["role-coming"]:
        return False
    if sentence.region is RegionKind.HEADLINE and hit.row.slug in {"deploy", "station", "mass", "assemble", "muster"}:
        return not below & sets["role-infinitive"]
    return not below & sets["role-not-yet"] and bool(below & sets["role-now"])


def _read_stock(sentence: Sentence, marks: Marks, spot: Spot, stock: Hit, below: int, above: int) -> Reading:
    role, dep = stock.row["role"], sentence.tokens[below].dep
    if role == "count" and dep in {"dobj", "nsubjpass", "nsubj"}:
        return Reading(Role.COUNT, None, above, ("en.role.counted-deed", stock.row.rule))
    if role == "count":
        return default_role(spot.measure, above)
    if spot.measure in HAPPENED:
        return default_role(spot.measure, above)
    if role == "remain":
        return _to_remaining(sentence, marks, spot, above, stock.row.rule)
    if role == "expect" and dep in SUBJECTS | {"dobj"}:
        return Reading(Role.TO, None, above, ("en.role.expected-figure", stock.row.rule))
    if stock.row.slug in {"put", "place"} and dep == "dobj" and is_coming(sentence, marks, above):
        if any(marks.says(child, "role-put-there") for child in sentence.children[above]):
            return Reading(Role.CHANGE, Direction.UP, above, ("en.role.put-there", stock.row.rule))
    if role == "reach" and dep in SUBJECTS and marks.begins(above, "role-arrive-start"):
        return Reading(Role.CHANGE, Direction.UP, above, ("en.role.arrive", stock.row.rule))
    changed = _find_changed_subject(sentence, marks, above, below)
    if changed is not None:
        hit = marks.changes[changed]
        return Reading(Role.CHANGE, SIGNS.get(hit.row["direction"]), above, ("en.role.change-amounts-to", hit.row.rule))
    if is_coming(sentence, marks, above):
        return Reading(Role.TO, None, above, ("en.role.will-be", stock.row.rule))
    reached = role == "reach" and marks.begins(above, "role-attain-start")
    return Reading(
        Role.TO if reached else Role.LEVEL,
        None,
        above,
        ("en.role.reach" if reached else "en.role.have", stock.row.rule),
    )


def _find_changed_subject(sentence: Sentence, marks: Marks, verb: int, below: int) -> int | None:
    """`The cut is 500`, `the departures would amount to 14%`: a change noun as the figure's subject."""
    for child in sentence.children[verb]:
        if child == below or sentence.tokens[child].dep not in SUBJECTS:
            continue
        for index in find_subtree(sentence, child):
            hit = marks.changes.get(index)
            if hit is not None and hit.row["pos"] == "noun":
                return index
    return None


def _to_remaining(sentence: Sentence, marks: Marks, spot: Spot, verb: int, rule: str) -> Reading:
    """What remains is the level a change ends at where the change is still to come."""
    if spot.measure in HAPPENED:
        return default_role(spot.measure, verb)
    coming = is_coming(sentence, marks, verb) or marks.says_any(spot.first - 6, spot.first, "role-leaving-what")
    return Reading(
        Role.TO if coming else Role.LEVEL, None, verb, ("en.role.will-remain" if coming else "en.role.remain", rule)
    )
