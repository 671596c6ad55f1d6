"""Calling the command line in this process."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import sim.experiments.pictures
import sim.plots
from sim.start import main


class Answer(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    error: str


Emsim = Callable[..., Answer]


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time of a small run; tests/test_run_folder.py and
    tests/experiments/test_pictures.py look at what is drawn."""
    monkeypatch.setattr(sim.plots.Plotter, "pngs", lambda plotter: {})
    monkeypatch.setattr(sim.experiments.pictures.SweepPlotter, "pngs", lambda plotter: {})


@pytest.fixture
def emsim(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_pictures: None
) -> Iterator[Emsim]:
    """Calls ``emsim`` in this process and in an empty folder."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["emsim", *(str(word) for word in words)])
        code = main()
        return Answer(code, *capsys.readouterr())

    yield call
    signal.signal(signal.SIGTERM, before)


def without_pictures(place: Path, **sets: object) -> Path:
    """A small run folder for those who look at no picture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim.plots.Plotter, "pngs", lambda plotter: {})
        sim.run("four_weeks", seed=2, customers=400, days=6, set=sets, out=place)
    return place


@pytest.fixture(scope="session")
def plain_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder without pictures; not to be changed."""
    return without_pictures(tmp_path_factory.mktemp("plain") / "run")


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "run"
    sim.run("four_weeks", seed=2, customers=600, days=6, out=place)
    return place
