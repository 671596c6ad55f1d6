"""One run from load to audited result, in memory or as a run folder: the Python API.

>>> import sim
>>> run = sim.run("four_weeks", seed=1, customers=500)      # nothing is written without out=…
>>> run.messages, run.events, run.audit, run.metrics, run.plot.sends_by_hour()
>>> again = sim.load_run("runs/four_weeks-seed1")

The module is not called `sim.run`, because that is the function.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakes.machinery import OURS, Machinery
from sim import folder, saving
from sim.clock import instant
from sim.errors import InputError
from sim.history import History
from sim.policy.policy import Policy, load_policy
from sim.policy.segments import only_one, segments, with_changes, without_changes_of
from sim.population.parameters import Parameters
from sim.progress import Progress, Silent
from sim.scenario.changes import as_changes
from sim.scenario.load import Load, load_file

if TYPE_CHECKING:
    import pandas as pd

    from sim.audit import Audit, Log
    from sim.explain import Explainer, Explanation
    from sim.metrics import Metrics
    from sim.plots import Plotter

_INTERRUPTED = "Query interrupted"


@dataclass(frozen=True)
class Plan:
    """A run that was checked and not yet begun: the load with its overrides, the values in force, and what the
    systems are made of."""

    load: Load
    policy: Policy
    parameters: Parameters
    machinery: Machinery = OURS
    twin: bool = False


def plan(
    load: Load | Path | str,
    seed: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    start: date | str | None = None,
    sets: Mapping[str, object] | None = None,
    machinery: Machinery = OURS,
    changes: Sequence[Mapping[str, Any]] | None = None,
    twin: bool = False,
) -> Plan:
    """Check everything that a run needs. Raises InputError."""
    read = load if isinstance(load, Load) else load_file(load)
    given = None if changes is None else as_changes(changes)
    changed = read.with_overrides(seed=seed, customers=customers, days=days, start=start, sets=sets, changes=given)
    if twin and not changed.changes_within:
        raise InputError("the policy of this load does not change within the run, so there is no twin", field="--twin")
    return Plan(changed, changed.read_policy(), changed.read_parameters(), machinery, twin)


def run(
    load: Load | Path | str = "four_weeks",
    *,
    seed: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    start: date | str | None = None,
    set: Mapping[str, object] | None = None,
    changes: Sequence[Mapping[str, Any]] | None = None,
    twin: bool = False,
    machinery: Machinery = OURS,
    out: Path | str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> "Run":
    """Run a load: a shipped one by name, a file, or a `Load`. What is given replaces what the load says.

    `set` holds policy values and parameters by name (``{"cs-daily-limit.limit": 3, "staff.officers": 40}``).
    `changes` are values of the policy that change within the run
    (``[{"from": "2026-11-01", "policy": {"cs-daily-limit.limit": 4}}]``), and with `twin` the same run without them is
    made as well, for `Run.before_after`.
    `machinery` is what the systems are made of: a broken system is ``OURS.with_rules(inside_window=…)``
    (`fakes.machinery`). With `out` the run folder is written there as well; `force` replaces an earlier run in that
    place. Raises InputError.
    """
    planned = plan(load, seed, customers, days, start, set, machinery, changes, twin)
    return carry_out(planned, out, force, progress)


def carry_out(
    planned: Plan, out: Path | str | None = None, force: bool = False, progress: Progress | None = None
) -> "Run":
    """Simulate a checked run and, with `out`, write its folder: whole or not at all. Raises InputError."""
    tell = progress or Silent()
    if out is None:
        return _simulate(planned, tell)
    with folder.writing(Path(out), force) as place:
        done = _simulate(planned, tell)
        try:
            saving.write(done, place, tell)
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror or error})", out) from None
    done.folder = Path(out)
    return done


def load_run(path: Path | str) -> "Run":
    """Read a run folder. Raises InputError when it is not one, or not whole."""
    place = Path(path)
    manifest = folder.read_manifest(place)
    try:
        history = History.load(place / folder.EVENTS)
    except FileNotFoundError:
        raise InputError("no such file: the run folder is not whole", place / folder.EVENTS) from None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"is not a history that emsim wrote ({error})", place / folder.EVENTS) from None
    loaded = Run(history, folder.read_json(place, folder.POLICY), manifest, place)
    loaded.check_manifest()
    return loaded


def _simulate(planned: Plan, tell: Progress) -> "Run":
    from sim.world import simulate

    load = planned.load
    tell.simulating(load.starts, load.ends)
    began = time.perf_counter()
    history = simulate(load, planned.policy, planned.parameters, tell.simulated, planned.machinery)
    seconds = round(time.perf_counter() - began, 3)
    policy = with_changes(planned.policy, load.changed_policies())
    done = Run(history, policy, saving.manifest(planned, history, seconds))
    if planned.twin:
        done.twin = _simulate(replace(planned, load=replace(load, changes=()), twin=False), tell)
    return done


class Run:
    """What came of a run. Tables, audit, metrics and plots are worked out when they are first asked for.

    ``manifest``    seed, version, load, values that differ from the defaults, fingerprint, … (``manifest.json``).
    ``policy``      the policy as plain data (``policy.json``).
    ``history``     the events as they were recorded.
    ``folder``      where the run folder is; None for a run in memory.
    ``twin``        the same run without the changes of its policy, when it was made too.
    """

    def __init__(
        self, history: History, policy: dict[str, Any], manifest: dict[str, Any], place: Path | None = None
    ) -> None:
        self.history = history
        self.policy = policy
        self.manifest = manifest
        self.folder = place
        self.twin: Run | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as plain data: value, unit, status and source by name."""
        return {"schema": 1, "parameters": self.manifest["parameters"]["values"]}

    @property
    def observed(self) -> tuple[int, int]:
        """The observed interval [from, to), ms UTC."""
        span = self.manifest["observed"]
        return instant(span["from"]), instant(span["to"])

    @cached_property
    def messages_table(self) -> "pd.DataFrame":
        """A row a message in the format in which logs are audited (UTC times only)."""
        from sim.tables import messages_table

        if self.folder is None or not (self.folder / folder.MESSAGES).exists():
            return messages_table(self.history, self.policy)
        return folder.read_table(self.folder, folder.MESSAGES)

    @cached_property
    def messages(self) -> "pd.DataFrame":
        """A row a message, with each instant in UTC (``sent_at``) and local time (``sent_at_local``)."""
        from sim.tables import with_local_times

        return with_local_times(self.messages_table)

    @cached_property
    def events(self) -> "pd.DataFrame":
        """A row an event, with names in place of codes and the instant in UTC (``at``) and local time."""
        from sim.tables import events_table, with_local_times

        return with_local_times(events_table(self.history, self.policy))

    @cached_property
    def customers(self) -> "pd.DataFrame":
        """A row a customer, as the register had them at the end."""
        from sim.tables import customers_table

        return customers_table(self.history)

    @cached_property
    def officers(self) -> "pd.DataFrame":
        """A row an officer."""
        from sim.tables import officers_table

        return officers_table(self.history)

    def log(self, sets: Mapping[str, object] | None = None) -> "Log":
        """The log that the audit reads; `sets` replaces values of the policy that was saved. Raises InputError."""
        policy = changed_policy(self.policy, sets or {})
        only_one(policy)
        return self._log(policy)

    def _log(self, policy: Mapping[str, Any]) -> "Log":
        from sim.audit import Log

        history = self.history
        with stoppable():
            return Log.from_history(history.frame(), history.contents, self.messages_table, policy, self.observed)

    def judged(
        self,
        sets: Mapping[str, object] | None = None,
        targets: Mapping[str, float] | None = None,
        rules: Iterable[str] | None = None,
    ) -> "Audit":
        """The audit of every rule (or of `rules`) by the policy of the run with the values of `sets`, each rule by what
        was in force at the instant of its test. `targets`: the greatest breach rates of procedures. Raises
        InputError."""
        from sim.audit import Part, judge_parts

        parts = segments(changed_policy(self.policy, sets or {}), self.observed)
        if len(parts) == 1:
            return judge_log(self._log(parts[0].policy), targets, rules)
        logs = [Part(self._log(one.policy), one.starts, one.ends) for one in parts]
        return judge_parts(logs, lambda log: judge_log(log, rules=rules), targets)

    @cached_property
    def audit(self) -> "Audit":
        """The audit of every rule by the policy of the run."""
        return self.judged()

    @cached_property
    def metrics(self) -> "Metrics":
        """The numbers of the run."""
        from sim.metrics import metrics

        return metrics(self.history, self.messages_table, self.policy, self.parameters, self.audit.to_json())

    @cached_property
    def before_after(self) -> dict[str, Any] | None:
        """The days before and after each change of the policy, beside those of the twin where there is one
        (`sim.metrics.before_after`; its ``frame`` makes a DataFrame of it); None where nothing changes."""
        from sim.metrics.before_after import before_after

        parts = segments(self.policy, self.observed)
        if len(parts) == 1:
            return None
        if self.folder is not None and (self.folder / folder.METRICS).exists():
            saved: dict[str, Any] | None = folder.read_json(self.folder, folder.METRICS).get("before_after")
            if saved is not None:
                return saved
        twin = None if self.twin is None else self.twin.messages_table
        return before_after(self.messages_table, [(one.starts, one.ends, one.values) for one in parts], twin)

    @cached_property
    def plot(self) -> "Plotter":
        """The pictures of the run: ``run.plot.sends_by_hour()``; ``dir(run.plot)`` names them."""
        from sim.plots import Plotter

        return Plotter(self.history, self.messages_table, self.policy, self.parameters, lambda: self.audit.to_json())

    @cached_property
    def explainer(self) -> "Explainer":
        """Explains messages of the run by the policy that was saved with it."""
        from sim.explain import Explainer

        return Explainer(self.history, self.policy, self.observed, self.manifest.get("replaced", ()))

    def explain(self, message: int | str) -> "Explanation":
        """Why a message went, waited, was refused or lost: by its id, the id of a suppressed row of `messages`, or
        ``"CUSTOMER/TEMPLATE/DATE"`` for a debt message at a nightly run. Raises InputError when there is no such."""
        return self.explainer.explain(message)

    def check_manifest(self) -> None:
        """Raises InputError when the manifest lacks what is read from it, or the history is not the one it names."""
        place = (self.folder or Path()) / folder.MANIFEST
        try:
            wanted = self.manifest["fingerprint"]
            found = (self.observed, self.manifest["load"]["name"], self.manifest["seed"], self.parameters)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"lacks what a manifest holds ({error})", place) from None
        if not isinstance(found[-1]["parameters"], dict) or "rules" not in self.policy:
            raise InputError("the run folder is not whole", place)
        if self.history.fingerprint() != wanted:
            raise InputError(f"the history beside it has another fingerprint than {wanted}", place, field="fingerprint")

    def __repr__(self) -> str:
        load = self.manifest["load"]
        return f"<Run of {load['name']}, seed {self.manifest['seed']}: {len(self.history):,} events>"

    def _repr_html_(self) -> str:
        from sim.summary import notebook_html

        return notebook_html(self.manifest, self.audit.to_json(1), self.metrics)


