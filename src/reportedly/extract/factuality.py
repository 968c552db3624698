"""Stage 4 of 8, how certain? In: a figure or a verb of a parsed sentence. Out: status, factuality, rule ids.

`modality.py` gathers the marks that words set on the claim; here the figure's role is
weighed with them: the level that a planned cut starts from is there today, a bare present
of a change is a plan, a count of happenings has happened.
"""

from __future__ import annotations

from reportedly.extract.clauses import StatusWords, Tense, is_verb_token, load_words
from reportedly.extract.modality import DEPTH, Reading, find_marks
from reportedly.lexicon import Lexicon, Row
from reportedly.lexicon.tables import split_words
from reportedly.model import Figure, ParsedReport, Sentence, Source
from reportedly.vocab import Factuality, RegionKind, Role, Status, Unit

_FACTUALITY = {
    Status.HAPPENED: Factuality.CERTAIN,
    Status.ONGOING: Factuality.CERTAIN,
    Status.PLANNED: Factuality.UNKNOWN,
    Status.EXPECTED: Factuality.PROBABLE,
    Status.POSSIBLE: Factuality.POSSIBLE,
    Status.DEMANDED: Factuality.UNKNOWN,
    Status.HYPOTHETICAL: Factuality.UNKNOWN,
    Status.DENIED: Factuality.CERTAIN_NOT,
}
_HEDGED = frozenset({Status.HAPPENED, Status.ONGOING, Status.EXPECTED, Status.POSSIBLE})


def find_status(
    parsed: ParsedReport, figure: Figure, lexicon: Lexicon, sources: tuple[Source, ...] = ()
) -> tuple[Status, Factuality, tuple[str, ...]]:
    """Finds how far along the thing is that a figure counts, by the wording of its clause.

    Args:
        parsed: the report.
        figure: the figure; its role decides what a bare tense means.
        lexicon: the language's tables.
        sources: who vouches for it; a belief verb of the last one lowers the certainty.

    Returns:
        Status, FactBank value in the eyes of the last source, ids of the rules that fired.
    """
    sentence = parsed.sentences[figure.sentence]
    happening = _is_happening(figure, lexicon)
    reading = Reading()
    words = load_words(sentence, lexicon)
    if sentence.tokens:
        start = _find_start(sentence, figure)
        reading = find_marks(sentence, start, words, figure.first)
        _read_question(sentence, start, reading)
        _read_past_plan(sentence, reading, words, parsed.report.published)
        _read_source(sources, words, reading)
        if figure.quantity.role is Role.COUNT and _is_presupposed(sentence, figure, reading, words, lexicon):
            reading = Reading(rules=["en.factuality.taken-for-granted"])
        _read_contrast(figure, words, reading)
        _read_later_denial(parsed, sentence, sources, reading, lexicon)
        if figure.quantity.role is Role.LEVEL and _is_base(sentence, figure, reading, words):
            reading.status, reading.certainty, reading.tense = None, None, Tense.PRESENT
            reading.rules.append("en.factuality.level-named-in-passing")
    status = _choose_status(sentence, reading, figure, happening, words, lexicon)
    return status, _to_factuality(status, reading), tuple(dict.fromkeys(reading.rules))


def find_verb_status(sentence: Sentence, verb: int, lexicon: Lexicon) -> tuple[Status, Factuality, tuple[str, ...]]:
    """Finds how far along what a verb (or an event noun) tells is, by the wording of its clause.

    Args:
        sentence: a parsed sentence.
        verb: the token's index.
        lexicon: the language's tables.

    Returns:
        Status, FactBank value in the eyes of whoever tells it, ids of the rules that fired.
    """
    words = load_words(sentence, lexicon)
    reading = _read_reduced(sentence, verb) or find_marks(sentence, verb, words, verb)
    _read_question(sentence, verb, reading)
    _read_past_plan(sentence, reading, words, None)
    _raise_plan(reading)
    status = reading.status or _choose_for_verb(sentence, reading)
    return status, _to_factuality(status, reading), tuple(dict.fromkeys(reading.rules))


def _read_reduced(sentence: Sentence, verb: int) -> Reading | None:
    """A participle that describes a noun is taken for granted (`the sanctions imposed last year`)."""
    token = sentence.tokens[verb]
    if token.dep not in {"acl", "amod"} or token.tag not in {"VBN", "VBG", "VBD"}:
        return None
    if any(sentence.tokens[child].dep in {"aux", "neg"} for child in sentence.children[verb]):
        return None
    return Reading(tense=Tense.PRESENT if token.tag == "VBG" else Tense.PAST, settled=True)


