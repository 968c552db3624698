"""What can go wrong, one class a cause.

    ReportedlyError
    ├── ReadError       an input that cannot be read: empty, binary, no text, an impossible date
    ├── LexiconError    a table that breaks its own rules
    ├── SettingsError   a setting that does not exist or does not hold
    ├── ModelMissing    no English pipeline is installed
    ├── LedgerError     a ledger that cannot be opened or written
    └── EvidenceError   a claim whose offsets do not hold their words

Each carries `where` (file:line or a report's id) and `hint` (what to do).
"""

from __future__ import annotations


class ReportedlyError(Exception):
    """The root of all errors that the program raises on purpose.

    Args:
        message: what is wrong, in one line.
        where: file, file:line or report id; empty when there is no place.
        hint: what the person can do about it.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


class ReadError(ReportedlyError):
    """An input that cannot be read."""


class LexiconError(ReportedlyError):
    """A lexicon table that breaks its own rules."""


class SettingsError(ReportedlyError):
    """A setting that does not exist or whose value does not hold."""


class ModelMissing(ReportedlyError):
    """No English pipeline is installed."""


class LedgerError(ReportedlyError):
    """A ledger that cannot be opened or written."""


class EvidenceError(ReportedlyError):
    """A claim whose offsets do not hold its words."""
