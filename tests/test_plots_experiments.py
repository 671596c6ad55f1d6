"""Pictures of experiments: tornado, indices, heat map, frontier, and panels; what they show is what they were given."""

from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.plots.frontier import FrontierData, frontier
from sim.plots.heat import Heat, heat_map
from sim.plots.sensitivity import End, Shares, Tornado, first_order, tornado
from sim.plots.style import ORANGE, VERMILION
from sim.plots.sweeps import MOST_ROWS, Effect, metric_against_factor, paired_differences

Lines = list[tuple[list[float], list[float]]]


def cell(mean: float | None, half: float | None = 1.0) -> dict[str, Any]:
    ends = (None, None) if mean is None or half is None else (mean - half, mean + half)
    return {"n": 3, "mean": mean, "low": ends[0], "high": ends[1]}


def lines(figure: Figure, color: str | None = None, panel: int = 0) -> Lines:
    return [
        ([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()])
        for line in figure.axes[panel].get_lines()
        if len(line.get_xdata()) and color in (None, to_hex(line.get_color()).upper())
    ]


def texts(figure: Figure, panel: int = 0) -> list[str]:
    return [text.get_text() for text in figure.axes[panel].texts]


ROWS: list[tuple[str, str, End | None, End | None]] = [
    ("limit", "5", None, End("3", cell(0.5, 0.75))),
    ("officers", "9", End("12", cell(-2.0)), End("7", cell(4.0))),
]
CELLS: list[list[dict[str, Any] | None]] = [
    [cell(5.0), cell(3.0, 0.5), cell(1.0, 0.25)],
    [cell(6.0), cell(5.0), None],
]


class TestTornado:
    def test_the_widest_is_on_top_and_bars_begin_at_the_load(self) -> None:
        figure = tornado(Tornado("wait", "hours", 0.95, 10.0, ROWS))
        assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["officers\n(now 9)", "limit\n(now 5)"]
        bars = [(bar.get_x(), bar.get_width(), bar.get_y()) for bar in figure.axes[0].patches]
        assert [(left, width) for left, width, _ in bars] == [(10.0, -2.0), (10.0, 4.0), (10.0, 0.5)]
        assert texts(figure) == ["12", "7", "3"]

    def test_intervals_are_those_of_the_differences_and_stand_apart(self) -> None:
        drawn = lines(tornado(Tornado("wait", "hours", 0.95, 10.0, ROWS)))
        lower = next(ys for xs, ys in drawn if xs == [7.0, 9.0])
        higher = next(ys for xs, ys in drawn if xs == [13.0, 15.0])
        assert lower[0] < 0 < higher[0]
        assert any(xs == [9.75, 11.25] and 1 < ys[0] < 1.5 for xs, ys in drawn)

    def test_a_factor_that_moves_nothing_says_so(self) -> None:
        rows = [*ROWS, ("closes", "20:00", None, None)]
        assert texts(tornado(Tornado("wait", "hours", 0.95, 10.0, rows)))[-1] == "no difference"

    def test_what_moves_nothing_is_no_picture(self) -> None:
        assert tornado(Tornado("wait", "hours", 0.95, 10.0, [("limit", "5", None, None)])).is_empty
        assert tornado(Tornado("wait", "hours", 0.95, None, ROWS)).is_empty


