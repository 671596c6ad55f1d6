"""What a rule's audit says: verdict, counts and evidence, for one rule and for all.

A rule's verdict is derived in one place, `Tally.close`, so that no rule can pass what it did not judge:
a breach fails; without one, nothing judged but something that could not be judged is *unknown*; something judged
passes; nothing at all is *not exercised*.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.audit.log import Log

SEVERITY = ("not_exercised", "pass", "unknown", "fail")
"""The verdicts from the mildest to the worst."""

EVIDENCE_CAP = 20
"""How many breaches a rule shows in the JSON; all of them are in `Audit.breaches_frame`."""


@dataclass(frozen=True)
class Breach:
    """One breach. `messages` names the one that broke the rule first, then those that prove it; `events` are the
    history's seq numbers (empty for a foreign log); `why` is one plain sentence; `at_ms` is an instant, ms UTC."""

    customer_id: int | str
    messages: tuple[int | str, ...]
    why: str
    at_ms: int | None = None
    events: tuple[int, ...] = ()
    run_id: int = 1


@dataclass(frozen=True)
class RunCounts:
    """The counts of one rule in one run of a batch, with the verdict that they make."""

    verdict: str
    cases: int
    breaches: int
    unjudged: int
    why_unknown: str = ""


@dataclass(frozen=True)
class RuleAudit:
    """The audit of one rule. `cases` were judged (breaches among them), `unjudged` could not be.

    `by_run` has the counts of each run in which there was something to count; see `in_run`. `outside` are findings of
    instants that the log does not count (`Log.counted`).
    """

    rule: str
    enforced_by: str
    verdict: str
    cases: int
    breaches: int
    unjudged: int
    why_unknown: str
    evidence: list[Breach] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    by_run: Mapping[int, RunCounts] = field(default_factory=dict)
    outside: list[Breach] = field(default_factory=list)

    def in_run(self, run_id: int) -> RunCounts:
        """The counts of one run. A run in which nothing was counted is not exercised, or unknown where the rule is
        unknown for the whole log."""
        for_all = "unknown" if self.verdict == "unknown" and not self.by_run else "not_exercised"
        return self.by_run.get(run_id, RunCounts(for_all, 0, 0, 0, self.why_unknown * (for_all == "unknown")))

    @property
    def rate(self) -> float:
        """Breaches a judged case; 0 when nothing was judged."""
        return self.breaches / self.cases if self.cases else 0.0

    def plain(self, cap: int | None = EVIDENCE_CAP) -> dict[str, Any]:
        """The contract's JSON of one rule; evidence is cut after `cap` breaches (None: never)."""
        return {
            "verdict": self.verdict,
            "enforced_by": self.enforced_by,
            "cases": self.cases,
            "breaches": self.breaches,
            "unjudged": self.unjudged,
            "why_unknown": self.why_unknown or None,
            "evidence": [
                {
                    "customer_id": breach.customer_id,
                    "messages": list(breach.messages),
                    "events": list(breach.events),
                    "at": utc_text(breach.at_ms),
                    "why": breach.why,
                }
                for breach in self.evidence[:cap]
            ],
            "notes": self.notes,
        }


