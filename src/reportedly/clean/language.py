"""Stage 2 of 8. In: a text. Out: its language.

What language a report is in: by its script, else by the share of function words.
"""

from __future__ import annotations

import re
from collections import Counter

from reportedly.lexicon import Lexicon

_WORD = re.compile(r"[^\W\d_]+")
_STRANGE = re.compile(r"[^\W\d_\u0000-\u02af]+")
_SAMPLE = 3_000
_LEAST_WORDS = 5
# Texts of the development sets have 30 to 55 % of the table's English words, headlines and lists
# fewer; below one in 25 in a text of some length it is a language that the table does not know.
_LEAST_SHARE = 0.04
_LEAST_FOR_UNKNOWN = 30
#: ISO 639-2 for what cannot be determined.
UNKNOWN = "und"
# First letter, last letter, language: the commonest language of each script.
_SCRIPTS = (
    ("Ͱ", "Ͽ", "el"), ("Ѐ", "ӿ", "ru"), ("԰", "֏", "hy"), ("֐", "׿", "he"), ("؀", "ۿ", "ar"), ("ऀ", "ॿ", "hi"),
    ("ঀ", "৿", "bn"), ("஀", "௿", "ta"), ("ఀ", "౿", "te"), ("฀", "๿", "th"), ("က", "႟", "my"), ("Ⴀ", "ჿ", "ka"),
    ("ሀ", "፿", "am"), ("぀", "ヿ", "ja"), ("一", "鿿", "zh"), ("가", "힣", "ko"),
)  # fmt: skip
# Letters that tell a language from the commonest one of its script.
_TELLING = (("ru", "іїєґ", "uk"), ("ru", "ўі", "be"), ("ar", "پچژگ", "fa"), ("ar", "ٹڈڑںے", "ur"))


def find_language(text: str, lexicon: Lexicon) -> str | None:
    """Returns the ISO 639-1 code of a text's language, `und` if it is none that is known.

    None for a text of fewer than five words, which is taken for English.
    """
    sample = text[:_SAMPLE].lower()
    script = _find_script(sample)
    if script is not None:
        return script
    words = _WORD.findall(sample)
    if len(words) < _LEAST_WORDS:
        return None
    table = lexicon.table("language_words")
    counts: Counter[str] = Counter()
    for word, times in Counter(words).items():
        row = table.find_word(word)
        if row is not None:
            counts[row.slug] += times
    english = counts.pop("en", 0)
    other, most = max(counts.items(), key=lambda pair: pair[1], default=("en", 0))
    # One word of another language against none of English may be a name in a headline.
    if most > english and most >= 2:
        return other
    if len(words) >= _LEAST_FOR_UNKNOWN and english < _LEAST_SHARE * len(words):
        return UNKNOWN
    return "en"


def _find_script(sample: str) -> str | None:
    strange = "".join(_STRANGE.findall(sample))
    if not strange or len(strange) * 2 <= sum(letter.isalpha() for letter in sample):
        return None
    counts: Counter[str] = Counter()
    for letter, times in Counter(strange).items():
        for first, last, language in _SCRIPTS:
            if first <= letter <= last:
                counts[language] += times
    if not counts:
        return UNKNOWN
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"] += counts.pop("zh", 0)
    best = counts.most_common(1)[0][0]
    found = set(strange)
    for script, telling, language in _TELLING:
        if script == best and found & set(telling):
            return language
    return best
