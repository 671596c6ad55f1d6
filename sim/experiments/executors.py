"""Where units of work are carried out. Workers write nothing: rows come back to whoever asked, as they are done."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain
from math import ceil
from types import TracebackType
from typing import Protocol, Self, TypeVar

from sim.errors import InputError
from sim.experiments.units import MOST_TOGETHER, Pilot, Row, Unit, carry_out, carry_out_timed, failed, pilot, prepare

AHEAD = 2
"""Tasks a worker that are handed over and not yet done: the rest stays here, so that memory does not grow with them."""
LONGEST_TASK = 10.0
"""Seconds that a task may take: so much is made again when it is lost."""
_SHARES = 3
"""Tasks a worker, at least, that what is left makes, so that all of them end at about the same time."""
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

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The row of each of the `count` units, in whatever order they are done. Raises InputError when nobody can go
        on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Tasks:
    """Makes tasks of units: as many runs of one variant, which share an audit, as are worth it by how long the runs
    before have taken."""

    def __init__(self) -> None:
        self._seconds_a_run: float | None = None
        self._units: Iterator[Unit] = iter(())
        self._held: Unit | None = None
        self._left = 0

    def take(self, units: Iterable[Unit], count: int) -> None:
        """These `count` units are to be made."""
        self._units = iter(units)
        self._left = count

    def took(self, seconds: float, runs: int) -> None:
        """So many runs have taken so long."""
        self._seconds_a_run = seconds / runs

    def next(self, workers: int) -> tuple[Unit, ...]:
        """The units of the next task; none when there are no more."""
        seconds = self._seconds_a_run
        runs = 1
        if seconds is not None:
            by_time = int(LONGEST_TASK / max(seconds, 1e-3))
            fair = self._left if workers == 1 else ceil(self._left / (_SHARES * workers))
            runs = max(1, min(MOST_TOGETHER, by_time, fair))
        task: list[Unit] = []
        while len(task) < runs:
            work = self._held or next(self._units, None)
            self._held = None
            if work is None:
                break
            if task and work.variant != task[0].variant:
                self._held = work
                break
            task.append(work)
        self._left -= len(task)
        return tuple(task)


class Serial:
    """One task after the other, in this process."""

    workers = 1

    def __init__(self) -> None:
        self._tasks = Tasks()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is under way between two units."""

    def pilot(self, work: Unit) -> Pilot:
        """What the first run tells."""
        found = pilot(work)
        self._tasks.took(found.seconds, 1)
        return found

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The row of each unit, in their order."""
        self._tasks.take(units, count)
        while task := self._tasks.next(self.workers):
            rows, seconds = carry_out_timed(task)
            self._tasks.took(seconds, len(task))
            yield from rows


class Processes:
    """Several processes of this machine. They are started afresh (not forked), so that they share no state.

    When one is ended from outside, all are started anew, and what was under way is made again at the end, one run at a
    time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._tasks = Tasks()
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
        # The others get ready meanwhile.
        with suppress(BrokenProcessPool):
            for _ in range(self.workers - 1):
                self._pool.submit(prepare)
        found = self._alone(pilot, work)
        if found is None:
            raise InputError("the processes end before the first run is done (out of memory?)", field="--workers")
        self._tasks.took(found.seconds, 1)
        return found

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The row of each unit, as they are done. Raises InputError when one process after the other is ended."""
        self._tasks.take(units, count)
        task: tuple[Unit, ...] = ()
        under_way: dict[Future[tuple[list[Row], float]], tuple[Unit, ...]] = {}
        suspects: list[Unit] = []
        in_vain = 0
        while True:
            try:
                while len(under_way) < AHEAD * self.workers and (task := task or self._tasks.next(self.workers)):
                    future = self._pool.submit(carry_out_timed, task)
                    under_way[future] = task
                    task = ()
                if not under_way:
                    break
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    rows, seconds = future.result()
                    self._tasks.took(seconds, len(under_way.pop(future)))
                    in_vain = 0
                    yield from rows
            except BrokenProcessPool:
                in_vain += 1
                if in_vain == _TRIES:
                    problem = "they are ended again and again (out of memory?); go on with --resume and fewer"
                    raise InputError(problem, field="--workers") from None
                suspects += chain.from_iterable(under_way.values())
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
    """Ctrl-C reaches every process of a terminal; the parent decides what becomes of it, and nobody outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    prepare()


def _end_with_the_parent() -> None:
    """A parent that is killed cannot tell its workers to stop, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
