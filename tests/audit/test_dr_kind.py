"""dr-kind against hand-written histories and foreign logs."""

import pytest

from sim.audit.codes import ARRANGEMENT_STATUSES, ARRANGEMENTS, Event
from sim.audit.dr_kind import KINDS
from tests.audit.builder import SYDNEY, TEMPLATES, Builder, at, expect, judge_one, offenders, policy
from tests.audit.foreign_logs import HEADER, read, rows

SENT = at("2026-10-06 10:00")
BY_HAND = {
    305: "service_offer", 401: "confirmation", **dict.fromkeys(range(402, 410), "nudge"), 501: "confirmation",
    502: "nudge",
}  # fmt: skip
SYSTEMS = {3: "customer_first", 4: "dmis", 5: "sap"}


def values(**changed: str):
    """The policy with debt templates; `changed` gives some of them other kinds (``t401="nudge"``)."""
    kinds = {**BY_HAND, 301: "pre_call_advice"}
    kinds |= {int(name[1:]): kind for name, kind in changed.items()}
    debts = [
        {
            **TEMPLATES[3], "code": code, "id": f"debt_{code}", "title": f"Debt {code}", "kind": kind,
            "system": SYSTEMS[code // 100], "desktop": False, "prior_actions": [],
        }
        for code, kind in kinds.items()
    ]  # fmt: skip
    return policy(cs_templates__templates=[*TEMPLATES, *debts])


def sent(code: int, system: str = "", officer: int = 9, given=None) -> Builder:
    """Message 7. SAP's follows an arrangement that was set up."""
    built = Builder(values=given or values())
    built.customer(1)
    if code == 501:
        built.fact(SENT, Event.ARRANGEMENT_SET, 1, ARRANGEMENTS["csh"] * 10 + ARRANGEMENT_STATUSES["cur"], ref=50)
    built.press(7, 1, SENT, system=system or SYSTEMS[code // 100], template=code)
    built.issue(7, 1, SENT, system=system or SYSTEMS[code // 100], template=code, officer=officer)
    return built


def test_the_kinds_of_the_policy():
    assert KINDS == BY_HAND


def test_each_message_has_the_kind_of_its_template():
    given = [code for code in BY_HAND if code != 502]  # what SAP nudges about is another question
    assert expect("dr-kind", {code: (sent(code), []) for code in given}).cases > len(given)


def test_templates_that_are_no_debt_messages_or_another_systems():
    table = {
        "a service offer from DMIS": (sent(305, "dmis"), [7]),
        "a service offer from SAP": (sent(305, "sap"), [7]),
        "a nudge from Customer First": (sent(402, "customer_first"), [7]),
        "a pre call notification from DMIS": (sent(301, "dmis"), [7]),
        "a pre call notification": (sent(301, officer=9), []),
        "a desktop message": (sent(102, "pluto"), []),
    }
    assert expect("dr-kind", table).cases == 4


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, "nudge"), (402, "confirmation"), (408, "confirmation"), (305, "reminder"), (409, "reminder")],
)
def test_templates_of_another_kind_than_the_policys(code, kind):
    given = values(**{f"t{code}": kind})
    assert offenders(judge_one(sent(code, given=given).log(), "dr-kind")) == [7]


def test_a_refused_message_is_no_case():
    built = Builder(values=values())
    built.customer(1)
    built.refuse(7, 1, SENT, 1 << 2, system="dmis", template=301)
    assert built.rule("dr-kind").verdict == "not_exercised"


COLUMNS = HEADER + ",template,kind"


def line(system: str, template: str, kind: str, outcome: str = "sent") -> str:
    instant = "2026-10-06T10:00:00.200+11:00" if outcome == "sent" else ""
    return f"m1,c1,{system},{SYDNEY},2026-10-06T10:00:00.000+11:00,{outcome},{instant},{template},{kind}"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (line("dmis", "debt_401", "confirmation"), "pass"),
        (line("dmis", "debt_401", "nudge"), "fail"),
        (line("dmis", "debt_402", "confirmation"), "fail"),
        (line("dmis", "debt_402", "nudge", "suppressed"), "pass"),
        (line("dmis", "debt_402", "confirmation", "suppressed"), "fail"),
        (line("dmis", "debt_402", "automatic"), "fail"),
        (line("sap", "debt_502", ""), "pass"),
        (line("dmis", "", "nudge"), "unknown"),
        (line("dmis", "", "service_offer"), "fail"),
        (line("dmis", "", ""), "unknown"),
        (line("dmis", "another one", "nudge"), "unknown"),
        (line("pluto", "documents_received", "nudge"), "fail"),
        (line("customer_first", "debt_305", "service_offer"), "pass"),
        (line("customer_first", "debt_305", "desktop"), "fail"),
        (line("customer_first", "debt_301", "desktop"), "not_exercised"),
        (line("pluto", "documents_received", "desktop"), "not_exercised"),
    ],
)
def test_kinds_of_a_foreign_log(tmp_path, text, verdict):
    assert judge_one(read(tmp_path, rows(text, header=COLUMNS), values=values()), "dr-kind").verdict == verdict
