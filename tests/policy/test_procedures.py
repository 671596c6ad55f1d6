"""The procedures: rows just before, on and just after each boundary."""

from collections.abc import Callable

import pytest

from sim.messages import ContactTime, ProcessKind, SpecialisedArea
from sim.policy.policy import load_policy
from sim.policy.procedures import (
    alternative_first,
    bounce_day,
    counts_as_unanswered,
    fdv_undiscussed,
    notepad_first,
    phone_first,
    promise_end,
    promise_kept,
    reassign_call,
    required_attempts,
    resend_barred,
    stale_alert,
)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
FORTNIGHT = 14 * DAY
NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    ("is_other_party", "applicant_raised", "discussed", "expected"),
    [
        (0, 0, 0, 0),
        (0, 0, 1, 0),
        (0, 1, 0, 0),  # the applicant may get one
        (0, 1, 1, 0),
        (1, 0, 0, 0),  # raised by nobody or by the other party alone: both may get one
        (1, 0, 1, 0),
        (1, 1, 0, 1),
        (1, 1, 1, 0),
    ],
)
def test_fdv_concerns_of_the_applicant_come_first(
    is_other_party: int, applicant_raised: int, discussed: int, expected: int
) -> None:
    assert fdv_undiscussed(is_other_party, applicant_raised, discussed) == expected


@pytest.mark.parametrize(("indicator", "concerns", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)])
def test_the_notepad_is_reviewed(indicator: int, concerns: int, expected: int) -> None:
    assert notepad_first(indicator, concerns) == expected


# Issued so long ago, answered so long ago (None: never); counts.
UNANSWERED = [
    (0, None, 1),
    (1, None, 1),
    (FORTNIGHT - 1, None, 1),
    (FORTNIGHT, None, 0),
    (FORTNIGHT + 1, None, 0),
    (-1, None, 0),  # issued later than now
    # An answer clears what was issued before it and nothing after.
    (2 * DAY, 2 * DAY - 1, 0),
    (2 * DAY, 2 * DAY, 1),
    (2 * DAY, 2 * DAY + 1, 1),
    (2 * DAY, 0, 0),
    (FORTNIGHT - 1, FORTNIGHT + DAY, 1),
]


def wrong_unanswered(rule: Callable[[int, int, int, int], int]) -> list[tuple[int, int | None, int]]:
    return [
        (age, answer, expected)
        for age, answer, expected in UNANSWERED
        if rule(NOW - age, -1 if answer is None else NOW - answer, NOW, FORTNIGHT) != expected
    ]


def test_the_messages_of_the_last_14_days() -> None:
    assert wrong_unanswered(counts_as_unanswered) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda issued, answer, now, span: counts_as_unanswered(issued, answer, now, span + 1),
        lambda issued, answer, now, span: counts_as_unanswered(issued, answer, now, span - 1),
        lambda issued, answer, now, span: counts_as_unanswered(issued, answer + 1, now, span),
        lambda issued, answer, now, span: counts_as_unanswered(issued, answer - 1, now, span),
        lambda issued, answer, now, span: counts_as_unanswered(issued, -1, now, span),
        lambda issued, answer, now, span: int(now - issued < span and answer <= issued),
    ],
)
def test_a_wrong_fortnight_fails_the_table(fault: Callable[[int, int, int, int], int]) -> None:
    assert wrong_unanswered(fault)


@pytest.mark.parametrize(
    ("unanswered", "messages", "expected"),
    [(0, 2, 0), (1, 2, 0), (2, 2, 1), (3, 2, 1), (0, 1, 0), (1, 1, 1), (2, 3, 0), (3, 3, 1)],
)
def test_another_way_of_contact(unanswered: int, messages: int, expected: int) -> None:
    assert alternative_first(unanswered, messages) == expected


@pytest.mark.parametrize(
    ("never_contacted", "rounds_done", "expected"), [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0), (1, 2, 0)]
)
def test_the_phone_comes_before_the_first_sms(never_contacted: int, rounds_done: int, expected: int) -> None:
    assert phone_first(never_contacted, rounds_done) == expected


@pytest.mark.parametrize(
    ("area", "process", "out_of_time", "expected"),
    [
        (SpecialisedArea.NONE, ProcessKind.PAYMENT, 0, (1, 1)),
        (SpecialisedArea.NONE, ProcessKind.NEW_REGISTRATION, 0, (1, 1)),
        (SpecialisedArea.NONE, ProcessKind.OBJECTION, 0, (1, 1)),
        (SpecialisedArea.NONE, ProcessKind.OBJECTION, 1, (3, 2)),
        (SpecialisedArea.OBJECTIONS, ProcessKind.OBJECTION, 1, (3, 2)),
        (SpecialisedArea.NONE, ProcessKind.CHANGE_OF_CARE, 1, (1, 1)),
        (SpecialisedArea.SPECIALISED_ASSESSMENT_SERVICES, ProcessKind.PAYMENT, 0, (1, 1)),
        (SpecialisedArea.PERSONALISED_SERVICES, ProcessKind.PAYMENT, 0, (0, 0)),
        (SpecialisedArea.PERSONALISED_SERVICES, ProcessKind.OBJECTION, 1, (0, 0)),
    ],
)
def test_the_contact_protocol(area: int, process: int, out_of_time: int, expected: tuple[int, int]) -> None:
    assert required_attempts(area, process, out_of_time) == expected


