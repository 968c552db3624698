"""Stages 1 to 5 on all cores, or on many machines.

    found -> Shard -> engine: code_shard -> Parquet file -> results, in order

`split_shards` cuts what reading found, an engine of `ENGINES` codes the shards anywhere, `read_shard`
gives the results back. Nothing here writes to a ledger: one writer does that with the stream.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping

from reportedly.errors import SettingsError
from reportedly.scale.cluster import Cluster
from reportedly.scale.engines import Engine, Inline
from reportedly.scale.frames import code_frames
from reportedly.scale.pool import Pool
from reportedly.scale.rows import read_run, read_shard
from reportedly.scale.shards import Shard, code_file, code_shard, split_shards
from reportedly.settings import Settings

__all__ = [
    "ENGINES",
    "Engine",
    "Shard",
    "code_file",
    "code_frames",
    "code_shard",
    "parse_engine",
    "read_run",
    "read_shard",
    "split_shards",
]

#: What an engine is called, and how it is made of the settings and the address behind its name.
ENGINES: Mapping[str, Callable[[Settings, str], Engine]] = {
    "inline": lambda settings, address: Inline(settings),
    "pool": lambda settings, address: Pool(settings),
    "dask": lambda settings, address: Cluster(settings, address),
}
#: The engines that are told where they are.
_WITH_ADDRESS = frozenset({"dask"})


def parse_engine(text: str, settings: Settings) -> Engine:
    """Makes the engine that a text names: `inline`, `pool`, `dask` or `dask://HOST:PORT`.

    An empty text stands for the default: the pool, or no processes where one worker is set.

    Raises:
        SettingsError: there is no such engine, or the address is none.
    """
    name, mark, address = text.strip().partition("://")
    name = name.lower() or ("inline" if settings.workers == 1 else "pool")
    if name not in ENGINES:
        near = difflib.get_close_matches(name, ENGINES, 1)
        known = f"the engines are {', '.join(ENGINES)}"
        raise SettingsError(f"no engine {name!r}", hint=f"did you mean {near[0]!r}?" if near else known)
    if mark and name not in _WITH_ADDRESS:
        raise SettingsError(f"the engine {name!r} takes no address: {text!r}")
    if mark and not re.fullmatch(r"(\[[0-9a-fA-F:.%]+\]|[\w.-]+):\d{1,5}/?", address):
        raise SettingsError(f"no address of a scheduler: {text!r}", hint="write it as dask://HOST:PORT")
    return ENGINES[name](settings, address.rstrip("/"))
