"""All that a session exercised: as a table, as JSON, and as a share of what there is to exercise."""

from collections.abc import Iterable, Sequence
from typing import Any

from sim.clock import clock, instant
from sim.policy.policy import load_policy
from sim.scenario.coverage.edges import EDGES
from sim.scenario.coverage.parts import A_CASE, COLUMNS, RULES, TWO_ZONES, Part, static_parts

NOTHING, NOT_EXERCISED = "–", "not exercised"
_SUMMER, _WINTER = instant("2026-01-01T00:00:00Z"), instant("2026-07-01T00:00:00Z")

Plain = list[list[Any]]
"""What was exercised as plain data: rule, column, part, how many items did, one of them."""


class Covered:
    """What a session exercised. `add` what each item did, or `merge` what another process found."""

    def __init__(self) -> None:
        self._found: dict[Part, tuple[int, str]] = {}

    def add(self, item: str, parts: Iterable[Part]) -> None:
        """The item with this id exercised these parts."""
        for part in parts:
            self._count(part, 1, item)

    def merge(self, plain: Plain) -> None:
        """Take what `plain` gave."""
        for rule, column, name, count, example in plain:
            self._count(Part(rule, column, name), count, example)

    def plain(self) -> Plain:
        """Everything, for another process."""
        return [[*part, count, example] for part, (count, example) in sorted(self._found.items())]

    def _count(self, part: Part, count: int, example: str) -> None:
        before = self._found.get(part)
        self._found[part] = (count, example) if before is None else (before[0] + count, min(before[1], example))

    # What there is, and what of it was exercised.

    def parts(self) -> dict[Part, tuple[int, str]]:
        """All parts that there are, in the order of the table, each with how many items exercised it and one of them
        (0 and empty: none did)."""
        there = static_parts(load_policy())
        there += [Part(edge.rule, side, edge.name) for edge in EDGES for side in edge.sides]
        order = {part: place for place, part in enumerate(there)}
        ordered = sorted(there, key=lambda part: (RULES.index(part.rule), COLUMNS.index(part.column), order[part]))
        return {part: self._exercised(part) for part in ordered}

    def _exercised(self, part: Part) -> tuple[int, str]:
        if Part(part.rule, "cases", A_CASE) not in self._found:
            return 0, ""  # whatever happened, nothing of the rule was judged
        if part.name != TWO_ZONES:
            return self._found.get(part, (0, ""))
        zones = self.zones(part.rule)
        clocks = {(clock(zone).offset(_SUMMER), clock(zone).offset(_WINTER)): None for zone in zones}
        counts = [self._found[Part(part.rule, "zone", zone)] for zone in zones]
        return (sum(count for count, _ in counts), counts[0][1]) if len(clocks) > 1 else (0, "")

    def zones(self, rule: str) -> list[str]:
        """The zones in which a rule was exercised."""
        return sorted(part.name for part in self._found if part.rule == rule and part.column == "zone")

    def percent(self) -> float:
        """How many of a hundred parts were exercised."""
        counts = [count for count, _ in self.parts().values()]
        return 100 * sum(count > 0 for count in counts) / len(counts)

    # Showing it.

    def lines(self) -> list[str]:
        """The table, what is missing in it, and the share, as lines of text."""
        parts = self.parts()
        rows: list[Sequence[str]] = [("rule", *COLUMNS)]
        for rule in RULES:
            rows.append((rule, *(_cell(parts, rule, column) for column in COLUMNS)))
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) if not place else cell.rjust(width)
                      for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows
        ]  # fmt: skip
        missing = _missing(parts)
        lines += ["", "Not exercised:", *missing] if missing else []
        done = sum(count > 0 for count, _ in parts.values())
        return [*lines, "", f"Coverage of the policy: {done} of {len(parts)} parts, {self.percent():.1f}%"]

    def to_json(self) -> dict[str, Any]:
        """The same as plain data: each rule with its parts, and the zones in which it was exercised."""
        parts, units = self.parts(), {(edge.rule, edge.name): edge.unit for edge in EDGES}
        rules: dict[str, Any] = {}
        for rule in RULES:
            mine = {part: found for part, found in parts.items() if part.rule == rule}
            missing = sum(not count for count, _ in mine.values())
            judged = next(count for part, (count, _) in mine.items() if part.column == "cases")
            state = "not_exercised" if not judged else "partly" if missing else "exercised"
            listed = [
                {
                    "column": part.column,
                    "part": part.name,
                    "unit": units.get((part.rule, part.name)),
                    "items": count,
                    "example": example or None,
                }
                for part, (count, example) in mine.items()
            ]
            rules[rule] = {"state": state, "parts": listed, "zones": self.zones(rule)}
        done = sum(count > 0 for count, _ in parts.values())
        return {"schema": 1, "percent": round(self.percent(), 2), "exercised": done, "parts": len(parts),
                "rules": rules}  # fmt: skip


def _cell(parts: dict[Part, tuple[int, str]], rule: str, column: str) -> str:
    counts = [count for part, (count, _) in parts.items() if part.rule == rule and part.column == column]
    if column == "cases":
        return str(counts[0]) if counts[0] else NOT_EXERCISED
    return f"{sum(count > 0 for count in counts)}/{len(counts)}" if counts else NOTHING


def _missing(parts: dict[Part, tuple[int, str]]) -> list[str]:
    """A line for each rule of which something was not exercised, and one for those without a case."""
    found: dict[str, dict[str, list[str]]] = {}
    for part, (count, _) in parts.items():
        if not count:
            found.setdefault(part.rule, {}).setdefault(part.column, []).append(part.name)
    without = [rule for rule, columns in found.items() if "cases" in columns]
    lines = [
        f"  {rule}: " + "; ".join(f"{column}: {', '.join(names)}" for column, names in columns.items())
        for rule, columns in found.items() if rule not in without
    ]  # fmt: skip
    return lines + ([f"  no case at all: {', '.join(without)}"] if without else [])
