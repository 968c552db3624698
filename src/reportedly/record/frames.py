"""Stage 6 of 8. In: Entry. Out: claims one by one, or as a table of Arrow, pandas or Polars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from reportedly.errors import LedgerError
from reportedly.model import Claim
from reportedly.record.entries import Entry

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class ClaimSet:
    """The claims that answer a question; each iteration asks the ledger anew."""

    def __init__(self, ask: Callable[[], Iterable[Entry]]) -> None:
        self._ask = ask

    def __iter__(self) -> Iterator[Claim]:
        """Yields the claims."""
        return (entry.claim for entry in self._ask())

    def to_arrow(self) -> pa.Table:
        """Returns a table of one row a claim, with the columns of the CSV and Parquet exports."""
        from reportedly.record.export.flat import to_table

        return to_table(self._ask())

    def to_pandas(self) -> pd.DataFrame:
        """Returns the same as a pandas data frame.

        Raises:
            LedgerError: pandas is not installed.
        """
        try:
            import pandas  # noqa: F401
        except ModuleNotFoundError:
            raise LedgerError("pandas is not installed", hint="pip install 'reportedly[frames]'") from None
        return self.to_arrow().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Returns the same as a Polars data frame.

        Raises:
            LedgerError: Polars is not installed.
        """
        try:
            import polars
        except ModuleNotFoundError:
            raise LedgerError("Polars is not installed", hint="pip install 'reportedly[frames]'") from None
        return polars.DataFrame(polars.from_arrow(self.to_arrow()))
