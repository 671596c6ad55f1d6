"""How far a run is: a live bar on a terminal, silence everywhere else."""

import sys
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Protocol, Self

from sim.clock import AGENCY_ZONE, clock


class Progress(Protocol):
    """What a run tells while it works."""

    def simulating(self, start: int, end: int) -> None:
        """The simulated interval [start, end) begins (ms UTC)."""

    def simulated(self, now: int, messages: int) -> None:
        """The simulation has reached the instant `now` (ms UTC), with `messages` sent or refused so far."""

    def stage(self, name: str) -> None:
        """Something else than simulating begins, such as "auditing"."""


class Silent:
    """Says nothing: in a pipe, in a notebook and in tests."""

    def simulating(self, start: int, end: int) -> None:
        """Nothing is shown."""

    def simulated(self, now: int, messages: int) -> None:
        """Nothing is shown."""

    def stage(self, name: str) -> None:
        """Nothing is shown."""


class Live:
    """A bar on the terminal that stderr is: stage, simulated date (agency time), messages, time left.

    Use it as a context manager; the bar disappears at the end.
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[reached]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("Reading", total=None, reached="")
        self._start = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def simulating(self, start: int, end: int) -> None:
        """Show an empty bar for the simulated interval [start, end), ms UTC."""
        self._start = start
        self._bar.reset(self._task, total=end - start, description="Simulating", reached="")

    def simulated(self, now: int, messages: int) -> None:
        """Move the bar to the instant `now` (ms UTC)."""
        day = clock(AGENCY_ZONE).isoformat(now)[:10]
        self._bar.update(self._task, completed=now - self._start, reached=f"{day}  {messages:,} messages")

    def stage(self, name: str) -> None:
        """Show that something without a known length goes on."""
        self._bar.reset(self._task, total=None, description=name.capitalize(), reached="")


def wanted() -> bool:
    """Whether somebody looks: stderr is a terminal."""
    return sys.stderr.isatty()


def live_if_wanted() -> AbstractContextManager[Live | None]:
    """A live bar when somebody looks, else nothing (None)."""
    return Live() if wanted() else nullcontext()