#: Verbs above that a figure climbs past: what happened to it stands no further up.
_NEAR = 4


def _is_presupposed(sentence: Sentence, figure: Figure, reading: Reading, words: StatusWords, lexicon: Lexicon) -> bool:
    """`the other two victims have not been named`, `one of the wounded may testify`: that they are
    victims is taken for granted, whatever the clause says of them. Not where the clause's own
    verb is what happened to them (`the two men were not killed`), or the whole is called untrue."""
    near = words.words[max(0, figure.first - 2) : figure.first]
    partitive = words.words[figure.last : figure.last + 2] in {("of", "the"), ("of", "those"), ("of", "these")}
    if not partitive and not {"the", "those", "these"} & set(near):
        return False
    if any(row.rule in reading.rules for row in words.negations.rows.values() if row["kind"] in _REFUTING):
        return False
    counted = [rule for rule in figure.rules if ".happenings." in rule]
    table = lexicon.tables.get("happenings")
    if not counted or table is None:
        return figure.noun is not None
    at = figure.noun if figure.noun is not None else figure.last - 1
    for _ in range(_NEAR):
        hit = table.find_at(words.words, at) if is_verb_token(sentence, at) else None
        if hit is not None and hit.row.rule in counted:
            return False
        at = sentence.tokens[at].head
    return True


_REFUTING = frozenset({"denial", "reversal", "untrue"})


#: `not the 300 first named but 500`: how many words before a figure may hold what it corrects.
_CONTRAST = 7


def _read_contrast(figure: Figure, words: StatusWords, reading: Reading) -> None:
    """`had sent not 300 but 500`: the first figure is denied, wherever the parser hangs `not`, and
    the second is not."""
    said = words.words[max(0, figure.first - _CONTRAST) : figure.first]
    if reading.status is Status.DENIED and any(words.kind_of(word) == "contrast" for word in said[-2:]):
        particles = {row.rule for row in words.negations.rows.values() if row["kind"] == "particle"}
        if {"not", "n't"} & set(said) and not particles.isdisjoint(reading.rules):
            reading.status = reading.certainty = None
        return
    after = words.words[figure.last : figure.last + 3]
    joint = next((at for at, word in enumerate(after) if words.kind_of(word) == "contrast"), None)
    if joint is None or not any(word[:1].isdigit() for word in words.words[figure.last + joint + 1 :][:4]):
        return
    for at in (figure.first - 1, figure.first - 2):
        hit = words.negations.find_at(words.words, at) if at >= 0 else None
        if hit is not None:
            if hit.row["kind"] == "particle":
                reading.weaken(Status.DENIED, Factuality(hit.row["certainty"]), hit.row.rule)
            return


def _is_happening(figure: Figure, lexicon: Lexicon) -> bool:
    """Whether the figure counts happenings (killed, arrested, fired), not a stock."""
    if figure.quantity.role is Role.COUNT:
        return True
    return lexicon.measures.get(figure.measure, {}).get("role") == Role.COUNT


def _find_start(sentence: Sentence, figure: Figure) -> int:
    """Where the climb begins: the figure's own noun, or the governor that stands below it
    (`7,000 troops that could be sent`)."""
    start = figure.noun if figure.noun is not None else figure.last - 1
    governor = figure.governor
    if governor is None or governor == start:
        return start
    at = start
    for _ in range(DEPTH):
        head = sentence.tokens[at].head
        if head == at:
            break
        at = head
        if at == governor:
            return start
    return governor if is_verb_token(sentence, governor) else start


# ---------------------------------------------------------------- the whole sentence


def _read_question(sentence: Sentence, start: int, reading: Reading) -> None:
    """A yes-no question asserts nothing: an auxiliary first, or no finite verb at all."""
    tokens = sentence.tokens
    mark = next((token.index for token in tokens[start:] if token.lower in {"?", "."}), None)
    if mark is None or tokens[mark].lower != "?":
        return
    begin = next((index + 1 for index in range(start, -1, -1) if tokens[index].lower in _BREAKS), 0)
    opener = tokens[begin]
    finite = any(token.tag in _FINITE_OR_WH for token in tokens[begin:mark])
    if opener.dep in {"aux", "auxpass"} or opener.tag in {"MD", "VBZ", "VBP", "VBD"} or not finite:
        reading.weaken(Status.HYPOTHETICAL, None, "en.factuality.question")


