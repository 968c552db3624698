"""Stage 4 of 8, the marks that words set on a claim. In: Sentence and a token. Out: Reading.

The climb starts at the words of the claim and goes up the tree: the verb group of its own
clause first (tense, modal, negation), then every word above whose meaning decides whether
the claim holds (plans, expectations, demands, denials, conditions). Saying verbs decide
nothing: the clause of the content does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reportedly.extract.clauses import (
    Link,
    StatusWords,
    Tense,
    VerbGroup,
    find_condition,
    find_link,
    find_no,
    is_verb_token,
    read_verb_group,
)
from reportedly.lexicon import Row
from reportedly.model import Sentence
from reportedly.vocab import Factuality, Status

DEPTH = 16
#: From the firmest to the weakest: of two marks on one claim the weaker one holds.
_WEAKNESS = {
    status: rank
    for rank, status in enumerate(
        (Status.PLANNED, Status.EXPECTED, Status.DEMANDED, Status.POSSIBLE, Status.HYPOTHETICAL, Status.DENIED)
    )
}
_SUPPORT = {Factuality.PROBABLE: 2, Factuality.POSSIBLE: 1, Factuality.UNKNOWN: 0}
_ATTRIBUTES = frozenset({"amod", "acl", "prep", "advmod", "acomp"})
_PREDICATES = frozenset({"acomp", "prep", "attr", "oprd", "dobj", "advcl", "neg", "advmod"})
_ADVERBS = frozenset({"advmod", "amod", "neg", "quantmod"})


@dataclass(slots=True)
class Reading:
    """What the climb has gathered so far.

    `status` is set by words (plans, modals, denials), never by a bare tense. `tense` and the
    aspects are those of the first finite verb, `verb`; `settled` says that one was met,
    `direct` that no open verb stands between it and the claim.
    `planned` says that a noun of planning was passed (`its plan to`).
    `fixed` marks what is taken for granted (`the talks did not end`): no negation above reaches it.
    """

    status: Status | None = None
    certainty: Factuality | None = None
    tense: Tense | None = None
    perfect: bool = False
    progressive: bool = False
    settled: bool = False
    infinitive: bool = False
    verb: int | None = None
    reported: bool = False
    saying: str = ""
    shifted: bool = False
    plan: int | None = None
    old: bool = False
    would: bool = False
    joined: bool = False
    planned: bool = False
    fixed: bool = False
    direct: bool = False
    rules: list[str] = field(default_factory=list)

    def weaken(self, status: Status, certainty: Factuality | None, rule: str) -> None:
        """Takes a mark on; the weaker of two statuses holds."""
        # `expected to order a cut`: what is expected is the order, what is ordered is planned.
        ordered = self.status is Status.PLANNED and status is Status.EXPECTED
        if self.status is None or (_WEAKNESS[status] > _WEAKNESS[self.status] and not ordered):
            self.status = status
            self.certainty = None if certainty is Factuality.UNKNOWN else certainty
        self.rules.append(rule)

    def weaken_by(self, row: Row) -> None:
        """Takes on the mark of an intention's row."""
        self.weaken(Status(row["status"]), Factuality(row["certainty"]), row.rule)

    def doubt(self, certainty: Factuality, rule: str) -> None:
        """Takes a lower certainty on without a change of status."""
        if _SUPPORT.get(certainty, 3) < _SUPPORT.get(self.certainty or Factuality.CERTAIN, 3):
            self.certainty = certainty
        self.rules.append(rule)


