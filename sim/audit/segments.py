"""The audit of a run whose policy changes in the middle.

Each policy judges the whole log, so that whatever happened earlier is known to it; of what it finds, that counts whose
instant lies in the time in which it was in force. A rule is tested at an instant, and that is judged by the policy of
that instant, whenever the message was issued. Where the evidence goes on beyond a change, the later policy must find it
too; what only one of them finds is left unjudged, because neither was in force all along.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sim.audit.log import Log
from sim.audit.verdicts import Audit, Breach, RuleAudit, settled

Key = tuple[object, ...]


class Part(NamedTuple):
    """A log with the policy that was in force from `starts` to `ends` (ms UTC, half open)."""

    log: Log
    starts: int
    ends: int


def judge_parts(
    parts: Sequence[Part],
    judge: Callable[[Log], Audit],
    targets: Mapping[str, float] | None = None,
) -> Audit:
    """The audit of one log under the policies of `parts`, in order of time. `judge` judges one log by its policy."""
    audits = []
    for part in parts:
        part.log.counted = (part.starts, part.ends)
        audits.append(judge(part.log))
    crashed = dict.fromkeys(rule for audit in audits for rule in audit.crashed)
    rules = [
        next(audit.rules[rule] for audit in audits if rule in audit.crashed)
        if rule in crashed
        else _merged([audit.rules[rule] for audit in audits], parts)
        for rule in audits[0].rules
    ]
    return Audit(rules, tuple(crashed), targets)


def _merged(found: Sequence[RuleAudit], parts: Sequence[Part]) -> RuleAudit:
    """One rule from its audits by each policy. Every policy counts every case of the log; the most of them count."""
    keys = [{_key(breach) for breach in (*one.evidence, *one.outside)} for one in found]
    accepted: dict[Key, Breach] = {}  # what breaks a rule, breaks it once
    unsure = 0
    for number, one in enumerate(found):
        for breach in one.evidence:
            later = _reached(breach, parts, number)
            if all(_key(breach) in keys[other] for other in later):
                accepted.setdefault(_key(breach), breach)
            else:
                unsure += 1
    left = [f"the policy changed within the case ({unsure})"] if unsure else []
    notes: dict[str, Any] = {}
    for number, one in enumerate(found, 1):
        notes |= {f"{name} (policy {number})": value for name, value in one.notes.items()}
    return settled(
        found[0],
        cases=max(one.cases for one in found),
        evidence=[*accepted.values()],
        unjudged=max(one.unjudged for one in found) + unsure,
        whys=[*(one.why_unknown for one in found), *left],
        is_missing=all(one.verdict == "unknown" for one in found),
        notes=notes,
    )


def _reached(breach: Breach, parts: Sequence[Part], number: int) -> Iterable[int]:
    """The later policies that were in force before the last event of the evidence; all others, without an instant."""
    if breach.at_ms is None:
        return [other for other in range(len(parts)) if other != number]
    last = max([breach.at_ms, *parts[number].log.times_of(breach.events)])
    return [other for other in range(number + 1, len(parts)) if parts[other].starts <= last]


def _key(breach: Breach) -> Key:
    """What makes two findings the same: the message that offends, or the instant where there is none."""
    if breach.messages:
        return breach.run_id, breach.messages[0]
    return breach.run_id, breach.customer_id, breach.at_ms
