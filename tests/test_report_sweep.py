"""The report of a sweep: complete, self-contained, escaped, and the same for the same results."""

import re
from pathlib import Path
from typing import Any

import pytest

from sim.experiments.results import Sweep
from sim.experiments.sweep import sweep
from sim.report import render_sweep
from tests.experiments.files import experiment
from tests.experiments.made_up import MadeUp
from tests.test_report import PNG, Page

NAMES = [f"{kind}_{metric}" for metric in ("work_wait_median", "sent_pluto") for kind in ("effect", "differences")]


@pytest.fixture
def done(tmp_path: Path) -> Sweep:
    targets = "{work_wait_median: {least: 1, most: 12.2}}"
    return sweep(experiment(tmp_path, replications="4", targets=targets, warm_up_days="mser5"), None, MadeUp())


def page(done: Sweep, **changed: Any) -> Page:
    return Page(render_sweep(done.summary | changed, dict.fromkeys([*NAMES, "warm_up"], PNG)))


def test_every_metric_has_its_table_and_its_pictures(done: Sweep) -> None:
    found = page(done)
    assert found.open == []
    sections = [section["id"] for section in found.all("section")]
    assert sections == ["mind", "work_wait_median", "sent_pluto", "breaches", "warm-up", "origin"]
    assert [figure["id"] for figure in found.all("figure")] == [f"plot-{name}" for name in [*NAMES, "warm_up"]]
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in found.all("img"))
    assert len(found.all("table")) == 4


def test_both_intervals_and_what_they_are_worth_stand_side_by_side(done: Sweep) -> None:
    text = page(done).text
    row = re.search(r"staff\.officers=7 (1\d\.\S*) (\S+ … \S+) \+2 (\S+ … \S+) (\S+ … \S+) (\S+) yes (\w+)", text)
    assert row, text
    assert row[3] == "+2 … +2"
    assert row[5] == "0%"
    assert row[6] == "uncertain"
    assert "Target: at least 1 and at most 12.2." in text
    assert "none in 4 runs: at most 52.7% of runs at 95% (rule of three: 3/4)" in text


def test_notes_warm_up_and_origin_are_told(done: Sweep) -> None:
    text = page(done).text
    assert all(note in text for note in done.notes)
    assert "MSER-5 would leave out 5 hours of the first run. Left out: 1 day of warm-up (chosen so)" in text
    assert "staff.officers = 8" in text
    assert "1 to 4, the same for every setting" in text


def test_nothing_is_fetched_and_nothing_is_taken_for_tags(done: Sweep) -> None:
    described = done.summary["experiment"] | {"title": "<script>alert(1)</script>"}
    found = page(done, experiment=described, notes=["1 < 2 & 3"])
    assert found.all("script") == []
    assert "1 < 2 & 3." in found.text
    links = [*(each.get("href", "") for each in found.all("a")), *(each["href"] for each in found.all("link"))]
    assert all(link.startswith(("#", "data:")) for link in links)
    ids = {each["id"] for _, each in found.tags if "id" in each}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_without_an_audit_there_are_no_breaches(done: Sweep) -> None:
    found = page(done, experiment=done.summary["experiment"] | {"audited": False})
    assert "breaches" not in [section["id"] for section in found.all("section")]


def test_many_settings_are_cut_and_counted(done: Sweep) -> None:
    many = done.summary["variants"][:1] + done.summary["variants"][1:] * 75
    found = page(done, variants=many)
    assert found.text.count("staff.officers=9") == 49 * 3
    assert "51 more settings are in summary.json" in found.text


def test_the_same_results_give_the_same_page(done: Sweep) -> None:
    pictures = dict.fromkeys(NAMES, PNG)
    assert render_sweep(done.summary, pictures) == render_sweep(done.summary, dict(pictures))