def find_marks(sentence: Sentence, start: int, words: StatusWords, first: int) -> Reading:
    """Climbs from a token and gathers the marks on what it tells.

    Args:
        sentence: a parsed sentence.
        start: the token that the climb begins at: the counted noun, or a verb.
        words: what `load_words` gave for the sentence.
        first: the first token of the claim's own words, for adverbs beside a figure.
    """
    tokens = sentence.tokens
    reading = Reading()
    at, came = start, None
    if first != start:
        _read_adverbs(sentence, first, words, reading)
    elif not is_verb_token(sentence, start):
        _read_event_noun(sentence, start, words, reading)
    for _ in range(DEPTH):
        embedding = reading.settled and came is Link.CLAUSE
        if is_verb_token(sentence, at):
            _read_verb(sentence, at, came, words, reading)
            came = None
        elif tokens[at].tag[:1] in _CONTENT_TAGS and tokens[at].tag not in _FUNCTION_TAGS:
            _read_nominal(sentence, at, came, words, reading, at == start)
            came = None
        if tokens[at].head == at:
            break
        link = find_link(sentence, at)
        link = came if link is Link.INNER and came is not None else link
        _read_link(sentence, at, link, words, reading)
        if link is Link.CONJUNCT and is_verb_token(sentence, at) and reading.settled:
            at = _skip_conjuncts(sentence, at)
            link = find_link(sentence, at)
        if link is Link.PURPOSE or (reading.settled and not _goes_on(sentence, at, link, words)):
            break
        if tokens[at].head == at or (embedding and link in _OPEN_LINKS and is_verb_token(sentence, at)):
            break
        reading.joined = reading.joined or link is Link.CONJUNCT
        came = None if link is Link.CONJUNCT else link
        at = tokens[at].head
    return reading


# What stands above the verb that takes in a finite clause does not reach into that clause.
_OPEN_LINKS = frozenset({Link.INFINITIVE, Link.GERUND, Link.INNER})
_CONTENT_TAGS = frozenset("NJCDPVRW")
_FUNCTION_TAGS = frozenset({"CC", "DT", "RP"})


def _read_link(sentence: Sentence, at: int, link: Link, words: StatusWords, reading: Reading) -> None:
    """Reads what the link itself says: purpose, `without`, what stands beside a clause."""
    if link is Link.PURPOSE and reading.status is None:
        reading.weaken(Status.PLANNED, None, "en.factuality.purpose")
    elif link is Link.GERUND and not reading.settled:
        _read_preposition(sentence.tokens[at].head, sentence, words, reading)
    elif link is Link.ADVERBIAL:
        reading.fixed = True


def _skip_conjuncts(sentence: Sentence, at: int) -> int:
    while sentence.tokens[at].dep == "conj" and sentence.tokens[at].head != at:
        at = sentence.tokens[at].head
    return at


def _read_event_noun(sentence: Sentence, at: int, words: StatusWords, reading: Reading) -> None:
    """Reads the determiner of an event noun: `no talks` denies, `the talks` takes for granted."""
    row = find_no(sentence, at, words)
    if row is not None:
        reading.weaken(Status.DENIED, Factuality(row["certainty"]), row.rule)
    token = sentence.tokens[at]
    reading.fixed = token.dep not in {"dobj", "nsubjpass", "nsubj", "attr", "conj", "ROOT"} or any(
        sentence.tokens[child].dep == "poss" or words.kind_of(sentence.tokens[child].lower) == "definite"
        for child in sentence.children[at]
    )


def _read_preposition(at: int, sentence: Sentence, words: StatusWords, reading: Reading) -> None:
    """Reads `without leaving`, `instead of leaving`."""
    for place in (at, sentence.tokens[at].head):
        hit = words.negations.find_at(words.words, place)
        if hit is not None and hit.row["kind"] == "preposition":
            reading.weaken(Status.DENIED, Factuality(hit.row["certainty"]), hit.row.rule)
            return


def _goes_on(sentence: Sentence, at: int, link: Link, words: StatusWords) -> bool:
    """Whether words above a clause with its own tense can still decide about it."""
    if link is Link.RELATIVE:
        return words.intentions.find_at(words.words, sentence.tokens[at].head) is not None
    return link not in {Link.ADVERBIAL, Link.PURPOSE}


# ---------------------------------------------------------------- verbs


def _read_verb(sentence: Sentence, at: int, came: Link | None, words: StatusWords, reading: Reading) -> None:
    group = read_verb_group(sentence, at, words)
    if came in {Link.SUBJECT, Link.OBJECT} and _controls(sentence, at):
        came = Link.INFINITIVE
    elif came is Link.SUBJECT and _is_elided_passive(sentence, at, words):
        came = Link.OBJECT
    elif came is Link.SUBJECT and _has_two_subjects(sentence, at):
        came = Link.CLAUSE
    used = came is not None and _read_rows(sentence, at, came, group, words, reading)
    if reading.reported:
        _read_untruth(sentence, at, words, reading)
    if reading.settled:
        if came is Link.CLAUSE and group.tense is Tense.PAST:
            reading.shifted = True
            if reading.plan is None and reading.would:
                reading.plan = at
        return
    _read_adverbs(sentence, at, words, reading)
    _read_predicates(sentence, at, came, words, reading)
    if group.modal is not None:
        _read_modal(sentence, at, group, group.modal, reading)
    corrected = reading.joined and _is_corrected(sentence, at, words)
    if group.negation is not None and not (used or reading.fixed or corrected):
        weak = group.modal is not None and group.modal["certainty"] == Factuality.POSSIBLE
        certainty = Factuality.POSSIBLE_NOT if weak else Factuality(group.negation["certainty"])
        reading.weaken(Status.DENIED, certainty, group.negation.rule)
    _read_conditions(sentence, at, group, words, reading)
    _read_tense(group, at, came, reading)


