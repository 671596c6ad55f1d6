"""The nightly runs of a scenario with debts: SAP and then DMIS, once every agency date at the policy's time, but for
the dates on which the file runs one itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fakes.messaging import BATCHES, Plain
from sim.clock import AGENCY_ZONE, clock
from sim.policy.policy import Policy
from sim.policy.settings import time_ms
from sim.scenario.expand import Item

_AGENCY = clock(AGENCY_ZONE)


class Calendar:
    """Which runs are still to come by themselves, soonest first."""

    def __init__(self, item: Item, policy: Policy) -> None:
        self._runs: list[tuple[int, str]] = []
        scenario = item.scenario
        if not any(customer.debts for customer in scenario.customers.values()):
            return
        asked: dict[str, list[int]] = {system: [] for system in BATCHES}
        for index, step in enumerate(scenario.steps):
            for system in named(step.run_batch):
                asked[system].append(_AGENCY.day(item.times["steps", index, "at"]))
        at = time_ms(policy.value("dr-eligibility.run_at"))
        for day in range(_AGENCY.day(item.start), _AGENCY.day(item.until) + 1):
            time = _AGENCY.at(day, at)
            if item.start <= time < item.until:
                self._runs += [(time, system) for system in BATCHES if day not in asked[system]]

    def next_due(self) -> int | None:
        """When the next run comes."""
        return self._runs[0][0] if self._runs else None

    def take(self, now: int) -> list[str]:
        """The systems whose runs are due at `now`."""
        due = [system for time, system in self._runs if time <= now]
        self._runs = self._runs[len(due) :]
        return due


class Nights:
    """What the nightly runs have left: by customer, the messages that are eligible, and those suppressed with the
    reasons and the winner; and what the last runs picked."""

    def __init__(self) -> None:
        self.picked: dict[int, str] = {}
        self._eligible: dict[int, dict[str, None]] = {}
        self._suppressed: dict[int, dict[str, Plain]] = {}

    def hear(self, told: Mapping[str, Any]) -> None:
        """A span begins or ends."""
        event, customer, template = told["event"], told["customer"], told["template"]
        if event == "eligible":
            self._eligible.setdefault(customer, {})[template] = None
        elif event == "eligible_ended":
            self._eligible.get(customer, {}).pop(template, None)
        elif event == "suppressed":
            lost = {"reasons": told["reasons"], "winner": told["winner"]}
            self._suppressed.setdefault(customer, {})[template] = lost
        else:
            self._suppressed.get(customer, {}).pop(template, None)

    def shown(self, names: Mapping[int, str]) -> Plain:
        """What a run left, by the customers' names."""
        return {
            "picked": {names[who]: template for who, template in self.picked.items()},
            "eligible": {names[who]: sorted(found) for who, found in self._eligible.items() if found},
            "suppressed": {names[who]: dict(found) for who, found in self._suppressed.items() if found},
        }


def named(batch: str | None) -> tuple[str, ...]:
    """The systems that a step's `run_batch` runs."""
    return () if batch is None else BATCHES if batch == "nightly" else (batch,)


def day_value(told: Mapping[str, Any]) -> int:
    """The ordinal of the day of a span."""
    return date.fromisoformat(told["day"]).toordinal()
