"""A policy that changes in the middle of a run: from that instant on, in the systems and in what officers do, and no
sooner; and an audit that notices a system which is a day late, or a day early.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

import sim
from fakes.cuba_automatic import CubaAutomatic
from fakes.machinery import OURS, Machinery
from fakes.pluto import Pluto
from sim.audit import Part, RuleAudit, judge, judge_parts
from sim.audit.log import Given, Log
from sim.clock import AGENCY_ZONE, DAY, HOUR, ZONES, clock
from sim.errors import InputError
from sim.history import Event
from sim.messages import Decision, Reason, Request
from sim.policy.policy import Policy, load_policy
from sim.policy.segments import segments
from sim.runs import Run, changed_policy, log_of
from sim.scenario.changes import as_changes
from sim.world.agenda import Rank
from tests.world.loads import load, run

DATE = "2026-10-06"  # a Tuesday, two days after the start of daylight saving; the last day but one of eight
CHANGE = clock(AGENCY_ZONE).midnight(load().start.toordinal() + 6)
LIMIT = {"cs-daily-limit.limit": 1}
CLOSES = {"cs-send-window.closes": "15:00"}
OPENS = {"cs-send-window.opens": "10:00"}
MINUTES = {"cs-hourly-confirmation.minutes": 600}
ALL = {**LIMIT, **CLOSES, **OPENS, **MINUTES}


def changed(values: Mapping[str, Any], customers: int = 250, machinery: Machinery = OURS) -> Run:
    """The busy days with these values in force from Tuesday on."""
    busy = load(customers=customers).with_overrides(changes=as_changes([{"from": DATE, "policy": values}]))
    return sim.run(busy, machinery=machinery)


@cache
def ours() -> Run:
    """Our systems, and everything changes at once; not to be changed."""
    return changed(ALL, 500)


def adopting(later: int, values: Mapping[str, Any]) -> Machinery:
    """Systems that adopt the change of `values` so many ms `later` (before it, when that is negative)."""
    new = load_policy(values)

    def of(system: type[Any]) -> type[Any]:
        class Adopts(system):  # type: ignore[misc]
            waits: Policy | None = new

            def adopt(self, policy: Policy, now: int) -> None:
                self.turn(now)

            def turn(self, now: int) -> None:
                if self.waits is not None and now >= CHANGE + later:
                    policy, self.waits = self.waits, None
                    super().adopt(policy, now)

            def handle(self, request: Request, now: int) -> Decision:
                self.turn(now)
                answer: Decision = super().handle(request, now)
                return answer

            def advance(self, now: int) -> list[Any]:
                self.turn(now)
                told: list[Any] = super().advance(now)
                return told

        return Adopts

    return OURS._replace(pluto=of(Pluto), automatic=of(CubaAutomatic))


def judged(run: Run, rule: str) -> RuleAudit:
    """The audit of one rule by the policies of the run."""
    history = run.history
    given = Given(history.frame(), history.contents, None, run.observed)
    parts = [
        Part(Log.from_histories([given], one.policy), one.starts, one.ends)
        for one in segments(run.policy, run.observed)
    ]
    assert len(parts) == 2
    return judge_parts(parts, lambda log: judge(log, rules=[rule])).rules[rule]


# The world


def test_before_the_change_everything_is_as_without_it() -> None:
    plain, other = run(load()), ours().history
    before = [[tuple(row.values()) for row in one.select() if row["time"] < CHANGE] for one in (plain, other)]
    assert before[0] == before[1]
    assert len(before[0]) > 5_000
    assert plain.fingerprint() != other.fingerprint()


def test_the_limit_is_the_new_one_from_that_instant_on() -> None:
    table = ours().messages_table
    most = {True: 0, False: 0}
    days: dict[tuple[int, int], list[int]] = {}
    for row in table[(table["system"] == "pluto") & (table["outcome"] == "sent")].itertuples():
        sent = int(row.sent_at.value // 1_000_000)
        days.setdefault((row.customer_id, clock(row.timezone).day(sent)), []).append(sent)
    for times in days.values():
        after = min(times) >= CHANGE
        most[after] = max(most[after], len(times))
    assert most[False] > 1
    assert most[True] == 1
    refused = table[(table["outcome"] == "refused") & table["reasons"].str.contains("daily_limit")]
    instants = refused["issued_at"].astype("datetime64[ms, UTC]").astype("int64")
    assert (instants >= CHANGE).sum() > 10 > (instants < CHANGE).sum()


def test_a_message_held_over_the_change_is_judged_at_hand_over_by_what_is_then_in_force() -> None:
    """Due at 08:00 when the window opened at 08:00; on that day it opens at 10:00."""
    history = ours().history
    issued = {row["message"]: row for row in history.select(Event.ISSUED)}
    again = [
        row for row in history.select(Event.HELD_AGAIN)
        if row["reasons"] & Reason.SEND_WINDOW and issued[row["message"]]["time"] < CHANGE <= row["time"]
    ]  # fmt: skip
    zones = {row["customer"]: clock(ZONES[row["value"]]) for row in history.select(Event.ZONE_RECORDED)}
    held = [row for row in again if issued[row["message"]]["value"] == row["time"]]
    assert len(held) > 10
    assert {zones[row["customer"]].time_of_day(row["time"]) for row in held} == {8 * HOUR}
    assert {zones[row["customer"]].time_of_day(row["value"]) for row in held} == {10 * HOUR}


def test_facts_of_the_same_millisecond_come_first_and_the_tests_of_that_instant_after() -> None:
    assert Rank.FACT < Rank.POLICY < min(Rank.ANSWER, Rank.TRANSPORT, Rank.SYSTEM, Rank.NIGHTLY, Rank.STAFF)


def test_a_load_without_changes_has_no_trace_of_them() -> None:
    plain = sim.run(load(days=1, customers=20))
    assert "changes" not in plain.policy
    assert "changes" not in plain.manifest["load"]
    assert plain.manifest["policy_hash"] == load_policy().hash()


# The audit


def test_our_systems_keep_both_policies() -> None:
    audit = ours().audit
    assert audit.verdict == "pass"
    for rule in ("cs-daily-limit", "cs-send-window", "cs-window-at-gateway", "cs-hourly-confirmation", "cs-once"):
        assert audit.rules[rule].cases > 150, rule
        assert audit.rules[rule].breaches == 0


@pytest.mark.parametrize(
    ("values", "rule", "later"),
    [
        (LIMIT, "cs-daily-limit", DAY),
        (LIMIT, "cs-daily-limit", -DAY),
        (CLOSES, "cs-send-window", DAY),
        (CLOSES, "cs-send-window", -DAY),
        (OPENS, "cs-window-at-gateway", DAY),
        (MINUTES, "cs-hourly-confirmation", -DAY),
    ],
)
def test_a_system_that_adopts_the_change_a_day_late_or_early_is_caught(
    values: Mapping[str, Any], rule: str, later: int
) -> None:
    found = judged(changed(values, machinery=adopting(later, values)), rule)
    assert found.verdict == "fail"
    # Only between the change and the adoption, whichever comes first.
    first, last = sorted((CHANGE, CHANGE + later))
    assert [breach for breach in found.evidence if breach.at_ms is None or not first <= breach.at_ms < last] == []
    assert judged(changed(values), rule).verdict == "pass"


def test_a_change_is_told_in_the_manifest_and_the_policy() -> None:
    run = ours()
    assert run.manifest["load"]["changes"] == [{"from": DATE, "policy": ALL}]
    assert run.policy["rules"]["cs-daily-limit"]["values"]["limit"] == 5
    (change,) = run.policy["changes"]
    assert change == {"from": "2026-10-05T13:00:00.000Z", "values": ALL}
    assert run.manifest["policy_hash"] != load_policy().hash()


def test_values_that_are_set_for_an_audit_hold_all_along() -> None:
    policy = changed_policy(ours().policy, {"cs-daily-limit.limit": 5})
    (change,) = policy["changes"]
    assert change["values"].keys() == ALL.keys() - LIMIT.keys()
    assert "changes" not in changed_policy(ours().policy, {**ALL, "cs-daily-limit.limit": 5})
    # Then the refusals after the change have no cause.
    history = ours().history
    log = Log.from_history(
        history.frame(), history.contents, None, segments(policy, ours().observed)[1].policy, ours().observed
    )
    assert judge(log, rules=["cs-daily-limit"]).rules["cs-daily-limit"].verdict == "fail"


def test_what_takes_one_policy_for_the_whole_run_says_so() -> None:
    for asked in (ours().log, lambda: ours().explainer, lambda: log_of([ours()])):
        with pytest.raises(InputError, match=r"the policy changes within this run .* from 2026-10-05T13"):
            asked()
