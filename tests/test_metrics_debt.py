"""The metrics of debt recovery against histories small enough to count by hand."""

from typing import Any

import pandas as pd
import pytest
from scipy.stats import binomtest

from sim.clock import HOUR, instant
from sim.history import Event, History
from sim.messages import Channel, Reason, System
from sim.metrics import Metrics, metrics
from sim.metrics.payments import counted, difference, interval
from sim.tables import messages_table
from tests.synthetic import history, parameters_plain, policy_plain

POLICY = policy_plain()
FIRST = pd.Timestamp("2026-10-05").toordinal()  # a Monday, with daylight saving in Sydney
BEGIN = instant("2026-10-05T00:00:00+11:00")
DAY = 24 * HOUR
DECLINED, OVERDUE, DUE_SOON, PAUSE, INSTALMENT = 402, 403, 409, 401, 502
Row = dict[str, int]


def at(day: int, hour: float = 4) -> int:
    """An instant in Sydney, `day` days after the first."""
    return BEGIN + day * DAY + int(hour * HOUR)


def runs(days: int, system: int = System.DMIS) -> list[Row]:
    return [{"time": at(day), "event": Event.NIGHTLY_RUN, "system": system, "value": FIRST + day}
            for day in range(days)]  # fmt: skip


def suppressed(
    template: int, first: int, last: int, reason: int, winner: int = DECLINED, customer: int = 5
) -> list[Row]:
    """A span from the run of day `first` to that of day `last`."""
    who = {"customer": customer, "system": System.DMIS, "template": template, "reasons": reason, "other": winner}
    return [
        {"time": at(first), "event": Event.SUPPRESSED, "value": FIRST + first, **who},
        {"time": at(last + 1), "event": Event.SUPPRESSED_ENDED, "value": FIRST + last, **who},
    ]


def nudge(
    number: int, template: int, day: int, customer: int = 5, sent: float | None = 10, system: int = System.DMIS
) -> list[Row]:
    """A message that the run of `day` issues and that is sent at that hour of the day (None: never)."""
    who = {"message": number, "customer": customer, "template": template, "system": system}
    issued = {"time": at(day), "event": Event.ISSUED, "other": Channel.SMS, "value": at(day, 10), **who}
    asked = {"time": at(day), "event": Event.SEND_PRESSED, "other": Channel.SMS, **who}
    if sent is None:
        return [asked, {**issued, "event": Event.REFUSED, "value": 0, "reasons": Reason.OPTED_OUT}]
    return [asked, issued, {"time": at(day, sent), "event": Event.ACKNOWLEDGED, **who, "system": System.GATEWAY}]


def eligible(template: int, day: int, customer: int = 5) -> Row:
    who = {"customer": customer, "template": template, "system": System.DMIS}
    return {"time": at(day), "event": Event.ELIGIBLE, "value": FIRST + day, **who}


def paid(day: int, hour: float = 4, customer: int = 5, event: int = Event.REPAYMENT_MADE, value: int = 0) -> Row:
    return {"time": at(day, hour), "event": event, "customer": customer, "ref": 1, "value": value}


def measured(*rows: Row | list[Row], days: int = 20, **order: Any) -> Metrics:
    """The metrics of these rows; customers 5 and 6 live in Sydney, 7 in Perth; observation ends after `days`."""
    flat = [row for part in rows for row in (part if isinstance(part, list) else [part])]
    zones = [{"time": BEGIN, "event": Event.ZONE_RECORDED, "customer": who, "value": zone}
             for who, zone in ((5, 0), (6, 0), (7, 7))]  # fmt: skip
    end = {"time": at(days, 0) - 1, "event": Event.NEVER_CONTACTED, "customer": 8}
    story = History.of(sorted([*zones, *flat, end], key=lambda row: row["time"]))
    plain = {**POLICY, "rules": {**POLICY["rules"]}}
    if order:
        rule = plain["rules"]["dr-hierarchy"]
        plain["rules"]["dr-hierarchy"] = {**rule, "values": {**rule["values"], **order}}
    return metrics(story, messages_table(story, plain), plain, {})


