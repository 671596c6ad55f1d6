"""What if: a recorded log replayed with other values of the policy, and what comes out differently of whom, where and
when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import runs
from sim.audit import Log, judge
from sim.clock import AGENCY_ZONE, HOUR, clock, utc
from sim.errors import InputError
from sim.history import History
from sim.messages import Outcome, System, reason_names
from sim.policy.policy import load_policy
from sim.population.parameters import load_parameters
from sim.progress import Progress, Silent
from sim.replay.differences import MEANINGS, Change, Difference, compare
from sim.replay.fates import Fate, Told, of_history, of_replay
from sim.replay.foreign import ASSUMPTIONS, read_foreign
from sim.replay.logged import agreement
from sim.replay.questions import alternative
from sim.replay.recordings import Recording, audited, of_run
from sim.replay.results import Alternative, Counts, alternative_json
from sim.replay.spread import counted
from sim.replay.systems import ALL_SYSTEMS
from sim.replay.telling import Teller

if TYPE_CHECKING:
    import pandas as pd

    from sim.plots import Picture
    from sim.replay.minimal import Minimal

_SWITCH = "cs-fdv.enforced"  # the one value of a procedure on which systems turn
_LONGEST_TITLE = 200
_WORST_FIRST = (
    Change.REFUSED, Change.WITHDRAWN, Change.HELD, Change.HELD_LONGER, Change.ASKED, Change.LET_THROUGH,
)  # fmt: skip
"""What a log did against the rules, before what it left undone."""
IN_FORCE, LOGGED, OURS = "the policy in force", "the log", "our system"


@dataclass(frozen=True)
class WhatIf:
    """A log under other values. `kind`: ``run`` or ``log`` (somebody else's).

    `disagreements`: what the log says (before) and our systems under the policy in force do (after), where that is not
    the same. `changed`: what comes out differently with `sets` in force, None without any. `audits`: cases and breaches
    of procedures among them, before and after. `assumed`: what a foreign log is silent about, with counts. `recording`
    and `base` are what was replayed, and what came of it under the policy in force.
    """

    log: str
    kind: str
    sets: Mapping[str, object]
    messages: int
    customers: int
    disagreements: list[Difference]
    changed: Alternative | None
    audits: Mapping[str, tuple[Counts, Counts]]
    assumed: Mapping[str, int]
    recording: Recording
    base: Told
    teller: Teller

    @property
    def differences(self) -> list[Difference]:
        """The messages that come out differently with other values in force."""
        return self.changed.differences if self.changed else []

    @property
    def called(self) -> str:
        """The other values, as a sentence names them."""
        return ", ".join(f"{name} = {value}" for name, value in self.sets.items())

    def by_day(self) -> dict[str, dict[str, int]]:
        """How many come out differently, by the customer's local day (ISO date) and kind; days without any left out."""
        return self._by(self._day)

    def by_zone(self) -> dict[str, dict[str, int]]:
        """The same by the zone then on record of the customer."""
        return self._by(lambda one: self.teller.clock_at(one.customer, one.time).name)

    def by_rule(self) -> dict[str, dict[str, int]]:
        """The same by the rule that decides it."""
        return self._by(lambda one: one.rule)

    def _day(self, one: Difference) -> str:
        return date.fromordinal(self.teller.clock_at(one.customer, one.time).day(one.time)).isoformat()

    def _by(self, group: Any) -> dict[str, dict[str, int]]:
        found: dict[str, list[str]] = {}
        for one in self.differences:
            found.setdefault(group(one), []).append(one.change)
        return {name: counted(found[name]) for name in sorted(found)}

    def plot(self) -> "Picture":
        """What would have come out differently, by local day and by zone."""
        from sim.plots.what_if import Changed, what_would_change

        agency = clock(AGENCY_ZONE)
        presses = [fate.pressed for fate in self.base.fates.values()] or [self.recording.stream.start]
        days = agency.day(min(presses)), agency.day(max(presses))
        return what_would_change(Changed(self.called, self.messages, *days, self.by_day(), self.by_zone(), MEANINGS))

    def scenario(self) -> "Minimal | None":
        """A minimal scenario file that shows one of the differences, or without other values in force one of the
        disagreements with somebody's log; None when there is none, or none that a file can show."""
        from sim.replay.minimal import Wanted, minimal

        if self.changed is None:
            breach = Wanted(None, self.recording.policy_at, (), self._breach_title, self._breach_remark)
            return minimal(self.recording.stream, self.disagreements, _WORST_FIRST, breach)
        rules = tuple(dict.fromkeys(name.partition(".")[0] for name in self.sets))
        recording = self.recording
        wanted = Wanted(
            recording.policy_at, lambda time: recording.policy_at(time, self.sets), rules, self._difference_title,
            self._difference_remark,
        )  # fmt: skip
        return minimal(recording.stream, self.differences, list(self.changed.changes()), wanted)

    def _difference_title(self, one: Difference) -> str:
        return f"With {self.called}: {MEANINGS[one.change]}"[:_LONGEST_TITLE]

    def _difference_remark(self, one: Difference) -> str:
        return (
            f"Written by emsim whatif from {Path(self.log).name}: {self._named(one)}.\n"
            "It holds with these values of the policy, and fails with those that were in force."
        )

    def _breach_title(self, one: Difference) -> str:
        rule = self.recording.in_force.rules[one.rule].title if one.rule in self.recording.in_force.rules else one.rule
        return f"What the rules demand of a message of a log ({rule})"[:_LONGEST_TITLE]

    def _breach_remark(self, one: Difference) -> str:
        return f"Written by emsim whatif from {Path(self.log).name}, which says otherwise: {self._named(one)}."

    def _named(self, one: Difference) -> str:
        message = self.teller.message(one.message)
        whose = f"customer {self.teller.customer(one.customer)}"
        return " ".join((f"message {message} of {whose}" if message else f"a message that {whose} did not get").split())

    def frame(self) -> "pd.DataFrame":
        """A row a message that comes out differently."""
        import pandas as pd

        return pd.DataFrame([self.row(one) for one in self.differences])

    def row(self, one: Difference) -> dict[str, Any]:
        """One difference as plain values."""
        template = self.recording.in_force.templates.get(one.template)
        return {
            "message": self.teller.message(one.message) or None,
            "customer": self.teller.customer(one.customer),
            "system": System(one.system).name.lower(),
            "template": template.id if template else None,
            "timezone": self.teller.clock_at(one.customer, one.time).name,
            "asked_at": utc(one.time),
            "change": str(one.change),
            "rule": one.rule,
            "reasons": ";".join(reason_names(one.reasons)),
            "by_hours": round(one.by_ms / HOUR, 4),
            **_fate("before", one.before),
            **_fate("after", one.after),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON-able document."""
        found = None
        if self.changed is not None:
            found = alternative_json(self.changed)
            found |= {"by_rule": self.by_rule(), "by_day": self.by_day(), "by_zone": self.by_zone()}
        return {
            "log": self.log, "kind": self.kind, "set": dict(self.sets), "messages": self.messages,
            "customers": self.customers,
            "agreement": {
                "same": self.messages - len(self.disagreements),
                "differ": counted([one.change for one in self.disagreements]),
                "messages": [self.row(one) for one in self.disagreements],
            },
            "assumed": [
                {"what": ASSUMPTIONS[name], "count": count} for name, count in self.assumed.items() if count
            ],
            "changed": found,
            "differences": [self.row(one) for one in self.differences],
            "audits": {
                rule: {"before": before._asdict(), "after": after._asdict()}
                for rule, (before, after) in self.audits.items()
            },
        }  # fmt: skip


def _fate(when: str, fate: Fate | None) -> dict[str, Any]:
    """The columns of a message under one policy; missing where it was not sent at all."""
    if fate is None:
        return {f"outcome_{when}": None, f"due_{when}": None, f"sent_{when}": None}
    return {
        f"outcome_{when}": Outcome(fate.final).name.lower(),
        f"due_{when}": utc(fate.last_due) if fate.accepted else None,
        f"sent_{when}": utc(fate.sent) if fate.sent >= 0 else None,
    }


def what_if(
    path: Path,
    sets: Mapping[str, object],
    customers: Path | None = None,
    mapping: Mapping[str, str] | None = None,
    times_in: str | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """Replay the log at `path` with the values of `sets` in force. Raises InputError."""
    tell = progress or Silent()
    _check_sets(sets)
    if not path.exists():
        raise InputError("no such run folder or messages file", path)
    tell.stage("reading the log")
    if path.is_dir():
        for name, value in (("--customers", customers), ("--map", mapping), ("--times-in", times_in)):
            if value:
                raise InputError("is for messages files; a run folder needs no such help", field=name)
        return _of_run(path, sets, tell)
    return _of_foreign(path, sets, customers, mapping or {}, times_in, tell)


def _check_sets(sets: Mapping[str, object]) -> None:
    parameters = load_parameters()
    for name in sets:
        if name in parameters:
            raise InputError("is a parameter of the simulation; a log is replayed with other policy values", field=name)
    load_policy(sets)


def _of_run(path: Path, sets: Mapping[str, object], tell: Progress) -> WhatIf:
    recording = of_run(runs.load_run(path))
    (
        recording.policy(sets),
        recording.policies(sets),
    )  # what is not possible beside the values in force is refused before anything else
    tell.stage("replaying")
    base = of_replay(recording.replayed())
    differing = compare(of_history(recording.history), base, ALL_SYSTEMS).differences
    audits = {
        rule: (Counts(*audited([recording], rule, {})), Counts(*audited([recording], rule, sets)))
        for rule in _procedures(sets)
    }
    teller = Teller(recording.stream, recording.in_force.templates)
    return _found(str(path), "run", sets, recording, base, differing, audits, {}, teller)


def _of_foreign(
    path: Path, sets: Mapping[str, object], customers: Path | None, mapping: Mapping[str, str], times_in: str | None,
    tell: Progress,
) -> WhatIf:  # fmt: skip
    policy = load_policy()
    with runs.stoppable():
        foreign = read_foreign(path, policy, customers, mapping, times_in)
    recording = Recording(path.name, History(), (foreign.stream.start, foreign.log.observed_to), foreign.stream, policy)
    tell.stage("replaying")
    base = of_replay(recording.replayed())
    differing = agreement(foreign, base).differences
    audits = {}
    for rule in _procedures(sets):
        found = []
        for changes in ({}, sets):
            with runs.stoppable():
                log = Log.from_messages(
                    path, customers, policy=load_policy(changes).plain(), mapping=mapping, times_in=times_in
                )
                judged = judge(log, rules=[rule]).rules[rule]
            found.append(Counts(judged.cases, judged.breaches))
        audits[rule] = (found[0], found[1])
    teller = Teller(foreign.stream, policy.templates, foreign.customers, foreign.messages)
    return _found(str(path), "log", sets, recording, base, differing, audits, foreign.assumed, teller)


def _procedures(sets: Mapping[str, object]) -> list[str]:
    """The rules among these values that no system enforces."""
    rules = load_policy().rules
    named = dict.fromkeys(name.partition(".")[0] for name in sets if name != _SWITCH)
    return [rule for rule in named if rules[rule].enforced_by == "procedure"]


def _found(
    log: str, kind: str, sets: Mapping[str, object], recording: Recording, base: Told, differing: list[Difference],
    audits: Mapping[str, tuple[Counts, Counts]], assumed: Mapping[str, int], teller: Teller,
) -> WhatIf:  # fmt: skip
    found = None
    if sets:
        called = ", ".join(f"{name} = {value}" for name, value in sets.items())
        found = alternative([recording], [base], sets, called, IN_FORCE, teller)
    customers = len({fate.customer: None for fate in base.fates.values()})
    return WhatIf(
        log, kind, sets, len(base.fates), customers, differing, found, audits, assumed, recording, base, teller,
    )  # fmt: skip
