"""Stage 4 of 8, cardinals and ranges. In: Lexeme. Out: values.

Cardinals from digits, words and both (`15-thousand`, `1.7 million`, `four-thousand-100`), and
ranges whose halves share a scale (`10 and 15,000`, `seven- and 15-thousand`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reportedly.extract.lexemes import Lexeme, NumberWords

#: Below this a left side without a scale takes the right side's (`10 and 15,000`, `1.2 to 1.5 million`).
_ELLIPTIC = 1_000


@dataclass(frozen=True, slots=True)
class Cardinal:
    """A run of lexemes up to `last`: its value, its largest scale, how it was written."""

    value: float
    last: int
    scale: float
    digits: bool
    separated: bool


def read_cardinal(lexemes: list[Lexeme], lower: list[str], at: int, words: NumberWords) -> Cardinal | None:
    """Reads one cardinal from digits, words or both, joined by blanks or hyphens."""
    total, current, last_scale = 0.0, 0.0, float("inf")
    largest, digits, separated, index, seen = 1.0, False, False, at, False
    kinds, values = words.kinds, words.values
    while index < len(lexemes):
        lexeme = lexemes[index]
        kind = "digits" if lexeme.kind == "digits" else kinds.get(lower[index], "")
        value = lexeme.value if kind == "digits" else values.get(lower[index], 0.0)
        if not kind or lexeme.kind == "name":
            break
        if kind == "article":
            if seen or index + 1 >= len(lexemes) or kinds.get(lower[index + 1]) != "scale":
                break
            current = 1.0
        elif kind == "scale":
            if value >= last_scale or not seen:
                break
            if value == 100:
                current = max(current, 1.0) * 100
            else:
                total, current, last_scale = total + max(current, 1.0) * value, 0.0, value
            largest = max(largest, value)
        elif kind == "digits":
            if seen and not (
                last_scale < float("inf") and current == 0 and value < last_scale and _is_joined(lexemes, index)
            ):
                break
            current, digits, separated = current + value, True, separated or not lexeme.text.isdigit()
        else:
            if (seen and not _may_add(current, value, kind)) or (digits and last_scale == float("inf")):
                break
            current += value
        seen, index = True, index + 1
        step = _skip_joint(lexemes, lower, index, words, digits)
        if step == 0:
            break
        index += step - 1
    if not seen or (index == at):
        return None
    return _finish(lexemes, lower, at, index, words, Cardinal(total + current, index, largest, digits, separated))


def _finish(
    lexemes: list[Lexeme], lower: list[str], at: int, index: int, words: NumberWords, read: Cardinal
) -> Cardinal | None:
    """Leaves out the joints that nothing followed."""
    while index > at and lexemes[index - 1].kind == "hyphen":
        index -= 1
    while index > at and lower[index - 1] in words.sets["joint-and"]:
        index -= 1
    if index == read.last:
        return read
    return replace(read, last=index) if index > at else None


def _may_add(current: float, value: float, kind: str) -> bool:
    if kind == "unit":
        return (current % 10 == 0 and value < 10) if current % 100 else True
    return current % 100 == 0


def _is_joined(lexemes: list[Lexeme], index: int) -> bool:
    return index > 0 and lexemes[index - 1].kind == "hyphen" and lexemes[index - 1].end == lexemes[index].start


def _skip_joint(lexemes: list[Lexeme], lower: list[str], index: int, words: NumberWords, digits: bool) -> int:
    """How far to the next part of the same cardinal: 1 next lexeme, 2 over a joint, 0 none."""
    kinds = words.kinds
    if index >= len(lexemes):
        return 0
    here = lexemes[index]
    if here.kind == "hyphen" and len(here.text) == 1 and here.text == "-" and index + 1 < len(lexemes):
        following = lexemes[index + 1]
        glued = here.start == lexemes[index - 1].end and here.end == following.start
        wordish = kinds.get(lower[index + 1]) in {"unit", "ten", "scale"} or (
            following.kind == "digits" and kinds.get(lower[index - 1]) == "scale"
        )
        return 2 if glued and wordish else 0
    joined = not digits and kinds.get(lower[index - 1]) == "scale" and index + 1 < len(lexemes)
    if joined and lower[index] in words.sets["joint-and"]:
        return 2 if kinds.get(lower[index + 1]) in {"unit", "ten"} else 0
    if kinds.get(lower[index]) in {"unit", "ten", "scale"}:
        return 1
    return 0


def read_range(
    text: str, lexemes: list[Lexeme], lower: list[str], at: int, first: Cardinal, words: NumberWords
) -> tuple[float, float, int] | None:
    """Reads the second half of a range: (low, high, next index), scales shared."""
    joint, sets = first.last, words.sets
    hanging = joint < len(lexemes) and lexemes[joint].kind == "hyphen" and joint + 1 < len(lexemes)
    if hanging and lower[joint + 1] in sets["number-range-joint"] and lexemes[joint].start == lexemes[joint - 1].end:
        joint += 1  # seven- and 15-thousand; 100-to-300
    if joint >= len(lexemes):
        return None
    word = lower[joint]
    between = not sets["number-between"].isdisjoint(lower[max(0, at - 2) : at])
    is_hyphen = lexemes[joint].kind == "hyphen" and lexemes[joint].text != "—"
    summed = word in sets["joint-and"] and (between or joint > first.last)
    if not (is_hyphen or word in sets["number-range"] or summed):
        return None
    after = joint + 1
    if (
        joint > first.last
        and word in sets["number-range-joint"]
        and after < len(lexemes)
        and lexemes[after].kind == "hyphen"
    ):
        after += 1
    led = lower[max(0, at - 2) : at] if word in sets["joint-to"] and not is_hyphen else []
    if not sets["joint-from"].isdisjoint(led):
        return None  # from A to B is a change, read by its roles
    second = read_cardinal(lexemes, lower, after, words) if after < len(lexemes) else None
    if second is None or (is_hyphen and second.last < len(lexemes) and lexemes[second.last].kind == "hyphen"):
        return None
    if is_hyphen and at > 0 and lexemes[at - 1].kind == "hyphen" and lexemes[at - 1].end == lexemes[at].start:
        return None
    low, high = first.value, second.value
    if low < _ELLIPTIC and first.scale == 1 and high >= _ELLIPTIC:
        scale = second.scale if second.scale > 1 else 1_000.0
        if low * scale < high:
            low *= scale
    if high > 2 * low and not sets["joint-by"].isdisjoint(led):
        return None  # raised by 615 to 5,262: a change and its end, not backed by 10 to 15
    if not low < high or (word in sets["joint-or"] and high > low + 1 and high > 20 * low):
        return None
    if is_hyphen and first.digits and not _is_tight(text, lexemes, joint):
        return None
    return low, high, second.last


def _is_tight(text: str, lexemes: list[Lexeme], joint: int) -> bool:
    return lexemes[joint - 1].end == lexemes[joint].start and lexemes[joint].end == lexemes[joint + 1].start
