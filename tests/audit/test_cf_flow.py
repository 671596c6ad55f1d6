"""cf-flow against hand-written histories: preview, what the history shows after Send, and the sender."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import expect, judge_one, offenders
from tests.audit.foreign_logs import HEADER, SYDNEY, read, rows
from tests.audit.integrated import CUSTOMER, NOON, OFFICER, QUEUED, Integrated


def sent(**more) -> Integrated:
    built = Integrated()
    built.em(**more)
    return built


def shown(time: int, built: Integrated) -> Integrated:
    built.event(time, Event.INFO_SHOWN, message=7, customer=CUSTOMER, officer=OFFICER, value=built.content("", QUEUED))
    return built


def previewed_at(time: int) -> Integrated:
    built = sent(preview=0)
    built.event(time, Event.PREVIEWED, message=7, customer=CUSTOMER, officer=OFFICER, template=301, system=3)
    return built


def test_the_flow() -> None:
    table = {
        "as it should be": (sent(), []),
        "without a preview": (sent(preview=0), [7]),
        "after a preview of another text": (sent(preview=302), [7]),
        "a preview in the millisecond before": (previewed_at(NOON - 1), []),
        "a preview after Send": (previewed_at(NOON), [7]),
        "refused after a preview": (sent(refused=int(Reason.OPTED_OUT)), []),
        "refused without a preview": (sent(refused=int(Reason.OPTED_OUT), preview=0), [7]),
        "not shown as queued": (sent(queued=None), [7]),
        "other words": (sent(queued="Electronic message has been queued"), [7]),
        "shown as queued too late": (shown(NOON + 1, sent(queued=None)), [7]),
        "shown as queued though refused": (shown(NOON, sent(refused=int(Reason.OPTED_OUT))), [7]),
        "automatic": (sent(officer=0, template=303, payment=1), []),
        "held": (sent(held_until=NOON + 1), []),
        "another sender": (sent(sender="Child Supp"), [7]),
    }
    audit = expect("cf-flow", table)
    assert audit.cases == len(table)


def test_an_attempt_that_is_still_held_is_a_case() -> None:
    built = Integrated()
    built.em(held_until=NOON + 1)
    built.events = [row for row in built.events if row["event"] < Event.HANDED_OVER or row["event"] > 110]
    assert built.rule("cf-flow").cases == 1


@pytest.mark.parametrize("system", ["customer_first", "dmis", "sap"])
@pytest.mark.parametrize(("sender", "breaches"), [("CENTRELINK", 0), ("Centrelink", 1), ("Child Supp", 1)])
def test_the_sender_of_the_three_systems(system: str, sender: str, breaches: int) -> None:
    built = Integrated()
    built.send(1, CUSTOMER, NOON, system="pluto")
    template = {"customer_first": 301, "dmis": 402, "sap": 501}[system]
    built.em(system=system, template=template, officer=0, sender=sender)
    audit = built.rule("cf-flow")
    assert (audit.cases, offenders(audit)) == (1, [7] * breaches)


@pytest.mark.parametrize(
    ("system", "sender", "verdict"),
    [
        ("dmis", "CENTRELINK", "pass"),
        ("sap", "Child Supp", "fail"),
        ("dmis", "", "unknown"),
        ("customer_first", "CENTRELINK", "unknown"),  # its screens are not in the log
        ("customer_first", "CLK", "fail"),
        ("pluto", "CLK", "not_exercised"),
    ],
)
def test_a_foreign_log(tmp_path, system: str, sender: str, verdict: str) -> None:
    line = f"m1,c1,{system},{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00,{sender}"
    assert judge_one(read(tmp_path, rows(line, header=HEADER + ",sender")), "cf-flow").verdict == verdict
