"""What came of a scenario that was played: its history, and what every step and message got as an answer."""

from dataclasses import dataclass, field
from typing import Any

from fakes.messaging import Plain
from sim.history import History
from sim.scenario.expand import Item


@dataclass
class Attempt:
    """One press of Send, or one message that a system began: what was asked, and the answers to it in order.

    `theirs` is the system's id of the message. `unanswered` says why the outcome of the Send at `pressed_at` is not
    known; it is `settled` once the transport received the message.
    """

    number: int
    customer: int
    system: int
    template: int
    officer: int
    ref: int
    fields: int
    label: str
    channel: int = 0
    theirs: int | str | None = None
    answers: list[Plain] = field(default_factory=list)
    unanswered: str = ""
    pressed_at: int = 0
    settled: bool = False


@dataclass
class Doubt:
    """From a step on, what is seen of a customer (0: of everybody) need not be what the file expects, because the
    system did not do something or may not have done it (`attempt`: as long as that Send is not settled)."""

    customer: int
    step: int
    why: str
    attempt: Attempt | None = None

    def holds_for(self, customer: int | None, step: int | None = None) -> bool:
        """Whether it concerns this customer (None: anybody) at this step (None: in the end)."""
        if self.attempt is not None and self.attempt.settled:
            return False
        return (not customer or self.customer in (0, customer)) and (step is None or self.step <= step)


@dataclass
class Played:
    """What came of a scenario. `results` holds what each step gave (by index): the answers, lines, view or text of its
    verb; None when it is not known, and then `unknown` says why. `broken` is set when the system left the protocol or
    was `gone`, `lost` when it did not answer something on which all that follows depends; `output` is what its process
    wrote meanwhile."""

    item: Item
    history: History
    seed: int
    results: dict[int, Any] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    supports: tuple[str, ...] = ()
    template_names: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    broken: str = ""
    broken_at: int = -1
    gone: bool = False
    lost: str = ""
    output: str = ""

    def doubt(self, customer: int | None, step: int | None = None) -> str:
        """Why what is seen of this customer (None: of anybody) at this step (None: in the end) proves nothing; empty
        when it does."""
        return next((doubt.why for doubt in self.doubts if doubt.holds_for(customer, step)), "")
