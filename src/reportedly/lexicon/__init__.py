"""The lexicon: tables of words as data (CSV, YAML), loaded, checked and compiled here.

Ground floor. `tables.py` loads and checks; a language is a folder of the same tables.
"""

from reportedly.lexicon.tables import FOLD, Hit, Lexicon, Row, Table, load_lexicon, split_words

__all__ = ["FOLD", "Hit", "Lexicon", "Row", "Table", "load_lexicon", "split_words"]
