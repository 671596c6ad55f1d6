"""cs-wrong-customer against hand-written histories."""

from sim.audit.codes import Event
from tests.audit.builder import HOUR, MINUTE, at, expect, judge_one
from tests.audit.follow_ups import CUSTOMER, LAST_DUE, MESSAGE, NOON, READER, FollowUp
from tests.audit.foreign_logs import GOOD, read, rows

CALL, ANSWER, APOLOGY, LETTER, END = (
    Event.CALL_ATTEMPTED, Event.CALL_ANSWERED, Event.APOLOGISED, Event.LETTER_SENT, Event.WORK_ENDED,
)  # fmt: skip


def slip(*steps: Event, time: int = NOON, numbers: int = 1, dead: bool = False, customer: int = CUSTOMER) -> FollowUp:
    """CUSTOMER got what was meant for READER; the steps follow minute by minute, for `customer`."""
    history = FollowUp(numbers)
    history.told(time, Event.SENT_TO_WRONG_CUSTOMER, other=READER)
    for number, step in enumerate(steps):
        about = {} if step in (APOLOGY, LETTER, END) else {"message": 0}
        history.told(time + (number + 1) * MINUTE, step, customer, **about)
    if dead:
        history.fact(time + HOUR, Event.DIED, CUSTOMER)
    return history


def test_called_told_and_apologised():
    audit = expect(
        "cs-wrong-customer",
        {
            "called": (slip(CALL, ANSWER, APOLOGY, END), []),
            "reached by the second round": (slip(CALL, END, CALL, ANSWER, APOLOGY, END), []),
            "a letter to whom nobody reached": (slip(CALL, END, CALL, LETTER, END), []),
            "a letter without a number": (slip(LETTER, END, numbers=0), []),
            "nothing": (slip(END), [MESSAGE]),
            "a letter without an attempt": (slip(LETTER, END), [MESSAGE]),
            "no apology in the call": (slip(CALL, ANSWER, END), [MESSAGE]),
            "a letter after the call": (slip(CALL, ANSWER, LETTER, END), [MESSAGE]),
            "an apology without a call": (slip(APOLOGY, END), [MESSAGE]),
            "an apology before the answer": (slip(CALL, APOLOGY, ANSWER, END), [MESSAGE]),
            "somebody else called": (slip(CALL, ANSWER, APOLOGY, END, customer=READER), [MESSAGE]),
        },
    )
    assert (audit.cases, audit.unjudged) == (11, 0)


def test_what_is_not_yet_done():
    audit = expect(
        "cs-wrong-customer",
        {
            "just due": (slip(time=LAST_DUE), [MESSAGE]),
            "not yet due": (slip(time=LAST_DUE + 1), []),
            "another attempt may follow": (slip(CALL, END, time=at("2026-10-16 16:00")), []),
            "another attempt was due": (slip(CALL, END), [MESSAGE]),
            "the customer died": (slip(dead=True), []),
        },
    )
    assert (audit.cases, audit.unjudged) == (2, 3)


def test_an_apology_without_a_cause():
    without, reported = FollowUp(), FollowUp()
    reported.told(NOON, Event.REPORT_RECEIVED, value=2)
    for history in (without, reported):
        history.told(NOON + 1, APOLOGY)
    audit = expect("cs-wrong-customer", {"no cause": (without, [MESSAGE]), "a report": (reported, [])})
    assert audit.cases == 1


def test_a_foreign_log_does_not_tell(tmp_path):
    assert judge_one(read(tmp_path, rows(GOOD)), "cs-wrong-customer").verdict == "unknown"
