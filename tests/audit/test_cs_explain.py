"""cs-explain against hand-written histories."""

from sim.audit.codes import Event
from tests.audit.builder import MINUTE, at, expect, judge_one
from tests.audit.follow_ups import LAST_DUE, MESSAGE, NOON, FollowUp
from tests.audit.foreign_logs import GOOD, read, rows


def asked(*points: int, time: int = NOON, ended: bool = True, **columns: int) -> FollowUp:
    history = FollowUp()
    history.told(time, Event.EXPLANATION_ASKED, officer=0)
    for number, point in enumerate(points):
        history.told(time + (number + 1) * MINUTE, Event.EXPLAINED, value=point, **columns)
    if ended:
        history.told(time + 9 * MINUTE, Event.WORK_ENDED)
    return history


def test_all_four_points_are_told():
    audit = expect(
        "cs-explain",
        {
            "in order": (asked(1, 2, 3, 4), []),
            "in another order": (asked(4, 2, 1, 3), []),
            "in two sittings": (asked(1, 2, 3, 4, ended=False), []),
            "none": (asked(), [MESSAGE]),
            "one left out": (asked(1, 2, 4), [MESSAGE]),
            "the last one left out": (asked(1, 2, 3), [MESSAGE]),
            "one twice": (asked(1, 2, 2, 3, 4), [MESSAGE]),
            "one that is no point": (asked(1, 2, 3, 4, 5), [MESSAGE]),
            "on another question": (asked(1, 2, 3, 4, ref=901), [MESSAGE]),
            "nobody asked": (FollowUp(), []),
        },
    )
    assert (audit.cases, audit.unjudged) == (9, 0)


def test_what_is_not_yet_done_is_left_for_five_business_days():
    audit = expect(
        "cs-explain",
        {
            "just due": (asked(time=LAST_DUE, ended=False), [MESSAGE]),
            "not yet due": (asked(time=LAST_DUE + 1, ended=False), []),
            "the last point just due": (asked(1, time=LAST_DUE - MINUTE, ended=False), [MESSAGE]),
            "the last point not yet due": (asked(1, time=LAST_DUE, ended=False), []),
            "ended shortly before the end": (asked(1, 2, 3, time=at("2026-10-18 12:00")), [MESSAGE]),
        },
    )
    assert (audit.cases, audit.unjudged) == (3, 2)


def test_the_breach_names_what_was_not_told():
    audit = judge_one(asked(1, 2, 4).log(), "cs-explain")
    assert "messages cannot be answered" in audit.evidence[0].why
    assert audit.enforced_by == "procedure"


def test_a_foreign_log_does_not_tell(tmp_path):
    assert judge_one(read(tmp_path, rows(GOOD)), "cs-explain").verdict == "unknown"
    refused = GOOD.replace(",sent,2026-10-06T10:00:00.200+11:00", ",refused,")
    assert judge_one(read(tmp_path, rows(refused)), "cs-explain").verdict == "not_exercised"
