"""The generated loads on which the audit is held against planted faults.

They are small and made for that: whatever a rule turns on happens often, and steps take whole minutes, so that edges
are met exactly. Some are played once more with other values of the policy in force, because a system that always takes
the default reading is only seen where another one holds. Nobody plans by them, so they do not ship with the loads.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sim.clock import instant
from sim.faults.parameters import CONTEST, CROWD, CUSTOMER_FIRST, DEBTS, DESK, HOURS, WIDE_OPEN
from sim.scenario.load import Fault as Failure
from sim.scenario.load import Load


class AuditLoad(NamedTuple):
    """A load, and the rules (or their first letters) whose faults are looked for in it first."""

    load: Load
    about: tuple[str, ...] = ()


def _outage(start: str, minutes: int) -> Failure:
    return Failure("gateway_outage", instant(start), minutes)


def _again(load: Load, name: str, policy: Mapping[str, object], seed: int | None = None) -> AuditLoad:
    """The load once more, with further values of the policy in force (and perhaps other people)."""
    again = replace(load, name=name, policy={**load.policy, **policy})
    return AuditLoad(again if seed is None else replace(again, seed=seed))


_DESK = Load(
    "desk",
    "Child Support's messages across the start of daylight saving, with an outage over closing time",
    start=date(2026, 9, 30),
    days=7,
    customers=150,
    seed=29,
    parameters=DESK,
    faults=(_outage("2026-10-02T14:30:00+10:00", 440),),
    programmes=("child_support",),
)
_HOURS = Load(
    "hours",
    "Message upon message within the hour, and the gateway works ten minutes of each",
    start=date(2026, 9, 30),
    days=3,
    customers=10,
    seed=9,
    parameters=HOURS,
    policy={"cs-daily-limit.limit": 50},
    zones=("Australia/Sydney", "Australia/Brisbane"),
    faults=tuple(
        _outage(f"{day}T{hour:02d}:00:00+10:00", 50)
        for day in ("2026-09-30", "2026-10-01", "2026-10-02")
        for hour in range(8, 19)
    ),
    programmes=("child_support",),
)
_CROWD = Load(
    "crowd",
    "Days that are full, with an outage from morning to closing",
    start=date(2026, 9, 30),
    days=4,
    customers=22,
    seed=10,
    parameters=CROWD,
    zones=("Australia/Sydney", "Australia/Perth", "Indian/Cocos"),
    faults=(_outage("2026-10-01T08:30:00+10:00", 735),),
    programmes=("child_support",),
)
_DEBTS = Load(
    "debts",
    "Debt messages across the start of daylight saving, with an outage all day",
    start=date(2026, 9, 25),
    days=17,
    customers=160,
    seed=1,
    parameters=DEBTS,
    policy={"dr-view.sap_days": 3},
    faults=(_outage("2026-10-02T08:30:00+10:00", 840),),
    programmes=("debt_recovery",),
)
_CONTEST = Load(
    "contest",
    "Debt messages that meet each other",
    start=date(2026, 9, 25),
    days=8,
    customers=140,
    seed=2,
    parameters=CONTEST,
    policy=WIDE_OPEN,
    programmes=("debt_recovery",),
)
_CUSTOMER_FIRST = Load(
    "customer_first",
    "Messages of Integrated Service Officers, with an outage of three days",
    start=date(2026, 9, 30),
    days=7,
    customers=120,
    seed=2,
    parameters=CUSTOMER_FIRST,
    faults=(_outage("2026-10-01T08:30:00+10:00", 3 * 1440),),
    programmes=("customer_first",),
)

LOADS: tuple[AuditLoad, ...] = (
    AuditLoad(_DESK, ("cs-",)),
    AuditLoad(_CROWD, ("cs-daily-limit",)),
    AuditLoad(_HOURS, ("cs-hourly-confirmation",)),
    AuditLoad(_DEBTS, ("dr-",)),
    AuditLoad(_CONTEST, ("dr-hierarchy",)),
    AuditLoad(_CUSTOMER_FIRST, ("cf-",)),
    _again(
        _DESK,
        "desk_other_readings",
        {
            "cs-opt-out.reach": "sms_only",
            "cs-send-window.release": "next_opening",
            "cs-hourly-confirmation.from": "sent",
        },
    ),
    _again(
        _CROWD,
        "crowd_other_readings",
        {
            "cs-daily-limit.limit": 2,
            "cs-daily-limit.counts": "delivery_day",
            "cs-daily-limit.scope": "child_support_sms",
        },
        seed=4,
    ),
    _again(_HOURS, "hours_other_readings", {"cs-hourly-confirmation.boundary": "inclusive"}),
    _again(
        _DEBTS,
        "debts_other_readings",
        {
            "dr-gap.reading": "hours_24",
            "dr-similar.boundary": "days_apart",
            "dr-vulnerable.kinds": "nudges_only",
            "dr-one-nudge.enabled": False,
        },
    ),
)
"""The few that together make every fault visible that a history can show."""
