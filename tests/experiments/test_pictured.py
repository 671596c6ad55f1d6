"""What the pictures of a sweep are drawn from: taken out of summaries of sweeps that were made up."""

from pathlib import Path
from typing import Any

import pytest

from sim.experiments import pictured
from sim.experiments.results import Sweep
from sim.experiments.sweep import sweep
from tests.experiments.files import changed, write
from tests.experiments.files import read_experiment as read
from tests.experiments.made_up import MadeUp
from tests.experiments.test_frontier import Known, found, looked_for

WAIT = "work_wait_median"


def swept(folder: Path, factors: str, executor: Any = None, **changes: str) -> Sweep:
    text = changed(**changes).replace("factors:\n  staff.officers: [7, 8, 9]", f"factors: {factors}")
    return sweep(read(write(folder, text)), None, executor or Known())


def test_a_tornado_has_the_greatest_difference_to_each_side(tmp_path: Path) -> None:
    factors = '{staff.officers: [5, 6, 9], cs-send-window.closes: ["19:00", "21:00"], cs-daily-limit.limit: [4]}'
    data = pictured.tornado_of(swept(tmp_path, factors).summary, WAIT)
    assert data.base == pytest.approx(7.6)
    (officers, now, lower, higher), closes, limit = data.rows
    assert (officers, now) == ("staff.officers", "8")
    assert lower is not None
    assert higher is not None
    assert (lower.value, lower.difference["mean"]) == ("9", pytest.approx(60 / 9 - 7.5))
    assert (higher.value, higher.difference["mean"]) == ("5", pytest.approx(4.5))
    assert (closes[2], closes[3] and closes[3].value) == (None, "19:00")
    assert limit[2:] == (None, None)


def test_a_heat_map_holds_the_other_factors_where_the_load_has_them(tmp_path: Path) -> None:
    hours = '["21:00", "19:00", "20:00"]'
    factors = f"{{staff.officers: [10, 9, 8], cs-daily-limit.limit: [4, 5], cs-send-window.closes: {hours}}}"
    summary = swept(tmp_path, factors, design="grid", targets=f"{{{WAIT}: {{most: 8}}}}").summary
    data = pictured.heat_of(summary, WAIT, "staff.officers", "cs-send-window.closes")
    assert data.values == (["8", "9", "10"], ["19:00", "20:00", "21:00"])
    assert (data.held, data.here) == ("with cs-daily-limit.limit=5", (0, 1))
    means = [[cell["mean"] if cell else None for cell in row] for row in data.cells]
    assert means[0] == pytest.approx([8.6, 60 / 9 + 1.1, 7.1])
    assert means[1] == means[2] == pytest.approx([7.6, 60 / 9 + 0.1, 6.1])
    assert data.target == {"least": None, "most": 8}
    assert len(pictured.pairs_of_factors(summary)) == 3


def test_first_order_indices_come_from_the_summary(tmp_path: Path) -> None:
    factors = "{staff.officers: {from: 5, to: 30}, cs-daily-limit.limit: [3, 4]}"
    summary = swept(tmp_path, factors, design="latin_hypercube", points="40").summary
    data = pictured.shares_of(summary, WAIT)
    shares = {name: share for name, share, _, _ in data.rows}
    assert shares["staff.officers"] > 0.85
    assert shares["cs-daily-limit.limit"] < 0.1
    assert 30 < data.points <= 40, "what came out twice is run once"
    assert pictured.pairs_of_factors(summary) == []


TWO = '{staff.officers: [7, 8], cs-send-window.closes: ["19:00", "20:00"]}'


@pytest.mark.parametrize(
    ("design", "factors", "kinds"),
    [
        ("one_at_a_time", "{staff.officers: [7, 9]}", {"effect", "differences", "convergence"}),
        ("one_at_a_time", TWO, {"effect", "differences", "convergence", "tornado"}),
        ("grid", TWO, {"effect", "differences", "convergence", "heat_map"}),
        (
            "latin_hypercube",
            "{staff.officers: {from: 5, to: 30}}",
            {"effect", "differences", "convergence", "first_order"},
        ),
    ],
)
def test_each_design_has_the_pictures_that_say_something_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, design: str, factors: str, kinds: set[str]
) -> None:
    monkeypatch.setattr("sim.plots.style.Picture.png", lambda picture: b"")
    more = {"points": "12"} if design == "latin_hypercube" else {}
    text = changed(design=design, metrics=f"[{WAIT}]", **more).replace("  - work_wait_median\n  - sent[pluto]\n", "")
    text = text.replace("factors:\n  staff.officers: [7, 8, 9]", f"factors: {factors}")
    names = sweep(read(write(tmp_path, text)), None, MadeUp()).plot.pngs()
    assert {name.split("_work_wait_median")[0] for name in names} == {
        "effect", "differences", "convergence", "warm_up", *kinds,
    }  # fmt: skip


def test_a_frontier_shows_itself_first_and_heat_maps_of_what_it_is_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.plots.style.Picture.png", lambda picture: b"")
    done = found(looked_for(tmp_path, TWO))
    assert list(done.plot.pngs()) == [
        "frontier", "effect_work_wait_median", "heat_map_work_wait_median_staff_officers_cs_send_window_closes",
        "effect_sent_pluto", "warm_up",
    ]  # fmt: skip


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    done = swept(tmp_path, "{staff.officers: [7, 9]}")
    with pytest.raises(ValueError, match="looked for no frontier"):
        done.plot.frontier()
    with pytest.raises(ValueError, match="needs two factors"):
        done.plot.heat_map()
    two = swept(tmp_path, TWO, design="grid")
    with pytest.raises(KeyError, match="no factor 'officers' in this sweep"):
        two.plot.heat_map("officers")
    assert not two.plot.heat_map(second="staff.officers").is_empty
    assert two.plot.first_order().is_empty
