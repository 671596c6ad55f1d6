"""cf-recipient, dr-recipient, dr-vulnerable, dr-disaster-pause: both sides, at the run, the issue and the hand-over."""

import pytest

from sim.audit.codes import MINUTE, SYSTEMS, Event, Reason
from tests.audit.builder import Builder, at, expect, judge_one, offenders
from tests.audit.centrelink_policy import (
    ARRANGEMENT_CONFIRMATION,
    DUE_SOON,
    PAUSE_APPLIED,
    PRE_CALL,
    SERVICE_OFFER,
)
from tests.audit.debtors import DEBTOR, POSTCODE, Debtors
from tests.audit.foreign_logs import HEADER, SYDNEY, read, rows

DAY = "2026-09-29"
NOON = at(f"{DAY} 12:00")
NO_MESSAGE = ["no message"]

FACTS = {
    Reason.OPTED_OUT: (Event.CENTRELINK_OPT_OUT_RECORDED, 0),
    Reason.DECEASED: (Event.DIED, 0),
    Reason.RESTRICTED_ACCESS: (Event.RESTRICTED_ACCESS_SET, 1),
    Reason.NO_MOBILE: (Event.CENTRELINK_MOBILE_RECORDED, 0),
    Reason.INVALID_MOBILE: (Event.CENTRELINK_MOBILE_RECORDED, 2),
    Reason.OVERSEAS_MOBILE: (Event.CENTRELINK_MOBILE_RECORDED, 3),
}


def customer_first(template: int, *, refused: int = 0, fact: Reason | None = None, offset: int = 0) -> Debtors:
    """Message 1 at NOON, issued or refused; the fact is recorded so many ms after it."""
    built = Debtors(runs=False)
    if fact:
        event, value = FACTS[fact]
        built.fact(NOON + offset, event, DEBTOR, value)
    if refused:
        built.refuse(1, DEBTOR, NOON, refused, template=template, system="customer_first")
    else:
        built.press(1, DEBTOR, NOON, template=template, system="customer_first")
        built.issue(1, DEBTOR, NOON, template=template, system="customer_first")
        if offset == 0:
            built.went(1, template, NOON)
    return built


@pytest.mark.parametrize("template", [PRE_CALL, SERVICE_OFFER])
def test_each_bar_from_both_sides(template):
    table = {}
    for reason in FACTS:
        table[reason, "sent"] = customer_first(template, fact=reason), [1]
        table[reason, "sent just before"] = customer_first(template, fact=reason, offset=1), []
        table[reason, "refused"] = customer_first(template, refused=reason, fact=reason), []
        table[reason, "refused just before"] = customer_first(template, refused=reason, fact=reason, offset=1), [1]
        table[reason, "refused for another"] = (
            customer_first(template, refused=Reason.UNKNOWN_TEMPLATE, fact=reason),
            [],
        )
    expect("cf-recipient", table)
    expect(
        "dr-recipient", table if template == SERVICE_OFFER else {row: (built, []) for row, (built, _) in table.items()}
    )


def test_whoever_is_not_on_centrelinks_record():
    def stranger(reasons: int) -> Builder:
        built = Builder()
        built.customer(DEBTOR)
        built.refuse(1, DEBTOR, NOON, reasons, template=PRE_CALL, system="customer_first")
        return built

    table = {
        "not on record": (stranger(Reason.NOT_A_CENTRELINK_CUSTOMER), []),
        "on record": (customer_first(PRE_CALL, refused=Reason.NOT_A_CENTRELINK_CUSTOMER), [1]),
    }
    expect("cf-recipient", table)


def test_child_supports_facts_do_not_reach_here():
    built = customer_first(PRE_CALL)
    built.fact(built.start, Event.MOBILE_RECORDED, DEBTOR, 2)
    built.fact(built.start, Event.OPT_OUT_RECORDED, DEBTOR)
    built.fact(built.start, Event.EMPLOYER_SET, DEBTOR, 1)
    refused = customer_first(PRE_CALL, refused=Reason.EMPLOYER)
    refused.fact(refused.start, Event.EMPLOYER_SET, DEBTOR, 1)
    table = {"sent": (built, []), "refused": (refused, [1]), "for nothing": (customer_first(PRE_CALL, refused=0), [])}
    expect("cf-recipient", table)


def test_an_opt_out_holds_until_it_is_lifted():
    built = customer_first(PRE_CALL)
    built.fact(built.start, Event.CENTRELINK_OPT_OUT_RECORDED, DEBTOR)
    built.fact(NOON, Event.CENTRELINK_OPT_OUT_LIFTED, DEBTOR)
    expect("cf-recipient", {"lifted": (built, [])})


def at_the_run(reasons: int | None, *facts: tuple[Event, int, int], template: int = DUE_SOON, **changes) -> Debtors:
    """Eligible on DAY alone: suppressed for `reasons`, or picked as message 1 and sent (None). Facts as event, value
    and other, recorded at the start."""
    built = Debtors(**changes)
    for event, value, other in facts:
        ref = 9 if event == Event.DISASTER_DECLARED else 0
        customer = 0 if event == Event.DISASTER_DECLARED else DEBTOR
        built.fact(built.start, event, customer, value, other=other, ref=ref)
    if reasons is None:
        built.night(template, DAY, 1)
    else:
        built.eligible(template, DAY, DAY)
        built.suppressed(template, DAY, DAY, reasons)
    return built


