"""The golden run: a small, busy load, and what is stored of its history.

When a change is meant to change what happens, renew it with one line and look at the difference before committing it:

    .venv/bin/python -m tests.golden.renew && git diff tests/golden
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from sim.history import Event
from tests.world.loads import busy_history, load

FILE = Path(__file__).with_name("busy_days.json")


def current() -> dict[str, Any]:
    """What the code of today makes of the golden run's load."""
    one, history = load(), busy_history()
    counts = Counter(Event(row["event"]).name for row in history.select())
    order = {event.name: event.value for event in Event}
    return {
        "load": "tests.world.loads.load()",
        "policy": one.read_policy().hash(),
        "parameters": one.read_parameters().hash(),
        "rows": len(history),
        "fingerprint": history.fingerprint(),
        "events": dict(sorted(counts.items(), key=lambda entry: order[entry[0]])),
    }


def main() -> None:
    """Store the golden run of today."""
    FILE.write_text(json.dumps(current(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
