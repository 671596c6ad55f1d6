"""Two policies for one log: each rule is judged by what was in force at the instant of its test."""

from typing import Any

import pytest

from sim.audit import Audit, Part, RuleAudit, judge_parts
from sim.audit.codes import Event, Reason
from sim.audit.log import Log
from sim.audit.verdicts import Breach
from tests.audit.builder import Builder, at, judge_one, offenders, policy

DATE = "2026-09-24"
CHANGE = at(f"{DATE} 00:00")
EARLIER, LATER = "2026-09-23", "2026-09-24"


def judged(built: Builder, rule: str, **later: Any) -> RuleAudit:
    """The audit of a hand-written log whose policy changes at `CHANGE` to these values (``rule__name=value``)."""
    before, after = (Log.from_histories([built.given()], values) for values in (built.values, policy(**later)))
    parts = [Part(before, built.start, CHANGE), Part(after, CHANGE, built.end)]
    return judge_parts(parts, lambda log: Audit([judge_one(log, rule)])).rules[rule]


def sends(*times: str, zone: str = "Australia/Sydney") -> Builder:
    """Messages 1, 2 … to one customer, issued and sent at these local times."""
    built = Builder()
    built.customer(1, zone=zone)
    built.officer(9)
    for number, time in enumerate(times, 1):
        built.send(number, 1, at(time, zone))
    return built


def hours(day: str, count: int) -> list[str]:
    """So many sends on a day, two hours apart."""
    return [f"{day} {8 + 2 * number:02d}:00" for number in range(count)]


@pytest.mark.parametrize(
    ("day", "count", "broken"),
    [
        (EARLIER, 4, []),
        (EARLIER, 5, []),  # five are allowed until the change
        (EARLIER, 6, [6]),
        (LATER, 4, []),
        (LATER, 5, [5]),  # and four from then on
        (LATER, 6, [5, 6]),
    ],
)
def test_the_limit_of_the_instant_is_the_one_that_counts(day: str, count: int, broken: list[int]) -> None:
    found = judged(sends(*hours(day, count)), "cs-daily-limit", cs_daily_limit__limit=4)
    assert offenders(found) == broken
    assert found.verdict == ("fail" if broken else "pass")
    assert found.cases == count
    assert found.unjudged == 0


@pytest.mark.parametrize(
    ("day", "refused", "broken"), [(EARLIER, 5, [5]), (EARLIER, 6, []), (LATER, 5, []), (LATER, 4, [4])]
)
def test_a_refusal_needs_the_cause_of_its_own_instant(day: str, refused: int, broken: list[int]) -> None:
    built = sends(*hours(day, refused - 1))
    built.refuse(refused, 1, at(f"{day} 19:00"), int(Reason.DAILY_LIMIT))
    assert offenders(judged(built, "cs-daily-limit", cs_daily_limit__limit=4)) == broken


def test_what_was_sent_before_the_change_counts_on_the_day_of_the_change() -> None:
    """In Perth the change comes at 22:00, so the day of the change is half over: with a window that is open then, the
    fourth of the day is the last under the new limit."""
    built = sends(*hours(EARLIER, 3), f"{EARLIER} 22:30", zone="Australia/Perth")
    wide = {"cs_send_window__closes": "24:00"}
    built.values = policy(**wide)
    assert offenders(judged(built, "cs-daily-limit", cs_daily_limit__limit=3, **wide)) == [4]
    assert offenders(judged(built, "cs-daily-limit", cs_daily_limit__limit=4, **wide)) == []


@pytest.mark.parametrize(
    ("time", "broken"),
    [
        ("2026-09-23 18:59:59.999", []),
        ("2026-09-23 19:30", []),
        ("2026-09-23 20:00", [1]),
        ("2026-09-24 18:59:59.999", []),
        ("2026-09-24 19:00", [1]),
    ],
)
def test_the_window_of_the_instant(time: str, broken: list[int]) -> None:
    for rule in ("cs-send-window", "cs-window-at-gateway"):
        assert offenders(judged(sends(time), rule, cs_send_window__closes="19:00")) == broken, rule


@pytest.mark.parametrize(
    ("opens", "handed", "broken"),
    [
        ("08:00", "08:00", []),
        ("09:00", "08:00", [1]),  # judged at the hand-over, by what is then in force
        ("09:00", "09:00", []),  # held again, and due at the new opening
        ("07:00", "08:00", []),  # it was due at 08:00 by what was in force at its issue
    ],
)
def test_a_message_that_is_held_over_the_change(opens: str, handed: str, broken: list[int]) -> None:
    built = Builder()
    built.customer(1)
    built.officer(9)
    issued, eight, out = at(f"{EARLIER} 21:00"), at(f"{LATER} 08:00"), at(f"{LATER} {handed}")
    built.press(1, 1, issued)
    built.issue(1, 1, issued, eight)
    if out > eight:
        again = {"customer": 1, "message": 1, "system": 1, "template": 102, "value": out}
        built.event(eight, Event.HELD_AGAIN, reasons=int(Reason.SEND_WINDOW), **again)
    built.deliver(1, 1, out)
    for rule in ("cs-send-window", "cs-window-at-gateway"):
        assert offenders(judged(built, rule, cs_send_window__opens=opens)) == broken, rule


