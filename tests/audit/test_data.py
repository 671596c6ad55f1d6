"""Two logs that no simulator wrote, with the verdict of every rule and the messages that broke it.

``by_hand``: the format of design.md, all five systems, instants to the millisecond, with a companion of
customers. ``export``: as a real system might give it, with semicolons, names of its own, the agency's wall clock to the
minute, titles for templates. In both a message stands for each breach that is expected, and one for its other side.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from sim.audit import Audit, Log, judge
from sim.policy.policy import load_policy

DATA = Path(__file__).parent / "data"


def judged(name: str, **changes: Any) -> Audit:
    customers = DATA / f"{name}_customers.csv"
    options = json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))["options"]
    policy = load_policy(changes.pop("sets", None)).plain()
    log = Log.from_messages(
        DATA / f"{name}.csv", customers if customers.exists() else None, policy=policy, **{**options, **changes}
    )
    return judge(log)


@pytest.mark.parametrize("name", ["by_hand", "export"])
def test_verdicts_and_breaches(name):
    audit = judged(name)
    expected = json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))["rules"]
    assert audit.crashed == ()
    found = {
        rule: (judged.verdict, [breach.messages[0] for breach in judged.evidence])
        for rule, judged in audit.rules.items()
    }
    assert found == {rule: (each["verdict"], each.get("breaches", [])) for rule, each in expected.items()}


def test_other_readings():
    audit = judged("export", sets={"dr-similar.boundary": "days_apart", "dr-gap.reading": "business_day"})
    assert [breach.messages[0] for breach in audit.rules["dr-similar"].evidence] == ["D-0013", "D-0014"]
    assert [breach.messages[0] for breach in audit.rules["dr-gap"].evidence] == ["D-0003"]
    audit = judged("export", sets={"dr-one-nudge.enabled": False, "cs-daily-limit.limit": 6})
    assert audit.rules["dr-one-nudge"].verdict == "pass"
    assert [breach.messages[0] for breach in audit.rules["cs-daily-limit"].evidence] == ["L-0012"]


def test_the_zone_of_the_export_matters():
    """Read as Perth's wall clock, what a recipient in Perth got at 22:00 was outside, and 20:01 in Sydney is 22:01."""
    audit = judged("export", times_in="Australia/Perth")
    outside = [breach.messages[0] for breach in audit.rules["cs-window-at-gateway"].evidence]
    assert {"L-0007", "L-0008", "L-0014"} <= set(outside)
