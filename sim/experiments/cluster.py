"""Units of work on a Dask cluster that is already there.

Several short runs make a task, so that the scheduler is hardly noticed. What a worker had under way when it died is
given to another one by the scheduler. Workers write nothing: rows come back.
"""

import asyncio
import logging
import pickle
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sim import __version__
from sim.errors import InputError, shown
from sim.experiments.executors import AHEAD, Tasks, WorkerEnded
from sim.experiments.units import Pilot, Row, Unit, carry_out_timed, failed, pilot

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS_TO_ANSWER = 5.0
"""So long a scheduler may take to answer."""
SECONDS_FOR_WORKERS = 30.0
"""So long a scheduler may be without any worker."""
_LOOK_EVERY = 2.0
"""Seconds after which it is asked whether there still are workers."""

_ADDRESS = re.compile(r"[a-z]+://([^\s/:\[\]]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
_ONE_AT_A_TIME = threading.Lock()
"""A run is Python: threads of one process would only get in each other's way."""
_LOGS = [logging.getLogger(name) for name in ("distributed", "distributed.client")]


class Cluster:
    """The workers of a Dask scheduler. They need the same version of emsim.

    `task_seconds` is how long all tasks so far kept workers busy. Raises InputError when nobody answers.
    """

    def __init__(self, address: str) -> None:
        self._field = f"--dask {address}"
        self._client = _connected(address)
        self._number = count()
        self._tasks = Tasks()
        self._levels = [log.level for log in _LOGS]
        self.task_seconds = 0.0
        # What goes wrong with the connection is told in one line, by us.
        for log in _LOGS:
            log.setLevel(logging.CRITICAL + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What has not begun is forgotten with its futures; the scheduler and its workers stay.
        self._client.close(timeout=SECONDS_TO_ANSWER)
        for log, level in zip(_LOGS, self._levels, strict=True):
            log.setLevel(level)

    @property
    def workers(self) -> int:
        """How many processes there are now (at least 1): each makes one run at a time."""
        return max(1, self._processes())

    def pilot(self, work: Unit) -> Pilot:
        """What the first run tells. Raises InputError when no worker can make it."""
        future = self._submit(_pilot, work)
        self._wait([future])
        found: Pilot = self._result(future)
        self._check(work, found.row)
        self._tasks.took(found.seconds, 1)
        return found

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The row of each unit, as they are done. Raises InputError when no worker can make them."""
        self._tasks.take(units, count)
        under_way: dict[Future, tuple[Unit, ...]] = {}
        while True:
            workers = self.workers
            while len(under_way) < AHEAD * workers and (task := self._tasks.next(workers)):
                under_way[self._submit(_carry_out, task)] = task
            if not under_way:
                return
            for future in self._wait(under_way):
                yield from self._rows_of(future, under_way.pop(future))

    def _submit(self, function: Callable[[Any], Any], work: Unit | Sequence[Unit]) -> "Future":
        return self._client.submit(
            _unpacking(),
            pickle.dumps((function, work)),
            key=f"emsim-{self._client.id}-{next(self._number)}",
            pure=False,
        )

    def _wait(self, under_way: Collection["Future"]) -> "list[Future]":
        """Those that are done, at least one. Raises InputError when there is nobody who could do one."""
        from distributed import wait

        without = 0.0
        while True:
            try:
                with self._client.as_current():
                    done = wait(list(under_way), timeout=_LOOK_EVERY, return_when="FIRST_COMPLETED").done
                return [future for future in under_way if future in done]
            except TimeoutError:
                without = 0.0 if self._processes() else without + _LOOK_EVERY
            except (CancelledError, OSError):
                raise self._gone() from None
            if without >= SECONDS_FOR_WORKERS:
                raise InputError("no worker is left; start some, and go on with --resume", field=self._field)

    def _rows_of(self, future: "Future", task: Sequence[Unit]) -> Iterator[Row]:
        from distributed.scheduler import KilledWorker

        try:
            rows, seconds = self._result(future)
        except KilledWorker:
            yield from (failed(work, WorkerEnded()) for work in task)
            return
        self.task_seconds += seconds
        self._tasks.took(seconds, len(task))
        for work, row in zip(task, rows, strict=True):
            self._check(work, row)
            yield row

    def _result(self, future: "Future") -> Any:
        """What a task gave. Raises InputError when the cluster is no help, and KilledWorker."""
        try:
            return future.result()
        except (CancelledError, OSError):
            raise self._gone() from None
        except (ImportError, AttributeError) as error:
            raise InputError(f"a worker lacks emsim {__version__} ({error})", field=self._field) from None

    def _processes(self) -> int:
        try:
            return len(self._client.nthreads())
        except OSError:
            raise self._gone() from None

    def _gone(self) -> InputError:
        return InputError("the scheduler has gone; go on with --resume", field=self._field)

    def _check(self, work: Unit, row: Row) -> None:
        """The worker has taken the unit for the same run as we do."""
        if row["unit"] != work.key and work.warm_up_days is not None:
            problem = f"a worker has another emsim than {__version__}, or another policy in it"
            raise InputError(problem, field=self._field)


def _unpacking() -> Callable[[bytes], Any]:
    """A function that calls what was pickled. It is sent by value, so that a worker without emsim can say so: what it
    cannot even read would end it."""

    def call(packed: bytes) -> Any:
        import pickle

        function, work = pickle.loads(packed)
        return function(work)

    return call


def _connected(address: str) -> "Client":
    if not _ADDRESS.fullmatch(address):
        problem = f"must look like tcp://HOST:PORT, the address of a Dask scheduler (value {shown(address)})"
        raise InputError(problem, field="--dask")
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError("needs Dask: pip install 'emsim[cluster]'", field="--dask") from None
    field = f"--dask {address}"
    # In a thread, because a notebook has a loop of its own in this one.
    with ThreadPoolExecutor(1) as thread:
        try:
            answer = thread.submit(asyncio.run, _identity(address)).result()
        except TimeoutError:
            raise InputError(f"no Dask scheduler answers there in {SECONDS_TO_ANSWER:g} s", field=field) from None
        except Exception as error:
            # Whoever else listens there may answer anything.
            raise InputError(f"no Dask scheduler answers there ({error})", field=field) from None
    if answer.get("type") != "Scheduler":
        raise InputError(f"is a Dask {answer.get('type')}, not a scheduler", field=field)
    client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    try:
        client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
    except TimeoutError:
        client.close(timeout=SECONDS_TO_ANSWER)
        raise InputError(f"the scheduler has no workers; start one: dask worker {address}", field=field) from None
    return client


async def _identity(address: str) -> dict[str, Any]:
    """What the server at this address says that it is. Raises whatever goes wrong on the way."""
    from distributed.core import rpc

    async with asyncio.timeout(SECONDS_TO_ANSWER):
        there = rpc(address, timeout=SECONDS_TO_ANSWER)
        try:
            found: dict[str, Any] = await there.identity()
            return found
        finally:
            await there.close_rpc()


def _pilot(work: Unit) -> Pilot:
    with _ONE_AT_A_TIME:
        return pilot(work)


def _carry_out(task: Sequence[Unit]) -> tuple[list[Row], float]:
    with _ONE_AT_A_TIME:
        return carry_out_timed(task)