class Tally:
    """Counts the cases of one rule, run by run, and keeps its breaches.

    >>> tally = Tally(log, "cs-daily-limit", "system")
    >>> tally.judged(1, 12)                    # twelve cases of run 1 were judged, breaches among them
    >>> tally.breach("7", ["31", "12"], "…")   # does not count a case by itself
    >>> tally.leave(1, 2, "the issue lies before the observed time")
    >>> audit = tally.close()
    """

    def __init__(self, log: "Log", rule: str, enforced_by: str) -> None:
        self._log = log
        self.rule = rule
        self.enforced_by = enforced_by
        self._cases: Counter[int] = Counter()
        self._unjudged: Counter[int] = Counter()
        self._evidence: list[Breach] = []
        self._outside: list[Breach] = []
        self._offenders: set[tuple[int, int | str]] = set()
        self._whys: Counter[tuple[int, str]] = Counter()
        self._missing = ""
        self.notes: dict[str, Any] = {}

    def judged(self, run_id: int, cases: int = 1) -> None:
        """Count cases of a run that were judged, those with a breach included."""
        self._cases[run_id] += int(cases)

    def judged_rows(self, source: str, cases: str = "count(*)") -> None:
        """Count the rows of `source` (SQL: a table or subquery with a run_id) as judged; `cases` is SQL for how many
        cases the rows of a run are."""
        for run_id, count in self._log.rows(f"SELECT run_id, {cases} FROM {source} GROUP BY run_id ORDER BY run_id"):
            self.judged(run_id, count)

    def count_findings(self, source: str, left: Mapping[str, str]) -> None:
        """Count the rows of `source` (SQL: run_id, finding) as judged, but for the findings that are named in `left`:
        those could not be judged, and it says why. A row without a finding is no case."""
        counts = self._log.rows(f"""
            SELECT run_id, finding, count(*) FROM {source} WHERE finding IS NOT NULL
            GROUP BY run_id, finding ORDER BY run_id, finding""")
        for run_id, finding, count in counts:
            if finding in left:
                self.leave(run_id, count, left[finding])
            else:
                self.judged(run_id, count)

    def breach(
        self,
        customer: object,
        messages: Iterable[object],
        why: str,
        at_ms: int | None = None,
        events: Iterable[int] = (),
        run_id: int = 1,
    ) -> None:
        """Keep one breach; the offending message comes first. Its case is counted with `judged`.

        A message breaks a rule once: what is found of it later is not counted again.
        """
        give = self._log.give_message
        named = tuple(give(message) for message in messages if message is not None)
        instant = None if at_ms is None else int(at_ms)
        who = self._log.give_customer(customer)
        found = Breach(who, named, why, instant, tuple(int(seq) for seq in events), int(run_id))
        counted = self._log.counted
        if counted is not None and instant is not None and not counted[0] <= instant < counted[1]:
            self._outside.append(found)
            return
        if named:
            if (run_id, named[0]) in self._offenders:
                return
            self._offenders.add((run_id, named[0]))
        self._evidence.append(found)

    def leave(self, run_id: int, cases: int, why: str) -> None:
        """Count cases of a run that could not be judged and say why."""
        if cases:
            self._unjudged[run_id] += int(cases)
            self._whys[run_id, why] += int(cases)

    def leave_rows(self, source: str, why: str) -> None:
        """Count the rows of `source` (SQL: a table or subquery with a run_id) as cases that could not be judged."""
        for run_id, count in self._log.rows(f"SELECT run_id, count(*) FROM {source} GROUP BY run_id ORDER BY run_id"):
            self.leave(run_id, count, why)

    def missing(self, why: str) -> None:
        """Say that something the rule needs is not in the log at all: without a breach the rule is unknown."""
        self._missing = self._missing or why

    def close(self) -> RuleAudit:
        """Derive the verdicts, of each run and of all. Evidence is put in order of time, then customer and message."""
        evidence = sorted(self._evidence, key=_order)
        breaches = Counter(breach.run_id for breach in evidence)
        by_run = {}
        for run_id in sorted({**self._cases, **self._unjudged, **breaches}):
            whys = {why: count for (run, why), count in self._whys.items() if run == run_id}
            by_run[run_id] = self._counts(self._cases[run_id], breaches[run_id], self._unjudged[run_id], whys)
        cases = sum(counts.cases for counts in by_run.values())
        all_whys: Counter[str] = Counter()
        for (_, why), count in self._whys.items():
            all_whys[why] += count
        total = self._counts(cases, len(evidence), self._unjudged.total(), all_whys)
        return RuleAudit(
            rule=self.rule,
            enforced_by=self.enforced_by,
            verdict=total.verdict,
            cases=total.cases,
            breaches=total.breaches,
            unjudged=total.unjudged,
            why_unknown=total.why_unknown,
            evidence=evidence,
            notes=self.notes,
            by_run=by_run,
            outside=self._outside,
        )

    def _counts(self, cases: int, breaches: int, unjudged: int, whys: Mapping[str, int]) -> RunCounts:
        reasons = "; ".join(f"{why} ({count})" for why, count in sorted(whys.items()))
        why_unknown = "; ".join(text for text in (self._missing, reasons) if text)
        return _counts(cases, breaches, unjudged, bool(self._missing), why_unknown)


def _counts(cases: int, breaches: int, unjudged: int, is_missing: bool, why_unknown: str) -> RunCounts:
    """Counts with the verdict that they make; `is_missing`: the log lacks what the rule needs."""
    cases = max(cases, breaches)
    if breaches:
        verdict = "fail"
    elif is_missing or (not cases and unjudged):
        verdict = "unknown"
    else:
        verdict = "pass" if cases else "not_exercised"
    return RunCounts(verdict, cases, breaches, unjudged, why_unknown)


