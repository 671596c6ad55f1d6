"""How metrics are collected and shown: values by metric and group, with the unit and the meaning of each metric."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.clock import DAY, EPOCH_DAY, utc
from sim.history import History
from sim.metrics.definitions import DEFINITIONS
from sim.tables import local_milliseconds
from sim.tables.columns import NEVER, Ints, Rows, milliseconds

ALL = "all"
"""The group of a number that is taken over everything."""

Number = int | float | None


class Facts:
    """What the metrics are taken from, with the columns that several of them need."""

    def __init__(
        self,
        history: History,
        messages: pd.DataFrame,
        policy_plain: Mapping[str, Any],
        parameters_plain: Mapping[str, Any],
    ) -> None:
        self.history = history
        self.rows = Rows(history)
        self.messages = messages
        self.sms = messages[messages["channel"] == "sms"]
        self.sent = self.sms[self.sms["sent_at"].notna()]
        self.policy = policy_plain
        self.parameters = parameters_plain
        times = self.rows.column["time"]
        self.begin = int(times[0]) if len(times) else None
        self.end = int(times[-1]) if len(times) else None

    def value(self, rule: str, name: str, default: Any) -> Any:
        """A policy value, or `default` where the plain policy does not hold it."""
        return self.policy.get("rules", {}).get(rule, {}).get("values", {}).get(name, default)

    def parameter(self, name: str) -> Any:
        """A parameter's value, or None."""
        return self.parameters.get("parameters", {}).get(name, {}).get("value")


def local_days(times: pd.Series, zones: pd.Series) -> Ints:
    """The local day (ordinal) of each timestamp in its row's zone; 0 where either is missing."""
    utc_times, names = milliseconds(times), zones.astype("object").to_numpy()
    days = np.zeros(len(utc_times), dtype=np.int64)
    for zone in zones.dropna().unique():
        rows = (names == zone) & (utc_times != NEVER)
        days[rows] = local_milliseconds(utc_times[rows], str(zone)) // DAY + EPOCH_DAY
    return days


def minutes(spans: pd.Series) -> pd.Series:
    """Lengths of time in minutes."""
    found: pd.Series = spans.dt.total_seconds() / 60
    return found


def hours(spans: pd.Series) -> pd.Series:
    """Lengths of time in hours."""
    found: pd.Series = spans.dt.total_seconds() / 3600
    return found


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None


class Measures:
    """Collects values by metric and group. Every metric of `DEFINITIONS` is there, if only without a value."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Number]] = {metric: {} for metric in DEFINITIONS}

    def put(self, metric: str, value: Any, group: str = ALL) -> None:
        """Keep one number; NaN and missing become None. Raises KeyError for a metric without a definition."""
        self.values[metric][group] = _number(value)

    def spread(self, metric: str, values: pd.Series, group: str = ALL, *, p95: bool = True) -> None:
        """The median of `values`, and what 95 in 100 do not exceed, as `metric`_median and `metric`_p95."""
        known = values.dropna()
        self.put(f"{metric}_median", known.median() if len(known) else None, group)
        if p95:
            self.put(f"{metric}_p95", known.quantile(0.95) if len(known) else None, group)

    def counts(self, metric: str, names: pd.Series) -> None:
        """How often each name occurs, the most frequent first (ties by name), behind the total."""
        found = names.astype("object").dropna().value_counts()
        self.put(metric, int(found.sum()))
        for name, count in sorted(found.items(), key=lambda item: (-item[1], str(item[0]))):
            self.put(metric, int(count), str(name))


def _number(value: Any) -> Number:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return round(number, 6) if math.isfinite(number) else None


class Metrics:
    """The numbers of one run.

    ``m.value("held_share", "Australia/Perth")`` is one of them, ``m.frame()`` all as a tidy DataFrame, ``m.to_json()``
    all as plain data.
    """

    def __init__(self, found: Measures, facts: Facts) -> None:
        self._values = found.values
        self.observed_from = None if facts.begin is None else utc(facts.begin)
        self.observed_to = None if facts.end is None else utc(facts.end)

    def value(self, metric: str, group: str = ALL) -> Number:
        """One number; None where there is none. Raises KeyError for an unknown metric."""
        return self._values[metric].get(group)

    def groups(self, metric: str) -> list[str]:
        """The groups that a metric has. Raises KeyError for an unknown metric."""
        return list(self._values[metric])

    def to_json(self) -> dict[str, Any]:
        """``{"metrics": {METRIC: {"unit", "what", "values": {GROUP: number or null}}}}`` and the first and last
        instant of the history."""
        return {
            "schema": 1,
            "first_event": self.observed_from,
            "last_event": self.observed_to,
            "metrics": {
                metric: {"unit": unit, "what": what, "values": dict(self._values[metric])}
                for metric, (unit, what) in DEFINITIONS.items()
            },
        }

    def frame(self) -> pd.DataFrame:
        """A row a number: metric, group, value (missing where there is none), unit."""
        rows = [
            (metric, group, value, DEFINITIONS[metric][0])
            for metric, groups in self._values.items()
            for group, value in groups.items()
        ]
        columns = ["metric", "group", "value", "unit"]
        return pd.DataFrame(rows, columns=columns).astype({"value": "Float64"})

    def _repr_html_(self) -> str:
        return self.frame().to_html(index=False, na_rep="–")
