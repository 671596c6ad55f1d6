"""The picture of a fit says what is the log and what is simulated, whatever there is to draw."""

import numpy as np
import pytest

from sim.plots.fits import Panel, Week, log_against_simulation

WEEK = Week(np.arange(168.0), np.arange(168.0)[::-1])
SPREAD = Panel("sent to delivered (SMS)", "seconds", np.geomspace(0.1, 1000, 50), np.geomspace(0.2, 900, 40))
NARROW = Panel("time held", "hours", np.linspace(5, 12, 30), np.array([]))
NONE = Panel("sent to failed (SMS)", "seconds", np.array([]), np.array([]))


@pytest.mark.parametrize("panels", [[], [SPREAD], [SPREAD, NARROW, NONE]])
def test_a_panel_for_the_week_and_one_for_each_delay(panels: list[Panel]) -> None:
    figure = log_against_simulation((WEEK, panels))
    week, *below = sorted(figure.axes, key=lambda axes: -axes.get_position().y1)
    assert len(figure.axes) == 1 + len(panels)
    assert [text.get_text() for text in week.get_legend().get_texts()] == [
        "log: 14,028 messages",
        "simulated: 14,028 messages",
    ]
    assert sorted(axes.get_title(loc="left") for axes in below) == sorted(panel.what for panel in panels)
    scales = {axes.get_title(loc="left"): axes.get_xscale() for axes in below}
    assert scales.get(SPREAD.what, "log") == "log"
    assert scales.get(NARROW.what, "linear") == "linear"
    assert figure.png().startswith(b"\x89PNG")


def test_a_week_without_a_message_is_drawn_too() -> None:
    assert log_against_simulation((Week(np.zeros(168), np.zeros(168)), [])).png().startswith(b"\x89PNG")