def test_nudges_by_template_and_local_day() -> None:
    found = measured(
        nudge(1, DECLINED, 0),
        nudge(2, INSTALMENT, 0, customer=6, system=System.SAP),
        # 00:30 in Sydney is still the day before in Perth.
        nudge(3, INSTALMENT, 2, customer=7, sent=0.5, system=System.SAP),
        nudge(4, INSTALMENT, 3, customer=6, sent=None, system=System.SAP),
        nudge(5, PAUSE, 3),
        nudge(6, 501, 3, system=System.SAP),
    )
    assert (found.value("nudges"), found.value("nudges", "instalment_nudge")) == (3, 2)
    assert (found.value("debt_messages", "nudge"), found.value("debt_messages", "confirmation")) == (3, 2)
    assert [found.value("nudges_a_day", f"2026-10-0{day}") for day in (5, 6, 7)] == [2, 1, None]
    assert found.value("nudges_a_day") == 1.5
    assert found.value("nudges_a_customer_day_max") == 1
    assert measured(nudge(1, DECLINED, 0), nudge(2, OVERDUE, 0)).value("nudges_a_customer_day_max") == 2


def test_a_day_without_nudges_counts_for_the_mean() -> None:
    found = measured(nudge(1, DECLINED, 0), nudge(2, DECLINED, 3))
    assert found.value("nudges_a_day") == 0.5
    assert found.value("nudges_a_day", "2026-10-06") == 0


def test_suppressions_by_their_first_reason() -> None:
    found = measured(
        runs(9),
        suppressed(OVERDUE, 0, 2, Reason.HIERARCHY),
        suppressed(DUE_SOON, 0, 0, Reason.HIERARCHY, OVERDUE),
        suppressed(DUE_SOON, 1, 4, Reason.GAP | Reason.ONE_NUDGE),
        suppressed(DUE_SOON, 0, 7, Reason.OPTED_OUT | Reason.VULNERABLE, 0, customer=6),
    )
    assert (found.value("suppressions"), found.value("suppressed_nights")) == (4, 16)
    reasons = {"hierarchy": (2, 4), "gap": (1, 4), "opted_out": (1, 8), "one_nudge": (None, None)}
    for reason, (spans, nights) in reasons.items():
        assert (found.value("suppressions", reason), found.value("suppressed_nights", reason)) == (spans, nights)
    assert found.value("hierarchy_losses", "declined_payment > overdue_payment") == 3
    assert found.value("hierarchy_losses", "overdue_payment > debt_due_soon") == 1
    assert found.value("hierarchy_losses") == 4


def test_a_wait_goes_on_whichever_rule_it_is_lost_to() -> None:
    found = measured(
        runs(12),
        suppressed(DUE_SOON, 0, 1, Reason.HIERARCHY),
        suppressed(DUE_SOON, 2, 2, Reason.GAP),
        suppressed(DUE_SOON, 3, 3, Reason.ONE_NUDGE),
        nudge(1, DUE_SOON, 4),
        suppressed(DUE_SOON, 5, 9, Reason.SIMILAR, DUE_SOON),
    )
    assert (found.value("suppressed_waits"), found.value("suppressed_waits", "sent")) == (1, 1)
    assert (found.value("suppressed_wait_max"), found.value("suppressed_wait_max", "debt_due_soon")) == (4, 4)
    assert found.value("suppressed_then_sent") == 1


@pytest.mark.parametrize(
    ("rows", "waits"),
    [
        # A night between them, a bar between them, another message, another customer: two waits.
        ([suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(DUE_SOON, 3, 3, Reason.GAP)], [1, 2]),
        ([suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(DUE_SOON, 2, 2, Reason.VULNERABLE, 0),
          suppressed(DUE_SOON, 3, 3, Reason.GAP)], [1, 2]),
        ([suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(OVERDUE, 2, 2, Reason.GAP)], [1, 2]),
        ([suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(DUE_SOON, 2, 2, Reason.GAP, customer=6)], [1, 2]),
        ([suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(DUE_SOON, 2, 2, Reason.GAP)], [3]),
        ([suppressed(DUE_SOON, 0, 1, Reason.SIMILAR)], []),
    ],
)  # fmt: skip
def test_where_one_wait_ends_and_another_begins(rows: list[list[Row]], waits: list[int]) -> None:
    found = measured(runs(12), *rows)
    assert found.value("suppressed_waits") == len(waits)
    assert found.value("suppressed_wait_max") == (max(waits) if waits else None)
    assert found.value("suppressed_wait_median") == (sum(waits) / len(waits) if waits else None)


