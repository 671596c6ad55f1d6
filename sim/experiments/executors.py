"""Where units of work are carried out. Workers write nothing: rows come back to whoever asked, as they are done."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import Protocol, Self, TypeVar

from sim.errors import InputError
from sim.experiments.units import Pilot, Row, Unit, carry_out, failed, pilot, prepare

AHEAD = 2
"""Tasks a worker that are handed over and not yet done: the rest stays here, so that memory does not grow with them."""
_TRIES = 3
"""So often is tried what ends in the end of a process."""

Result = TypeVar("Result", Row, Pilot)


class WorkerEnded(Exception):
    """A run failed because the process that made it was ended, each time."""

    def __init__(self) -> None:
        super().__init__("the worker was ended each time it was tried (out of memory? fewer workers help)")


class Executor(Protocol):
    """Carries out units of work. Use it as a context manager; leaving it by an exception stops what is under way.

    `workers` is how many runs are made at a time.
    """

    @property
    def workers(self) -> int: ...

    def pilot(self, work: Unit) -> Pilot:
        """What the first run tells."""

    def rows(self, units: Iterable[Unit]) -> Iterator[Row]:
        """The row of each unit, in whatever order they are done. Raises InputError when nobody can go on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Serial:
    """One unit after the other, in this process."""

    workers = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is under way between two units."""

    def pilot(self, work: Unit) -> Pilot:
        """What the first run tells."""
        return pilot(work)

    def rows(self, units: Iterable[Unit]) -> Iterator[Row]:
        """The row of each unit, in their order."""
        return map(carry_out, units)


class Processes:
    """Several processes of this machine. They are started afresh (not forked), so that they share no state.

    When one is ended from outside, all are started anew, and what was under way is made again at the end, one run at a
    time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._before = set(multiprocessing.active_children())
        self._pool = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for worker in multiprocessing.active_children():
                if worker not in self._before:
                    worker.terminate()
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def pilot(self, work: Unit) -> Pilot:
        """What the first run tells. Raises InputError when the processes do not live long enough."""
        found = self._alone(pilot, work)
        if found is None:
            raise InputError("the processes end before the first run is done (out of memory?)", field="--workers")
        return found

    def rows(self, units: Iterable[Unit]) -> Iterator[Row]:
        """The row of each unit, as they are done. Raises InputError when one process after the other is ended."""
        waiting = iter(units)
        taken: list[Unit] = []
        under_way: dict[Future[Row], Unit] = {}
        suspects: list[Unit] = []
        in_vain = 0
        while True:
            try:
                taken += islice(waiting, AHEAD * self.workers - len(under_way) - len(taken))
                while taken:
                    future = self._pool.submit(carry_out, taken[0])
                    under_way[future] = taken.pop(0)
                if not under_way:
                    break
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    row = future.result()
                    del under_way[future]
                    in_vain = 0
                    yield row
            except BrokenProcessPool:
                in_vain += 1
                if in_vain == _TRIES:
                    problem = "they are ended again and again (out of memory?); go on with --resume and fewer"
                    raise InputError(problem, field="--workers") from None
                suspects += under_way.values()
                under_way.clear()
                self._pool = self._started()
        # One of them may need more memory than there is beside others.
        for work in suspects:
            yield self._alone(carry_out, work) or failed(work, WorkerEnded())

    def _alone(self, function: Callable[[Unit], Result], work: Unit) -> Result | None:
        """What the function makes of the unit, with nothing else under way; None when a process was ended each time."""
        for _ in range(_TRIES):
            try:
                return self._pool.submit(function, work).result()
            except BrokenProcessPool:
                self._pool = self._started()
        return None

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )


def _prepare_worker() -> None:
    """Ctrl-C reaches every process of a terminal; the parent decides what becomes of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()


def executor(workers: int | None = None, dask: str | None = None) -> Executor:
    """Serial for one worker, otherwise as many processes (None: one a core); or a Dask cluster by the address of its
    scheduler. Raises InputError."""
    if dask is None:
        number = os.cpu_count() or 1 if workers is None else workers
        return Serial() if number == 1 else Processes(number)
    if workers is not None:
        raise InputError("has workers of its own: give either --workers or --dask", field="--dask")
    from sim.experiments.cluster import Cluster

    return Cluster(dask)
