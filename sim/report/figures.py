"""The numbers of a report, read from the metrics' JSON and written for readers."""

from collections.abc import Mapping
from typing import Any

from sim.report.words import shown

ALL = "all"


class Numbers:
    """Reads numbers from the metrics' JSON."""

    def __init__(self, metrics_json: Mapping[str, Any]) -> None:
        self._metrics = metrics_json.get("metrics", {})

    def raw(self, metric: str, group: str = ALL) -> Any:
        """The number, or None."""
        return self._metrics.get(metric, {}).get("values", {}).get(group)

    def groups(self, metric: str) -> list[str]:
        """The groups of a metric, in its order."""
        return list(self._metrics.get(metric, {}).get("values", {}))

    def any(self, metric: str, *groups: str) -> bool:
        """Whether one of these numbers is there and not 0."""
        return any(self.raw(metric, group) for group in groups)

    def text(self, metric: str, group: str = ALL) -> str:
        """The number as a reader wants it."""
        return shown(self.raw(metric, group), self._metrics.get(metric, {}).get("unit", ""))

    def count(self, metric: str, group: str = ALL) -> str:
        """A count; what was not counted is 0."""
        return shown(self.raw(metric, group) or 0)

    def seconds(self, metric: str, group: str = ALL) -> str:
        """A length given in seconds, in a unit that suits it."""
        return _length(self.raw(metric, group), 1)

    def minutes(self, metric: str, group: str = ALL) -> str:
        """A length given in minutes, in a unit that suits it."""
        return _length(self.raw(metric, group), 60)

    def hours(self, metric: str, group: str = ALL) -> str:
        """A length given in hours, in a unit that suits it."""
        return _length(self.raw(metric, group), 3600)


def _length(value: Any, unit_seconds: int) -> str:
    if value is None:
        return "–"
    seconds = value * unit_seconds
    for size, name in ((86_400 * 2, "days"), (3_600 * 2, "hours"), (60 * 2, "minutes")):
        if seconds >= size:
            return f"{2 * seconds / size:,.1f} {name}"
    if seconds < 1:
        return "less than a second"
    return f"{seconds:,.1f} seconds"


def all_numbers(metrics_json: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every metric but those of the rules, which the audit's table shows: name, unit, meaning and values by group."""
    return [
        {
            "name": name,
            "unit": metric["unit"],
            "what": metric["what"],
            "values": [(group, shown(value, metric["unit"])) for group, value in metric["values"].items()],
        }
        for name, metric in metrics_json.get("metrics", {}).items()
        if not name.startswith("rule_")
    ]
