"""The policy values as the integers that the rules take."""

from sim.policy.policy import load_policy
from sim.policy.values import RuleValues, rule_values


def test_values_that_the_rules_take() -> None:
    hour = 3_600_000
    assert rule_values(load_policy()) == RuleValues(
        limit=5, counts=0, scope=0, confirm_ms=hour, confirm_from=0, confirm_inclusive=0, opens_ms=8 * hour,
        closes_ms=20 * hour, release=0, spread_ms=0, opt_out_reach=0, fdv_enforced=0, promise_from=0,
        unanswered_messages=2, unanswered_ms=336 * hour, precall_hour_ms=hour, bounce_run_ms=6 * hour,
    )  # fmt: skip


def test_changed_values_reach_the_rules() -> None:
    sets = {
        "cs-daily-limit.limit": "3", "cs-daily-limit.counts": "attempt_day",
        "cs-daily-limit.scope": "child_support_sms", "cs-hourly-confirmation.minutes": "30",
        "cs-hourly-confirmation.from": "sent", "cs-hourly-confirmation.boundary": "inclusive",
        "cs-send-window.opens": "09:30", "cs-send-window.closes": "24:00", "cs-send-window.release": "next_opening",
        "cs-send-window.release_spread_minutes": "90",
        "cs-opt-out.reach": "sms_only", "cs-fdv.enforced": "yes", "cs-precall.promise_from": "issued",
        "cs-unanswered.messages": "4", "cs-unanswered.days": "7", "cs-precall.next_hour_minutes": "45",
        "cs-bounce-back.run_at": "05:15",
    }  # fmt: skip
    minute = 60_000
    assert rule_values(load_policy(sets)) == RuleValues(
        limit=3, counts=2, scope=1, confirm_ms=30 * minute, confirm_from=1, confirm_inclusive=1, opens_ms=570 * minute,
        closes_ms=1440 * minute, release=1, spread_ms=90 * minute, opt_out_reach=1, fdv_enforced=1, promise_from=1,
        unanswered_messages=4, unanswered_ms=7 * 1440 * minute, precall_hour_ms=45 * minute, bounce_run_ms=315 * minute,
    )  # fmt: skip
    assert rule_values(load_policy({"cs-daily-limit.counts": "delivery_day"})).counts == 1