def test_the_numbers_of_the_contact_protocol_are_the_policy_s_and_can_be_changed() -> None:
    rule, policy = "cs-contact-protocol", load_policy()
    usual = policy.value(f"{rule}.attempts"), policy.value(f"{rule}.attempts_over_days")
    late = policy.value(f"{rule}.out_of_time_attempts"), policy.value(f"{rule}.out_of_time_over_days")
    for kind, out_of_time, of_the_policy, changed in (
        (ProcessKind.PAYMENT, 0, usual, (2, 3)),
        (ProcessKind.OBJECTION, 1, late, (5, 4)),
    ):
        assert required_attempts(SpecialisedArea.NONE, kind, out_of_time) == of_the_policy
        assert required_attempts(SpecialisedArea.NONE, kind, out_of_time, usual=(2, 3), late=(5, 4)) == changed
    assert required_attempts(SpecialisedArea.PERSONALISED_SERVICES, ProcessKind.PAYMENT, 0, (2, 3), (5, 4)) == (0, 0)


PROMISED, MIDNIGHT = NOW, NOW + 5 * HOUR

# Contact time, called so long after the promise; kept.
PROMISES = [
    (ContactTime.NEXT_HOUR, -1, 0),
    (ContactTime.NEXT_HOUR, 0, 1),
    (ContactTime.NEXT_HOUR, 10 * MINUTE, 1),
    (ContactTime.NEXT_HOUR, HOUR - 1, 1),
    (ContactTime.NEXT_HOUR, HOUR, 1),
    (ContactTime.NEXT_HOUR, HOUR + 1, 0),
    (ContactTime.TODAY, -1, 0),
    (ContactTime.TODAY, 0, 1),
    (ContactTime.TODAY, HOUR + 1, 1),
    (ContactTime.TODAY, 5 * HOUR - 1, 1),
    (ContactTime.TODAY, 5 * HOUR, 0),
    (ContactTime.TODAY, 5 * HOUR + 1, 0),
    (ContactTime.NONE, 5 * HOUR - 1, 1),
    (ContactTime.NONE, 5 * HOUR, 0),
]


def wrong_promises(end: Callable[[int, int, int, int], int]) -> list[tuple[int, int, int]]:
    return [
        (contact_time, after, kept)
        for contact_time, after, kept in PROMISES
        if promise_kept(PROMISED + after, PROMISED, end(contact_time, PROMISED, MIDNIGHT, HOUR)) != kept
    ]


def test_the_promise_of_a_pre_call_alert() -> None:
    assert wrong_promises(promise_end) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda contact_time, promised, midnight, hour: promise_end(contact_time, promised, midnight, hour - 1),
        lambda contact_time, promised, midnight, hour: promise_end(contact_time, promised, midnight, hour + 1),
        lambda contact_time, promised, midnight, hour: promise_end(contact_time, promised, midnight + 1, hour),
        lambda contact_time, promised, midnight, hour: promise_end(contact_time, promised, midnight - 1, hour),
        lambda contact_time, promised, midnight, hour: promised + hour,
        lambda contact_time, promised, midnight, hour: midnight - 1,
    ],
)
def test_a_wrong_promise_fails_the_table(fault: Callable[[int, int, int, int], int]) -> None:
    assert wrong_promises(fault)


@pytest.mark.parametrize(
    ("called", "promise_ends", "expected"),
    [
        (-1, NOW + HOUR, 0),
        (NOW - 1, NOW + HOUR, 1),  # sent after its call was made
        (NOW, NOW + HOUR, 0),
        (NOW + 1, NOW + HOUR, 0),
        (-1, NOW + 1, 0),
        (-1, NOW, 0),
        (-1, NOW - 1, 1),  # sent after its promise ran out
        (NOW - 1, NOW - 1, 1),
    ],
)
def test_stale_alerts(called: int, promise_ends: int, expected: int) -> None:
    assert stale_alert(NOW, called, promise_ends) == expected


@pytest.mark.parametrize(("free_at", "expected"), [(NOW - 1, 0), (NOW, 0), (NOW + 1, 1)])
def test_a_call_that_cannot_be_made_in_time_goes_to_the_team_leader(free_at: int, expected: int) -> None:
    assert reassign_call(free_at, NOW) == expected


@pytest.mark.parametrize(
    ("sent", "viewable", "expected"),
    [
        (-1, -1, 0),  # never sent
        (NOW + 1, -1, 0),
        (NOW, -1, 1),
        (NOW - HOUR, -1, 1),
        (NOW - HOUR, NOW + 1, 1),
        (NOW - HOUR, NOW, 0),
        (NOW - HOUR, NOW - 1, 0),
    ],
)
def test_no_second_one_before_cuba_lists_the_first(sent: int, viewable: int, expected: int) -> None:
    assert resend_barred(sent, viewable, NOW) == expected


@pytest.mark.parametrize("day", [719_163, 739_892, 740_401])
def test_the_bounce_back_comes_the_next_day(day: int) -> None:
    assert bounce_day(day) - day == 1