_BREAKS = frozenset({".", "?", '"', ":"})
_FINITE_OR_WH = frozenset({"MD", "VBZ", "VBP", "VBD", "WP", "WRB", "WDT"})


def _read_past_plan(sentence: Sentence, reading: Reading, words: StatusWords, published: str | None) -> None:
    """A plan told as past background (`had decided`, `decided months ago`) is no plan any more."""
    if reading.plan is None or reading.status is not Status.PLANNED:
        return
    if reading.tense is not Tense.PAST and not reading.would:
        return
    rule = "en.factuality.had-planned" if reading.perfect and not reading.would else None
    if rule is None:
        for hit in words.tenses.find(words.words):
            row = hit.row
            if (
                row["sense"] == "past"
                and _is_past(row, sentence, hit.start, published)
                and _tells_when(sentence, hit.start, reading.plan)
            ):
                rule = row.rule
                break
    if rule is not None:
        reading.status, reading.certainty = Status.HAPPENED, None
        reading.rules.append(rule)


def _is_past(row: Row, sentence: Sentence, at: int, published: str | None) -> bool:
    """Whether a sign of the past counts; a month does unless it is the report's own."""
    month = row["month"]
    if not month:
        return True
    if sentence.tokens[at].tag != "NNP" or published is None or len(published) < 7:
        return False
    return int(month) != int(published[5:7])


def _tells_when(sentence: Sentence, at: int, plan: int) -> bool:
    """Whether a time expression hangs on the planning verb or a verb above it, not on its content."""
    for _ in range(DEPTH):
        if at == plan:
            return True
        if is_verb_token(sentence, at):
            break
        head = sentence.tokens[at].head
        if head == at:
            return False
        at = head
    above = plan
    for _ in range(DEPTH):
        head = sentence.tokens[above].head
        if head == above:
            return False
        above = head
        if above == at:
            return True
    return False


def _read_source(sources: tuple[Source, ...], words: StatusWords, reading: Reading) -> None:
    """A source that believes or estimates is less sure than one that says."""
    cue = sources[-1].cue if sources else None
    if cue is None:
        return
    row = words.evidentials.find_word(cue.text.lower())
    if row is not None and row["kind"] == "belief":
        reading.doubt(Factuality(row["certainty"]), row.rule)


# ---------------------------------------------------------------- a denial after the sentence


#: A denial stands this many words from the report that it speaks of.
_DENIAL_REACH = 6
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "such", "both"})
_REFERRING = frozenset({"it", "this", "that", "them"})
_POINTERS = frozenset({"of", "that", "about"})


def _read_later_denial(
    parsed: ParsedReport, sentence: Sentence, sources: tuple[Source, ...], reading: Reading, lexicon: Lexicon
) -> None:
    """A reported figure is denied where the next sentence denies the report without a figure of
    its own (`The government called the report baseless`)."""
    if not any(sentence.start <= source.start < sentence.end and source.cue is not None for source in sources):
        return
    following = parsed.sentences[sentence.index + 1 : sentence.index + 2]
    if not following or following[0].region is not sentence.region or following[0].paragraph > sentence.paragraph + 1:
        return
    text = following[0].text
    if any(letter.isdigit() for letter in text) or text.rstrip().endswith("?"):
        return
    row = _find_refuted_report(split_words(text), lexicon)
    if row is not None:
        reading.weaken(Status.DENIED, Factuality(row["certainty"]), row.rule)
        reading.rules.append("en.factuality.denied-in-next-sentence")


def _find_refuted_report(said: list[str], lexicon: Lexicon) -> Row | None:
    """The row that denies `the report` or calls it wrong; None where another matter is denied."""
    negations = lexicon.table("negations").find(said)
    refused = [hit.start for hit in negations if hit.row["kind"] in {"particle", "reversal", "lack"}]
    reports = [
        hit
        for hit in lexicon.table("evidentials").find(said)
        if hit.row["kind"] in {"noun", "report"} and not _DEFINITE.isdisjoint(said[max(0, hit.start - 2) : hit.start])
    ]
    for hit in negations:
        kind = hit.row["kind"]
        if any(0 < hit.start - at <= 3 for at in refused):
            continue
        if kind == "denial" and _REFERRING.intersection(said[hit.end : hit.end + 1]) and len(said) <= hit.end + 2:
            return hit.row
        for report in reports:
            follows = said[report.end : report.end + 1]
            if kind == "denial" and 0 <= report.start - hit.end <= 2 and not _POINTERS.intersection(follows):
                return hit.row
            if kind == "untrue" and 0 <= hit.start - report.end <= _DENIAL_REACH:
                return hit.row
    return None


