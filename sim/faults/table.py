"""The kill table: every planted fault on trial against a suite of scenarios and against the audit on generated loads.

Each trial runs in a process of its own with a time limit, so that a system that loops or hangs is a time-out and stops
nobody else. The order of the table is that of the faults, whichever trial ends first.
"""

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from fakes.broken import Fault
from sim.errors import InputError
from sim.faults import trial
from sim.scenario.expand import Item

KILLED, SURVIVED, TIMEOUT, NOT_VISIBLE, FAILED = "killed", "survived", "timeout", "not_visible", "failed"
LIMIT_SECONDS = 300.0
"""How long one fault may take, suite and audit together."""
_LOOK_EVERY_SECONDS = 0.05
# Where processes can be forked they take the scenarios that were read over from their parent.
_CONTEXT: Any = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")

Tell = Callable[[int, int, str], None]
"""Told after each trial: how many are done, of how many, and the name of the fault."""


@dataclass(frozen=True)
class Verdict:
    """What became of one fault. `by`: the scenarios that noticed it, then the audit's rules, each with its load."""

    name: str
    rule: str
    suite: str
    audit: str
    by: tuple[str, ...]
    what: str
    why_not_visible: str = ""
    problem: str = ""

    @property
    def is_killed(self) -> bool:
        """Caught by the suite, and by the audit unless no history can show it."""
        return self.suite == KILLED and self.audit in (KILLED, NOT_VISIBLE)

    def plain(self) -> dict[str, Any]:
        """The contract's JSON for this fault (`emsim faults --json`)."""
        found: dict[str, Any] = {"rule": self.rule, "suite": self.suite, "audit": self.audit, "by": list(self.by)}
        for key in ("what", "why_not_visible", "problem"):
            if getattr(self, key):
                found[key] = getattr(self, key)
        return found


def chosen(names: Sequence[str], faults: Mapping[str, Fault]) -> list[Fault]:
    """The faults of these names (all without any), in the order of the registry. Raises InputError."""
    from sim.marked_yaml import suggestion

    for name in names:
        if name not in faults:
            raise InputError(f"no fault has this name{suggestion(name, faults)}", field=f"--fault {name}")
    return [fault for name, fault in faults.items() if not names or name in names]


def kill_table(
    faults: Sequence[Fault],
    suite: Path,
    *,
    workers: int = 1,
    quick: bool = False,
    limit_seconds: float = LIMIT_SECONDS,
    tell: Tell | None = None,
) -> list[Verdict]:
    """Put every fault on trial. With `quick` each side stops at the first kill, the fault's own rule first.

    Raises InputError for a suite that cannot be read.
    """
    _suite(suite)
    _ours(suite)
    _our_loads()
    waiting, running = list(faults), dict[str, _Trial]()
    done: dict[str, Verdict] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                fault = waiting.pop(0)
                running[fault.name] = _Trial(fault, suite, quick, limit_seconds)
            for name, one in list(running.items()):
                verdict = one.verdict()
                if verdict is not None:
                    del running[name]
                    done[name] = verdict
                    if tell is not None:
                        tell(len(done), len(faults), name)
            time.sleep(_LOOK_EVERY_SECONDS)
    finally:
        for one in running.values():
            one.end()
    return [done[fault.name] for fault in faults]


class _Trial:
    """One fault in its own process. It sends the suite's kills, and then the audit's."""

    def __init__(self, fault: Fault, suite: Path, quick: bool, limit_seconds: float) -> None:
        self._fault = fault
        self._ends = time.monotonic() + limit_seconds
        self._heard: dict[str, Any] = {}
        self._inbox: Connection
        self._inbox, outbox = _CONTEXT.Pipe(duplex=False)
        self._process: BaseProcess = _CONTEXT.Process(target=_try, args=(fault, suite, quick, outbox), daemon=True)
        self._process.start()
        outbox.close()

    def verdict(self) -> Verdict | None:
        """What became of the fault; None while the trial goes on."""
        self._listen()
        if "audit" in self._heard or "problem" in self._heard or not self._process.is_alive():
            self._listen()
            self.end()
            return self._judged(FAILED)
        if time.monotonic() > self._ends:
            self.end()
            return self._judged(TIMEOUT)
        return None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join()

    def _listen(self) -> None:
        try:
            while self._inbox.poll():
                self._heard.update(self._inbox.recv())
        except EOFError:
            return

    def _judged(self, otherwise: str) -> Verdict:
        fault, heard = self._fault, self._heard
        scenarios, rules = heard.get("suite"), heard.get("audit")
        suite = otherwise if scenarios is None else KILLED if scenarios else SURVIVED
        audit = otherwise if rules is None else KILLED if rules else SURVIVED
        if fault.why_not_visible and audit == SURVIVED:
            audit = NOT_VISIBLE
        by = [*(scenarios or ()), *(f"{rule} (audit, load {load})" for rule, load in (rules or {}).items())]
        return Verdict(
            fault.name, fault.rule, suite, audit, tuple(by), fault.what, fault.why_not_visible,
            heard.get("problem", "the process ended" if otherwise == FAILED and rules is None else ""),
        )  # fmt: skip


def _try(fault: Fault, suite: Path, quick: bool, outbox: Connection) -> None:
    try:
        noticed = trial.scenarios_that_notice(fault, _suite(suite), _ours(suite), quick=quick)
        outbox.send({"suite": noticed})
        outbox.send({"audit": trial.rules_that_notice(fault, _our_loads(), quick=quick)})
    except Exception as error:
        # The broken system may fail in ways of its own: that is no kill by anybody.
        outbox.send({"problem": " ".join(f"{type(error).__name__}: {error}".split())})


@lru_cache(maxsize=2)
def _suite(place: Path) -> tuple[Item, ...]:
    return tuple(trial.read_suite(place))


def _ours(place: Path) -> dict[str, str]:
    return _ours_from(place, Path.cwd())


@lru_cache(maxsize=2)
def _ours_from(place: Path, here: Path) -> dict[str, str]:
    """What ours do in this suite; the names of its scenarios are told as seen from `here`."""
    return trial.our_scenarios(_suite(place))


@lru_cache(maxsize=1)
def _our_loads() -> dict[str, str]:
    return trial.our_loads()
