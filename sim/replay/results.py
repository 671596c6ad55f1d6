"""What came of trying readings, as values, DataFrames and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.clock import HOUR
from sim.messages import System
from sim.replay.differences import Change, Difference
from sim.replay.spread import Shift, counted, shift

if TYPE_CHECKING:
    import pandas as pd


class Counts(NamedTuple):
    """Cases and breaches that the audit finds under one reading."""

    cases: int
    breaches: int


class Metric(NamedTuple):
    """A number that comes out differently when a load is simulated again; None where there is none."""

    metric: str
    group: str
    unit: str
    before: float | None
    after: float | None


class Resimulated(NamedTuple):
    """How far the messages of two simulations could be matched by their causes, and the metrics that move."""

    matched: int
    unmatched_before: int
    unmatched_after: int
    metrics: Sequence[Metric]


@dataclass(frozen=True)
class Alternative:
    """One other reading of a value, and what differs under it. `sources` names the recording of each difference.

    `assumed_to_go_on`: messages about which the one-hour question is asked under it and was not in the recording; their
    officers are taken to press Send. `moved`: messages with the same decision that leave at another instant, because a
    queue moved, and by how much at most. `other_nights`: nights on which a debt message is suppressed for another
    reason. `audit` is given where the reading binds officers alone, `closed` where the load was simulated again.
    """

    reading: str
    differences: list[Difference]
    sources: list[str]
    customers: int
    assumed_to_go_on: int
    moved: int
    moved_most_ms: int
    other_nights: int
    example: str
    audit: Counts | None = None
    closed: Resimulated | None = None

    @property
    def differs(self) -> bool:
        """Whether anything comes out differently."""
        return bool(self.differences or self.other_nights)

    @property
    def later(self) -> Shift | None:
        """How much later messages go."""
        return shift(self.differences, later=True)

    @property
    def sooner(self) -> Shift | None:
        """How much sooner messages go."""
        return shift(self.differences, later=False)

    def rows(self) -> list[dict[str, Any]]:
        """Each message that comes out differently, as plain values."""
        return [
            {
                "recording": source, "message": one.message, "customer": one.customer,
                "system": System(one.system).name.lower(), "template": one.template, "change": str(one.change),
                "rule": one.rule, "by_hours": round(one.by_ms / HOUR, 4),
            }
            for one, source in zip(self.differences, self.sources, strict=True)
        ]  # fmt: skip

    def changes(self) -> dict[str, int]:
        """How many messages come out differently, by kind."""
        return counted([one.change for one in self.differences])

    def rules(self) -> dict[str, int]:
        """The same by the rule that decides it."""
        return counted([one.rule for one in self.differences])


@dataclass(frozen=True)
class Question:
    """An ambiguous value: the reading in force, what it decides, and each other reading. `audit` as there."""

    name: str
    rule: str
    decides: str
    in_force: str
    alternatives: list[Alternative]
    audit: Counts | None = None


@dataclass(frozen=True)
class Readings:
    """All questions of one recording, tried in an `open` or a `closed` loop. `messages` and `customers`: of how many;
    `same`: how many of the recorded decisions a replay under the policy in force gives again (all, unless another
    system was recorded)."""

    scenario: str
    kind: str
    loop: str
    messages: int
    customers: int
    same: int
    questions: list[Question]

    def frame(self) -> "pd.DataFrame":
        """A row a reading that is not in force."""
        import pandas as pd

        return pd.DataFrame([self._row(question, one) for question in self.questions for one in question.alternatives])

    def messages_frame(self) -> "pd.DataFrame":
        """A row a message that comes out differently under a reading."""
        import pandas as pd

        rows = [
            {"name": question.name, "reading": one.reading, **row}
            for question in self.questions for one in question.alternatives for row in one.rows()
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def _row(self, question: Question, one: Alternative) -> dict[str, Any]:
        row: dict[str, Any] = {
            "name": question.name, "in_force": question.in_force, "reading": one.reading,
            "messages": len(one.differences), "of_messages": self.messages, "customers": one.customers,
            "of_customers": self.customers,
        }  # fmt: skip
        changes = one.changes()
        row |= {str(change).replace(" ", "_"): changes.get(change, 0) for change in Change}
        for name, found in (("later", one.later), ("sooner", one.sooner)):
            row[f"{name}_median_hours"] = found.median_hours if found else None
            row[f"{name}_most_hours"] = found.most_hours if found else None
        row |= {"assumed_to_go_on": one.assumed_to_go_on, "example": one.example}
        for name, counts in (("in_force", question.audit), ("reading", one.audit)):
            row[f"breaches_{name}"] = counts.breaches if counts else None
        return row

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON-able document."""
        return {
            "scenario": self.scenario, "kind": self.kind, "loop": self.loop, "messages": self.messages,
            "customers": self.customers, "same_as_recorded": self.same,
            "questions": [_question_json(question) for question in self.questions],
        }  # fmt: skip


def _question_json(question: Question) -> dict[str, Any]:
    return {
        "name": question.name, "rule": question.rule, "decides": question.decides, "in_force": question.in_force,
        "audit": _counts_json(question.audit),
        "readings": [{**alternative_json(one), "which": one.rows()} for one in question.alternatives],
    }  # fmt: skip


def _counts_json(counts: Counts | None) -> dict[str, int] | None:
    return None if counts is None else counts._asdict()


def alternative_json(one: Alternative) -> dict[str, Any]:
    """What differs under one reading (or one setting), as JSON-able data."""
    return {
        "reading": one.reading,
        "messages": len(one.differences),
        "customers": one.customers,
        "changes": one.changes(),
        "rules": one.rules(),
        "later": one.later._asdict() if one.later else None,
        "sooner": one.sooner._asdict() if one.sooner else None,
        "assumed_to_go_on": one.assumed_to_go_on,
        "moved_in_the_queue": {"messages": one.moved, "most_seconds": one.moved_most_ms / 1000},
        "nights_suppressed_for_another_reason": one.other_nights,
        "example": one.example or None,
        "audit": _counts_json(one.audit),
        "closed_loop": _closed_json(one.closed),
    }


def _closed_json(closed: Resimulated | None) -> dict[str, Any] | None:
    return None if closed is None else {**closed._asdict(), "metrics": [each._asdict() for each in closed.metrics]}
