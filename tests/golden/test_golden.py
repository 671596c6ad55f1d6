"""The golden run is the one that is stored (how to renew it stands in `tests/golden/renew.py`)."""

import json
from typing import Any

from tests.golden.renew import FILE, current

RENEW = ".venv/bin/python -m tests.golden.renew && git diff tests/golden"


def differences(stored: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What differs, in words: first the inputs, then the counts of events, then the fingerprint."""
    told = [f"the {name} changed" for name in ("policy", "parameters") if stored[name] != found[name]]
    events = {**stored["events"], **found["events"]}
    for name in events:
        was, now = stored["events"].get(name, 0), found["events"].get(name, 0)
        if was != now:
            told.append(f"{name}: {was} rows then, {now} now")
    if stored["fingerprint"] != found["fingerprint"]:
        told.append("the fingerprint changed")
    return told


def test_the_golden_run_is_what_is_stored() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    told = differences(stored, current())
    assert not told, f"{'; '.join(told)}. If that is meant, renew it: {RENEW}"
    assert stored == current()


def test_differences_are_told_apart() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert differences(stored, stored) == []
    other = {**stored, "fingerprint": "0" * 64, "parameters": "0" * 64, "events": {**stored["events"], "ISSUED": 1}}
    assert differences(stored, other) == [
        "the parameters changed",
        f"ISSUED: {stored['events']['ISSUED']} rows then, 1 now",
        "the fingerprint changed",
    ]