@pytest.mark.parametrize(
    ("last", "sent_on", "ending"),
    [(3, 4, "sent"), (3, 5, "lapsed"), (3, None, "lapsed"), (8, None, "still waiting"), (7, None, "lapsed")],
)
def test_how_a_wait_ends(last: int, sent_on: int | None, ending: str) -> None:
    went = [] if sent_on is None else [nudge(1, DUE_SOON, sent_on)]
    found = measured(runs(9), suppressed(DUE_SOON, 2, last, Reason.HIERARCHY), *went)
    assert found.value("suppressed_waits", ending) == 1
    share = {"sent": 1, "lapsed": 0, "still waiting": None}[ending]
    assert found.value("suppressed_then_sent", "debt_due_soon") == share


def test_groups_stand_in_the_order_of_the_hierarchy_in_force() -> None:
    rows = [suppressed(DUE_SOON, 0, 1, Reason.GAP), suppressed(OVERDUE, 0, 1, Reason.GAP)]
    *others, last = POLICY["rules"]["dr-hierarchy"]["values"]["order"]
    order = [last, *others]
    for found, names in (
        (measured(runs(5), *rows), ["all", "overdue_payment", "debt_due_soon"]),
        (measured(runs(5), *rows, order=order), ["all", "debt_due_soon", "overdue_payment"]),
    ):
        assert list(found.to_json()["metrics"]["suppressed_wait_max"]["values"]) == names


@pytest.mark.parametrize(
    ("day", "hour", "counted_as"),
    [(2, 3.999, 0), (2, 4, 1), (3, 12, 1), (9, 4, 1), (9, 4.001, 0)],
)
def test_payments_within_seven_days_of_the_night_count(day: int, hour: float, counted_as: int) -> None:
    found = measured(eligible(OVERDUE, 2), nudge(1, OVERDUE, 2), paid(day, hour))
    assert found.value("payment_cases", "nudged") == 1
    assert found.value("payment_rate", "nudged") == counted_as
    assert found.value("payment_rate", "overdue_payment, nudged") == counted_as
    assert found.value("payment_cases", "not nudged") == 0


@pytest.mark.parametrize(
    ("event", "value", "paid_rate", "acted_rate"),
    [
        (Event.REPAYMENT_MADE, 0, 1, 1),
        (Event.DEBT_PAID, 0, 1, 1),
        (Event.ARRANGEMENT_SET, 21, 0, 1),  # cash, pending
        (Event.ARRANGEMENT_SET, 22, 0, 0),  # current: the first instalment was paid
        (Event.ARRANGEMENT_SET, 41, 0, 0),  # withholdings are not the customer's act
        (Event.REPAYMENT_DUE, 1, 0, 0),
    ],
)
def test_what_is_a_payment_and_what_is_an_act(event: int, value: int, paid_rate: int, acted_rate: int) -> None:
    found = measured(eligible(OVERDUE, 2), nudge(1, OVERDUE, 2), paid(3, 4, event=event, value=value))
    assert (found.value("payment_rate", "nudged"), found.value("action_rate", "nudged")) == (paid_rate, acted_rate)


