"""A run folder that the tests of what-if share."""

from pathlib import Path
from typing import Any

import pytest

import sim
import sim.plots
from tests.replay.recorded import DEBTS


def run_folder(place: Path, **given: Any) -> Path:
    """A run's folder without its pictures, which take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim.plots.Plotter, "pngs", lambda plotter: {})
        sim.run("four_weeks", seed=3, out=place, **given)
    return place


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine busy days of all programmes, with the outage of the load."""
    return run_folder(tmp_path_factory.mktemp("what_if") / "run", customers=450, days=9, set=DEBTS)
