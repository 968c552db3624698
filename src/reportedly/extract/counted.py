"""Stage 4 of 8, of what? In: a number in its sentence. Out: what it counts, or nothing.

A number is a claim only where the words say what it counts: the noun it modifies, the noun
after `of`, the happening it is an argument of, or, where the noun is left out, what the
figures around it count. Anything else (boxes, votes, miles, employees) is no claim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reportedly.extract.marks import Marks
from reportedly.extract.syntax import NOUN_TAGS, SUBJECTS, find_relation, find_span_head, is_verb
from reportedly.lexicon import Hit
from reportedly.model import Sentence

#: How far the counted noun may stand from its number, in tokens ("3,000 more heavily armed foreign troops").
REACH = 9
_BEFORE_HEAD = frozenset(
    {"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "HYPH", "VBN", "VBG", "POS", "CD", "RB", "RBR", "FW", "AFX"}
)
#: How far a toll may stand from the people that it is said to count.
NEAR_TOLL = 7
#: Measures of people to whom something may have happened.
PEOPLE = frozenset(
    {
        "troops",
        "peacekeepers",
        "police",
        "officers",
        "personnel",
        "advisers",
        "contractors",
        "fighters",
        "civilians",
        "refugees",
        "migrants",
        "diplomats",
        "attackers",
        "people",
        "detained",
        "kidnapped",
        "protesters",
    }
)
#: People who take to the streets as a force, not as protesters.
ARMED = frozenset({"troops", "peacekeepers", "police", "officers", "fighters"})


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts. `measure` is empty where the words leave it to the context;
    `noun` is the head of the counted phrase; `after` is the token after that phrase."""

    measure: str
    noun: int | None
    after: int
    rules: tuple[str, ...]
    basis: tuple[str, ...] = ()
    formation: str | None = None
    partitive: bool = False


def find_counted(sentence: Sentence, marks: Marks, first: int, last: int, barrier: int | None = None) -> Counted | None:
    """Says what the number at tokens [first, last) counts; None if it counts something else.

    Args:
        barrier: an offset of the report at which the phrase must end, the start of a time.
    """
    noun, after, partitive = _read_phrase(sentence, marks, last, sentence.end if barrier is None else barrier)
    if noun is not None and _is_speaker(sentence, marks, noun):
        return None
    if noun is not None and noun not in marks.measures and noun in marks.stocks and noun == last:
        noun, after = None, last  # `300 or more stay in Gao`: the parser took the verb for a noun
    if noun is not None and noun in marks.stock_nouns and noun not in marks.measures:
        # `the 100 to 300 range`, `a 19,000-strong force`: the size itself, what it counts is said elsewhere.
        hit = marks.stock_nouns[noun]
        return Counted(hit.row["measure"], None, noun + 1, (hit.row.rule,), partitive=partitive)
    if noun is not None:
        return _read_noun(sentence, marks, noun, after, partitive)
    happening = _find_adjacent_happening(sentence, marks, last)
    if happening is not None:
        return Counted(happening[0], None, happening[1].end, (happening[1].row.rule,))
    governed = _find_governing_happening(sentence, marks, find_span_head(sentence, first, last))
    if governed is not None:
        return Counted(governed.row["measure"], None, last, (governed.row.rule,))
    return Counted("", None, last, (), partitive=partitive)


def _read_noun(sentence: Sentence, marks: Marks, noun: int, after: int, partitive: bool) -> Counted | None:
    hit, person = marks.measures.get(noun), marks.people.get(noun)
    if hit is None and person is None and noun not in marks.peoples:
        return None
    if hit is not None:
        measure, rules = hit.row["measure"], (hit.row.rule,)
    else:
        measure, rules = "people", (person.row.rule if person is not None else "en.counted.nationals",)
    basis = tuple(filter(None, (hit.row["basis"] if hit is not None else "",)))
    if measure == "formations" and hit is not None:
        return Counted("troops", noun, after, rules, (), hit.row["basis"] or hit.row.slug, partitive)
    found = Counted(measure, noun, after, rules, basis, None, partitive)
    if measure not in PEOPLE:
        return found
    happened = _find_happened(sentence, marks, noun, after)
    if happened is not None and not (happened[0] == "protesters" and measure in ARMED):
        return replace(found, measure=happened[0], rules=(*rules, happened[1].row.rule))
    return found if measure != "people" else _read_people(sentence, marks, found, noun)


