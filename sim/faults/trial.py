"""One fault on trial: which scenarios notice it, and which rules of the audit, on generated loads alone.

Both sides are held against what our own systems do. A scenario that ours fail proves nothing, and a history that is
the same as ours cannot be judged otherwise, so it is not judged again.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fakes.broken import Fault
from fakes.machinery import OURS, Machinery
from fakes.our_systems import OurMessagingSystem
from sim.audit import PROCEDURES, RULE_MODULES, Log, judge
from sim.audit.log import Given
from sim.errors import InputError
from sim.faults.loads import LOADS, AuditLoad
from sim.history import History
from sim.scenario.expand import Item, read_scenarios
from sim.scenario.expectations import judge_steps
from sim.scenario.load import Load
from sim.scenario.session import Options, Session
from sim.scenario.stage import Stage
from sim.scenario.systems.plug import Plugged
from sim.world import simulate

ENFORCED = tuple(name.replace("_", "-") for name in RULE_MODULES if name not in PROCEDURES)
"""The rules that a system enforces, or that are about contents: those of the policy that a broken system can fail."""
_PACKAGE = Path(__file__).parents[1]


def shipped_suite() -> Path:
    """The folder of the scenarios of all rules: inside the installed package, or in the checkout."""
    installed = _PACKAGE / "shipped" / "rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios" / "rules"


def read_suite(place: Path) -> list[Item]:
    """All scenarios of a folder (or of one file), in the order of their files. Raises InputError."""
    from sim.scenario.collected import kind_of

    if not place.exists():
        raise InputError("no such folder or file of scenarios", place)
    files = [place] if place.is_file() else sorted([*place.rglob("*.yaml"), *place.rglob("*.yml")])
    items = [item for file in files if kind_of(file) == "scenario" for item in read_scenarios(file)]
    if not items:
        raise InputError("holds no scenario (a YAML file with emsim: 1 and kind: scenario)", place)
    return items


def name_of(item: Item) -> str:
    """A scenario as pytest names it: file and item."""
    here = Path.cwd()
    path = item.path.relative_to(here) if item.path.is_absolute() and item.path.is_relative_to(here) else item.path
    return f"{path.as_posix()}::{item.name}"


def stage_of(machinery: Machinery) -> Stage:
    """A stage on which systems of this machinery play."""
    return Stage(Plugged(lambda: OurMessagingSystem(machinery)), Options().seed, {})


def our_scenarios(items: Sequence[Item], *, audited: bool = True) -> dict[str, str]:
    """The fingerprints of the histories of the scenarios that our own systems pass, by the scenario's name. Without
    `audited` a scenario is taken to pass when its steps do."""
    stage = stage_of(OURS)
    session = Session(items, Options(), stage=stage) if audited else None
    passed: dict[str, str] = {}
    for index, item in enumerate(items):
        if session:
            judged = session.result(index)
            played, failures = judged.played, judged.failures
        else:
            played = stage.play(item)
            failures = judge_steps(played).failures
        if not failures:
            passed[name_of(item)] = played.history.fingerprint()
    return passed


def scenarios_that_notice(fault: Fault, items: Sequence[Item], ours: Mapping[str, str], *, quick: bool) -> list[str]:
    """The names of the scenarios that fail with the fault, those that exercise its rule first; with `quick` no more
    than the first. `ours`: `our_scenarios`."""
    usable = [item for item in items if name_of(item) in ours]
    stage, found = stage_of(fault.machinery), list[str]()
    for about in (True, False):
        chosen = [item for item in usable if (fault.rule in item.scenario.rules) == about]
        for name in _failing(chosen, stage, ours):
            found.append(name)
            if quick:
                return found
    return found


def _failing(items: Sequence[Item], stage: Stage, ours: Mapping[str, str]) -> Iterable[str]:
    """Those that fail by their steps at once; then those of the others that fail by their audit."""
    unnoticed = []
    for item in items:
        played = stage.play(item)
        if judge_steps(played).failures:
            yield name_of(item)
        elif played.history.fingerprint() != ours[name_of(item)]:
            unnoticed.append(item)
    session = Session(unnoticed, Options(), stage=stage)
    for index, item in enumerate(unnoticed):
        if session.result(index).failures:
            yield name_of(item)


# The audit


def rules_that_notice(
    fault: Fault, ours: Mapping[str, str], loads: Sequence[AuditLoad] = LOADS, *, quick: bool
) -> dict[str, str]:
    """The rules that systems or contents broke, each with the load on which it was seen first. `ours`: `our_loads`.

    Loads are simulated until the fault's own rule is broken, those about it first. With `quick` it alone is judged, and
    the others only when it is broken nowhere: then the first that is.
    """
    found: dict[str, str] = {}
    logs: list[tuple[str, Log]] = []
    for one in in_order(fault.rule, loads):
        load = one.load
        history = simulated(load, fault.machinery)
        if history.fingerprint() == ours[load.name]:
            continue
        log = log_of(load, [history])
        logs.append((load.name, log))
        for rule, runs in broken(log, [fault.rule] if quick else ENFORCED).items():
            if runs:
                found.setdefault(rule, load.name)
        if fault.rule in found:
            return found
    if quick:
        for name, log in logs:
            for rule, runs in broken(log, ENFORCED).items():
                if runs:
                    return {rule: name}
    return found


def first_notices(
    faults: Sequence[Fault], ours: Mapping[str, str], loads: Sequence[AuditLoad] = LOADS
) -> dict[str, tuple[str, str]]:
    """For faults of one rule: the (rule, load) by which each is noticed first, by the fault's name.

    The faults' own rule comes first, on all loads; then all rules. The histories of a load are judged in one batch,
    which is several times quicker than one after the other.
    """
    rule, found = faults[0].rule, dict[str, tuple[str, str]]()
    assert all(fault.rule == rule for fault in faults)
    kept: dict[str, dict[str, History]] = {}
    for one in in_order(rule, loads):
        name = one.load.name
        histories = {fault.name: simulated(one.load, fault.machinery) for fault in faults if fault.name not in found}
        kept[name] = {fault: each for fault, each in histories.items() if each.fingerprint() != ours[name]}
        found.update((fault, (rule, name)) for fault in _noticed(one.load, kept[name], [rule]))
    for one in in_order(rule, loads):
        name = one.load.name
        left = {fault: history for fault, history in kept[name].items() if fault not in found}
        found.update((fault, (by, name)) for fault, by in _noticed(one.load, left, ENFORCED).items())
    return found


def _noticed(load: Load, histories: Mapping[str, History], rules: Iterable[str]) -> dict[str, str]:
    """By which of `rules` each of these faults is noticed, if by any; the first in the policy's order."""
    noticed: dict[str, str] = {}
    if histories:
        for rule, runs in broken(log_of(load, list(histories.values())), rules).items():
            for run in runs:
                noticed.setdefault(list(histories)[run - 1], rule)
    return noticed


