"""What came of a scenario that was played: its history, and what every step and message got as an answer."""

from dataclasses import dataclass, field
from typing import Any

from fakes.messaging import Plain
from sim.history import History
from sim.scenario.expand import Item


@dataclass
class Attempt:
    """One press of Send, or one message that a system began: what was asked, and the answers to it in order."""

    number: int
    customer: int
    system: int
    template: int
    officer: int
    ref: int
    fields: int
    label: str
    channel: int = 0
    theirs: int | str = 0
    answers: list[Plain] = field(default_factory=list)


@dataclass
class Played:
    """What came of a scenario. `results` holds what each step gave (by index): the answers, lines, view or text of its
    verb; None when the system does not support it. `broken` is set when the system left the protocol."""

    item: Item
    history: History
    seed: int
    results: dict[int, Any] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    supports: tuple[str, ...] = ()
    template_names: dict[int, str] = field(default_factory=dict)
    broken: str = ""
    broken_at: int = -1
