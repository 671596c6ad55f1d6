"""cs-status, cs-bounce-back, cs-self-service."""

import pytest

from sim.audit import Log
from sim.audit.codes import Event, Reason
from tests.audit.builder import HOUR, MINUTE, REMINDER, SYDNEY, Builder, at, expect, judge_one, offenders, policy

NOON = at("2026-09-22 12:00")
SENT = NOON + 50


def history(**values):
    built = Builder(values=policy(**values))
    built.customer(1)
    return built


# cs-status


DELAYS = {
    2 * MINUTE - 1: "already",
    2 * MINUTE: None,
    5 * MINUTE: None,
    5 * MINUTE + 1: "only",
    -1: "already",
    None: "never viewable",
}


@pytest.mark.parametrize("system", ["pluto", "cuba"])
def test_viewable_a_few_minutes_after_it_was_sent(system):
    table = {}
    for after, words in DELAYS.items():
        built = history()
        built.send(7, 1, NOON, viewable=after, system=system)
        table[after] = built, [7] if words else []
    audit = expect("cs-status", table)
    assert audit.cases == len(table)
    told = {breach.run_id: breach.why for breach in audit.evidence}
    for run_id, words in enumerate(DELAYS.values(), 1):
        assert words is None or words in told[run_id]


@pytest.mark.parametrize(("before", "verdict"), [(5 * MINUTE + 51, "fail"), (5 * MINUTE + 50, "unknown")])
def test_too_young_to_be_viewable(before, verdict):
    built = history()
    built.send(7, 1, built.end - before, viewable=None)
    assert built.rule("cs-status").verdict == verdict


def row(**more):
    return {"message": 7, "customer": 1, **more}


def test_communication_sent_is_shown_when_it_is_viewable():
    table = {}
    for shown, wrong in (((3,), []), ((), [7]), ((2.9,), [7]), ((3, 4), [7])):
        built = history()
        built.send(7, 1, NOON, viewable=None)
        built.event(SENT + 3 * MINUTE, Event.VIEWABLE, **row(system=2))
        for after in shown:
            built.event(SENT + round(after * MINUTE), Event.STATUS_CLAIMED, **row(system=1, value=3))
        table[shown] = built, wrong
    expect("cs-status", table)


def test_viewable_without_having_been_sent():
    built = history()
    built.press(7, 1, NOON)
    built.issue(7, 1, NOON)
    built.event(NOON + MINUTE, Event.VIEWABLE, **row(system=2))
    assert offenders(built.rule("cs-status")) == [7]


def test_the_minutes_are_policy():
    built = history(cs_status__viewable_max_minutes=60)
    built.send(7, 1, NOON, viewable=59 * MINUTE)
    assert built.rule("cs-status").verdict == "pass"


HEADER = "message_id,customer_id,system,timezone,issued_at,outcome,sent_at"


def foreign(folder, *lines, header):
    path = folder / "log.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return Log.from_messages(path, policy=policy())


@pytest.mark.parametrize(
    ("viewable", "verdict"),
    [
        ("2026-10-06T10:03+11:00", "pass"),
        ("2026-10-06T10:02+11:00", "unknown"),
        ("2026-10-06T10:05+11:00", "unknown"),
        ("2026-10-06T10:06+11:00", "fail"),
        ("2026-10-06T10:07+11:00", "fail"),
        ("2026-10-06T09:59+11:00", "fail"),
        ("", "fail"),
    ],
)
def test_minutes_of_a_foreign_log(tmp_path, viewable, verdict):
    line = f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00+11:00,sent,2026-10-06T10:00+11:00,{viewable}"
    other = f"m2,c2,pluto,{SYDNEY},2026-10-07T10:00+11:00,refused,,"
    log = foreign(tmp_path, line, other, header=HEADER + ",viewable_at")
    assert judge_one(log, "cs-status").verdict == verdict


def test_a_foreign_log_without_the_column(tmp_path):
    line = f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00+11:00,sent,2026-10-06T10:00+11:00"
    log = foreign(tmp_path, line, header=HEADER)
    assert judge_one(log, "cs-status").verdict == "unknown"
    assert judge_one(log, "cs-bounce-back").verdict == "unknown"


# cs-bounce-back


def failed(time, bounces, customer_zone=SYDNEY, system="pluto", mark=True, show=True, built=None):
    built = built or Builder()
    built.customer(1, customer_zone)
    built.send(7, 1, NOON, system=system, template=REMINDER if system == "cuba" else 102)
    if time is not None:
        built.event(time, Event.FAILED, **row(system=6, value=1))
    for bounce in bounces:
        built.event(bounce, Event.BOUNCED, **row(system=1))
        if mark:
            built.event(bounce, Event.MARKED_ERROR, **row(system=2))
        if show:
            built.event(bounce, Event.STATUS_CLAIMED, **row(system=1, value=4))
    return built


BOUNCES = [
    ("2026-09-22 12:30", "2026-09-23 06:00", False),
    ("2026-09-22 23:59:59.999", "2026-09-23 06:00", False),
    ("2026-09-23 00:00", "2026-09-24 06:00", False),
    ("2026-09-23 00:00", "2026-09-23 06:00", True),
    ("2026-09-23 05:59:59", "2026-09-24 06:00", False),
    ("2026-09-22 12:30", "2026-09-22 12:30", True),
    ("2026-09-22 12:30", "2026-09-23 06:00:00.001", True),
    ("2026-09-22 12:30", "2026-09-24 06:00", True),
    ("2026-10-03 12:30", "2026-10-04 06:00", False),  # 23 hours long, the night before
]


