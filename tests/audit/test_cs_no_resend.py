"""cs-no-resend against hand-written histories and messages tables."""

from pathlib import Path

import pytest

from sim.audit import cs_no_resend
from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit
from tests.audit.builder import DOCUMENTS_RECEIVED, HOUR, MINUTE, PLEASE_CALL, SYDNEY, at, offenders
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

NAMES = (
    "message_id", "customer_id", "system", "timezone", "issued_at", "outcome", "sent_at", "template", "viewable_at",
)  # fmt: skip


def foreign(folder: Path, *rows: tuple[str, str, str], drop: tuple[str, ...] = ()) -> RuleAudit:
    """The audit of messages (issued, viewable, outcome), local times of 7 October, without the columns of `drop`."""
    lines = [NAMES]
    for number, (issued, viewable, outcome) in enumerate(rows, 1):
        at_issue, listed = (f"2026-10-07T{time}+11:00" if time else "" for time in (issued, viewable))
        sent = at_issue if outcome == "sent" else ""
        lines.append((f"m{number}", "7", "pluto", SYDNEY, at_issue, outcome, sent, "S001", listed))
    kept = [place for place, name in enumerate(NAMES) if name not in drop]
    file = folder / "log.csv"
    file.write_text("".join(",".join(line[place] for place in kept) + "\n" for line in lines), encoding="utf-8")
    return cs_no_resend.audit(Log.from_messages(file, policy=values()))


# (the earlier message is viewable, the later one is issued, expected)
COARSE = [
    ("12:05:00.001", "12:05:00.000", BREACH),
    ("12:05:00.000", "12:05:00.000", JUDGED_WELL),
    ("12:06", "12:05", BREACH),
    ("12:05", "12:05", UNJUDGED),
    ("12:04", "12:05", JUDGED_WELL),
    ("12:05:01", "12:05:00", BREACH),
    ("12:05:00", "12:05:00", UNJUDGED),
    ("12:05:00", "12:05:01", JUDGED_WELL),
    ("", "12:05", BREACH),
]


@pytest.mark.parametrize(("viewable", "again", "expected"), COARSE)
def test_coarse_times_are_judged_where_all_instants_agree(
    tmp_path: Path, viewable: str, again: str, expected: tuple[int, int, int]
) -> None:
    first = "12:00:00.001" if "." in again else "12:00:01" if again.count(":") == 2 else "12:00"
    audit = foreign(tmp_path, (first, viewable, "sent"), (again, "", "sent"))
    assert counts(audit) == expected
    assert [breach.messages for breach in audit.evidence] == [("m2", "m1")] * expected[1]


def test_a_withdrawal_at_an_unknown_instant_leaves_the_next_message_unjudged(tmp_path: Path) -> None:
    rows = (("12:00", "", "withdrawn"), ("12:05", "", "sent"))
    assert counts(foreign(tmp_path, *rows)) == UNJUDGED
    assert counts(foreign(tmp_path, *rows[:1], ("12:02", "", "sent"), rows[1])) == (1, 1, 1)


@pytest.mark.parametrize(("drop", "named"), [
    (("viewable_at",), "no viewable_at"), (("template",), "no template"),
    (("template", "viewable_at"), "no template and no viewable_at"),
])  # fmt: skip
def test_missing_columns_make_it_unknown(tmp_path: Path, drop: tuple[str, ...], named: str) -> None:
    audit = foreign(tmp_path, ("12:00", "12:04", "sent"), ("12:05", "", "sent"), drop=drop)
    assert audit.verdict == "unknown"
    assert named in audit.why_unknown
