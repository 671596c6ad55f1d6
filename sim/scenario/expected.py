"""What a load expects of its run, and whether the run came to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import shown
from sim.marked_yaml import Marked, Route, suggestion
from sim.policy.policy import load_policy
from sim.scenario.load_format import BoundsRow, ExpectRow

if TYPE_CHECKING:
    from sim.audit import Audit
    from sim.metrics import Metrics

ALL = "all"
"""The group of a number that is taken over everything."""
_METRIC = re.compile(r"(?P<metric>[a-z0-9_]+)(?:\[(?P<group>[^\[\]]+)\])?")


@dataclass(frozen=True)
class Missed:
    """One expectation of a load that was not met; `line` is that of the file."""

    line: int
    field: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Expected:
    """The checked expectations of a load, its `file`, and the lines on which they stand (by their route below
    ``expect``)."""

    file: str
    verdict: str | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, BoundsRow] = field(default_factory=dict)
    lines: Mapping[Route, int] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of which something is expected."""
        return tuple(dict.fromkeys([*self.verdicts, *self.targets]))

    def line(self, *route: str) -> int:
        """The line of the file on which this expectation stands."""
        return self.lines[route]

    def __len__(self) -> int:
        return (self.verdict is not None) + len(self.verdicts) + len(self.targets) + len(self.metrics)


def read_expected(row: ExpectRow, marked: Marked) -> Expected:
    """The expectations of a file whose section `row` is. Raises InputError for rules and metrics that there are not."""
    from sim.metrics.definitions import DEFINITIONS

    rules = load_policy().rules
    for section, names in (("verdicts", row.verdicts), ("targets", row.targets)):
        for name in names:
            if name not in rules:
                raise marked.error(f"unknown rule {shown(name)}{suggestion(name, rules)}", ("expect", section, name))
    for name, rate in row.targets.items():
        route: Route = ("expect", "targets", name)
        if rules[name].enforced_by != "procedure":
            raise marked.error("is enforced by a system or a content, so that every breach counts already", route)
        if not 0 <= rate <= 1:
            raise marked.error(f"must be a share from 0 to 1 (value {rate:g})", route)
    for name in row.metrics:
        found = _METRIC.fullmatch(name)
        route = ("expect", "metrics", name)
        if found is None:
            raise marked.error(f"must look like METRIC or METRIC[GROUP] (value {shown(name)})", route)
        if found["metric"] not in DEFINITIONS:
            raise marked.error(f"unknown metric{suggestion(found['metric'], DEFINITIONS)}", route)
    routes = [("verdict",), *((section, name) for section in ("verdicts", "targets", "metrics")
                             for name in getattr(row, section))]  # fmt: skip
    lines = {route: marked.line(("expect", *route)) for route in routes}
    return Expected(marked.file, row.verdict, row.verdicts, row.targets, row.metrics, lines)


def missed(expected: Expected, audit: "Audit", metrics: "Metrics") -> list[Missed]:
    """The expectations that a run with this audit and these metrics did not meet, in the order of the file."""
    found = [*_verdicts(expected, audit), *_targets(expected, audit), *_metrics(expected, metrics)]
    return sorted(found, key=lambda one: one.line)


def _verdicts(expected: Expected, audit: "Audit") -> Iterator[Missed]:
    from sim.audit import Audit

    counted = Audit(list(audit.rules.values()), audit.crashed, expected.targets)
    if expected.verdict is not None and counted.verdict != expected.verdict:
        worst = [rule for rule in counted.rules if counted.counted_verdict(rule) == counted.verdict]
        actual = f"{counted.verdict} ({', '.join(worst)})"
        yield Missed(expected.line("verdict"), "expect.verdict", expected.verdict, actual)
    for rule, verdict in expected.verdicts.items():
        judged = audit.rules[rule]
        if judged.verdict != verdict:
            why = f" ({judged.why_unknown})" if judged.verdict == "unknown" else ""
            yield Missed(expected.line("verdicts", rule), f"expect.verdicts.{rule}", verdict, f"{judged.verdict}{why}")


def _targets(expected: Expected, audit: "Audit") -> Iterator[Missed]:
    for rule, target in expected.targets.items():
        judged = audit.rules[rule]
        if not judged.cases:
            actual = f"no case was judged ({judged.why_unknown or 'not exercised'})"
        elif judged.rate > target:
            actual = f"{judged.rate:.4g} ({judged.breaches} of {judged.cases} cases)"
        else:
            continue
        wanted = f"at most {target:g} of the cases broken"
        yield Missed(expected.line("targets", rule), f"expect.targets.{rule}", wanted, actual)


def _metrics(expected: Expected, metrics: "Metrics") -> Iterator[Missed]:
    from sim.metrics.definitions import DEFINITIONS

    for name, bounds in expected.metrics.items():
        found = _METRIC.fullmatch(name)
        assert found is not None
        metric, group = found["metric"], found["group"] or ALL
        value, unit = metrics.value(metric, group), DEFINITIONS[metric][0]
        least, most = bounds.least, bounds.most
        if value is not None and (least is None or value >= least) and (most is None or value <= most):
            continue
        wanted = [f"at least {least:g}"] if least is not None else []
        wanted += [f"at most {most:g}"] if most is not None else []
        actual = (
            f"{value:g}" if value is not None else f"nothing (groups: {', '.join(metrics.groups(metric)) or 'none'})"
        )
        yield Missed(
            expected.line("metrics", name), f"expect.metrics.{name}", f"{' and '.join(wanted)} ({unit})", actual
        )