@contextmanager
def stoppable() -> Iterator[None]:
    """Lets Ctrl-C be Ctrl-C in the block: DuckDB answers it with an error of its own."""
    try:
        yield
    except RuntimeError as error:
        if _INTERRUPTED in str(error):
            raise KeyboardInterrupt from None
        raise


def log_of(some: Sequence[Run], threads: int | None = None) -> "Log":
    """The log of several runs under one policy, to be audited together: their `run_id` is 1, 2 … in this order. The
    database uses all cores unless `threads` says how many."""
    from sim.audit import Log
    from sim.audit.log import Given

    only_one(some[0].policy)
    with stoppable():
        given = [
            Given(run.history.frame(), run.history.contents, run.messages_table, run.observed) for run in some
        ]  # fmt: skip
        return Log.from_histories(given, some[0].policy, threads)


def judge_log(log: "Log", targets: Mapping[str, float] | None = None, rules: Iterable[str] | None = None) -> "Audit":
    """The audit of a log, by all rules or by those of `rules`. A check that Ctrl-C stopped has not crashed: then
    KeyboardInterrupt is raised."""
    from sim.audit import judge

    audit = judge(log, targets, rules)
    if any(_INTERRUPTED in audit.rules[rule].why_unknown for rule in audit.crashed):
        raise KeyboardInterrupt
    return audit


def changed_policy(policy: dict[str, Any], sets: Mapping[str, object]) -> dict[str, Any]:
    """A saved policy with the values of `sets` in force. Raises InputError for a name or value that is not possible."""
    if not sets:
        return policy
    checked = load_policy(sets)
    rules = dict(policy["rules"])
    for name in sets:
        rule, _, value = name.partition(".")
        if rule not in rules:
            raise InputError("the policy saved with this run has no such rule", field=name)
        rules[rule] = {**rules[rule], "values": {**rules[rule]["values"], value: checked.value(name)}}
    return without_changes_of(sets, {**policy, "rules": rules})