def _is_speaker(sentence: Sentence, marks: Marks, noun: int) -> bool:
    """`Two army officers told the paper`, `citing two officials`: who says so, not how many there are."""
    # Only verbs whose subject speaks: other cues may have forces as theirs (`3,000 troops reported for duty`).
    token, hit = sentence.tokens[noun], marks.measures.get(noun)
    if token.head == noun or (hit is not None and hit.row["measure"] not in PEOPLE):
        return False
    above = marks.words[token.head]
    if token.dep == "nsubj":
        beside = noun < token.head <= noun + 3 and "," not in marks.words[noun : token.head]
        return beside and token.head in marks.cues and above in marks.sets["counted-saying"]
    return token.dep in {"dobj", "pobj"} and above in marks.sets["counted-citing"]


def _read_people(sentence: Sentence, marks: Marks, found: Counted, noun: int) -> Counted | None:
    """People to whom no verb says what happened: members of a force, a crowd, a toll; else no claim."""
    if marks.says(noun, "counted-member") and marks.says(noun + 1, "joint-of"):
        for index in range(noun + 2, min(noun + 9, len(marks.words))):
            hit = marks.measures.get(index) or marks.stock_nouns.get(index)
            if hit is not None and hit.row["measure"] in {"troops", "police", "formations"}:
                return replace(found, measure="troops", rules=(*found.rules, hit.row.rule))
    a_force = any(hit.row["measure"] == "troops" for hit in marks.stock_nouns.values())
    if a_force and marks.says(noun, "counted-men"):
        return replace(found, measure="troops", rules=(*found.rules, "en.counted.men-of-a-force"))
    for mapping, wanted in ((marks.happenings, "protesters"), (marks.measures, "protesters")):
        for hit in mapping.values():
            if hit.row["measure"] == wanted and hit.row.slug != "turn-out":
                return replace(found, measure=wanted, rules=(*found.rules, hit.row.rule))
    for index, hit in marks.stock_nouns.items():
        # `100 people were taken off the toll`
        if hit.row["measure"] == "killed" and abs(index - noun) <= NEAR_TOLL:
            return replace(found, measure="killed", rules=(*found.rules, hit.row.rule))
    return found if _is_listed(marks, noun) else None


def _is_listed(marks: Marks, noun: int) -> bool:
    """`including 12 children`, `90 Afghans among them`: a part of the figure before."""
    if marks.says_any(noun - 8, noun + 4, "counted-listed"):
        return True
    # `60 Afghans, 12 soldiers dead`: the word for what happened stands after the list.
    return marks.says(noun + 1, "counted-list-joint") and any(
        word.isdigit() for word in marks.words[noun + 2 : noun + 5]
    )


# ---------------------------------------------------------------- the noun phrase


def _read_phrase(sentence: Sentence, marks: Marks, last: int, barrier: int) -> tuple[int | None, int, bool]:
    """Finds the head of the counted noun phrase: (head or None for a bare number, index after
    the phrase, whether it stands after `of`)."""
    tokens = sentence.tokens
    at, partitive = last, False
    if at < len(tokens) and tokens[at].lower == "-" and marks.says(at + 1, "counted-strong"):
        at += 2
    if marks.says(at, "joint-of") and at + 1 < len(tokens):
        partitive, at = True, at + 1
        if marks.says(at, "counted-pronoun"):
            return None, at + 1, True
        while at < min(len(tokens), last + 7) and (
            tokens[at].tag in {"DT", "PRP$", "PDT", "RB", "CD", "$"} or marks.says(at, "counted-after-of")
        ):
            at += 1
    head, end = None, at
    while end < len(tokens) and end - at < REACH:
        token = tokens[end]
        if token.start >= barrier:
            break
        counts = end in marks.measures or end in marks.people or end in marks.peoples
        if head is None:
            if token.tag in NOUN_TAGS or counts:
                if end in marks.happenings and end not in marks.measures:
                    break
                head = end
            elif end in marks.happenings or (
                token.tag not in _BEFORE_HEAD and not _is_inner_comma(sentence, marks, end)
            ):
                break
            elif token.tag in {"VBG", "VBN"} and not _is_modifier(sentence, end):
                break
        elif not _continues(sentence, marks, head, end):
            break
        elif token.tag in NOUN_TAGS or counts:
            head = end
        end += 1
    if head is None:
        return None, at if partitive else last, partitive
    return head, head + 1, partitive