@pytest.mark.parametrize(
    ("rows", "cases", "nudged"),
    [
        ([eligible(OVERDUE, 9)], 1, 0),
        ([eligible(OVERDUE, 9), nudge(1, OVERDUE, 9)], 1, 1),
        # Another nudge on that day is a nudge; one on the next day is not, whatever came of it.
        ([eligible(OVERDUE, 9), nudge(1, INSTALMENT, 9, system=System.SAP)], 1, 1),
        ([eligible(OVERDUE, 9), nudge(1, OVERDUE, 10)], 1, 0),
        ([eligible(OVERDUE, 9), nudge(1, OVERDUE, 9, sent=None)], 1, 0),
        ([eligible(OVERDUE, 9), nudge(1, OVERDUE, 9, customer=6)], 1, 0),
        # A confirmation is no nudge: neither is one due, nor does one count.
        ([eligible(PAUSE, 9), nudge(1, PAUSE, 9)], 0, 0),
        ([eligible(OVERDUE, 9), nudge(1, PAUSE, 9)], 1, 0),
        # A nudge in the seven days before leaves the case out.
        ([nudge(1, DECLINED, 3), eligible(OVERDUE, 9), nudge(2, OVERDUE, 9)], 0, 0),
        ([nudge(1, DECLINED, 1), eligible(OVERDUE, 9), nudge(2, OVERDUE, 9)], 1, 1),
        # Two messages that become due on one night are one case.
        ([eligible(OVERDUE, 9), eligible(DUE_SOON, 9)], 1, 0),
        ([eligible(OVERDUE, 9), eligible(DUE_SOON, 10)], 2, 0),
        # SAP's nudge is due when it is asked for, refused or not.
        ([nudge(1, INSTALMENT, 9, system=System.SAP)], 1, 1),
        ([nudge(1, INSTALMENT, 9, system=System.SAP, sent=None)], 1, 0),
        # What is not observed for seven days is no case.
        ([eligible(OVERDUE, 12)], 1, 0),
        ([eligible(OVERDUE, 13)], 0, 0),
    ],
)
def test_what_is_a_case_and_whether_it_was_nudged(rows: list[Row | list[Row]], cases: int, nudged: int) -> None:
    found = measured(*rows)
    assert (found.value("payment_cases"), found.value("payment_cases", "nudged")) == (cases, nudged)


def frame_of(*rows: tuple[str, bool, bool, int]) -> pd.DataFrame:
    """Cases as (template, nudged, paid, how many)."""
    cases = [(template, nudged, yes) for template, nudged, yes, number in rows for _ in range(number)]
    return pd.DataFrame(cases, columns=["template", "nudged", "paid"])


def test_the_difference_compares_like_with_like() -> None:
    # Of `often` 90% pay either way, of `seldom` 10%. Pooled, nudged customers would seem to pay far more.
    cases = frame_of(
        ("often", True, True, 900),
        ("often", True, False, 100),
        ("often", False, True, 90),
        ("often", False, False, 10),
        ("seldom", True, True, 10),
        ("seldom", True, False, 90),
        ("seldom", False, True, 100),
        ("seldom", False, False, 900),
    )
    counts = counted(cases, "paid")
    assert counts.loc["often"].to_dict() == {"nudged": 1000, "nudged_yes": 900, "none": 100, "none_yes": 90}
    found, low, high = difference(counts)
    assert found == pytest.approx(0)
    assert low is not None
    assert high is not None
    assert low < 0 < high
    assert high == pytest.approx(-low)


def test_the_difference_of_one_message_by_hand() -> None:
    # 30 of 50 less 20 of 50; its standard error is the root of 2 × 0.6 × 0.4 ÷ 50.
    cases = frame_of(("a", True, True, 30), ("a", True, False, 20), ("a", False, True, 20), ("a", False, False, 30))
    found, low, high = difference(counted(cases, "paid"))
    assert found == pytest.approx(0.2)
    assert low == pytest.approx(0.2 - 1.959964 * (2 * 0.24 / 50) ** 0.5)
    assert high == pytest.approx(0.2 + 1.959964 * (2 * 0.24 / 50) ** 0.5)


@pytest.mark.parametrize("rows", [[], [("a", True, True, 3)], [("a", True, True, 3), ("b", False, True, 3)]])
def test_there_is_no_difference_without_two_sides(rows: list[tuple[str, bool, bool, int]]) -> None:
    assert difference(counted(frame_of(*rows), "paid")) == (None, None, None)


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (5, 10), (10, 10), (1, 1000)])
def test_intervals_are_wilson_s(part: int, whole: int) -> None:
    z, share = 1.959963984540054, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z / (1 + z * z / whole) * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    low, high = interval(part, whole)
    assert (low, high) == pytest.approx((middle - reach, middle + reach))
    assert binomtest(part, whole).proportion_ci(method="exact").low <= share <= high + 1e-12


def test_the_made_up_run_shows_the_effect_that_was_put_into_it() -> None:
    story = history(customers=400, days=24)
    found = metrics(story, messages_table(story, POLICY), POLICY, parameters_plain())
    low, high = found.value("payment_difference", "low"), found.value("payment_difference", "high")
    assert low is not None
    assert high is not None
    # 0.95 against 0.85 for instalments and 0.7 against 0.4 for the others.
    assert 0.05 < low < high < 0.35
