"""Ids in a scenario: customers, officers, and the refs of work items, processes, debts, reports and disasters."""

from sim.scenario.format import ScenarioFile

FIRST_OFFICER = 101
"""The officer whom a step means that names none."""
_BASES = {"process": 0, "work": 1_000, "report": 2_000, "debt": 3_000, "disaster": 4_000, "send": 10_000}
"""Refs of each sort begin after these, so that one stands for one thing."""


class Refs:
    """Numbers for the names of a scenario, given out as they are met."""

    def __init__(self, scenario: ScenarioFile) -> None:
        self.customers = {name: number for number, name in enumerate(scenario.customers, 1)}
        self.officers = {name: number for number, name in enumerate(scenario.officers, FIRST_OFFICER + 1)}
        self._refs: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def customer(self, name: str) -> int:
        """A customer's id."""
        return self.customers[name]

    def officer(self, name: str | None) -> int:
        """An officer's id; without a name the usual one."""
        return self.officers[name] if name else FIRST_OFFICER

    def ref(self, sort: str, name: str) -> int:
        """The ref of a process, debt, disaster, report or work item."""
        key = (sort, name)
        if key not in self._refs:
            self._counts[sort] = self._counts.get(sort, 0) + 1
            self._refs[key] = _BASES[sort] + self._counts[sort]
        return self._refs[key]

    def send(self, step: int) -> int:
        """The ref of a Send that names no work item: the number of its step, from 0."""
        return _BASES["send"] + step
