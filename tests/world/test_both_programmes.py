"""The load `both_programmes`: Pluto's limit and question bind Pluto alone (policy.md E, `cf-window`)."""

from collections import Counter
from functools import cache

import sim
from sim.runs import Run
from sim.tables import with_local_times

OTHERS = {"customer_first", "dmis", "sap"}


@cache
def run() -> Run:
    return sim.run("both_programmes")


@cache
def days() -> list[Counter[str]]:
    """For every customer and local day, how many SMS each system sent."""
    messages = run().messages
    sent = with_local_times(messages[(messages.outcome == "sent") & (messages.channel == "sms")])
    grouped = sent.groupby(["customer_id", sent.sent_at_local.dt.date], observed=True)
    return [Counter(str(system) for system in group.system) for _, group in grouped]


def test_no_customer_gets_two_desktop_messages_on_a_day() -> None:
    assert max(day["pluto"] for day in days()) == 1


def test_the_other_systems_send_beside_a_desktop_message() -> None:
    beside = [day for day in days() if day["pluto"] and any(day[system] for system in OTHERS)]
    assert len(beside) >= 10


def test_the_other_systems_send_twice_on_a_day() -> None:
    assert any(sum(day[system] for system in OTHERS) > 1 for day in days())


def test_only_pluto_refuses_by_the_limit_and_asks() -> None:
    messages = run().messages
    limited = messages[messages.reasons.str.contains("daily_limit")]
    assert {str(system) for system in limited.system} == {"pluto"}
    asked = messages[messages.confirmation_asked.fillna(False).astype(bool)]
    assert {str(system) for system in asked.system} <= {"pluto"}


def test_every_rule_of_systems_and_content_is_kept() -> None:
    assert run().audit.verdict == "pass"
