"""cf-claim-grant against hand-written histories: by hand, automatically, or not at all."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import expect, judge_one
from tests.audit.foreign_logs import HEADER, SYDNEY, read, rows
from tests.audit.integrated import CUSTOMER, GRANT, NOON, ONLINE, POST, REJECT, Integrated

FINALISED = NOON - 1000
TEMPLATE, OTHER_TEMPLATE = 303, 304
BY_HAND, AUTOMATIC = 7, 8


def claim(
    ccm: int | None = 0, mail: int | None = POST, by_hand: bool = False, automatic: bool = False, ended: bool = True,
    outcome: int = GRANT, **more,
) -> Integrated:  # fmt: skip
    built = Integrated(mail=mail)
    if ccm is not None:
        built.step(Event.CCM_SET, NOON - 3000, officer=0, value=ccm)
    built.step(Event.CLAIM_FINALISED, FINALISED, value=outcome, other=2)
    sent = {"template": TEMPLATE, "payment": 2, **more}
    if automatic:
        built.em(AUTOMATIC, FINALISED, officer=0, **sent)
    if by_hand:
        built.em(BY_HAND, NOON, **sent)
    if ended:
        built.step(Event.WORK_ENDED, NOON + 1000)
    return built


# (CCM, mail) → who is to send
RIGHT = {(0, POST): "by_hand", (0, ONLINE): "", (1, POST): "automatic", (1, ONLINE): "automatic"}


def test_sent_when_and_only_when() -> None:
    table = {}
    for (ccm, mail), right in RIGHT.items():
        for by_hand in (False, True):
            for automatic in (False, True):
                is_right = (by_hand, automatic) == (right == "by_hand", right == "automatic")
                wrong = [] if is_right else [BY_HAND] if by_hand and right != "by_hand" else (
                    [AUTOMATIC] if automatic and not ccm else ["no message"]
                )  # fmt: skip
                table[ccm, mail, by_hand, automatic] = (claim(ccm, mail, by_hand, automatic), wrong)
    audit = expect("cf-claim-grant", table)
    assert audit.cases == len(table)
    assert "though the customer got mail online" in " ".join(breach.why for breach in audit.evidence)


def test_what_is_sent() -> None:
    twice = claim(by_hand=True)
    twice.em(9, NOON + 1, template=TEMPLATE, payment=2)
    again = claim(by_hand=True, refused=int(Reason.OPTED_OUT))
    again.em(9, NOON + 1, template=TEMPLATE, payment=2)
    early = claim(ended=False)
    early.em(BY_HAND, FINALISED - 1, template=TEMPLATE, payment=2)
    nothing = Integrated()
    nothing.em(BY_HAND, template=TEMPLATE, payment=2)
    table = {
        "twice": (twice, [9]),
        "again after a refusal": (again, []),
        "refused": (claim(by_hand=True, refused=int(Reason.OPTED_OUT)), []),
        "another payment": (claim(by_hand=True, payment=3), [BY_HAND]),
        "no payment": (claim(by_hand=True, payment=0), [BY_HAND]),
        "the text of the other outcome": (claim(by_hand=True, template=OTHER_TEMPLATE), ["no message"]),
        "for a claim that was rejected": (claim(outcome=REJECT, by_hand=True), [BY_HAND]),
        "before the claim was finalised": (early, [BY_HAND]),
        "without a claim": (nothing, [BY_HAND]),
    }
    expect("cf-claim-grant", table)


# What was recorded by the instant of finalising counts.
@pytest.mark.parametrize(("moment", "breaches"), [(-1, 1), (0, 1), (1, 0)])
def test_the_facts_are_those_of_the_instant(moment: int, breaches: int) -> None:
    built = claim(by_hand=True)
    built.fact(FINALISED + moment, Event.MAIL_CHANNEL_RECORDED, CUSTOMER, ONLINE)
    assert built.rule("cf-claim-grant").breaches == breaches


@pytest.mark.parametrize(
    "built",
    [
        claim(ccm=None, by_hand=True),
        claim(mail=None, by_hand=True),
        claim(ended=False),
    ],
    ids=["no CCM", "no mail", "not ended"],
)
def test_what_cannot_be_known_is_left(built: Integrated) -> None:
    audit = built.rule("cf-claim-grant")
    assert (audit.verdict, audit.cases, audit.unjudged) == ("unknown", 0, 1)


def test_rejected_claims_are_not_this_rules() -> None:
    assert claim(outcome=REJECT).rule("cf-claim-grant").verdict == "not_exercised"


def test_a_foreign_log_does_not_show_claims(tmp_path) -> None:
    line = f"m1,c1,customer_first,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00,{{}}"
    for name, verdict in (("claim_grant", "unknown"), ("clk_pre_call", "not_exercised")):
        log = read(tmp_path, rows(line.format(name), header=HEADER + ",template"))
        assert judge_one(log, "cf-claim-grant").verdict == verdict