def _is_modifier(sentence: Sentence, index: int) -> bool:
    """A participle inside the phrase ("2,000 armed men"), not the verb after a bare number."""
    return sentence.tokens[index].dep in {"amod", "compound"} and sentence.tokens[index].head > index


def _continues(sentence: Sentence, marks: Marks, head: int, at: int) -> bool:
    """Whether the token after a noun still belongs to its phrase: a compound's next part."""
    token, before = sentence.tokens[at], sentence.tokens[at - 1]
    if token.start > before.end and token.lower in {"-", "–", "—", "--"}:
        return False  # 17 dead - aid group
    if token.tag in {"HYPH", "POS"}:
        return True
    if token.tag not in NOUN_TAGS and at not in marks.measures and at not in marks.people:
        return before.tag in {"HYPH", "POS"}
    if at in marks.happenings and at not in marks.measures:
        return False
    measure = marks.measures.get(head)
    if measure is not None and measure.end > at:
        return True
    if measure is not None and before.tag in {"NNS", "NNPS"} and sentence.tokens[head].head != at:
        return False
    if (
        measure is not None
        and token.tag in {"NNP", "NNPS"}
        and before.tag in {"NNS", "NNPS", "NN"}
        and token.dep != "compound"
    ):
        return sentence.tokens[head].head == at and sentence.tokens[head].dep == "compound" and at in marks.measures
    return True


def _is_inner_comma(sentence: Sentence, marks: Marks, at: int) -> bool:
    """A comma or `and` between adjectives of the same phrase ("well-armed, masked men")."""
    tokens = sentence.tokens
    return (
        marks.says(at, "counted-list-joint")
        and at + 1 < len(tokens)
        and tokens[at + 1].tag.startswith("JJ")
        and tokens[at - 1].tag.startswith("JJ")
    )


# ---------------------------------------------------------------- happenings


def _find_happened(sentence: Sentence, marks: Marks, noun: int, after: int) -> tuple[str, Hit] | None:
    """What happened to those counted: the word right after, the governing word, a list of the dead."""
    beside = _find_adjacent_happening(sentence, marks, after)
    if beside is not None:
        return beside
    governed = _find_governing_happening(sentence, marks, noun)
    if governed is not None:
        return governed.row["measure"], governed
    lost = _find_lost(sentence, marks, noun)
    if lost is not None:
        return "killed", lost
    return _find_listed(sentence, marks, noun)


def _find_adjacent_happening(sentence: Sentence, marks: Marks, at: int) -> tuple[str, Hit] | None:
    """The participle or adjective right after the phrase: `13 killed`, `18 more people injured`.
    Several of them over one figure make casualties."""
    tokens = sentence.tokens
    for index in range(at, min(at + 5, len(tokens))):
        hit = marks.happenings.get(index)
        if hit is not None:
            token = tokens[index]
            active = token.tag in {"VBZ", "VBP", "VB", "VBG", "NN"}
            following = tokens[index + 1].tag if index + 1 < len(tokens) else "."
            if index == at and following in {"IN", ".", ",", ":"}:
                active = False  # 12 dead, 30 hurt in a bombing
            if hit.row["slot"] == "patient" and (active or _has_object(sentence, index)):
                return None
            return _sum_up(marks, hit), hit
        if not marks.says(index, "counted-between"):
            return None
    return None


def _sum_up(marks: Marks, hit: Hit) -> str:
    """`killed, injured, captured or missing` after one figure counts casualties."""
    measures, at = {hit.row["measure"]}, hit.end
    while marks.says(at, "counted-sum-joint"):
        following = marks.happenings.get(at + 1) or marks.happenings.get(at)
        if following is not None:
            measures.add(following.row["measure"])
            at = following.end
            continue
        if marks.words[at] == "," and marks.says(at + 1, "counted-last-joint"):
            at += 1
            continue
        break
    return "casualties" if len(measures) > 1 else hit.row["measure"]


def _has_object(sentence: Sentence, verb: int) -> bool:
    return any(sentence.tokens[child].dep == "dobj" and child > verb for child in sentence.children[verb])


