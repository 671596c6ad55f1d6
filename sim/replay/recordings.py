"""Where recordings come from: a load that is run, a run folder, or a file of scripted scenarios."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim import folder, runs
from sim.errors import InputError, shown
from sim.history import History
from sim.marked_yaml import read_yaml
from sim.policy.policy import Policy, load_policy
from sim.policy.saved import saved_policy
from sim.policy.segments import segments, with_changes
from sim.progress import Progress, Silent
from sim.replay.stream import Stream, recorded
from sim.replay.systems import ALL_SYSTEMS, Outcomes, replay
from sim.scenario.load import Load, shipped_loads

_SCRIPTED_SMS_RATE, _SCRIPTED_EMAIL_RATE = 1_000.0, 1.0
"""Messages a second that the outboxes of a scripted scenario take (`fakes.our_systems`)."""


@dataclass(frozen=True)
class Recording:
    """A history with the stream that is in it, and the policy that was in force; `later` are those by which it was
    replaced, each from an instant on (ms UTC)."""

    name: str
    history: History
    observed: tuple[int, int]
    stream: Stream
    in_force: Policy
    later: tuple[tuple[int, Policy], ...] = ()

    def policy(self, changes: Mapping[str, object] | None = None) -> Policy:
        """The policy in force at the start, with `changes`. Raises InputError for what is not possible."""
        return changed(self.in_force, changes or {})

    def policies(self, changes: Mapping[str, object] | None = None) -> list[tuple[int, Policy]]:
        """Those that replaced it, with the same `changes`, which hold all along. Raises InputError."""
        return [(time, changed(policy, changes or {})) for time, policy in self.later]

    def policy_at(self, time: int, changes: Mapping[str, object] | None = None) -> Policy:
        """The policy in force at an instant, with `changes`."""
        found = [policy for since, policy in self.policies(changes) if since <= time]
        return found[-1] if found else self.policy(changes)

    def replayed(self, changes: Mapping[str, object] | None = None, systems: Collection[int] = ALL_SYSTEMS) -> Outcomes:
        """What our systems make of it under the policy in force, with `changes`."""
        return replay(self.stream, self.policy(changes), systems, later=self.policies(changes))


@dataclass(frozen=True)
class Recorded:
    """What was read: its recordings, the name and the kind (``load``, ``run`` or ``scenarios``), and the load."""

    name: str
    kind: str
    recordings: list[Recording]
    load: Load | None = None


def read(
    scenario: Path | str,
    seed: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    sets: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Recorded:
    """Run a load, play a scenario file, or read a run folder. Raises InputError."""
    path = Path(scenario)
    if path.is_dir() and str(scenario) not in shipped_loads():
        for name, value in (("--seed", seed), ("--customers", customers), ("--days", days), ("--set", sets)):
            if value:
                raise InputError("a run folder is read as it is (for loads and scenario files)", field=name)
        run = runs.load_run(path)
        return Recorded(str(scenario), "run", [of_run(run)])
    if path.is_file() and _kind(path) == "scenario":
        for name, value in (("--customers", customers), ("--days", days)):
            if value:
                raise InputError("a scenario file names its customers and times (for loads)", field=name)
        return Recorded(str(scenario), "scenarios", of_scenarios(path, sets or {}, 1 if seed is None else seed))
    planned = runs.plan(str(scenario), seed, customers, days, None, sets)
    run = runs.carry_out(planned, progress=progress or Silent())
    return Recorded(planned.load.name, "load", [of_run(run)], planned.load)


def _kind(path: Path) -> str:
    """What a file says it is. Raises InputError for neither a scenario nor a load."""
    marked = read_yaml(path)
    kind = marked.data.get("kind") if isinstance(marked.data, dict) else None
    if kind not in ("scenario", "load"):
        raise marked.error(f"must be scenario or load (value {shown(kind)})", ("kind",))
    return str(kind)


def of_run(run: "runs.Run") -> Recording:
    """The recording of a run."""
    parameters = run.manifest["parameters"]["values"]

    place = (run.folder or Path()) / folder.MANIFEST

    def value(name: str) -> float:
        try:
            return float(parameters[name]["value"])
        except (KeyError, TypeError, ValueError):
            raise InputError("the run folder does not say it", place, None, name) from None

    first, *later = segments(run.policy, run.observed)
    stream = recorded(
        run.history, run.observed, value("gateway.rate_per_second") * value("gateway.binds"),
        value("email.rate_per_second"),
    )  # fmt: skip
    return Recording(
        run.manifest["load"]["name"], run.history, run.observed, stream, saved_policy(first.policy),
        tuple((segment.starts, saved_policy(segment.policy)) for segment in later),
    )  # fmt: skip


def of_scenarios(path: Path, sets: Mapping[str, object], seed: int) -> list[Recording]:
    """Play every scenario of a file against our system. Raises InputError."""
    from fakes.our_systems import OurMessagingSystem
    from sim.scenario.conversation import Conversation, leave_clock
    from sim.scenario.expand import read_scenarios
    from sim.scenario.player import play

    found = []
    for item in read_scenarios(path, sets):
        history = play(item, Conversation(OurMessagingSystem(), leave_clock), seed, dict(sets)).history
        observed = (item.start, item.until)
        policy = load_policy({**sets, **item.scenario.policy})
        stream = recorded(history, observed, _SCRIPTED_SMS_RATE, _SCRIPTED_EMAIL_RATE)
        found.append(Recording(item.name, history, observed, stream, policy))
    return found


def sets_of(policy: Policy) -> dict[str, object]:
    """The values of a policy that differ from the defaults and can be set."""
    found: dict[str, object] = {}
    for name in policy.names():
        setting = policy.setting(name)
        if setting.value != setting.default and not setting.fixed and setting.kind not in ("words", "table"):
            found[name] = setting.value
    return found


def changed(policy: Policy, changes: Mapping[str, object]) -> Policy:
    """A policy with other values in force. Raises InputError for what is not possible."""
    checked = load_policy({**sets_of(policy), **changes})
    rules = dict(policy.rules)
    for name in changes:
        value = checked.setting(name)
        rule = rules[name.partition(".")[0]]
        rules[rule.id] = replace(rule, values={**rule.values, value.name: value})
    return replace(policy, rules=rules)


def audited(recordings: Iterable[Recording], rule: str, changes: Mapping[str, object]) -> tuple[int, int]:
    """Cases and breaches that the audit of one rule finds in the histories, with `changes` in force."""
    from sim.audit import Log, Part, judge, judge_parts
    from sim.audit.log import Given

    by_policy: dict[str, list[Recording]] = {}
    for one in recordings:
        key = one.name if one.later else one.policy(changes).hash()
        by_policy.setdefault(key, []).append(one)
    cases = breaches = 0
    for alike in by_policy.values():
        given = [Given(one.history.array(), one.history.contents, None, one.observed) for one in alike]
        plain = with_changes(alike[0].policy(changes), alike[0].policies(changes))
        with runs.stoppable():
            parts = [
                Part(Log.from_histories(given, segment.policy), segment.starts, segment.ends)
                for segment in segments(plain, alike[0].observed)
            ]
            if len(parts) == 1:
                found = judge(parts[0].log, rules=[rule]).rules[rule]
            else:
                found = judge_parts(parts, lambda log: judge(log, rules=[rule])).rules[rule]
        cases, breaches = cases + found.cases, breaches + found.breaches
    return cases, breaches