@pytest.mark.parametrize(("until", "broken"), [("2026-09-25", []), ("2026-09-26", [1])])
def test_a_limit_of_nothing_holds_on_from_day_to_day(until: str, broken: list[int]) -> None:
    built = Builder()
    built.customer(1)
    built.officer(9)
    issued, eight = at(f"{EARLIER} 21:00"), at(f"{LATER} 08:00")
    built.press(1, 1, issued)
    built.issue(1, 1, issued, eight)
    again = {"customer": 1, "message": 1, "system": 1, "template": 102, "value": at(f"{until} 08:00")}
    built.event(eight, Event.HELD_AGAIN, reasons=int(Reason.DAILY_LIMIT), **again)
    assert offenders(judged(built, "cs-daily-limit", cs_daily_limit__limit=0)) == broken


# How findings of two policies become one.


def audit(*evidence: Breach, outside: tuple[Breach, ...] = (), cases: int = 10, unjudged: int = 0) -> RuleAudit:
    verdict = "fail" if evidence else "pass"
    return RuleAudit("cs-once", "system", verdict, cases, len(evidence), unjudged, "", [*evidence], outside=[*outside])


def merged(*found: RuleAudit) -> RuleAudit:
    """One audit of those by two policies of a log with events at 23 September 10:00 (seq 0) and a day later (seq 1)."""
    built = Builder()
    built.event(at(f"{EARLIER} 10:00"), Event.OPT_OUT_RECORDED, customer=1)
    built.event(at(f"{LATER} 10:00"), Event.OPT_OUT_LIFTED, customer=1)
    log = built.log()
    given = iter(found)
    parts = [Part(log, built.start, CHANGE), Part(log, CHANGE, built.end)]
    return judge_parts(parts, lambda _: Audit([next(given)])).rules["cs-once"]


def breach(message: int, day: str, *events: int) -> Breach:
    return Breach(1, (message,), "because.", at(f"{day} 10:00"), events)


NO_INSTANT = Breach(1, (7,), "because.", None, ())


@pytest.mark.parametrize(
    ("first", "second", "broken", "unjudged"),
    [
        (audit(), audit(), [], 0),
        (audit(breach(1, EARLIER, 0)), audit(), [1], 0),
        (audit(), audit(breach(2, LATER, 0, 1)), [2], 0),  # what happened earlier is known to the later policy
        (audit(breach(1, EARLIER, 0)), audit(breach(2, LATER, 1)), [1, 2], 0),
        # Evidence that goes on beyond the change: the later policy must find it too.
        (audit(breach(1, EARLIER, 0, 1)), audit(), [], 1),
        (audit(breach(1, EARLIER, 0, 1)), audit(outside=(breach(1, EARLIER, 0, 1),)), [1], 0),
        (audit(breach(1, EARLIER, 0, 1)), audit(breach(1, LATER, 1)), [1], 0),
        # A finding without an instant: both must find it.
        (audit(NO_INSTANT), audit(), [], 1),
        (audit(NO_INSTANT), audit(NO_INSTANT), [7], 0),
        (audit(cases=9, unjudged=3), audit(cases=12, unjudged=1), [], 3),
    ],
)  # fmt: skip
def test_findings_of_two_policies(first: RuleAudit, second: RuleAudit, broken: list[int], unjudged: int) -> None:
    found = merged(first, second)
    assert offenders(found) == broken
    assert found.unjudged == unjudged
    assert found.verdict == ("fail" if broken else "pass")
    assert found.cases == max(first.cases, second.cases)
    assert ("the policy changed within the case" in found.why_unknown) == (unjudged == 1)


def test_only_findings_of_counted_instants_are_evidence() -> None:
    from sim.audit.verdicts import Tally

    log = Log(policy())
    log.counted = (100, 200)
    tally = Tally(log, "cs-once", "system")
    for message, at_ms in enumerate((99, 100, 199, 200, None)):
        tally.breach(1, [message], "because.", at_ms)
    # One message: what lies outside does not hide what lies inside.
    tally.breach(1, [9], "before.", 50)
    tally.breach(1, [9], "inside.", 150)
    found = tally.close()
    assert sorted(breach.messages[0] for breach in found.evidence) == ["1", "2", "4", "9"]
    assert sorted(breach.messages[0] for breach in found.outside) == ["0", "3", "9"]


def test_a_check_that_crashes_under_one_policy_is_unknown() -> None:
    from sim.audit.verdicts import crashed

    built = Builder()
    log = built.log()
    given = iter([Audit([audit()]), Audit([crashed("cs-once", "system", ValueError("no"))], ["cs-once"])])
    found = judge_parts([Part(log, built.start, CHANGE), Part(log, CHANGE, built.end)], lambda _: next(given))
    assert found.crashed == ("cs-once",)
    assert found.rules["cs-once"].verdict == "unknown"
