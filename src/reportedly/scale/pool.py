"""The default engine: one process a core on this machine.

Each worker process belongs to one thread here, which hands it a shard and waits for the file. So a
worker that dies takes no other's work with it, and it is known which shard it had.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from reportedly.errors import ReportedlyError
from reportedly.scale.engines import TRIES, WINDOW, Code, WorkerDied, code_survivors, map_in_order
from reportedly.scale.shards import Shard, code_shard, warm_up
from reportedly.settings import Settings

#: A worker that holds more than this after a shard makes way for a fresh one (about 2 s). Workers that
#: code news settle at 0.5 to 0.6 GB (benchmarks/engines.py); the aim is less than 1.2 GB at any time.
RETIRE_BYTES = 1_000_000_000
#: The parser's matrices are small: two threads double the processor time and save none.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
#: Seconds that a worker which was told to end is waited for.
_PATIENCE = 5.0
_SPAWN = multiprocessing.get_context("spawn")
_LAUNCH = threading.Lock()


def count_cores() -> int:
    """How many cores this process may use: a scheduler or a container may give it a few of many."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


class Pool:
    """Worker processes that each hold the lexicon and the parser; started when there is work.

    Args:
        settings: `workers` processes, 0 for one a core.
        code: what a worker runs for each shard.
        retire_bytes: see `RETIRE_BYTES`.
    """

    name = "pool"

    def __init__(self, settings: Settings, code: Code = code_shard, *, retire_bytes: int = RETIRE_BYTES) -> None:
        self.workers = settings.workers or count_cores()
        self._code = code
        self._prepare = functools.partial(warm_up, settings) if code is code_shard else None
        self._retire_bytes = retire_bytes
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="reportedly")
        self._own = threading.local()
        self._alive: set[_Worker] = set()
        self._closed = False

    def map(self, shards: Iterable[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yields each shard's number and file, in order; see `Engine.map`."""
        return map_in_order(self._submit, shards, lambda: WINDOW * self.workers)

    def find_pids(self) -> list[int]:
        """The process ids of the workers that there are now."""
        return [worker.pid for worker in list(self._alive)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the workers at once: what they hold is either handed over already or not wanted."""
        self._closed = True
        for worker in list(self._alive):
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)

    # ---- in the threads

    def _submit(self, shard: Shard) -> Future[bytes]:
        return self._threads.submit(code_survivors, shard, self._attempt)

    def _attempt(self, shard: Shard) -> bytes:
        """Hands a shard to this thread's own worker."""
        worker: _Worker = getattr(self._own, "worker", None) or self._start()
        try:
            data, memory = worker.code(shard)
        except WorkerDied:
            self._retire(worker)
            self._check_open()
            raise
        if memory > self._retire_bytes:
            self._retire(worker)
        return data

    def _start(self) -> _Worker:
        """Starts a worker and waits until it is ready.

        Raises:
            ReportedlyError: it cannot start, tried twice.
        """
        for _ in range(TRIES):
            worker = _Worker(self._code, self._prepare)
            self._alive.add(worker)
            try:
                self._check_open()
                worker.wait_ready()
            except WorkerDied:
                self._retire(worker)
                self._check_open()
                continue
            except BaseException:
                self._retire(worker)
                raise
            self._own.worker = worker
            return worker
        raise ReportedlyError(
            f"a worker process cannot start: it ended with exit code {worker.exitcode}",
            hint="give fewer workers if memory is short; in a script, start under `if __name__ == '__main__':`",
        )

    def _retire(self, worker: _Worker) -> None:
        self._own.worker = None
        worker.end()
        self._alive.discard(worker)

    def _check_open(self) -> None:
        if self._closed:
            raise CancelledError


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, code: Code, prepare: Callable[[], object] | None) -> None:
        self._pipe, far_end = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(far_end, code, prepare), daemon=True)
        with launch_quietly():
            self._process.start()
        far_end.close()  # the worker's end is the only one left: its death closes the pipe

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def exitcode(self) -> int | None:
        self._process.join(_PATIENCE)
        return self._process.exitcode

    def wait_ready(self) -> None:
        self._receive()

    def code(self, shard: Shard) -> tuple[bytes, int]:
        try:
            self._pipe.send(shard)
        except OSError:
            raise WorkerDied from None
        data, memory = self._receive()
        return data, memory

    def end(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._process.kill()
            self._process.join(_PATIENCE)

    def _receive(self) -> Any:
        try:
            answer = self._pipe.recv()
        except (EOFError, OSError):
            raise WorkerDied from None
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextlib.contextmanager
def launch_quietly() -> Iterator[None]:
    """What a worker must be given at birth: one thread for matrices, and no interrupt of its own.

    An interrupt from the terminal goes to all processes of the group; it is for this one, which ends
    the workers.
    """
    with _LAUNCH:
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        mask = None
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # else it starts with the first worker, and lets interrupts in again
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.environ.update(ONE_THREAD)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
            if mask is not None:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)


# ---------------------------------------------------------------- in the worker process


def _serve(pipe: Connection, code: Code, prepare: Callable[[], object] | None) -> None:
    """Codes shards until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # the other end is gone: nobody wants the rest
        pipe.send(_try(prepare) if prepare else None)
        while True:
            pipe.send(_try(functools.partial(_code_measured, code, pipe.recv())))


def _code_measured(code: Code, shard: Shard) -> tuple[bytes, int]:
    return code(shard), _find_memory()


def _end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, though it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _try(step: Callable[[], object]) -> object:
    """What a step returns, or the error that it raises, as something that can be sent."""
    try:
        return step()
    except ReportedlyError as error:
        return error
    except Exception as error:
        return ReportedlyError(f"a worker failed: {type(error).__name__}: {error}")


def _find_memory() -> int:
    """Bytes that this process holds now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