def settled(
    like: RuleAudit,
    cases: int,
    evidence: Sequence[Breach],
    unjudged: int,
    whys: Sequence[str],
    is_missing: bool,
    notes: Mapping[str, Any],
) -> RuleAudit:
    """An audit of the same rule as `like` with other counts and evidence, as `Tally.close` would make it."""
    why_unknown = "; ".join(dict.fromkeys(why for why in whys if why))
    counts = _counts(cases, len(evidence), unjudged, is_missing, why_unknown)
    return RuleAudit(
        like.rule, like.enforced_by, counts.verdict, counts.cases, counts.breaches, counts.unjudged, why_unknown,
        sorted(evidence, key=_order), dict(notes), {1: counts},
    )  # fmt: skip


def _order(breach: Breach) -> tuple[int, int, str, tuple[str, ...]]:
    instant = breach.at_ms if breach.at_ms is not None else 1 << 62
    return breach.run_id, instant, str(breach.customer_id), tuple(str(message) for message in breach.messages)


def crashed(rule: str, enforced_by: str, error: Exception) -> RuleAudit:
    """The audit of a rule whose own check failed: unknown, never a pass."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return RuleAudit(rule, enforced_by, "unknown", 0, 0, 0, f"the check crashed: {text}")


def utc_text(at_ms: int | None) -> str | None:
    """ISO 8601 in UTC to the millisecond with ``Z``; None for None."""
    if at_ms is None:
        return None
    from datetime import UTC, datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Audit:
    """The audits of all rules, in policy order.

    `targets` gives procedure rules the greatest breach rate that the scenario allows (0.02: two in a hundred); only
    with a target does a procedure rule take part in the top verdict.
    """

    def __init__(
        self,
        rules: Sequence[RuleAudit],
        crashed_rules: Sequence[str] = (),
        targets: Mapping[str, float] | None = None,
    ) -> None:
        self.rules: dict[str, RuleAudit] = {audit.rule: audit for audit in rules}
        self.crashed = tuple(crashed_rules)
        self.targets = dict(targets or {})

    def counted_verdict(self, rule: str) -> str | None:
        """The part that `rule` has in the top verdict; None for a procedure without a target."""
        audit = self.rules[rule]
        if audit.enforced_by != "procedure":
            return audit.verdict
        if rule not in self.targets:
            return None
        if audit.verdict == "fail":
            return "fail" if audit.rate > self.targets[rule] else "pass"
        return audit.verdict

    @property
    def verdict(self) -> str:
        """The worst over system and content rules and procedure rules with a target."""
        counted = [part for rule in self.rules if (part := self.counted_verdict(rule)) is not None]
        return max(counted, key=SEVERITY.index, default="not_exercised")

    def to_json(self, cap: int | None = EVIDENCE_CAP) -> dict[str, Any]:
        """The contract's JSON as plain data; evidence is cut after `cap` breaches a rule (None: never)."""
        return {
            "verdict": self.verdict,
            "crashed": list(self.crashed),
            "rules": {rule: audit.plain(cap) for rule, audit in self.rules.items()},
        }

    def frame(self) -> "pd.DataFrame":
        """A row a rule: rule, enforced_by, verdict, cases, breaches, rate, unjudged, why_unknown."""
        import pandas as pd

        columns = ["rule", "enforced_by", "verdict", "cases", "breaches", "rate", "unjudged", "why_unknown"]
        rows = [[getattr(audit, column) for column in columns] for audit in self.rules.values()]
        return pd.DataFrame(rows, columns=columns)

    def breaches_frame(self) -> "pd.DataFrame":
        """A row a breach, all of them: rule, customer_id, message_id (the offending one), messages, events, at (UTC),
        why. Ids are text and lists are joined by ``;``, so that it can be saved whatever the ids of the log were."""
        import pandas as pd

        rows = [
            (
                rule,
                str(breach.customer_id),
                str(breach.messages[0]) if breach.messages else "",
                ";".join(str(message) for message in breach.messages),
                ";".join(str(seq) for seq in breach.events),
                breach.at_ms,
                breach.why,
            )
            for rule, audit in self.rules.items()
            for breach in audit.evidence
        ]
        columns = ["rule", "customer_id", "message_id", "messages", "events", "at", "why"]
        frame = pd.DataFrame(rows, columns=columns)
        frame["at"] = pd.to_datetime(frame["at"].astype("Int64"), unit="ms", utc=True)
        return frame

    def junit(self, path: Path | str) -> None:
        """Write a JUnit XML file with a test case a rule (see `sim.audit.junit`)."""
        from sim.audit.junit import write_junit

        write_junit(self, Path(path))