def _find_governing_happening(sentence: Sentence, marks: Marks, noun: int) -> Hit | None:
    """The happening that the phrase is the right argument of, over coordination, `of` and `including`."""
    tokens, at = sentence.tokens, noun
    for _ in range(6):
        token = tokens[at]
        for child in sentence.children[at]:
            hit = marks.happenings.get(child)
            if (
                hit is not None
                and tokens[child].dep in {"acl", "amod", "relcl"}
                and _fits(sentence, hit, child, "child")
            ):
                return hit
        if token.head == at:
            return None
        hit = marks.happenings.get(token.head)
        if hit is not None and _fits(sentence, hit, token.head, find_relation(sentence, at)):
            return hit
        upward = token.dep in {"conj", "appos", "nummod", "quantmod", "nmod", "compound", "amod", "dep"}
        joint = token.head if token.dep == "pobj" else at
        through = token.dep in {"pobj", "prep"} and marks.says(joint, "counted-through")
        if not upward and not through:
            return _find_stated(sentence, marks, at)
        if token.dep == "amod" and token.head in marks.measures:
            return None
        at = token.head
    return None


def _find_stated(sentence: Sentence, marks: Marks, at: int) -> Hit | None:
    """`left 12 people dead`, `are believed to have died`, `have had to leave their homes`."""
    token = sentence.tokens[at]
    verb = token.head
    if token.dep not in SUBJECTS | {"dobj"} or not is_verb(sentence.tokens[verb].tag):
        return None
    for _ in range(3):
        for child in sentence.children[verb]:
            hit = marks.happenings.get(child)
            if hit is None:
                continue
            below = sentence.tokens[child]
            if token.dep in SUBJECTS and below.dep in {"xcomp", "acomp", "attr", "oprd"}:
                if hit.row["slot"] != "patient" or below.tag == "VBN":
                    return hit
            if token.dep == "dobj" and below.dep in {"xcomp", "ccomp"} and hit.row["slot"] == "subject" and child > at:
                return hit  # forced 22,000 villagers to flee
            if (
                token.dep == "dobj"
                and below.dep in {"oprd", "ccomp", "acomp", "xcomp", "advcl"}
                and hit.row["slot"] == "attribute"
            ):
                return hit
        chained = [child for child in sentence.children[verb] if sentence.tokens[child].dep == "xcomp"]
        if not chained or token.dep not in SUBJECTS:
            return None
        verb = chained[0]
    return None


def _find_lost(sentence: Sentence, marks: Marks, noun: int) -> Hit | None:
    """`the battalion lost 14 soldiers in the battle`: lost to fighting, not withdrawn."""
    token = sentence.tokens[noun]
    hit = marks.changes.get(token.head)
    if hit is None or hit.row.slug != "lose" or token.dep != "dobj":
        return None
    fought = any(other.row["measure"] in {"attacks", "strikes"} for other in marks.measures.values())
    return hit if fought or marks.says_any(0, len(marks.words), "counted-battle") else None


def _find_listed(sentence: Sentence, marks: Marks, noun: int) -> tuple[str, Hit] | None:
    """`the dead include 10 Marines`, `12 of the service members were among the dead`."""
    for index, hit in marks.happenings.items():
        nominal = hit.row["slot"] == "attribute" or marks.says(index, "counted-hurt")
        if nominal and abs(index - noun) <= 8:
            if marks.says(index - 1, "joint-the") and sentence.tokens[index].dep == "pobj":
                return hit.row["measure"], hit
            if sentence.tokens[index].dep in {"nsubj", "pobj", "dobj", "attr", "nsubjpass", "ROOT"} and not is_verb(
                sentence.tokens[index].tag
            ):
                return hit.row["measure"], hit
    return None


def _fits(sentence: Sentence, hit: Hit, index: int, dep: str) -> bool:
    """Whether a relation to a happening is the one in which its victims or doers stand."""
    slot, tag = hit.row["slot"], sentence.tokens[index].tag
    if slot == "attribute":
        return dep in {"nsubj", "child", "nummod", "amod", "nsubjpass", "npadvmod", "quantmod"}
    if slot == "subject":
        return dep in {"nsubj", "child", "nsubjpass"} and tag != "NN"
    if dep == "child":
        return tag in {"VBN", "VBD"} and not _has_object(sentence, index)
    if dep in {"dobj", "nsubjpass", "dative"}:
        return True
    if dep == "pobj" or dep == "prep":
        return hit.end - hit.start > 1  # took the lives of
    # Headlines and reduced clauses: a participle taken for an active verb with its patient as subject.
    return dep == "nsubj" and tag in {"VBN", "VBD"} and not _has_object(sentence, index)