# ---------------------------------------------------------------- the choice


def _is_base(sentence: Sentence, figure: Figure, reading: Reading, words: StatusWords) -> bool:
    """Whether a level is only named in passing (`14% of the 36,000 based there will go`;
    `the effort turned to Syria, home to 900 troops`)."""
    if reading.status is Status.HAPPENED:
        return False
    noun = figure.noun if figure.noun is not None else figure.last - 1
    tokens = sentence.tokens
    if reading.status is Status.DENIED:
        # `avoided cutting the 900 troops there`: the cut is denied, not the troops.
        reversals = {row.rule for row in words.negations.rows.values() if row["kind"] == "reversal"}
        return not reversals.isdisjoint(reading.rules) and _is_definite(sentence, noun, words)
    if reading.status is not None and _is_definite(sentence, noun, words):
        return True
    if reading.status is None and reading.tense is not Tense.PAST:
        return False
    at = noun
    for _ in range(DEPTH):
        head = tokens[at].head
        if head == at or is_verb_token(sentence, head):
            return False
        # A noun under `with`, `to`, `against` of another noun is background; `of` makes one phrase.
        # `in 1953 300,000 troops were`: the preposition belongs to the date before the figure.
        dated = head + 1 < figure.first and tokens[head + 1].entity in {"DATE", "TIME"}
        if tokens[head].tag in {"IN", "TO"} and tokens[head].lower != "of" and not dated:
            above = tokens[head].head
            if tokens[above].tag[:2] in {"NN", "JJ"} and not is_verb_token(sentence, above):
                return True
        at = head
    return False


def _is_definite(sentence: Sentence, noun: int, words: StatusWords) -> bool:
    """Whether a noun phrase speaks of things known to be there (`the 900`, `its force`)."""
    for at in (noun, sentence.tokens[noun].head):
        for child in sentence.children[at]:
            token = sentence.tokens[child]
            if token.tag == "PRP$" or words.kind_of(token.lower) == "definite":
                return True
            if token.dep == "advmod" and words.kind_of(token.lower) == "there":
                return True
        if sentence.tokens[at].dep not in {"nummod", "amod", "compound"}:
            return False
    return False


def _choose_status(
    sentence: Sentence, reading: Reading, figure: Figure, happening: bool, words: StatusWords, lexicon: Lexicon
) -> Status:
    """Chooses the status that the marks and the tense mean for a figure of this role."""
    role = figure.quantity.role
    if role is Role.FROM:
        return _choose_for_base(reading, happening)
    whole = figure.quantity.unit in {Unit.COUNT, Unit.FORMATION}
    if whole and reading.old and reading.status in {None, Status.PLANNED, Status.EXPECTED}:
        return Status.HAPPENED
    if reading.status is Status.HYPOTHETICAL and reading.would and not _is_conditional(reading):
        reading.status = Status.PLANNED
    _raise_plan(reading)
    if reading.status is not None:
        return reading.status
    if happening:
        lasts = bool(lexicon.measures.get(figure.measure, {}).get("lasting"))
        now = reading.tense is Tense.PRESENT or reading.perfect or reading.tense is Tense.GERUND
        reading.rules.append("en.factuality.lasting-state" if lasts and now else "en.factuality.count-of-happenings")
        return Status.ONGOING if lasts and now else Status.HAPPENED
    return (
        _choose_for_level(sentence, reading, words)
        if role is Role.LEVEL
        else _choose_for_change(sentence, reading, words)
    )


def _is_conditional(reading: Reading) -> bool:
    return any(".conditionals." in rule or rule.endswith(".question") for rule in reading.rules)


def _raise_plan(reading: Reading) -> None:
    """`will likely leave` is expected, `will perhaps leave` possible."""
    if reading.status is Status.PLANNED and reading.certainty is Factuality.PROBABLE:
        reading.status = Status.EXPECTED
    elif reading.status is Status.PLANNED and reading.certainty is Factuality.POSSIBLE:
        reading.status = Status.POSSIBLE


