"""What a comparison of two runs is made of."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.diff.settings import Setting
from sim.explain import words


class FactPair(NamedTuple):
    """What one check saw in each run: `first` and `second` are facts in words, each with whether it passed (None: not
    reached, or the check was not made)."""

    name: str
    rule: str
    first_passed: bool | None
    first: str
    second_passed: bool | None
    second: str


class Example(NamedTuple):
    """One message that came out differently: its id in each run (None: not there), and what each made of it."""

    at: int
    zone: int
    customer: int
    system: str
    template: str
    first_message: int | None
    second_message: int | None
    first: str
    second: str


class Group(NamedTuple):
    """Messages that came out differently in one manner: `change` and the `rule` that decides it. `explained_by` names
    the values of that rule in which the runs differ. `later_hours` is the median of how much later they go (negative:
    sooner), None where not both go."""

    change: str
    meaning: str
    rule: str
    reasons: str
    messages: int
    customers: int
    later_hours: float | None
    explained_by: tuple[str, ...]
    examples: tuple[Example, ...]


class First(NamedTuple):
    """The first decision, in time, about one and the same request that came out differently. `facts` are the checks
    that differ, `explained_by` the settings that explain it, `note` what else is to be said."""

    example: Example
    facts: tuple[FactPair, ...]
    explained_by: tuple[Setting, ...]
    note: str


class Total(NamedTuple):
    """One number of both runs."""

    what: str
    first: int
    second: int


@dataclass(frozen=True)
class Difference:
    """Two runs held against each other. `kind` is ``identical``, ``same_history`` (only settings differ),
    ``comparable`` (the same people under the same seed: message by message) or ``totals``. `alone` counts requests that
    one run alone made, `shifted` those that were pressed at another instant and decided alike, `moved` those that left
    the queue at another instant; `first_request` is the first request that one run alone made, or made elsewhen."""

    kind: str
    settings: tuple[Setting, ...]
    first: First | None
    first_request: Example | None
    groups: tuple[Group, ...]
    matched: int
    alone: tuple[int, int]
    shifted: int
    moved: int
    other_nights: int
    totals: tuple[Total, ...]
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the runs are the same."""
        return self.kind == "identical"

    def to_json(self) -> dict[str, Any]:
        """Plain data with stable keys; instants in local time with their offset."""
        return {
            "same": self.same,
            "kind": self.kind,
            "settings": [setting._asdict() for setting in self.settings],
            "first_divergent_decision": _first(self.first),
            "first_other_request": _example(self.first_request),
            "groups": [
                {**group._asdict(), "explained_by": list(group.explained_by),
                 "examples": [_example(one) for one in group.examples]}
                for group in self.groups
            ],
            "matched": self.matched,
            "only_in_first": self.alone[0],
            "only_in_second": self.alone[1],
            "pressed_at_another_instant": self.shifted,
            "sent_at_another_instant": self.moved,
            "nights_suppressed_for_another_reason": self.other_nights,
            "totals": [total._asdict() for total in self.totals],
            "notes": list(self.notes),
        }  # fmt: skip

    def __str__(self) -> str:
        from sim.diff.telling import plain_text

        return str(plain_text(self))


def _example(one: Example | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {**one._asdict(), "at": words.iso(one.at, one.zone), "zone": words.zone_name(one.zone)}


def _first(found: First | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        **(_example(found.example) or {}),
        "facts": [pair._asdict() for pair in found.facts],
        "explained_by": [setting._asdict() for setting in found.explained_by],
        "note": found.note or None,
    }
