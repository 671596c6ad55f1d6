"""Sliders over a sweep: what they show is what was run, and nothing else can be chosen."""

import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiments.results import Sweep

METRICS = ("sent", "held_share")


def swept() -> Sweep:
    """Two factors of two values each; each cell of the made-up sweep has a mean of its own."""
    variants = []
    for limit in (5, 3):
        for officers in (10, 8):
            changed = {name: value for name, value, usual in (("limit", limit, 5), ("staff.officers", officers, 10))
                       if value != usual}  # fmt: skip
            cells = {m: {"mean": limit * 100 + officers + n, "low": 0.0, "high": 1.0, "n": 4}
                     for n, m in enumerate(METRICS)}  # fmt: skip
            variants.append({"label": str(changed), "set": changed, "metrics": cells, "differences": {}})
    factors = {"limit": 5, "staff.officers": 10}
    summary = {"experiment": {"name": "made_up", "title": "Made up", "factors": factors}, "variants": variants,
               "notes": [], "runs": 16, "failed": 0}  # fmt: skip
    return Sweep(pd.DataFrame(), summary)


def test_they_begin_at_the_load_as_it_is_and_follow_what_is_chosen() -> None:
    sliders = swept().sliders()
    assert sliders.chosen == {"limit": 5, "staff.officers": 10}
    assert sliders.found["mean"].to_dict() == {"sent": 510, "held_share": 511}
    assert sliders.choose(staff__officers=8)["mean"].to_dict() == {"sent": 508, "held_share": 509}
    assert sliders.choose(limit=3)["mean"].to_dict() == {"sent": 308, "held_share": 309}


def test_what_was_not_run_cannot_be_chosen() -> None:
    with pytest.raises(InputError, match=r"staff.officers: was not run \(value 9; allowed: 10, 8\)"):
        swept().sliders().choose(staff__officers=9)
    with pytest.raises(InputError, match=r"no such factor \(allowed: limit, staff.officers\)"):
        swept().sliders().choose(window=1)


def test_moving_a_slider_changes_the_table() -> None:
    sliders = swept().sliders()
    limit, officers, table = sliders.widget().children
    assert [value for _, value in officers.options] == [8, 10]
    assert "510.000" in table.value or "510" in table.value
    limit.value = 3
    assert sliders.chosen["limit"] == 3
    assert "310" in table.value
    assert "510" not in table.value
