"""The unit of work: a shard of what reading found goes in, a small Parquet file comes out.

`code_shard` is a plain function over stages 1 to 5, so any engine can run it: a pool, Dask, Spark, a
SLURM array. The lexicon and the parser are loaded once a process and stay there; only bytes cross.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from reportedly.errors import ReportedlyError
from reportedly.model import Extraction, Failure, Item
from reportedly.pipeline import Tools, code_items, load_tools
from reportedly.read import Payload, Split, open_payload, split_inputs
from reportedly.scale.rows import COLUMNS, to_table, write_rows
from reportedly.settings import Settings, load_settings

#: Reports a shard. The parser shares its batches among 32 reports (`pipeline.BATCH`): fewer cost speed,
#: more make a lost worker dearer and the results come in lumps. Measured with benchmarks/engines.py.
REPORTS = 32
#: A shard is full at so many bytes of input, however few reports that is.
MAX_BYTES = 4_000_000

type Piece = Item | Payload | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Some reports as reading found them, read or still to be opened, and how to code them.

    `number` counts the shards of one call from 0; results come back under it.
    """

    number: int
    pieces: tuple[Piece, ...]
    settings: Settings

    def halve(self) -> tuple[Shard, Shard]:
        """Cuts the shard in two, under the same number."""
        middle = len(self.pieces) // 2
        return (
            Shard(number=self.number, pieces=self.pieces[:middle], settings=self.settings),
            Shard(number=self.number, pieces=self.pieces[middle:], settings=self.settings),
        )


def split_shards(
    found: Iterable[Split], settings: Settings, *, reports: int = REPORTS, max_bytes: int = MAX_BYTES
) -> Iterator[Shard]:
    """Cuts a stream of what reading found into shards; holds no more than one shard of it.

    Only pieces go on: what did not change since it was last read, and receipts, have nothing to code.

    Args:
        found: as `read.split_inputs` yields it.
        settings: go with every shard.
        reports: a shard has so many at most.
        max_bytes: a shard ends with the report that reaches so many bytes.
    """
    number, size = 0, 0
    held: list[Piece] = []
    for piece in found:
        if not isinstance(piece, Item | Payload | Failure):
            continue
        held.append(piece)
        size += _find_size(piece)
        if len(held) >= reports or size >= max_bytes:
            yield Shard(number=number, pieces=tuple(held), settings=settings)
            number, size, held = number + 1, 0, []
    if held:
        yield Shard(number=number, pieces=tuple(held), settings=settings)


def code_shard(shard: Shard) -> bytes:
    """Codes a shard: opens what is unopened, codes it, and returns a Parquet file of `rows.COLUMNS`.

    One row a report, in order, whatever goes wrong with it.

    Raises:
        ReportedlyError: nothing could be coded at all (no parser, a broken lexicon).
    """
    tools = load_tools(shard.settings)
    return write_rows(code_pieces(shard.pieces, tools), tools.run)


def code_pieces(pieces: Sequence[Piece], tools: Tools) -> list[Extraction | Failure]:
    """Codes pieces in order, one result each.

    An error that no report's own failure row caught (in the parser, which sees several at once) is
    narrowed down to the report that has it.
    """
    try:
        items = [open_payload(each, tools.settings) if isinstance(each, Payload) else each for each in pieces]
        return list(code_items(items, tools))
    except ReportedlyError:
        raise
    except Exception as error:  # one bad report must never stop a batch, whatever is wrong with it
        if len(pieces) > 1:
            middle = len(pieces) // 2
            return [*code_pieces(pieces[:middle], tools), *code_pieces(pieces[middle:], tools)]
        return [to_piece_failure(pieces[0], f"{type(error).__name__}: {error}", error=type(error).__name__)]


def code_file(
    source: str | Path,
    target: str | Path,
    settings: Settings | None = None,
    *,
    publisher: str | None = None,
    published: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> int:
    """Codes one input (a file, a folder, an address) into one Parquet file that `read_shard` reads.

    For schedulers that know files alone. The target appears under its name once it is whole, so a
    job that was killed leaves nothing half done. Results are streamed: memory holds a shard.

    Args:
        source: as `reportedly read` takes it.
        target: the file to write; an older one is replaced.
        settings: None for those of the working directory and the environment.
        publisher: who published, where the input does not say.
        published: the publication date, where the input does not say.
        columns: our field -> the input's column, for inputs that are tables.

    Returns:
        How many rows were written; a report that could not be read has its row too.

    Raises:
        ReadError: `published` is no date.
        ReportedlyError: nothing could be coded at all.
    """
    settings = settings or load_settings()
    tools = load_tools(settings)
    found = split_inputs([source], settings, publisher=publisher, published=published, columns=columns)
    unfinished = Path(f"{target}.{os.getpid()}.part")
    rows = 0
    try:
        with pq.ParquetWriter(unfinished, COLUMNS, compression="zstd") as writer:
            for shard in split_shards(found, settings):
                table = to_table(code_pieces(shard.pieces, tools), tools.run)
                writer.write_table(table)
                rows += table.num_rows
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def find_run_id(settings: Settings) -> str:
    """Names the run that this process would make: code, lexicon, model and settings in one hash."""
    return load_tools(settings).run.run_id


def warm_up(settings: Settings) -> None:
    """Loads all that coding needs, so that a machine on which it cannot be loaded says so first."""
    load_tools(settings).parser  # noqa: B018 - it is loaded when it is first asked for


def to_piece_failure(piece: Piece, cause: str, *, error: str, hint: str = "") -> Failure:
    """Makes the failure row of a piece that could not be coded."""
    if isinstance(piece, Failure):
        return piece
    external_id = piece.known.external_id if isinstance(piece, Payload) else piece.external_id
    return Failure(origin=piece.origin, cause=cause, external_id=external_id, error=error, hint=hint)


def _find_size(piece: Piece) -> int:
    if isinstance(piece, Payload):
        return len(piece.data)
    return len(piece.text) if isinstance(piece, Item) else 0
