"""Stage 6 of 8. In: Entry. Out: Parquet, with the columns of `flat.COLUMNS` and their meanings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from reportedly.record.entries import Entry
from reportedly.record.export.flat import to_arrow_schema, to_batches


def export_parquet(entries: Iterable[Entry], stream: BinaryIO) -> int:
    """Writes one row a claim with all flat columns, batch by batch, and counts them."""
    import pyarrow.parquet as pq

    count = 0
    with pq.ParquetWriter(stream, to_arrow_schema(), compression="zstd") as writer:
        for batch in to_batches(entries):
            writer.write_batch(batch)
            count += batch.num_rows
    return count
