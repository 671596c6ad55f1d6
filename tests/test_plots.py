"""The pictures: what they show, that nothing in them overlaps or is cut off, and that their bytes are fixed."""

import io
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.history import Event, History
from sim.metrics import metrics
from sim.metrics.waiting import planned
from sim.plots import PLOTS, Picture, Plotter
from sim.tables import messages_table
from tests.synthetic import audit_json, history, parameters_plain, policy_plain, rows

STORY = history()
POLICY = policy_plain()
MESSAGES = messages_table(STORY, POLICY)


def plotter(**changed: Any) -> Plotter:
    """Of the made-up history; `changed` are values of the policy by rule and name with `__`."""
    plain = {**POLICY, "rules": dict(POLICY["rules"])}
    for name, value in changed.items():
        rule, _, key = name.replace("_", "-").partition("--")
        row = plain["rules"][rule]
        plain["rules"][rule] = {**row, "values": {**row["values"], key.replace("-", "_"): value}}
    return Plotter(STORY, MESSAGES, plain, parameters_plain(), audit_json(plain))


def drawn(picture: Picture) -> Picture:
    """The picture laid out, so that its texts have places."""
    picture.draw_without_rendering()
    return picture


def title(picture: Picture) -> str:
    return picture.get_suptitle().replace("\n", " ")


def vertical_lines(axes: Axes) -> list[float]:
    """Where the dashed lines stand."""
    return [float(np.asarray(line.get_xdata())[0]) for line in axes.lines if line.get_linestyle() == "--"]


def texts(picture: Picture) -> Iterator[Text]:
    """Every text that is seen."""
    for text in picture.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip() and text.get_window_extent().width > 0:
            yield text


def faults(picture: Picture) -> list[str]:
    """Texts that are cut off by the picture's edge, and pairs of texts that overlap."""
    width, height = picture.canvas.get_width_height()
    found: list[str] = []
    boxes: list[tuple[str, Bbox]] = []
    for text in texts(drawn(picture)):
        ticks = [axis for axes in picture.axes for axis in (axes.xaxis, axes.yaxis) if text in axis.get_ticklabels()]
        if ticks and not (ticks[0].axes.axison and _within_limits(ticks[0], text)):
            continue
        box = text.get_window_extent()
        if box.x0 < -1 or box.x1 > width + 1 or box.y0 < -1 or box.y1 > height + 1:
            found.append(f"cut off: {text.get_text()}")
        for words, other in boxes:
            shared = Bbox.intersection(box, other)
            if shared is not None and shared.width >= 1 and shared.height >= 2:
                found.append(f"overlap: {words} / {text.get_text()}")
        boxes.append((text.get_text(), box))
    return found


@pytest.mark.parametrize("name", PLOTS)
def test_nothing_overlaps_or_is_cut_off(name: str) -> None:
    picture = getattr(plotter(), name)()
    assert faults(picture) == []


def test_the_check_for_overlaps_can_fail() -> None:
    picture = plotter().customer_days()
    picture.text(0.5, 0.2, "wide " * 60)
    assert any(fault.startswith("cut off: wide") for fault in faults(picture))
    picture = plotter().customer_days()
    for words in ("one", "two"):
        picture.text(0.8, 0.7, words)
    assert faults(picture) == ["overlap: one / two"]


def _within_limits(axis: Any, text: Text) -> bool:
    low, high = sorted(axis.get_view_interval())
    position = text.get_position()[0 if axis.axis_name == "x" else 1]
    return bool(low <= position <= high)


@pytest.mark.parametrize("name", PLOTS)
def test_axes_have_names_and_titles_say_something(name: str) -> None:
    picture = getattr(plotter(), name)()
    assert any(character.isdigit() for character in title(picture)), title(picture)
    for axes in picture.axes:
        if axes.axison and axes.get_label() != "<colorbar>":
            assert axes.get_ylabel() or axes.get_shared_y_axes().get_siblings(axes)[1:]
            assert axes.get_xlabel() or axes.get_shared_x_axes().get_siblings(axes)[1:]


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_data_gives_the_same_bytes(name: str) -> None:
    first = getattr(plotter(), name)().png()
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "axes.spines.top": True}):
        second = getattr(plotter(), name)().png()
        assert matplotlib.rcParams["font.size"] == 20
    assert first == second
    assert b"Software" not in first
    assert imread(io.BytesIO(first)).shape[1] == 1260


@pytest.mark.parametrize("name", PLOTS)
def test_an_empty_history_still_gives_a_picture(name: str) -> None:
    empty = Plotter(History(), messages_table(History(), {}), {})
    assert getattr(empty, name)().png().startswith(b"\x89PNG")


def test_no_pyplot_and_no_window() -> None:
    code = "import sim.plots, sys; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_plotter_names_its_pictures() -> None:
    assert set(PLOTS) <= set(dir(plotter()))
    with pytest.raises(AttributeError, match="sends_by_hour"):
        _ = plotter().no_such_picture
    assert list(plotter().pngs()) == list(PLOTS)