def test_bounced_by_the_next_days_run():
    table = {}
    for error, bounce, wrong in BOUNCES:
        for zone in (SYDNEY, "Australia/Perth"):
            table[error, bounce, zone] = failed(at(error), [at(bounce)], zone), [7] if wrong else []
    assert expect("cs-bounce-back", table).cases == len(table)


@pytest.mark.parametrize(
    ("error", "bounces", "words"),
    [
        ("2026-09-22 12:30", [], "no bounce back was created"),
        (None, ["2026-09-23 06:00"], "although no delivery error"),
        ("2026-09-22 12:30", ["2026-09-23 06:00", "2026-09-24 06:00"], "more than once"),
    ],
)
def test_exactly_one_for_each_failure(error, bounces, words):
    audit = failed(error and at(error), [at(bounce) for bounce in bounces]).rule("cs-bounce-back")
    assert offenders(audit) == [7]
    assert words in audit.evidence[0].why


def test_what_both_lists_show():
    table = {}
    for system, mark, show, wrong in (
        ("pluto", True, True, []),
        ("pluto", False, True, [7]),
        ("pluto", True, False, [7]),
        ("cuba", True, False, []),
        ("cuba", False, False, [7]),
    ):
        built = failed(at("2026-09-22 12:30"), [at("2026-09-23 06:00")], system=system, mark=mark, show=show)
        table[system, mark, show] = built, wrong
    expect("cs-bounce-back", table)


def test_a_failure_just_before_the_end():
    audit = failed(at("2026-10-18 12:00"), []).rule("cs-bounce-back")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


def test_messages_that_arrived_are_no_case():
    built = failed(None, [])
    built.event(SENT + 1000, Event.DELIVERED, **row(system=6))
    assert built.rule("cs-bounce-back").verdict == "not_exercised"


@pytest.mark.parametrize(
    ("error", "bounce", "verdict"),
    [
        ("2026-10-06T12:30+11:00", "2026-10-07T06:00+11:00", "pass"),
        ("2026-10-06T12:30+11:00", "2026-10-07T09:12+11:00", "pass"),
        ("2026-10-06T23:59+11:00", "2026-10-07T00:00+11:00", "pass"),
        ("2026-10-06T12:30+11:00", "2026-10-06T23:59+11:00", "fail"),
        ("2026-10-06T12:30+11:00", "2026-10-08T00:00+11:00", "fail"),
        ("2026-10-06T12:30+11:00", "", "fail"),
        ("", "2026-10-07T06:00+11:00", "fail"),
        ("2026-10-20T12:30+11:00", "", "unknown"),
        ("", "", "not_exercised"),
    ],
)
def test_bounces_of_a_foreign_log(tmp_path, error, bounce, verdict):
    line = f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00+11:00,sent,2026-10-06T10:00+11:00,{error},{bounce}"
    other = f"m2,c2,pluto,{SYDNEY},2026-10-20T10:00+11:00,refused,,,"
    log = foreign(tmp_path, line, other, header=HEADER + ",failed_at,bounced_at")
    assert judge_one(log, "cs-bounce-back").verdict == verdict


# cs-self-service


def test_a_change_takes_effect_at_once():
    table = {}
    for status, reasons, wrong in (
        (1, None, []),
        (1, Reason.INVALID_MOBILE, [7]),
        (0, None, [7]),
        (0, Reason.NO_MOBILE, []),
        (3, Reason.OVERSEAS_MOBILE, []),
    ):
        for way in (2, 3, 4):
            for offset in (0, HOUR):
                built = Builder()
                built.customer(1, mobile=2)
                built.fact(NOON, Event.MOBILE_RECORDED, 1, status, ref=way)
                if reasons is None:
                    built.send(7, 1, NOON + offset)
                else:
                    built.refuse(7, 1, NOON + offset, reasons)
                table[status, reasons, way, offset] = built, wrong
    assert expect("cs-self-service", table).cases == len(table)


def test_before_the_change_nothing_changes():
    built = Builder()
    built.customer(1, mobile=2)
    built.refuse(7, 1, NOON - 1, Reason.INVALID_MOBILE)
    built.fact(NOON, Event.MOBILE_RECORDED, 1, 1, ref=2)
    assert built.rule("cs-self-service").verdict == "pass"


@pytest.mark.parametrize(("way", "wrong"), [(1, []), (2, [7]), (3, [7]), (4, [7])])
def test_a_change_does_not_undo_an_opt_out(way, wrong):
    built = history()
    built.fact(NOON - 10, Event.OPT_OUT_RECORDED, 1)
    built.fact(NOON - 5, Event.MOBILE_RECORDED, 1, 1, ref=way)
    built.send(7, 1, NOON)
    assert offenders(built.rule("cs-self-service")) == wrong
    assert offenders(built.rule("cs-opt-out")) == [7]


@pytest.mark.parametrize(("officer", "breaches"), [(0, 1), (9, 0)])
def test_an_opt_out_lifted_by_a_change(officer, breaches):
    built = history()
    built.fact(NOON - 10, Event.OPT_OUT_RECORDED, 1)
    built.fact(NOON, Event.EMAIL_RECORDED, 1, 1, ref=2)
    built.fact(NOON, Event.OPT_OUT_LIFTED, 1, officer=officer)
    audit = built.rule("cs-self-service")
    assert (audit.breaches, audit.cases) == (breaches, 1)


def test_changes_by_officers_are_no_case():
    built = history()
    built.fact(NOON, Event.MOBILE_RECORDED, 1, 2, ref=1)
    built.refuse(7, 1, NOON, Reason.INVALID_MOBILE)
    assert built.rule("cs-self-service").verdict == "not_exercised"