def our_loads(loads: Iterable[AuditLoad] = LOADS) -> dict[str, str]:
    """The fingerprints of the histories that our own systems give, by the name of the load."""
    return {one.load.name: simulated(one.load, OURS).fingerprint() for one in loads}


def in_order(rule: str, loads: Sequence[AuditLoad]) -> list[AuditLoad]:
    """The loads that are about this rule first: what names it longest."""
    return sorted(loads, key=lambda one: -max((len(name) for name in one.about if rule.startswith(name)), default=0))


def simulated(load: Load, machinery: Machinery) -> History:
    """The history of a load with systems of this machinery."""
    return simulate(load, load.read_policy(), load.read_parameters(), machinery=machinery)


def log_of(load: Load, histories: Sequence[History]) -> Log:
    """Histories of one load as the audit takes them, with nothing beside them; they are its runs 1, 2 …"""
    observed = load.starts, load.ends
    given = [Given(history.frame(), history.contents, None, observed) for history in histories]
    return Log.from_histories(given, load.read_policy().plain())


def broken(log: Log, rules: Iterable[str]) -> dict[str, list[int]]:
    """In which runs each of `rules` fails; those are left out that officers are told and no system enforces."""
    audit = judge(log, rules=[rule for rule in rules if rule in ENFORCED])
    if audit.crashed:
        raise RuntimeError(f"checks of the audit crashed: {', '.join(audit.crashed)}")
    return {rule: sorted({breach.run_id: None for breach in judged.evidence}) for rule, judged in audit.rules.items()}
