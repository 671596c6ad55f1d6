"""What each named reading of an ambiguous rule would change: the questions that a policy owner has to settle.

A reading that binds a system is tried by replaying the recording under it (open loop), one that binds officers alone
by auditing the same history under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.errors import InputError, shown
from sim.marked_yaml import suggestion
from sim.policy.policy import Policy, Rule, Value, load_policy
from sim.progress import Progress, Silent
from sim.replay.closed import Before
from sim.replay.differences import Difference, compare
from sim.replay.fates import Told, of_history, of_replay
from sim.replay.recordings import Recorded, Recording, audited
from sim.replay.results import Alternative, Counts, Question, Readings, Resimulated
from sim.replay.spread import counted
from sim.replay.systems import ALL_SYSTEMS, CENTRELINK, CHILD_SUPPORT
from sim.replay.telling import Teller

_WINDOW = "cs-send-window"  # holds for Centrelink's messages too (`cf-window`)


def ambiguous(policy: Policy, rule: str | None) -> list[tuple[Rule, Value]]:
    """The values with named readings, of one rule or of all. Raises InputError."""
    if rule is not None and rule not in policy.rules:
        raise InputError(f"unknown rule {shown(rule)}{suggestion(rule, policy.rules)}", field="--rule")
    found = [
        (each, value)
        for each in policy.rules.values() for value in each.values.values()
        if value.kind == "reading" and rule in (None, each.id)
    ]  # fmt: skip
    if not found:
        known = ", ".join(dict.fromkeys(each.id for each, _ in ambiguous(policy, None)))
        raise InputError(f"the rule {rule} has no named readings (those that have: {known})", field="--rule")
    return found


def ask(
    recorded: Recorded, rule: str | None = None, closed_loop: bool = False, progress: Progress | None = None
) -> Readings:
    """Try every other reading of each ambiguous rule (or of one) on what was recorded; with `closed_loop` simulate the
    load anew under each. Raises InputError."""
    tell = progress or Silent()
    named = ambiguous(load_policy(), rule)
    recordings = recorded.recordings
    tell.stage("replaying under the policy in force")
    bases = [of_replay(one.replayed()) for one in recordings]
    same = sum(_same(of_history(one.history), base) for one, base in zip(recordings, bases, strict=True))
    loop = _Closed(recorded) if closed_loop else _Open(recordings, bases)
    questions = []
    for each, value in named:
        tell.stage(f"trying {each.id}.{value.name}")
        questions.append(loop.question(each, value))
    who = [{fate.customer: None for fate in base.fates.values()} for base in bases]
    messages = sum(len(base.fates) for base in bases)
    return Readings(recorded.name, recorded.kind, loop.name, messages, sum(map(len, who)), same, questions)


def _same(recorded: Told, replayed: Told) -> int:
    return sum(
        1
        for message, fate in recorded.fates.items()
        if (other := replayed.fates.get(message)) is not None and other.decision() == fate.decision()
    )


class _Open:
    """The same recorded requests under each reading."""

    name = "open"

    def __init__(self, recordings: Sequence[Recording], bases: Sequence[Told]) -> None:
        self._recordings = recordings
        self._bases = bases

    def question(self, rule: Rule, value: Value) -> Question:
        """One ambiguous value."""
        recordings, bases, name = self._recordings, self._bases, f"{rule.id}.{value.name}"
        in_force = _in_force(recordings, name, value)
        others = [str(reading) for reading in value.allowed if reading != in_force]
        if rule.enforced_by == "procedure":
            found = {reading: audited(recordings, rule.id, {name: reading}) for reading in (in_force, *others)}
            alternatives = [
                Alternative(reading, [], [], 0, 0, 0, 0, 0, "", Counts(*found[reading])) for reading in others
            ]
            return Question(name, rule.id, value.note, in_force, alternatives, Counts(*found[in_force]))
        if any(policy.value(name) != in_force for one in recordings for policy in _in_turn(one)):
            bases = [of_replay(one.replayed({name: in_force})) for one in recordings]
        tried = [alternative(recordings, bases, {name: reading}, reading, in_force) for reading in others]
        return Question(name, rule.id, value.note, in_force, tried)


class _Closed:
    """The load simulated anew under each reading."""

    name = "closed"

    def __init__(self, recorded: Recorded) -> None:
        if recorded.load is None:
            raise InputError("only a load can be simulated anew (a run folder and a file of scenarios cannot)",
                             recorded.name, field="--closed-loop")  # fmt: skip
        (self._recording,) = recorded.recordings
        self._before = Before(recorded.load, self._recording.history)

    def question(self, rule: Rule, value: Value) -> Question:
        """One ambiguous value."""
        name = f"{rule.id}.{value.name}"
        in_force = str(self._recording.policy().value(name))
        by_officers = rule.enforced_by == "procedure"
        others = [
            self._alternative(name, str(reading), in_force, rule.id if by_officers else "")
            for reading in value.allowed if reading != in_force
        ]  # fmt: skip
        counts = Counts(*audited([self._recording], rule.id, {})) if by_officers else None
        return Question(name, rule.id, value.note, in_force, others, counts)

    def _alternative(self, name: str, reading: str, in_force: str, rule: str) -> Alternative:
        before, recording = self._before, self._recording
        found = before.under({name: reading})
        compared = found.compared
        who = len({each.customer: None for each in compared.differences})
        stories = [(each, recording, before.told) for each in compared.differences]
        counts = Counts(*audited([replace(recording, history=found.history)], rule, {name: reading})) if rule else None
        closed = Resimulated(found.matched, found.unmatched_before, found.unmatched_after, found.metrics)
        return Alternative(
            reading, compared.differences, [recording.name] * len(compared.differences), who, 0, compared.moved,
            compared.moved_most_ms, compared.other_nights, _example(stories, in_force, reading), counts, closed,
        )  # fmt: skip


def _in_force(recordings: Sequence[Recording], name: str, value: Value) -> str:
    """The reading in force; the default where the recordings differ in it, or one changes it."""
    found = list(dict.fromkeys(str(policy.value(name)) for one in recordings for policy in _in_turn(one)))
    return found[0] if len(found) == 1 else str(value.default)


def _in_turn(recording: Recording) -> list[Policy]:
    """The policies that were in force, one after the other."""
    return [recording.in_force, *(policy for _, policy in recording.later)]


def systems_of(names: Sequence[str]) -> tuple[int, ...]:
    """The systems that turn on these values of the policy."""
    rules = [name.partition(".")[0] for name in names]
    if any(rule == _WINDOW or not rule.startswith(("cs-", "cf-", "dr-")) for rule in rules):
        return ALL_SYSTEMS
    childs = CHILD_SUPPORT if any(rule.startswith("cs-") for rule in rules) else ()
    others = CENTRELINK if any(not rule.startswith("cs-") for rule in rules) else ()
    return (*childs, *others)


def alternative(
    recordings: Sequence[Recording],
    bases: Sequence[Told],
    changes: Mapping[str, object],
    called: str,
    in_force: str,
    teller: Teller | None = None,
) -> Alternative:
    """What differs under the policy with `changes`; the two policies are called so in the example, which `teller` tells
    (by default one that knows no names)."""
    systems = systems_of(list(changes))
    differences: list[Difference] = []
    customers = assumed = moved = most = nights = 0
    stories: list[tuple[Difference, Recording, Told]] = []
    for one, base in zip(recordings, bases, strict=True):
        outcomes = one.replayed(changes, systems)
        found = compare(base, of_replay(outcomes), systems)
        differences += found.differences
        stories += [(each, one, base) for each in found.differences]
        customers += len({each.customer: None for each in found.differences})
        assumed += len(outcomes.assumed_to_go_on)
        moved, most = moved + found.moved, max(most, found.moved_most_ms)
        nights += found.other_nights
    example = _example(stories, in_force, called, teller)
    sources = [one.name for _, one, _ in stories]
    return Alternative(called, differences, sources, customers, assumed, moved, most, nights, example)


def _example(
    stories: Sequence[tuple[Difference, Recording, Told]], in_force: str, called: str, teller: Teller | None = None
) -> str:
    """The first difference of the most frequent kind, told; empty when there is none."""
    kinds = list(counted([one.change for one, _, _ in stories]))
    for one, recording, base in stories:
        if one.change == kinds[0]:
            telling = teller or Teller(recording.stream, recording.policy().templates)
            return telling.story(one, in_force, called, base)
    return ""
