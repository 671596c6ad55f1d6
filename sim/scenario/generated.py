"""A load as an item of a test session: simulated, audited and measured, and held against what it expects."""

from collections.abc import Sequence
from typing import NamedTuple

from sim.audit import Audit, Log, Part, judge, judge_parts
from sim.metrics import Metrics, metrics
from sim.policy.segments import segments, with_changes
from sim.scenario import coverage
from sim.scenario.expected import Missed, missed
from sim.scenario.load import Load
from sim.scenario.telling import relative
from sim.tables import messages_table
from sim.world import simulate

_RULES_SHOWN, _BREACHES_SHOWN = 5, 3


class Generated(NamedTuple):
    """What came of a load."""

    load: Load
    log: Log
    audit: Audit
    metrics: Metrics
    missed: list[Missed]


def play_load(load: Load) -> Generated:
    """Run a load that expects something, and judge it."""
    assert load.expect is not None
    policy, parameters = load.read_policy(), load.read_parameters()
    history = simulate(load, policy, parameters)
    plain, observed = with_changes(policy, load.changed_policies()), (load.starts, load.ends)
    messages = messages_table(history, plain)
    parts = []
    for one in segments(plain, observed):
        log = Log.from_history(history.frame(), history.contents, messages, one.policy, observed)
        parts.append(Part(log, one.starts, one.ends))
    targets = load.expect.targets
    audit = judge(parts[0].log, targets) if len(parts) == 1 else judge_parts(parts, judge, targets)
    found = metrics(history, messages, plain, parameters.plain(), audit.to_json())
    return Generated(load, parts[0].log, audit, found, missed(load.expect, audit, found))


def exercised_by(result: Generated) -> list[coverage.Part]:
    """What the load exercised of the rules that it names."""
    assert result.load.expect is not None
    return coverage.measure(result.log, result.audit, {1: result.load.expect.rules})[1]


def report(result: Generated, replays: Sequence[str]) -> str:
    """Everything that was not met, the worst breaches, and the commands that replay it."""
    load = result.load
    assert load.expect is not None
    first, *others = result.missed
    more = f" (and {len(others)} more)" if others else ""
    lines = [
        f"line {first.line}: {first.field}: expected {first.expected}, actual {first.actual}{more}",
        load.title,
        f"{load.customers:,} customers, {load.days} days from {load.start}, seed {load.seed}",
        "",
    ]
    for one in result.missed:
        lines += [
            f"{relative(load.expect.file)}:{one.line}",
            f"    {one.field}",
            f"      expected {one.expected}",
            f"      actual   {one.actual}",
        ]
    lines += _worst(result)
    return "\n".join([*lines, "", "Replay:", *(f"    {replay}" for replay in replays)])


def _worst(result: Generated) -> list[str]:
    """The broken rules that count or that the load names, by the share of cases broken, with breaches of each."""
    load, audit = result.load, result.audit
    assert load.expect is not None
    named = load.expect.rules
    broken = [
        judged for rule, judged in audit.rules.items()
        if judged.breaches and (rule in named or audit.counted_verdict(rule) == "fail")
    ]  # fmt: skip
    lines = ["", "The worst breaches:"] if broken else []
    for judged in sorted(broken, key=lambda one: -one.rate)[:_RULES_SHOWN]:
        lines.append(f"    {judged.rule}: {judged.breaches} of {judged.cases} cases ({judged.rate:.2%})")
        lines += [f"        {breach.why}" for breach in judged.evidence[:_BREACHES_SHOWN]]
        if judged.breaches > _BREACHES_SHOWN:
            lines.append(f"        … and {judged.breaches - _BREACHES_SHOWN} more")
    return lines