def test_indices_stand_in_order_and_the_rest_is_shown() -> None:
    figure = first_order(Shares("wait", 0.95, 60, [("limit", 0.1, 0.0, 0.2), ("officers", 0.6, 0.5, 0.7)]))
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == ["officers", "limit", "left: factors together, chance"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == pytest.approx([0.6, 0.1, 0.3])
    assert ([0.5, 0.7], [0.0, 0.0]) in lines(figure)
    assert first_order(Shares("wait", 0.95, 60, [])).is_empty


class TestHeatMap:
    def drawn(self, target: dict[str, Any]) -> Figure:
        values = (["7", "8", "9"], ["19:00", "20:00"])
        data = Heat("wait", "hours", 0.95, ("officers", "closes"), values, CELLS, target, "with limit=5", (1, 1))
        return heat_map(data)

    def test_each_cell_says_mean_and_half_width(self) -> None:
        figure = self.drawn({})
        assert texts(figure) == ["5 ± 1", "3 ± 0.5", "1 ± 0.25", "6 ± 1", "5 ± 1"]
        assert "with limit=5" in figure.axes[0].get_title(loc="left")
        assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["7", "8", "9"]

    def test_the_contour_runs_between_cells_that_keep_to_the_target_and_others(self) -> None:
        figure = self.drawn({"least": None, "most": 3.4})
        assert sorted(lines(figure, ORANGE)) == [([1.0, 1.0], [0.0, 1.0]), ([1.0, 2.0], [1.0, 1.0])]
        assert texts(figure)[1] == "3 ± 0.5 ?"
        assert texts(figure)[0] == "5 ± 1"

    @pytest.mark.parametrize(("most", "words"), [(9.0, "all keep to it"), (0.5, "none keeps to it")])
    def test_a_target_without_a_contour_is_still_told(self, most: float, words: str) -> None:
        figure = self.drawn({"least": None, "most": most})
        assert lines(figure, ORANGE) == []
        (legend,) = figure.legends
        assert any(words in text.get_text() for text in legend.get_texts())

    def test_nothing_is_no_picture(self) -> None:
        empty: list[list[dict[str, Any] | None]] = [[None, cell(None)]]
        data = Heat("wait", "hours", 0.95, ("a", "b"), (["1", "2"], ["1"]), empty, {}, "", None)
        assert heat_map(data).is_empty


class TestFrontier:
    def point(self, label: str, cost: float | None, wait: float, verdict: str = "surely") -> dict[str, Any]:
        metrics = {"cost": cell(cost, 5.0), "wait": cell(wait, 0.5)}
        named = {"variant": ord(label[0]), "label": label, "metrics": metrics, "verdict": verdict}
        return {**named, "on_frontier": label != "c", "same": ["d", "e"] if label == "b" else []}

    def tried(self, variant: int, cost: float | None, wait: float | None, verdict: str) -> dict[str, Any]:
        return {"variant": variant, "label": "", "means": {"cost": cost, "wait": wait}, "verdict": verdict}

    def drawn(self, points: int = 3) -> Figure:
        found = [self.point("a", 10, 8, "perhaps"), self.point("b", 20, 4), self.point("c", 30, 3)][:points]
        base = self.point("as it is", 40, 5)
        tried = [
            self.tried(0, 41, 5, "surely"), self.tried(1, 5, 11, "no"), self.tried(2, None, None, "no"),
            self.tried(3, 9, 99, "no"), self.tried(ord("b"), 21, 4.4, "surely"),
        ]  # fmt: skip
        units, target = {"wait": "hours"}, {"wait": {"least": None, "most": 9.0}}
        return frontier(FrontierData("F", "dollars", 0.95, found, base, tried, {"wait": "less"}, units, target, True))

    def test_points_have_both_intervals_and_a_number(self) -> None:
        figure = self.drawn()
        drawn = lines(figure)
        assert ([5.0, 15.0], [8.0, 8.0]) in drawn
        assert ([10.0, 10.0], [7.5, 8.5]) in drawn
        assert texts(figure)[:3] == ["1", "2", "3"]

    def test_the_legend_says_what_every_marker_means(self) -> None:
        (legend,) = self.drawn().legends
        words = [text.get_text() for text in legend.get_texts()]
        assert words[:3] == ["surely meets all targets", "perhaps meets them", "misses a target"]
        assert words[3:] == ["the load as it is", "on the frontier, with 95% intervals", "target"]

    def test_what_misses_a_target_is_marked_and_the_target_drawn(self) -> None:
        figure = self.drawn()
        assert lines(figure, VERMILION) == [([5.0], [11.0])]
        assert any(ys == [9.0, 9.0] for _, ys in lines(figure, ORANGE))

    def test_the_key_says_what_is_as_good_and_what_was_beaten(self) -> None:
        (key,) = texts(self.drawn(), panel=1)
        assert key.splitlines() == [
            "1   a", "2   b (as good: d; e)", "3   c: beaten, or missed a target, when it was run again",
        ]  # fmt: skip

    def test_the_load_stands_where_the_same_seeds_put_it(self) -> None:
        assert ([40.0], [5.0]) in lines(self.drawn())

    def test_a_point_is_not_shown_again_as_it_was_tried(self) -> None:
        assert all(21.0 not in xs and 4.4 not in ys for xs, ys in lines(self.drawn()))

    def test_what_lies_far_away_is_counted_and_not_shown(self) -> None:
        figure = self.drawn()
        title = figure.axes[0].get_title(loc="left")
        assert title.startswith("wait: less is better; dots had other seeds than points")
        assert title.endswith("1 of the settings tried lie outside the picture")
        low, high = figure.axes[0].get_ylim()
        assert low < 2.5
        assert 11 < high < 20

    def test_no_number_is_no_picture(self) -> None:
        assert self.drawn(points=0).is_empty


def effect(variants: list[tuple[dict[str, Any], float]]) -> Effect:
    factors = {"officers": 9, "closes": "20:00"}
    shown = [{"label": "as it is", "set": {}, "metrics": {"wait": cell(10.0)}}]
    shown += [{"label": str(sets), "set": sets, "metrics": {"wait": cell(mean)}} for sets, mean in variants]
    for each in shown[1:]:
        each["differences"] = {"wait": {"paired": cell(1.0), "unpaired": cell(1.0)}}
    return Effect("wait", "hours", 0.95, factors, shown, {"least": None, "most": 12.0})


def test_one_factor_at_a_time_has_a_panel_a_factor() -> None:
    figure = metric_against_factor(effect([({"officers": 7}, 14.0), ({"closes": "19:00"}, 11.0)]))
    assert [axes.get_xlabel() for axes in figure.axes] == ["officers", "closes"]
    assert ([7.0, 9.0], [14.0, 10.0]) in lines(figure)
    assert ([7.0, 7.0], [13.0, 15.0]) in lines(figure)
    assert ([0.0, 1.0], [11.0, 10.0]) in lines(figure, panel=1)
    assert all(any(ys == [12.0, 12.0] for _, ys in lines(figure, ORANGE, panel)) for panel in (0, 1))


@pytest.mark.parametrize(("count", "panels"), [(MOST_ROWS - 1, 1), (MOST_ROWS, 2)])
def test_very_many_settings_have_dots_and_the_mean_of_those_nearby(count: int, panels: int) -> None:
    settings = [({"officers": 7 + n % 2 * 4, "closes": "19:00"}, 10.0 + n % 2) for n in range(count)]
    figure = metric_against_factor(effect(settings))
    assert len(figure.axes) == panels
    assert paired_differences(effect(settings)).is_empty == (count + 1 > MOST_ROWS + 1)
    if panels == 2:
        assert ([7.0, 9.0, 11.0], [10.0, 10.0, 11.0]) in lines(figure)
