"""cf-claim-reject against hand-written histories: phone contact first, then by hand; automatically with the CCM."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import expect, judge_one
from tests.audit.foreign_logs import HEADER, SYDNEY, read, rows
from tests.audit.integrated import GRANT, NOON, ONLINE, REJECT, Integrated

FINALISED = NOON - 1000
TEMPLATE, OTHER_TEMPLATE = 304, 303
BY_HAND, AUTOMATIC = 7, 8
NOT_TRIED, IN_VAIN, REACHED = 0, 1, 2


def claim(
    ccm: int | None = 0, phone: int = IN_VAIN, by_hand: bool = False, automatic: bool = False, ended: bool = True,
    called_at: int = NOON - 500, **more,
) -> Integrated:  # fmt: skip
    built = Integrated(mail=ONLINE)
    if ccm is not None:
        built.step(Event.CCM_SET, NOON - 3000, officer=0, value=ccm)
    built.step(Event.CLAIM_FINALISED, FINALISED, value=more.pop("outcome", REJECT), other=2)
    if phone:
        built.step(Event.CALL_ATTEMPTED, called_at, value=1)
    if phone == REACHED:
        built.step(Event.CALL_ANSWERED, called_at, value=1)
    sent = {"template": TEMPLATE, "payment": 2, **more}
    if automatic:
        built.em(AUTOMATIC, FINALISED, officer=0, **sent)
    if by_hand:
        built.em(BY_HAND, NOON, **sent)
    if ended:
        built.step(Event.WORK_ENDED, NOON + 1000)
    return built


# (CCM, phone) → who is to send; what was not tried was not unsuccessful.
RIGHT = {
    (0, NOT_TRIED): "", (0, IN_VAIN): "by_hand", (0, REACHED): "",
    (1, NOT_TRIED): "automatic", (1, IN_VAIN): "automatic", (1, REACHED): "automatic",
}  # fmt: skip


def test_sent_when_and_only_when() -> None:
    table = {}
    for (ccm, phone), right in RIGHT.items():
        for by_hand in (False, True):
            for automatic in (False, True):
                is_right = (by_hand, automatic) == (right == "by_hand", right == "automatic")
                wrong = [] if is_right else [BY_HAND] if by_hand and right != "by_hand" else (
                    [AUTOMATIC] if automatic and not ccm else ["no message"]
                )  # fmt: skip
                table[ccm, phone, by_hand, automatic] = (claim(ccm, phone, by_hand, automatic), wrong)
    audit = expect("cf-claim-reject", table)
    assert audit.cases == len(table)


def test_the_call_comes_before_the_message() -> None:
    table = {
        "in its last millisecond": (claim(by_hand=True, called_at=NOON - 1), []),
        "before the claim was finalised": (claim(by_hand=True, called_at=FINALISED - 1), []),
        "afterwards": (claim(by_hand=True, called_at=NOON + 1), [BY_HAND]),
        "answered afterwards": (claim(phone=REACHED, by_hand=True, called_at=NOON + 1), [BY_HAND]),
        "the text of the other outcome": (claim(by_hand=True, template=OTHER_TEMPLATE), ["no message"]),
        "for a claim that was granted": (claim(by_hand=True, outcome=GRANT), [BY_HAND]),
        "another payment": (claim(by_hand=True, payment=3), [BY_HAND]),
    }
    expect("cf-claim-reject", table)


def test_a_later_answer_does_not_take_back_what_was_sent() -> None:
    built = claim(by_hand=True)
    built.step(Event.CALL_ANSWERED, NOON + 1, value=1)
    assert built.rule("cf-claim-reject").breaches == 0


@pytest.mark.parametrize("built", [claim(ccm=None, by_hand=True), claim(ended=False)], ids=["no CCM", "not ended"])
def test_what_cannot_be_known_is_left(built: Integrated) -> None:
    audit = built.rule("cf-claim-reject")
    assert (audit.verdict, audit.cases, audit.unjudged) == ("unknown", 0, 1)


def test_a_foreign_log_does_not_show_claims(tmp_path) -> None:
    line = f"m1,c1,customer_first,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00,{{}}"
    for name, verdict in (("claim_reject", "unknown"), ("clk_pre_call", "not_exercised")):
        log = read(tmp_path, rows(line.format(name), header=HEADER + ",template"))
        assert judge_one(log, "cf-claim-reject").verdict == verdict