def _controls(sentence: Sentence, at: int) -> bool:
    """Whether a verb hands its subject or object on to an infinitive (`9,000 are to move`)."""
    for child in sentence.children[at]:
        if sentence.tokens[child].dep in {"xcomp", "ccomp"} and any(
            sentence.tokens[below].tag == "TO" for below in sentence.children[child]
        ):
            return True
    return False


def _has_two_subjects(sentence: Sentence, at: int) -> bool:
    """Whether the content of a headline was taken for a subject (`500 more troops for Mali, Paris says`)."""
    return sum(sentence.tokens[child].dep == "nsubj" for child in sentence.children[at]) > 1


def _is_elided_passive(sentence: Sentence, at: int, words: StatusWords) -> bool:
    """Whether a headline's participle stands for a passive (`2,000 troops expected`)."""
    if sentence.tokens[at].tag not in {"VBN", "VBD"}:
        return False
    hit = words.intentions.find_at(words.words, at)
    if hit is None or "object" not in hit.row["takes"]:
        return False
    return all(
        sentence.tokens[child].dep not in {"aux", "auxpass", "dobj", "ccomp", "xcomp"}
        for child in sentence.children[at]
    )


def _read_tense(group: VerbGroup, at: int, came: Link | None, reading: Reading) -> None:
    """Keeps the tense of the first finite verb; open forms wait for the one above."""
    if group.is_finite():
        reading.settled = True
        reading.verb = at
        reading.direct = reading.tense is None
        if reading.tense is None or not (reading.perfect and came is Link.INFINITIVE):
            reading.tense = Tense.PAST if group.tense is Tense.MODAL and group.perfect else group.tense
    elif reading.tense is None:
        reading.tense = group.tense
    reading.perfect = reading.perfect or group.perfect
    reading.progressive = reading.progressive or group.progressive
    reading.infinitive = reading.infinitive or group.tense is Tense.INFINITIVE


def _read_modal(sentence: Sentence, at: int, group: VerbGroup, modal: Row, reading: Reading) -> None:
    column = "perfect" if group.perfect else "status"
    differs = modal["reported"] != modal["status"]
    if column == "status" and differs and _is_reported(sentence, at):
        column = "reported"
    reading.would = reading.would or differs
    status, certainty = Status(modal[column]), Factuality(modal["certainty"])
    if status is Status.HAPPENED:
        reading.doubt(certainty, modal.rule)
    else:
        reading.weaken(status, certainty, modal.rule)


def _is_reported(sentence: Sentence, at: int) -> bool:
    """Whether a verb stands in reported speech or in the wording of a plan."""
    for _ in range(DEPTH):
        token = sentence.tokens[at]
        if token.dep in {"ccomp", "acl", "relcl"}:
            return True
        if token.head == at:
            return False
        at = token.head
    return False


def _read_rows(sentence: Sentence, at: int, came: Link, group: VerbGroup, words: StatusWords, reading: Reading) -> bool:
    """Reads what the verb's meaning does to its complement. True where a negation is used up."""
    hit = words.negations.find_at(words.words, at)
    if hit is not None and _denies(hit.row, came, reading):
        if group.negation is None and not _is_neither(sentence, at, words):
            reading.weaken(Status.DENIED, Factuality(hit.row["certainty"]), hit.row.rule)
        else:
            reading.doubt(Factuality.UNKNOWN, "en.factuality.not-denied")
        return True
    hit = words.intentions.find_at(words.words, at)
    if hit is not None and hit.row["pos"] != "noun" and _takes(hit.row, came, hit.end - hit.start > 1):
        _read_intention(hit.row, came, group, at, reading)
        return group.negation is not None
    hit = words.evidentials.find_at(words.words, at)
    return hit is not None and _read_evidential(hit.row, came, reading)


