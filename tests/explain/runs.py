"""Small runs in which much is refused, held and suppressed, under every named reading, and their rows by customer."""

from datetime import date
from functools import cache

import sim
from sim.clock import instant
from sim.explain import Explanation
from sim.history import Event
from sim.messages import Channel, Request, System, unpack_fields, unpack_payment_type
from sim.policy.policy import Policy
from sim.policy.saved import saved_policy
from sim.runs import Run
from sim.scenario.load import Fault, Load
from tests.explain.real_systems import RealSystems, Row
from tests.world.loads import BUSY

CROWDED: dict[str, object] = {
    **BUSY, "work.busy_day_share": 0.6, "work.busy_day_items": 6, "work.busy_day_hours": 10.0,
    "behaviour.alert_outside_window": 0.9, "behaviour.confirmed_share": 0.9, "staff.officers": 20,
    "behaviour.opt_out_per_message": 0.01, "population.deaths_per_year": 0.05, "cuba.notices_per_year": 60.0,
    "work.payment_per_year": 16.0, "behaviour.channel_slip": 0.02, "behaviour.field_slip": 0.03,
    "population.overseas_mobile": 0.05, "population.restricted_access": 0.05, "behaviour.moves_zone_per_year": 30.0,
    "integrated.work_per_year": 20.0, "population.payees_on_income_support": 0.9, "debt.debtors": 0.5,
    "behaviour.tries_despite_bar": 0.5,
}  # fmt: skip
"""Several messages a customer and day, so that limit and question are met; facts change all the time."""
_OUTAGE = Fault("gateway_outage", instant("2026-10-02T12:00:00+10:00"), 15 * 60)
_ZONES = ("Australia/Perth", "Australia/Sydney", "Indian/Christmas", "Australia/Lord_Howe", "Indian/Cocos")

READINGS: dict[str, dict[str, object]] = {
    "as it is": {"cs-daily-limit.limit": 2},
    "fdv enforced, from sent": {
        "cs-daily-limit.limit": 2, "cs-fdv.enforced": True, "cs-hourly-confirmation.from": "sent",
        "cs-hourly-confirmation.boundary": "inclusive",
    },
    "delivery day, next opening": {
        "cs-daily-limit.limit": 1, "cs-daily-limit.counts": "delivery_day", "cs-send-window.release": "next_opening",
        "cs-send-window.release_spread_minutes": 60, "cs-opt-out.reach": "sms_only", "cs-send-window.opens": "09:15",
    },
    "attempt day, all Child Support's SMS": {
        "cs-daily-limit.limit": 1, "cs-daily-limit.counts": "attempt_day", "cs-daily-limit.scope": "child_support_sms",
        "cs-send-window.release": "next_opening",
    },
    "all Child Support's SMS": {
        "cs-daily-limit.limit": 1, "cs-daily-limit.scope": "child_support_sms", "cs-send-window.closes": "17:30",
        "cs-hourly-confirmation.minutes": 600,
    },
    "limit of 0": {"cs-daily-limit.limit": 0},
}  # fmt: skip
DEBT_READINGS: dict[str, dict[str, object]] = {
    "as it is": {},
    "24 hours, days apart": {"dr-gap.reading": "hours_24", "dr-similar.boundary": "days_apart"},
    "business days, nudges alone": {
        "dr-gap.reading": "business_day", "dr-vulnerable.kinds": "nudges_only", "dr-similar.days": 2,
    },
    "many nudges": {"dr-one-nudge.enabled": False, "dr-similar.days": 3},
}  # fmt: skip
MANY_DEBTS: dict[str, object] = {
    "debt.two_debts": 0.6, "debt.debtors": 0.6, "debt.vulnerable_per_year": 2.0,
    "behaviour.moves_zone_per_year": 6.0, "behaviour.removes_mobile_per_year": 4.0,
}  # fmt: skip


def crowded_load(readings: str) -> Load:
    """Seven days of all programmes over the start of daylight saving (Sunday 4 October 2026). Offices in the east open
    hours before the window of many customers, and an outage lasts over the closing of every zone: so messages of two
    days meet on the next, and the limit stops some at hand-over."""
    changes = {**CROWDED, **READINGS[readings]}
    policy = {name: value for name, value in changes.items() if name.startswith("cs-")}
    parameters = {name: value for name, value in changes.items() if name not in policy}
    return Load("crowded", "Crowded days", date(2026, 9, 30), 7, 250, 5, policy, parameters, (_OUTAGE,), _ZONES)


@cache
def crowded(readings: str) -> Run:
    """A run of `crowded_load`."""
    return sim.run(crowded_load(readings))


@cache
def explained(readings: str) -> list[Explanation]:
    """The messages of `crowded`, explained: all of them as it is, every third under the other readings."""
    run = crowded(readings)
    step = 1 if readings == "as it is" else 3
    return [run.explain(message) for message in run.explainer.chronicle.messages.tolist()[::step]]


@cache
def indebted(readings: str) -> Run:
    """Forty days of debtors, with an outage over the releases of a morning."""
    return sim.run("debt_quarter", customers=240, days=40, set={**MANY_DEBTS, **DEBT_READINGS[readings]})


class Facts:
    """The rows of a run that can matter to a customer, found by other code than the one under test."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.policy: Policy = saved_policy(run.policy)
        self._sorted: dict[int, list[Row]] = {}
        self._everybody: list[Row] = []
        self._by_customer: dict[int, list[Row]] = {}
        self._by_message: dict[int, list[Row]] = {}
        processes: dict[int, int] = {}
        for row in run.history.select():
            if row["message"]:
                self._by_message.setdefault(row["message"], []).append(row)
            if row["event"] == Event.PROCESS_OPENED:
                processes[row["ref"]] = row["other"]
            concerned = [row["customer"]]
            if Event.FDV_RAISED <= row["event"] <= Event.PROCESS_CLOSED:
                concerned.append(processes.get(row["ref"], 0))
            for customer in dict.fromkeys(concerned):
                if customer:
                    self._by_customer.setdefault(customer, []).append(row)
            if not row["customer"]:
                self._everybody.append(row)

    def of(self, customer: int) -> list[Row]:
        """In order of recording."""
        if customer not in self._sorted:
            rows = [*self._everybody, *self._by_customer[customer]]
            self._sorted[customer] = sorted(rows, key=lambda row: row["seq"])
        return self._sorted[customer]

    def request(self, message: int) -> Request:
        """What was asked for."""
        rows = self._by_message[message]
        press = next(row for row in rows if row["event"] == Event.SEND_PRESSED)
        system = press["system"] if System.PLUTO <= press["system"] <= System.SAP else System.PLUTO
        return Request(
            message, press["customer"], system, press["template"], press["officer"], press["ref"],
            press["other"] or Channel.SMS, *unpack_fields(press["value"]),
            payment_type=unpack_payment_type(press["value"]),
        )  # fmt: skip

    def systems(
        self, customer: int, time: int, officer: int = 0, without: int = 0, at_night: bool = False
    ) -> RealSystems:
        """Our systems on the facts of that instant; after the end of the run, as they went on by themselves. `at_night`
        leaves out what a nightly run of that instant issued."""
        end = self.run.observed[1]
        rows = self.of(customer)
        if at_night:
            rows = [row for row in rows if row["time"] < time or not Event.ISSUED <= row["event"] <= Event.ANSWERED]
        made = RealSystems(self.policy, rows, customer, min(time, end), officer, without)
        if time >= end:
            made.go_on()
            made.until(time)
        return made
