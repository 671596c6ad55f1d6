"""Where units of work are carried out. Workers write nothing: rows come back to whoever asked, as they are done."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Protocol, Self

from sim.errors import InputError
from sim.experiments.units import Row, Unit, carry_out

_AHEAD = 2
"""Units a worker that are handed over and not yet done: the rest stays here, so that memory does not grow with them."""


class Executor(Protocol):
    """Carries out units of work. Use it as a context manager; leaving it by an exception stops what is under way."""

    workers: int

    def rows(self, units: Sequence[Unit]) -> Iterator[Row]:
        """The row of each unit, in whatever order they are done."""

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

    def rows(self, units: Sequence[Unit]) -> Iterator[Row]:
        """The row of each unit, in their order."""
        return map(carry_out, units)


class Processes:
    """Several processes of this machine. They are started afresh (not forked), so that they share no state."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._before = set(multiprocessing.active_children())
        self._pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
        )

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

    def rows(self, units: Sequence[Unit]) -> Iterator[Row]:
        """The row of each unit, as they are done. Raises InputError when a process was ended from outside."""
        waiting = iter(units)
        under_way: set[Future[Row]] = set()
        try:
            while True:
                for work in waiting:
                    under_way.add(self._pool.submit(carry_out, work))
                    if len(under_way) >= _AHEAD * self.workers:
                        break
                if not under_way:
                    return
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool:
            problem = "a worker was ended from outside (out of memory?); go on with --resume and fewer workers"
            raise InputError(problem, field="--workers") from None


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; the parent decides what becomes of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def executor(workers: int) -> Executor:
    """Serial for one worker, otherwise as many processes."""
    return Serial() if workers == 1 else Processes(workers)