def _read_evidential(row: Row, came: Link, reading: Reading) -> bool:
    kind = row["kind"]
    if kind == "belief" and came is not Link.INNER:
        reading.doubt(Factuality(row["certainty"]), row.rule)
    if came is Link.INFINITIVE and not reading.settled and kind in {"belief", "report"}:
        reading.tense = Tense.PAST if reading.perfect else Tense.PRESENT
        reading.settled = True
        reading.rules.append(row.rule)
    elif not reading.settled and came is Link.CLAUSE:
        reading.saying = "verbless"
    elif not reading.settled and came in {Link.OBJECT, Link.INNER} and kind in {"report", "figure", "belief"}:
        reading.saying = kind
        reading.rules.append(row.rule)
    # A negated saying (`could not confirm that`) does not deny what is said.
    return came is Link.CLAUSE or bool(reading.saying)


def _read_intention(row: Row, came: Link, group: VerbGroup, at: int, reading: Reading) -> None:
    if came is Link.CLAUSE and reading.status is not None:
        reading.rules.append(row.rule)
        if reading.status is Status.PLANNED and reading.plan is None:
            reading.plan = at
        return
    if group.negation is not None:
        probable = row["certainty"] == Factuality.PROBABLE
        reading.weaken(Status.DENIED, Factuality.PROBABLE_NOT if probable else None, row.rule)
        reading.rules.append(group.negation.rule)
        return
    reading.weaken_by(row)
    if reading.status is Status.PLANNED and not reading.settled:
        reading.plan = at


def _takes(row: Row, came: Link, whole: bool) -> bool:
    takes = row["takes"]
    if came is Link.INNER:
        return whole and "object" in takes
    if came is Link.GERUND:
        return "ing" in takes or "object" in takes
    return came.value in takes


def _denies(row: Row, came: Link, reading: Reading) -> bool:
    takes, kind = row["takes"], row["kind"]
    if "plan" in takes and came is Link.OBJECT and reading.planned and not reading.settled:
        return True
    if reading.fixed:
        return kind == "denial" and reading.reported and "report" in takes
    if kind == "reversal":
        return came.value in takes or ("event" in takes and came is Link.OBJECT and not reading.settled)
    return kind == "denial" and ((reading.reported and "report" in takes) or came.value in takes)


def _is_neither(sentence: Sentence, at: int, words: StatusWords) -> bool:
    """Whether a denial is itself taken back (`neither confirmed nor denied`)."""
    head = sentence.tokens[at].head
    around = (*sentence.children[at], *(sentence.children[head] if sentence.tokens[at].dep == "conj" else ()))
    return any(_find_particle(child, words) is not None for child in around)


def _find_particle(at: int, words: StatusWords) -> Row | None:
    hit = words.negations.find_at(words.words, at)
    return hit.row if hit is not None and hit.row["kind"] == "particle" else None


def _is_corrected(sentence: Sentence, at: int, words: StatusWords) -> bool:
    """Whether a negation is set right by `but` in the same predicate (`is not A but B`)."""
    for child in sentence.children[at]:
        if sentence.tokens[child].dep in {"attr", "dobj", "pobj", "acomp"}:
            for below in sentence.children[child]:
                if sentence.tokens[below].dep == "cc" and words.kind_of(words.words[below]) == "contrast":
                    return True
    return False


def _read_untruth(sentence: Sentence, at: int, words: StatusWords, reading: Reading) -> None:
    """Reads a predicate that calls a report wrong: `reports of a cut are not true`."""
    for child in sentence.children[at]:
        for place in (child, *sentence.children[child]):
            hit = words.negations.find_at(words.words, place)
            if hit is not None and hit.row["kind"] == "untrue":
                reading.weaken(Status.DENIED, Factuality(hit.row["certainty"]), hit.row.rule)
                return


def _read_adverbs(sentence: Sentence, at: int, words: StatusWords, reading: Reading) -> None:
    """Reads `likely`, `possibly`, `falsely` beside a verb or a figure."""
    for child in sentence.children[at]:
        if sentence.tokens[child].dep not in _ADVERBS:
            continue
        hit = words.evidentials.find_at(words.words, child)
        if hit is not None and hit.row["kind"] == "adverb":
            reading.doubt(Factuality(hit.row["certainty"]), hit.row.rule)
        denial = words.negations.find_at(words.words, child)
        if denial is not None and denial.row["kind"] == "adverb":
            reading.weaken(Status.DENIED, Factuality(denial.row["certainty"]), denial.row.rule)


