"""Status and factuality are read from the wording of the clause and the figure's role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportedly.extract.factuality import find_status, find_verb_status
from reportedly.lexicon import Lexicon
from reportedly.model import Figure, ParsedReport, Quantity, Source, Words
from reportedly.vocab import Approx, Direction, Role, SourceKind

Parse = Callable[..., ParsedReport]
ROLES = {"level": Role.LEVEL, "change": Role.CHANGE, "from": Role.FROM, "to": Role.TO, "count": Role.COUNT}


def to_figure(parsed: ParsedReport, number: str, role: str) -> Figure:
    """Builds the figure that a number is, with its noun, as the stage before would."""
    start = parsed.report.text.index(number)
    sentence = next(one for one in parsed.sentences if one.start <= start < one.end)
    inside = [token for token in sentence.tokens if start <= token.start < start + len(number)]
    last = inside[-1]
    noun = last.head if last.dep in {"nummod", "amod", "det"} else None
    quantity = Quantity(
        low=1, high=1, approx=Approx.EXACT, role=ROLES[role], direction=Direction.DOWN if role == "change" else None
    )
    return Figure(
        text=number,
        start=start,
        end=start + len(number),
        sentence=sentence.index,
        first=inside[0].index,
        last=last.index + 1,
        quantity=quantity,
        measure="killed" if role == "count" else "troops",
        noun=noun,
    )


CASES = [
    # plans given up, figures set right, what is taken for granted
    ("The Netherlands has dropped its plan to send 700 soldiers abroad.", "700", "change", "denied", "CT-"),
    ("The Netherlands has withdrawn its offer to send 700 soldiers abroad.", "700", "change", "denied", "CT-"),
    ("The agency withdrew its report that 12 soldiers had been killed.", "12", "count", "denied", "CT-"),
    ("The general said the army had sent not 300 but 500 soldiers.", "300", "change", "denied", "CT-"),
    ("There are not 500 but 700 soldiers in Mali.", "700", "level", "ongoing", "CT+"),
    ("They have 700 authorised soldiers in Congo.", "700", "level", "ongoing", "CT+"),
    ("At the height of the war in 1953 more than 700 soldiers were in Korea.", "700", "level", "happened", "CT+"),
    ("Police said that the 12 victims may be moved.", "12", "count", "happened", "CT+"),
    # plans
    ("The army will send 700 soldiers to the border.", "700", "change", "planned", "Uu"),
    ("The army plans to withdraw 700 soldiers by spring.", "700", "change", "planned", "Uu"),
    ("About 700 soldiers are to leave the valley in June.", "700", "change", "planned", "Uu"),
    ("About 700 soldiers are about to leave the valley.", "700", "change", "planned", "Uu"),
    ("The minister ordered 700 soldiers to leave the valley.", "700", "change", "planned", "Uu"),
    ("The minister announced a withdrawal of 700 soldiers on Monday.", "700", "change", "planned", "Uu"),
    ("About 700 soldiers are being sent to the border.", "700", "change", "planned", "Uu"),
    ("The minister said 700 soldiers would leave the valley.", "700", "change", "planned", "Uu"),
    ("Planning to cut the force from 900 to 600, the army began talks.", "600", "to", "planned", "Uu"),
    # what is there
    ("The army plans to cut its force from 900 soldiers to 600.", "900", "from", "ongoing", "CT+"),
    ("The army has 700 soldiers in the valley.", "700", "level", "ongoing", "CT+"),
    ("About 700 soldiers are deployed in the valley.", "700", "level", "ongoing", "CT+"),
    ("A third of the 700 soldiers based there will leave.", "700", "level", "ongoing", "CT+"),
    # what has been
    ("The army had 700 soldiers there at the start of the year.", "700", "level", "happened", "CT+"),
    ("The army withdrew 700 soldiers last week.", "700", "change", "happened", "CT+"),
    ("The blast killed 12 people, police said.", "12", "count", "happened", "CT+"),
    ("At least 12 people were killed and 40 wounded.", "40", "count", "happened", "CT+"),
    ("The minister had decided months ago to withdraw 700 soldiers.", "700", "change", "happened", "CT+"),
    # what is only likely or possible
    ("The minister is expected to order the withdrawal of 700 soldiers.", "700", "change", "planned", "Uu"),
    ("The minister is likely to withdraw 700 soldiers.", "700", "change", "expected", "PR+"),
    ("The ministry is considering the withdrawal of 700 soldiers.", "700", "change", "expected", "PS+"),
    ("The ministry may withdraw 700 soldiers.", "700", "change", "possible", "PS+"),
    ("About 12 people probably died in the blast.", "12", "count", "happened", "PR+"),
    ("The blast is believed to have killed 12 people.", "12", "count", "happened", "PR+"),
    # demands and conditions
    ("Lawmakers demanded the withdrawal of 700 soldiers.", "700", "change", "demanded", "Uu"),
    ("The party called on the army to withdraw 700 soldiers.", "700", "change", "demanded", "Uu"),
    ("The army will withdraw 700 soldiers if the truce holds.", "700", "change", "hypothetical", "Uu"),
    ("If 700 soldiers leave, the base will close.", "700", "change", "hypothetical", "Uu"),
    ("Will 700 soldiers leave the valley this year?", "700", "change", "hypothetical", "Uu"),
    # denials
    ("The ministry denied that 700 soldiers would leave.", "700", "change", "denied", "CT-"),
    ("The ministry rejected a report that 700 soldiers will leave.", "700", "change", "denied", "CT-"),
    ("Reports that 700 soldiers will leave are not true, the ministry said.", "700", "change", "denied", "CT-"),
    ("The army has no plans to withdraw 700 soldiers.", "700", "change", "denied", "CT-"),
    ("The army will not withdraw 700 soldiers.", "700", "change", "denied", "CT-"),
    ("The army failed to withdraw 700 soldiers.", "700", "change", "denied", "CT-"),
    ("The number of soldiers is not 700 but 900.", "700", "level", "denied", "CT-"),
    ("The number of soldiers is not 700 but 900.", "900", "level", "ongoing", "CT+"),
    ("Its force fell from 900 soldiers to 600 last year.", "900", "from", "happened", "CT+"),
]


@pytest.mark.parametrize(("text", "number", "role", "status", "factuality"), CASES, ids=[one[0][:50] for one in CASES])
def test_the_wording_gives_status_and_factuality(
    parse: Parse, lexicon: Lexicon, text: str, number: str, role: str, status: str, factuality: str
) -> None:
    parsed = parse(text)
    found = find_status(parsed, to_figure(parsed, number, role), lexicon)
    assert (found[0], found[1]) == (status, factuality), found


VERBS = [
    ("Rebels took the town.", "took", "happened", "CT+"),
    ("Rebels may have taken the town.", "taken", "happened", "PS+"),
    ("Rebels failed to take the town.", "take", "denied", "CT-"),
    ("Rebels did not take the town.", "take", "denied", "CT-"),
    ("The minister denied that rebels took the town.", "took", "denied", "CT-"),
    ("If the town falls, the talks end.", "falls", "hypothetical", "Uu"),
    ("Rebels plan to take the town.", "take", "planned", "Uu"),
    ("The envoy left without signing the deal.", "signing", "denied", "CT-"),
    ("The army did not end the siege that began in May.", "began", "happened", "CT+"),
    ("No soldier left the camp.", "left", "denied", "CT-"),
    ("The army neither confirmed nor denied that rebels took the town.", "took", "happened", "Uu"),
    ("The ministry could not confirm that rebels took the town.", "took", "happened", "CT+"),
    ("Close the crossing at once.", "Close", "demanded", "Uu"),
]


@pytest.mark.parametrize(("text", "verb", "status", "factuality"), VERBS, ids=[case[0] for case in VERBS])
def test_a_verb_has_a_status_of_its_own(
    parse: Parse, lexicon: Lexicon, text: str, verb: str, status: str, factuality: str
) -> None:
    sentence = parse(text).sentences[0]
    index = next(token.index for token in sentence.tokens if token.text == verb)
    found = find_verb_status(sentence, index, lexicon)
    assert (found[0], found[1]) == (status, factuality), found


def test_a_month_of_the_past_ends_a_plan(parse: Parse, lexicon: Lexicon) -> None:
    text = "The minister ordered 700 soldiers there in June."
    for published, status in (("2020-09-01", "happened"), ("2020-06-20", "planned"), (None, "planned")):
        parsed = parse(text, published=published)
        assert find_status(parsed, to_figure(parsed, "700", "change"), lexicon)[0] == status


def test_a_source_that_believes_is_less_sure(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The blast killed 12 people.")
    figure = to_figure(parsed, "12", "count")
    cue = Words(text="estimates", start=0, end=9)
    source = Source(text="the agency", start=0, end=10, kind=SourceKind.ORGANISATION, cue=cue)
    assert find_status(parsed, figure, lexicon, (source,))[1] == "PR+"
    assert find_status(parsed, figure, lexicon)[1] == "CT+"


def test_every_rule_that_fired_is_named(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The minister is expected to order the withdrawal of 700 soldiers.")
    rules = find_status(parsed, to_figure(parsed, "700", "change"), lexicon)[2]
    assert "en.intentions.expect" in rules
    assert "en.intentions.order" in rules
    assert all(lexicon.find_rule(rule) or rule.startswith("en.factuality.") for rule in rules)


def test_a_sentence_without_a_parse_follows_the_role(parse: Parse, lexicon: Lexicon) -> None:
    parsed = parse("The army has 700 soldiers in the valley.")
    figure = to_figure(parsed, "700", "level")
    bare = type(parsed)(
        report=parsed.report,
        sentences=tuple(
            type(one)(index=one.index, start=one.start, end=one.end, text=one.text, region=one.region, paragraph=0)
            for one in parsed.sentences
        ),
    )
    assert find_status(bare, figure, lexicon)[0] == "ongoing"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("The government called the report baseless.", "denied"),
        ("The government denied the report.", "denied"),
        ("The ministry said the reports were not true.", "denied"),
        ("The ministry rejected the claim.", "denied"),
        ("The ministry denied it.", "denied"),
        ("The ministry neither confirmed nor denied the report.", "happened"),
        ("The ministry denied that a curfew had been imposed.", "happened"),
        ("It denied reports of a coup.", "happened"),
    ],
)
def test_a_denial_in_the_next_sentence_denies_what_was_reported(
    answer: str, status: str, parse: Parse, lexicon: Lexicon
) -> None:
    parsed = parse(f"The newspaper said 600 soldiers had landed. {answer}")
    cue = Words(text="said", start=14, end=18)
    source = Source(text="The newspaper", start=0, end=13, kind=SourceKind.NEWS, cue=cue)
    assert find_status(parsed, to_figure(parsed, "600", "change"), lexicon, (source,))[0] == status
