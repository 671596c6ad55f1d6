"""cs-no-resend against hand-written histories and messages tables."""

import pytest

from sim.audit import cs_no_resend
from sim.audit.codes import Event
from sim.audit.log import Log
from tests.audit.builder import DOCUMENTS_RECEIVED, HOUR, MINUTE, PLEASE_CALL, at, offenders
from tests.audit.procedures import BREACH, CUSTOMER, JUDGED_WELL, NO_CASE, NOON, UNJUDGED, Procedures, counts, values

VIEWABLE = NOON + 50 + 3 * MINUTE
"""When the message of noon came into Cuba's list."""


@pytest.mark.parametrize(("again", "expected"), [
    (NOON, BREACH), (VIEWABLE - 1, BREACH), (VIEWABLE, JUDGED_WELL), (VIEWABLE + 1, JUDGED_WELL),
])  # fmt: skip
def test_not_again_before_it_is_in_cubas_list(again: int, expected: tuple[int, int, int]) -> None:
    history = Procedures()
    history.sms(1)
    history.sms(2, again)
    audit = history.rule("cs-no-resend")
    assert counts(audit) == expected
    assert [breach.messages for breach in audit.evidence] == [(2, 1)] * expected[1]


def test_another_customer_or_template_is_no_case() -> None:
    history = Procedures()
    history.customer(2)
    history.sms(1)
    history.sms(2, NOON + 1, customer=2)
    history.sms(3, NOON + 2, template=PLEASE_CALL)
    history.send(4, CUSTOMER, NOON + 3, system="cuba", template=DOCUMENTS_RECEIVED)
    assert counts(history.rule("cs-no-resend")) == NO_CASE


def test_a_message_that_never_came_into_the_list_bars_for_ever() -> None:
    history = Procedures()
    history.sms(1, viewable=None)
    history.sms(2, NOON + 48 * HOUR)
    assert offenders(history.rule("cs-no-resend")) == [2]


def test_any_earlier_message_bars_and_refused_ones_do_not() -> None:
    history = Procedures()
    history.sms(1, NOON - HOUR)
    history.sms(2)
    history.refuse(3, CUSTOMER, NOON + MINUTE, 1 << 14)
    history.sms(4, VIEWABLE - 1)
    history.sms(5, VIEWABLE + HOUR)
    audit = history.rule("cs-no-resend")
    assert counts(audit) == (3, 1, 0)
    assert audit.evidence[0].messages == (4, 2)


NIGHT, MORNING = at("2026-10-06 21:00"), at("2026-10-07 08:00")


def test_a_held_message_bars_until_it_is_withdrawn() -> None:
    history = Procedures()
    history.press(1, CUSTOMER, NIGHT, ref=70)
    history.issue(1, CUSTOMER, NIGHT, MORNING)
    history.sms(2, NIGHT + HOUR, held_until=MORNING)
    history.event(MORNING, Event.WITHDRAWN, message=1, customer=CUSTOMER, system=1, reasons=4)
    assert offenders(history.rule("cs-no-resend")) == [2]
    for again, expected in ((MORNING, NO_CASE), (MORNING - 1, BREACH)):
        history = Procedures()
        history.press(1, CUSTOMER, NIGHT, ref=70)
        history.issue(1, CUSTOMER, NIGHT, MORNING)
        history.event(MORNING, Event.WITHDRAWN, message=1, customer=CUSTOMER, system=1, reasons=4)
        history.sms(2, again)
        assert counts(history.rule("cs-no-resend")) == expected


# A foreign log: only messages, with times that may be coarse.


def foreign(issued: list[int], viewable: list[int | None], resolution: int, columns: tuple[str, ...]) -> Log:
    log = Log(values())
    log.columns = frozenset(columns)
    for number, (time, listed) in enumerate(zip(issued, viewable, strict=True), 1):
        log.db.execute(
            "INSERT INTO messages (run_id, row_id, message_id, customer_id, system, channel, kind, accepted, template, "
            "issued_ms, issued_res, issued_zone, viewable_ms) "
            "VALUES (1, ?, ?, 'c1', 'pluto', 'sms', 'desktop', true, 'S001', ?, ?, 'Australia/Sydney', ?)",
            [number, f"m{number}", time, resolution, listed],
        )
    return log


WITH_BOTH = ("template", "viewable_ms")
COARSE = [
    (1, -1, BREACH), (1, 0, JUDGED_WELL),
    (MINUTE, -MINUTE, BREACH), (MINUTE, -MINUTE + 1, UNJUDGED), (MINUTE, 0, UNJUDGED),
    (MINUTE, MINUTE - 2, UNJUDGED), (MINUTE, MINUTE - 1, JUDGED_WELL), (MINUTE, MINUTE, JUDGED_WELL),
]  # fmt: skip


@pytest.mark.parametrize(("resolution", "after", "expected"), COARSE)
def test_coarse_times_are_judged_where_all_instants_agree(
    resolution: int, after: int, expected: tuple[int, int, int]
) -> None:
    listed = NOON + 5 * MINUTE
    log = foreign([NOON, listed + after], [listed, None], resolution, WITH_BOTH)
    audit = cs_no_resend.audit(log)
    assert counts(audit) == expected
    assert [breach.messages for breach in audit.evidence] == [("m2", "m1")] * expected[1]


@pytest.mark.parametrize(("columns", "named"), [
    (("template",), "viewable_at"), (("viewable_ms",), "template"), ((), "no template and no viewable_at"),
])  # fmt: skip
def test_missing_columns_make_it_unknown(columns: tuple[str, ...], named: str) -> None:
    audit = cs_no_resend.audit(foreign([NOON, NOON + 1], [None, None], 1, columns))
    assert audit.verdict == "unknown"
    assert named in audit.why_unknown