@pytest.mark.parametrize(("opens", "closes"), [("08:00", "20:00"), ("08:30", "18:15")])
def test_the_window_is_the_policy_s(opens: str, closes: str) -> None:
    picture = plotter(cs_send_window__opens=opens, cs_send_window__closes=closes).sends_by_hour()
    hours = [int(text[:2]) + int(text[3:]) / 60 for text in (opens, closes)]
    assert vertical_lines(picture.axes[0]) == hours
    assert f"{opens}–{closes}" in title(picture)


def test_sends_outside_the_window_are_counted_in_the_title_and_in_their_cell() -> None:
    assert "none left outside" in title(plotter().sends_by_hour())
    night = plotter(cs_send_window__opens="11:00").sends_by_hour()
    hours = MESSAGES["sent_at"].notna().sum()
    counted = [int(text.get_text().replace(",", "")) for text in night.axes[0].texts if text.get_text().isdigit()]
    told = int(title(night).partition(", ")[2].split()[0].replace(",", ""))
    assert 0 < told < hours
    assert sum(counted) == told


def test_held_messages_are_split_by_what_became_of_them() -> None:
    held = MESSAGES[MESSAGES["due_at"].notna() & ~planned(MESSAGES)]
    counts = [(held["outcome"] == outcome).sum() for outcome in ("sent", "withdrawn", "held")]
    assert title(plotter().held_and_released()) == (
        f"{len(held)} messages were held: {counts[0]} went out later, {counts[1]} withdrawn, {counts[2]} still waiting"
    )


@pytest.mark.parametrize(
    ("limit", "line", "over"), [(2, 2.5, True), (5, 5.5, True), (15, 15.5, False), (200, None, False)]
)
def test_the_daily_limit_is_drawn(limit: int, line: float | None, over: bool) -> None:
    picture = plotter(cs_daily_limit__limit=limit).customer_days()
    assert vertical_lines(picture.axes[0]) == ([] if line is None else [line])
    assert ("no customer got more" in title(picture)) is not over
    assert any(f"daily limit {limit}" in text.get_text() for text in picture.axes[0].texts)


def test_calls_agree_with_the_metrics() -> None:
    found = metrics(STORY, MESSAGES, POLICY, parameters_plain())
    share = found.value("call_delay_in_aim", "next_hour")
    assert share is not None
    assert title(plotter().call_delay()).startswith(f"{100 * share:.1f}% of")
    before = plotter().call_delay().axes[0].texts[0].get_text()
    assert int(before) == found.value("stale_alerts")


def test_the_queue_starts_with_what_was_due_and_ends_empty() -> None:
    axes = plotter().gateway_queue().axes[0]
    busiest = next(line for line in axes.lines if str(line.get_label()).startswith("busiest"))
    waiting = np.asarray(busiest.get_ydata())
    assert waiting.max() > 5
    assert waiting[-1] == 0
    assert f" {waiting.max() + 1} messages were due at once" in title(plotter().gateway_queue())


def test_bounce_backs_stand_one_day_after_their_errors() -> None:
    axes = plotter().bounce_backs().axes[0]
    bars = [bar for bar in axes.patches if isinstance(bar, Rectangle)]
    heights = [round(bar.get_height()) for bar in bars]
    errors, backs = heights[: len(bars) // 2], heights[len(bars) // 2 :]
    assert sum(backs) > 0
    assert backs[1:] == errors[:-1]


@pytest.mark.parametrize(("zone", "hours"), [(7, (8, 15.83)), (None, (10, 17.83))])
def test_officer_load_is_read_in_the_officers_zone(zone: int | None, hours: tuple[float, float]) -> None:
    begin = "2026-10-01T00:00:00Z"
    shift: list[tuple[str, Event, dict[str, int]]] = [
        (begin, Event.SHIFT_STARTED, {"officer": 1, "value": 8 * 3600}),
        ("2026-10-01T08:00:00Z", Event.SHIFT_ENDED, {"officer": 1}),
        (begin, Event.SHIFT_STARTED, {"officer": 9001, "value": 12 * 3600}),
    ]
    if zone is not None:
        shift.append((begin, Event.ACCESS_RECORDED, {"officer": 1, "value": 3, "other": zone}))
    story = History.of(rows(*shift))
    axes = Plotter(story, messages_table(story, {}), {}).officer_load().axes[0]
    line = next(line for line in axes.lines if line.get_label() == "on shift")
    on_shift = np.asarray(line.get_xdata())[np.asarray(line.get_ydata()) > 0]
    assert (on_shift.min(), round(on_shift.max(), 2)) == hours


def test_the_audit_shows_every_rule_and_marks_breaches() -> None:
    picture = plotter().audit_at_a_glance()
    said = [text.get_text() for text in picture.axes[0].texts]
    for rule in POLICY["rules"]:
        assert any(words.startswith(f"{rule} ") for words in said), rule
    assert "✗ fail" in said
    assert "? unknown" in said
    strong = [text.get_text() for text in picture.axes[0].texts if text.get_color() == "#D55E00"]
    assert strong == ["2", "0.22%", "1", "0.11%"]