def _read_predicates(sentence: Sentence, at: int, came: Link | None, words: StatusWords, reading: Reading) -> None:
    """Reads predicates that judge their subject: `is likely`, `are on the way`."""
    for child in sentence.children[at]:
        dep = sentence.tokens[child].dep
        if dep not in _PREDICATES:
            continue
        hit = words.intentions.find_at(words.words, child)
        if hit is None or hit.row["pos"] != "adjective":
            continue
        controls = came is Link.INFINITIVE or _controls(sentence, child)
        if not ("object" in hit.row["takes"] or (controls and "inf" in hit.row["takes"])):
            continue
        if dep not in {"advmod", "neg"} or hit.end - hit.start > 1:
            reading.weaken_by(hit.row)


def _read_conditions(sentence: Sentence, at: int, group: VerbGroup, words: StatusWords, reading: Reading) -> None:
    row = find_condition(sentence, at, words)
    if row is None and group.modal is not None:
        for child in sentence.children[at]:
            if row is None and sentence.tokens[child].dep == "advcl":
                row = find_condition(sentence, child, words)
    if row is not None:
        reading.weaken(Status.HYPOTHETICAL, None, row.rule)


# ---------------------------------------------------------------- nouns and adjectives


def _read_nominal(
    sentence: Sentence, at: int, came: Link | None, words: StatusWords, reading: Reading, first: bool
) -> None:
    """Reads a noun or adjective on the way up: plans, proposals, reports, `likely`."""
    if not first and came is not None:
        hit = words.intentions.find_at(words.words, at)
        inner = Link.OBJECT if came is Link.INNER else came
        relative = came is Link.RELATIVE and hit is not None and "clause" in hit.row["takes"]
        if hit is not None and (relative or _takes(hit.row, inner, True)):
            denial = find_no(sentence, at, words)
            if denial is not None:
                reading.weaken(Status.DENIED, Factuality.CERTAIN_NOT, hit.row.rule)
                reading.rules.append(denial.rule)
            elif came is not Link.CLAUSE or reading.status is None:
                reading.weaken_by(hit.row)
                reading.planned = sentence.tokens[at].tag[:2] == "NN"
        elif came is Link.INFINITIVE and reading.status is None and sentence.tokens[at].tag[:2] == "NN":
            reading.weaken(Status.PLANNED, None, "en.factuality.infinitive-of-noun")
        hit = words.negations.find_at(words.words, at)
        if hit is not None and hit.row["kind"] == "lack" and came is Link.INFINITIVE:
            reading.weaken(Status.DENIED, Factuality(hit.row["certainty"]), hit.row.rule)
        hit = words.evidentials.find_at(words.words, at)
        if hit is not None and hit.row["kind"] in {"noun", "report"}:
            reading.reported = True
    if reading.settled:
        return
    for child in sentence.children[at]:
        dep = sentence.tokens[child].dep
        if dep in _ATTRIBUTES:
            _read_attribute(sentence, child, words, reading)
        elif dep == "neg" and (particle := _find_particle(child, words)) is not None:
            # `290 and not the 359 given before`
            reading.weaken(Status.DENIED, Factuality(particle["certainty"]), particle.rule)


def _read_attribute(sentence: Sentence, at: int, words: StatusWords, reading: Reading) -> None:
    """Reads an attribute of the counted thing: `the planned cut`, `2,000 troops expected`, `the earlier 900`."""
    token = sentence.tokens[at]
    hit = words.intentions.find_at(words.words, at)
    if hit is not None and "object" in hit.row["takes"]:
        participle = token.tag in {"VBN", "VBD", "JJ"} and hit.row["pos"] == "verb"
        if participle and token.dep == "amod" and "basis" in hit.row["takes"]:
            # `15,600 authorised troops`: what the figure takes in, no plan.
            return
        if (hit.row["pos"] == "adjective" and token.dep != "advmod") or participle:
            reading.weaken_by(hit.row)
    if token.dep == "amod":
        sign = words.tenses.find_at(words.words, at)
        if sign is not None and sign.row["sense"] == "former":
            reading.old = True
            reading.rules.append(sign.row.rule)
