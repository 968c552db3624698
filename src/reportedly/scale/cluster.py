"""The same shards on Dask: a cluster that is there already, or one started on this machine.

Dask does a lost worker's shard again by itself, and gives up on one that has lost it several workers;
such a shard is halved here, down to the report that does it.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from reportedly.errors import ReportedlyError, SettingsError
from reportedly.scale.engines import WINDOW, Code, WorkerDied, code_survivors, map_in_order
from reportedly.scale.pool import count_cores, launch_quietly
from reportedly.scale.rows import read_run
from reportedly.scale.shards import Shard, code_shard, find_run_id
from reportedly.settings import Settings

#: A shard whose worker raised (not died) is tried so often again by Dask: a full disk, a lost network.
RETRIES = 2
#: Seconds after which the number of workers is asked for again; a cluster may grow.
_RECOUNT = 10.0
#: What a cluster of our own is given. A shard that killed two workers is halved rather than tried
#: on. Dask's own trimming of memory costs 13 % of the throughput and is left out, as is its
#: profiler, which looks at the stack 100 times a second. Memory is left to the system, as with the pool.
_LOCAL = {
    "distributed.scheduler.allowed-failures": 1,
    "distributed.nanny.pre-spawn-environ": {"OMP_NUM_THREADS": 1, "MKL_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1},
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}
#: One large report is no mistake of ours that Dask must warn of.
_CLIENT = {"distributed.admin.large-graph-warning-threshold": "1GB"}
_ALONE = threading.Lock()


class Cluster:
    """Workers of Dask, one shard at a time each.

    Args:
        settings: `workers` processes where the cluster is started here, 0 for one a core;
            `timeout` seconds to wait for a cluster that is there already.
        address: `HOST:PORT` of its scheduler; empty to start a cluster on this machine.
        code: what a worker runs for each shard.
    """

    name = "dask"

    def __init__(self, settings: Settings, address: str = "", code: Code = code_shard) -> None:
        self.settings = settings
        self.address = address
        self._code = code
        self._open = contextlib.ExitStack()
        self._client: Any = None
        self._run_id = ""
        self._workers, self._counted = 1, float("-inf")

    def map(self, shards: Iterable[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yields each shard's number and file, in order; see `Engine.map`."""
        return map_in_order(lambda shard: _Pending(self, shard), shards, self._find_window)

    def find_pids(self) -> list[int]:
        """The process ids of the workers, on whatever machine."""
        return list(self._find_client().run(os.getpid).values())

    def find_address(self) -> str:
        """`HOST:PORT` of the scheduler, for others to connect to."""
        return str(self._find_client().scheduler.address).partition("://")[2]

    def __enter__(self) -> Self:
        """Connects, and makes sure that the workers would make the same run as this process.

        Raises:
            SettingsError: Dask is not installed, nothing answers at the address, or the workers have
                other code, tables or settings.
        """
        try:
            distributed = _import_distributed()
        except ModuleNotFoundError:
            hint = "pip install 'reportedly[cluster]'"
            raise SettingsError("the engine 'dask' needs the package 'distributed'", hint=hint) from None
        with contextlib.ExitStack() as opened:
            opened.enter_context(importlib.import_module("dask").config.set(_CLIENT))
            to = f"tcp://{self.address}" if self.address else opened.enter_context(self._start_cluster())
            try:
                self._client = opened.enter_context(distributed.Client(to, timeout=self.settings.timeout))
                self._client.wait_for_workers(1, timeout=self.settings.timeout)
            except (OSError, TimeoutError, ValueError) as error:
                raise self._to_unreachable(error) from None
            if self._code is code_shard:
                self._check_workers()
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the cluster; one that was started here ends."""
        self._client = None
        self._open.close()

    def submit(self, shard: Shard) -> Any:
        """Sends a shard off."""
        sent = replace(shard, settings=_to_public(shard.settings))
        return self._find_client().submit(_code_alone, self._code, sent, retries=RETRIES, pure=False)

    def check_run(self, data: bytes) -> None:
        """Refuses the file of a worker that joined later with other code.

        Raises:
            SettingsError: it was made by another run than this process would make.
        """
        run = read_run(data) if self._code is code_shard else None
        if run is not None and run.run_id != self._run_id:
            raise _to_mismatch("a worker", run.run_id, self._run_id)

    # ---- the connection

    @contextlib.contextmanager
    def _start_cluster(self) -> Iterator[Any]:
        distributed, dask = _import_distributed(), importlib.import_module("dask")
        with dask.config.set(_LOCAL), launch_quietly():
            cluster = distributed.LocalCluster(
                n_workers=self.settings.workers or count_cores(),
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
        with cluster:
            yield cluster

    def _check_workers(self) -> None:
        self._run_id = find_run_id(self.settings)
        told: dict[str, Any] = self._find_client().run(find_run_id, _to_public(self.settings), on_error="return")
        for address, run_id in sorted(told.items()):
            if isinstance(run_id, ReportedlyError):
                raise run_id
            if isinstance(run_id, Exception):
                raise SettingsError(
                    f"the worker {address} cannot run reportedly: {type(run_id).__name__}: {run_id}",
                    hint="install the same version there as here",
                )
            if run_id != self._run_id:
                raise _to_mismatch(f"the worker {address}", run_id, self._run_id)

    def _find_window(self) -> int:
        if time.monotonic() - self._counted > _RECOUNT:
            self._workers = len(self._find_client().nthreads()) or 1
            self._counted = time.monotonic()
        return WINDOW * self._workers

    def _find_client(self) -> Any:
        if self._client is None:
            raise ReportedlyError("the cluster is not open", hint="use the engine in a `with` statement")
        return self._client

    def _to_unreachable(self, error: Exception) -> SettingsError:
        if self._client is not None:
            return SettingsError(f"the Dask scheduler has no workers: {self.address}", hint="start some: dask worker")
        return SettingsError(
            f"no Dask scheduler answers at {self.address!r}: {str(error).partition(chr(10))[0]}",
            hint="an address is dask://HOST:PORT, as `dask scheduler` prints it",
        )


class _Pending:
    """A shard that Dask has."""

    def __init__(self, cluster: Cluster, shard: Shard) -> None:
        self._cluster = cluster
        self._shard = shard
        self._first = cluster.submit(shard)

    def result(self) -> bytes:
        # Dask has tried several workers before it gives up on a shard.
        return code_survivors(self._shard, self._attempt, tries=1)

    def cancel(self) -> None:
        if self._first is not None:
            self._first.cancel()

    def _attempt(self, shard: Shard) -> bytes:
        distributed = _import_distributed()
        future, self._first = self._first or self._cluster.submit(shard), None
        try:
            data: bytes = future.result()
        except distributed.KilledWorker:
            raise WorkerDied from None
        except (distributed.CancelledError, OSError) as error:
            raise ReportedlyError(
                f"the Dask cluster went away: {str(error).partition(chr(10))[0]}",
                hint="what is recorded stays; start again to go on",
            ) from None
        self._cluster.check_run(data)
        return data


def _to_public(settings: Settings) -> Settings:
    """The settings without the ledger's address: it may hold a password, and no worker needs it."""
    return replace(settings, ledger="")


def _import_distributed() -> Any:
    """Dask, which annotates little of what is called here."""
    return importlib.import_module("distributed")


def _to_mismatch(who: str, theirs: str, ours: str) -> SettingsError:
    return SettingsError(
        f"{who} would make another run ({theirs}) than this machine ({ours})",
        hint="install the same version of reportedly, parser and lexicon on both",
    )


def _code_alone(code: Code, shard: Shard) -> bytes:
    """Runs in a worker. The parser is not made for two threads: a worker with several uses one at a time."""
    with _ALONE:
        return code(shard)