OPTED_OUT = (Event.CENTRELINK_OPT_OUT_RECORDED, 0, 0)
VULNERABLE = (Event.VULNERABILITY_SET, 2, 1)
DISASTER = (Event.DISASTER_DECLARED, POSTCODE - 5, POSTCODE)


def test_dr_recipient_at_the_run_and_after():
    table = {
        "let in": (at_the_run(None, OPTED_OUT), [1]),
        "suppressed": (at_the_run(Reason.OPTED_OUT, OPTED_OUT), []),
        "without cause": (at_the_run(Reason.OPTED_OUT), NO_MESSAGE),
        "for a later reason": (at_the_run(Reason.GAP, OPTED_OUT), NO_MESSAGE),
        "for another at the same stage": (at_the_run(Reason.VULNERABLE, OPTED_OUT, VULNERABLE), []),
    }
    expect("dr-recipient", table)


@pytest.mark.parametrize(("offset", "wrong"), [(-1, [1]), (0, [1]), (1, [])])
def test_debt_messages_are_tested_again_at_hand_over(offset, wrong):
    built = Debtors()
    built.night(DUE_SOON, DAY, 1)
    built.fact(at(f"{DAY} 10:00") + offset, Event.CENTRELINK_OPT_OUT_RECORDED, DEBTOR)
    vulnerable, disaster = Debtors(), Debtors()
    for other, (event, value, more) in ((vulnerable, VULNERABLE), (disaster, DISASTER)):
        other.night(DUE_SOON, DAY, 1)
        who = 0 if event == Event.DISASTER_DECLARED else DEBTOR
        other.fact(at(f"{DAY} 10:00") + offset, event, who, value, other=more, ref=9)
    expect("dr-recipient", {"opted out": (built, wrong)})
    expect("dr-vulnerable", {"vulnerable": (vulnerable, wrong)})
    expect("dr-disaster-pause", {"disaster": (disaster, wrong)})


def test_withdrawn_at_hand_over():
    def withdrawn(reasons: int, *facts: tuple[Event, int, int]) -> Debtors:
        built = Debtors()
        for event, value, other in facts:
            built.fact(at(f"{DAY} 09:00"), event, DEBTOR, value, other=other)
        built.night(DUE_SOON, DAY, 1, sent=None)
        built.event(at(f"{DAY} 10:00"), Event.WITHDRAWN, message=1, customer=DEBTOR, reasons=reasons, system=4)
        return built

    table = {
        "with a cause": (withdrawn(Reason.VULNERABLE, VULNERABLE), []),
        "none": (withdrawn(Reason.VULNERABLE), [1]),
    }
    expect("dr-vulnerable", table)
    expect("dr-recipient", {"no reason": (withdrawn(0), [1]), "a cause": (withdrawn(Reason.OPTED_OUT, OPTED_OUT), [])})


def test_dr_vulnerable_and_its_readings():
    spared = {"dr_vulnerable__kinds": "nudges_only"}
    table = {
        "nudge": (at_the_run(None, VULNERABLE), [1]),
        "confirmation": (at_the_run(None, VULNERABLE, template=PAUSE_APPLIED), [1]),
        "suppressed": (at_the_run(Reason.VULNERABLE, VULNERABLE), []),
        "without cause": (at_the_run(Reason.VULNERABLE), NO_MESSAGE),
    }
    expect("dr-vulnerable", table)
    table = {
        "nudge": (at_the_run(None, VULNERABLE, **spared), [1]),
        "confirmation": (at_the_run(None, VULNERABLE, template=PAUSE_APPLIED, **spared), []),
        "stopped all the same": (
            at_the_run(Reason.VULNERABLE, VULNERABLE, template=PAUSE_APPLIED, **spared), NO_MESSAGE,
        ),
    }  # fmt: skip
    expect("dr-vulnerable", table)


def test_which_vulnerabilities_exclude_and_until_when():
    lifted = (Event.VULNERABILITY_SET, 2, 0)
    other = (Event.VULNERABILITY_SET, 4, 1)
    only = {"dr_vulnerable__vulnerabilities": ["recent_bereavement"]}
    table = {
        "lifted": (at_the_run(None, VULNERABLE, lifted), []),
        "another stands": (at_the_run(None, VULNERABLE, other, lifted), [1]),
        "set twice, lifted once": (at_the_run(None, VULNERABLE, VULNERABLE, lifted), []),
    }
    expect("dr-vulnerable", table)
    expect(
        "dr-vulnerable",
        {"not one": (at_the_run(None, VULNERABLE, **only), []), "one": (at_the_run(None, other, **only), [1])},
    )