def _choose_for_level(sentence: Sentence, reading: Reading, words: StatusWords) -> Status:
    """`had 2,500` is over, `has 2,500` holds; reported speech shifts `were there` back."""
    gone = reading.tense is Tense.PAST and not reading.saying
    if gone and reading.verb is not None and not reading.perfect:
        shifted = reading.shifted and (reading.progressive or _is_state(reading.verb, words))
        gone = not shifted and not _has_sign(sentence, reading.verb, "now", words)
    reading.rules.append("en.factuality.past-level" if gone else "en.factuality.present-level")
    return Status.HAPPENED if gone else Status.ONGOING


def _choose_for_change(sentence: Sentence, reading: Reading, words: StatusWords) -> Status:
    """A past change has happened; a present one (`2,000 go to Poland`) is under orders."""
    rules = reading.rules
    past = reading.tense in {Tense.PAST, Tense.PARTICIPLE} and reading.saying not in {"figure", "verbless"}
    if (past and not (reading.shifted and reading.progressive)) or (reading.perfect and not reading.infinitive):
        rules.append("en.factuality.past-change")
        return Status.HAPPENED
    if reading.tense is Tense.PRESENT and not reading.progressive and reading.verb is not None and not reading.saying:
        if (reading.direct and _is_state(reading.verb, words)) or _has_sign(sentence, reading.verb, "now", words):
            rules.append("en.factuality.change-so-far")
            return Status.HAPPENED
        if sentence.region is RegionKind.HEADLINE:
            rules.append("en.factuality.headline-present")
            return Status.HAPPENED
    rules.append("en.factuality.present-change")
    return Status.PLANNED


def _is_state(verb: int, words: StatusWords) -> bool:
    """Whether a verb is a bare copula or `have`: a state, no event."""
    return words.kind_of(words.words[verb]) in {"be", "have"}


def _has_sign(sentence: Sentence, verb: int, sense: str, words: StatusWords) -> bool:
    """Whether an adverbial of this sense (`now`, `so far`) stands right under a verb."""
    for child in sentence.children[verb]:
        for at in (child, *sentence.children[child]):
            hit = words.tenses.find_at(words.words, at)
            if hit is not None and hit.row["sense"] == sense and sentence.tokens[child].dep in _ADVERBIALS:
                return True
    return False


_ADVERBIALS = frozenset({"advmod", "prep", "npadvmod"})


def _choose_for_base(reading: Reading, happening: bool) -> Status:
    """The level that a change starts from: there today, unless the change is over."""
    planned = reading.status not in {None, Status.HAPPENED}
    past = not planned and (reading.status is Status.HAPPENED or reading.tense is Tense.PAST or reading.perfect)
    reading.certainty = None
    if happening and not planned:
        reading.rules.append("en.factuality.old-toll")
        return Status.DENIED
    reading.rules.append("en.factuality.past-base" if past or reading.old else "en.factuality.base-is-there")
    return Status.HAPPENED if past or reading.old else Status.ONGOING


def _choose_for_verb(sentence: Sentence, reading: Reading) -> Status:
    """What a bare tense means for an event."""
    rules = reading.rules
    if reading.tense is Tense.BARE and not reading.settled:
        rules.append("en.factuality.imperative")
        return Status.DEMANDED
    if reading.tense in {Tense.PAST, Tense.PARTICIPLE} or reading.perfect:
        rules.append("en.factuality.past-tense")
        return Status.HAPPENED
    if reading.infinitive and not reading.settled:
        rules.append("en.factuality.bare-infinitive")
        return Status.PLANNED
    if sentence.region is RegionKind.HEADLINE and not reading.progressive:
        rules.append("en.factuality.headline-present")
        return Status.HAPPENED
    rules.append("en.factuality.present-tense" if reading.settled else "en.factuality.no-tense")
    return Status.ONGOING if reading.settled else Status.HAPPENED


def _to_factuality(status: Status, reading: Reading) -> Factuality:
    certainty = reading.certainty
    if status in _HEDGED and certainty is not None:
        return certainty
    if status is Status.DENIED and certainty in {Factuality.PROBABLE_NOT, Factuality.POSSIBLE_NOT}:
        return certainty
    return _FACTUALITY[status]