def test_a_pre_call_alert_is_no_debt_message():
    def told(template: int, refused: int) -> Debtors:
        built = customer_first(template, refused=refused)
        built.fact(built.start, *(VULNERABLE[0], DEBTOR, VULNERABLE[1]), other=1)
        return built

    table = {
        "sent": (told(PRE_CALL, 0), []),
        "refused": (told(PRE_CALL, Reason.VULNERABLE), [1]),
        "service offer": (told(SERVICE_OFFER, 0), [1]),
        "service offer refused": (told(SERVICE_OFFER, Reason.VULNERABLE), []),
    }
    expect("dr-vulnerable", table)


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [
        (POSTCODE, POSTCODE, True),
        (POSTCODE - 1, POSTCODE + 1, True),
        (POSTCODE + 1, 2999, False),
        (2000, POSTCODE - 1, False),
    ],
)
def test_which_postcodes_a_disaster_covers(first, last, covered):
    disaster = (Event.DISASTER_DECLARED, first, last)
    table = {
        "sent": (at_the_run(None, disaster), [1] if covered else []),
        "suppressed": (at_the_run(Reason.DISASTER_PAUSE, disaster), [] if covered else NO_MESSAGE),
    }
    expect("dr-disaster-pause", table)


def test_a_disaster_that_ended_and_a_customer_who_moved():
    ended = at_the_run(None, DISASTER)
    ended.fact(at(f"{DAY} 04:00"), Event.DISASTER_ENDED, 0, ref=9)
    too_late = at_the_run(None, DISASTER)
    too_late.fact(at(f"{DAY} 10:00") + 1, Event.DISASTER_ENDED, 0, ref=9)
    moved = at_the_run(None, DISASTER)
    moved.fact(at(f"{DAY} 03:00"), Event.POSTCODE_RECORDED, DEBTOR, 6000)
    two = at_the_run(None, DISASTER)
    two.fact(two.start, Event.DISASTER_DECLARED, 0, POSTCODE, other=POSTCODE, ref=10)
    two.fact(at(f"{DAY} 03:00"), Event.DISASTER_ENDED, 0, ref=9)
    table = {"ended": (ended, []), "not yet": (too_late, [1]), "moved": (moved, []), "another": (two, [1])}
    expect("dr-disaster-pause", table)


def test_saps_messages_are_debt_messages():
    built = Debtors()
    built.fact(built.start, VULNERABLE[0], DEBTOR, VULNERABLE[1], other=1)
    built.press(1, DEBTOR, NOON, template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.issue(1, DEBTOR, NOON, template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.went(1, ARRANGEMENT_CONFIRMATION, NOON + MINUTE)
    expect("dr-vulnerable", {"confirmation": (built, [1])})
    assert SYSTEMS["sap"] == 5


# Foreign logs.

SENT = f"{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00"
DMIS = f"m1,c1,dmis,{SENT},Debt Overdue"


@pytest.mark.parametrize(
    ("customers", "recipient", "vulnerable"),
    [
        (None, "unknown", "unknown"),
        (
            "customer_id,mobile_status,sms_opt_out_at,deceased_at,restricted_access,vulnerable\nc1,valid,,,false,false",
            "pass",
            "pass",
        ),
        (
            "customer_id,mobile_status,sms_opt_out_at,deceased_at,restricted_access,vulnerable\nc1,overseas,,,false,true",
            "fail",
            "fail",
        ),
        ("customer_id,vulnerable\nc1,", "unknown", "unknown"),
    ],
)
def test_a_foreign_log_with_its_customers(tmp_path, customers, recipient, vulnerable):
    log = read(tmp_path, rows(DMIS, header=f"{HEADER},template"), customers)
    assert judge_one(log, "dr-recipient").verdict == recipient
    assert judge_one(log, "dr-vulnerable").verdict == vulnerable
    assert judge_one(log, "dr-disaster-pause").verdict == "unknown"


def test_of_two_programmes_each_has_its_own_record(tmp_path):
    pluto = f"m2,c1,pluto,{SENT},S002"
    text = rows(DMIS, pluto, header=f"{HEADER},template")
    own = "customer_id,mobile_status,centrelink_mobile_status\nc1,valid,overseas"
    log = read(tmp_path, text, own)
    assert offenders(judge_one(log, "dr-recipient")) == ["m1"]
    assert not offenders(judge_one(log, "cs-recipient-barred"))
    log = read(tmp_path, text, "customer_id,mobile_status\nc1,overseas")
    assert offenders(judge_one(log, "cs-recipient-barred")) == ["m2"]
    assert judge_one(log, "dr-recipient").verdict == "unknown"


@pytest.mark.parametrize(
    ("value", "since", "verdict"),
    [
        ("true", "", "fail"),
        ("true", "2026-10-06T09:59:59+11:00", "fail"),
        ("true", "2026-10-06T10:00:01+11:00", "unknown"),
        ("false", "2026-10-06T10:00:01+11:00", "unknown"),
        ("false", "2026-10-01T10:00:00+11:00", "pass"),
    ],
)
def test_a_vulnerability_with_a_date(tmp_path, value, since, verdict):
    companion = f"customer_id,vulnerable,vulnerable_from\nc1,{value},{since}"
    log = read(tmp_path, rows(DMIS, header=f"{HEADER},template"), companion)
    assert judge_one(log, "dr-vulnerable").verdict == verdict
