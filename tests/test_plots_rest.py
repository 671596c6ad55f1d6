"""The pictures of debt recovery, Integrated Service Officers and reports: they show what the metrics count."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.patches import Rectangle

from sim.history import Event, History
from sim.messages import Reason, System
from sim.metrics import Metrics, metrics
from sim.metrics.debt import levels
from sim.metrics.measures import Facts
from sim.plots import PLOTS, Picture, Plotter
from sim.tables import messages_table
from tests.synthetic import audit_json, history, parameters_plain, policy_plain, rows

POLICY = policy_plain()
STORY = history()
MESSAGES = messages_table(STORY, POLICY)
METRICS: Metrics = metrics(STORY, MESSAGES, POLICY, parameters_plain())
DEBT = ("nudges_a_day", "suppressed_by_winner", "suppressed_waits", "payment_after_nudge")
CENTRELINK = (*DEBT, "claims_and_routing", "misdirected_reports")


def plotter(story: History = STORY, policy: dict[str, Any] = POLICY) -> Plotter:
    messages = MESSAGES if story is STORY and policy is POLICY else messages_table(story, policy)
    return Plotter(story, messages, policy, parameters_plain(), audit_json(policy))


def title(picture: Picture) -> str:
    return picture.get_suptitle().replace("\n", " ")


def numbers(axes: Axes) -> list[int]:
    """The counts that are written into the picture."""
    written = [text.get_text().replace(",", "") for text in axes.texts]
    return [int(words) for words in written if words.isdigit()]


def widths(axes: Axes) -> float:
    return sum(bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle))


def heights(axes: Axes) -> float:
    return sum(bar.get_height() for bar in axes.patches if isinstance(bar, Rectangle))


def test_every_suppressed_night_stands_in_one_cell() -> None:
    picture = plotter().suppressed_by_winner()
    total = METRICS.value("suppressed_nights")
    assert sum(numbers(picture.axes[0])) == total
    assert title(picture).startswith(f"Of {total:,} nights")


def lost(loser: int, winner: int) -> tuple[str, Event, dict[str, int]]:
    """One night on which one DMIS message lost to another."""
    columns = {"customer": 5, "system": System.DMIS, "template": 400 + loser, "other": 400 + winner}
    return ("2026-10-01T04:00:00+10:00", Event.SUPPRESSED, {**columns, "reasons": Reason.HIERARCHY, "value": 739_890})


@pytest.mark.parametrize(("loser", "winner"), [(3, 2), (9, 1), (2, 3), (1, 9)])
def test_a_loss_stands_in_its_loser_s_row_and_its_winner_s_column(loser: int, winner: int) -> None:
    picture = plotter(History.of(rows(lost(loser, winner)))).suppressed_by_winner()
    (cell,) = (text for text in picture.axes[0].texts if text.get_text().isdigit())
    assert cell.get_position() == (winner - 0.5, loser - 0.5)


def test_rows_stand_in_the_order_of_the_hierarchy_in_force() -> None:
    rule = POLICY["rules"]["dr-hierarchy"]
    *others, last = rule["values"]["order"]
    order = [last, *others]
    turned = {
        **POLICY,
        "rules": {**POLICY["rules"], "dr-hierarchy": {**rule, "values": {**rule["values"], "order": order}}},
    }
    assert levels(Facts(STORY, MESSAGES, turned, {})) == order
    for name in ("suppressed_by_winner", "suppressed_waits"):
        labels = [label.get_text() for label in getattr(plotter(policy=turned), name)().axes[0].get_yticklabels()]
        assert labels[0] == "Debt due soon  1"
        assert labels[8] == "Withholdings will restart auto  9"


def test_the_longest_wait_is_the_metric_s() -> None:
    picture = plotter().suppressed_waits()
    longest = METRICS.value("suppressed_wait_max")
    assert title(picture).startswith(f"The longest wait was {longest} nights")
    bars = [bar.get_width() for bar in picture.axes[0].patches if isinstance(bar, Rectangle)]
    assert max(bars) == longest
    said = [text.get_text() for text in picture.axes[0].texts]
    waited = sum(int(words.split()[0]) for words in said if words[0].isdigit())
    assert waited == METRICS.value("suppressed_waits")
    assert "never waited" in said


def test_nudges_add_up() -> None:
    picture = plotter().nudges_a_day()
    above, below = (heights(axes) for axes in picture.axes)
    assert above == METRICS.value("nudges", "instalment_nudge")
    assert above + below == METRICS.value("nudges")
    assert title(picture).startswith(f"{METRICS.value('nudges')} nudges")


def test_points_of_payment_are_the_metrics_rates() -> None:
    picture = plotter().payment_after_nudge()
    for axes, metric in zip(picture.axes, ("payment_rate", "action_rate"), strict=True):
        for container, words in zip(axes.containers, ("nudged", "not nudged"), strict=True):
            assert isinstance(container, ErrorbarContainer)
            shown = sorted(round(float(share), 6) for share in np.asarray(container.lines[0].get_xdata()))
            groups = METRICS.to_json()["metrics"][metric]["values"]
            rates = [rate for group, rate in groups.items() if group.endswith(f", {words}")]
            assert shown == sorted(rates)
            assert all(0 <= share <= 1 for share in shown)
    difference = METRICS.value("payment_difference")
    assert difference is not None
    assert f": {100 * difference:+.1f} points with the nudge" in title(picture)


def test_without_anybody_to_compare_with_there_is_no_comparison() -> None:
    eligible = ("2026-10-01T04:00:00+10:00", Event.ELIGIBLE, {"customer": 5, "template": 403})
    later = ("2026-10-20T04:00:00+10:00", Event.NEVER_CONTACTED, {"customer": 6})
    picture = plotter(History.of(rows(eligible, later))).payment_after_nudge()
    assert picture.is_empty


def test_routes_and_claims_add_up() -> None:
    upper, lower = plotter().claims_and_routing().axes
    assert (widths(upper), widths(lower)) == (METRICS.value("routed"), METRICS.value("claims"))
    words = [text.get_text() for text in lower.get_legend().get_texts()]
    sent = METRICS.to_json()["metrics"]["claim_messages"]["values"]
    officers = sent["grant: sent by an officer"] + sent["reject: sent by an officer"]
    assert words[0] == f"sent by an officer ({officers})"


def test_reports_add_up() -> None:
    picture = plotter().misdirected_reports()
    left, right = picture.axes
    assert widths(left) == METRICS.value("reports") == sum(numbers(left))
    points = sum(len(np.asarray(line.get_xdata())) for line in right.lines if line.get_linestyle() == "None")
    assert points == METRICS.value("reports_closed")
    assert title(picture).startswith(f"{METRICS.value('reports')} reports")


def test_a_run_has_pictures_of_what_happened_in_it() -> None:
    child_support = set(plotter(history(everything=False)).pngs())
    assert child_support == set(PLOTS) - set(CENTRELINK)
    kept = [row for row in STORY.select() if row["system"] in (System.DMIS, System.SAP) or row["event"] < 40]
    debts = History.of([{name: value for name, value in row.items() if name != "seq"} for row in kept])
    drawn = set(plotter(debts).pngs())
    assert {"suppressed_by_winner", "suppressed_waits", "audit_at_a_glance"} <= drawn
    assert drawn.isdisjoint({"customer_days", "call_delay", "bounce_backs", "officer_load", "claims_and_routing"})


def test_only_the_picture_of_the_audit_asks_for_the_audit() -> None:
    asked: list[str] = []

    def audit() -> dict[str, Any]:
        asked.append("audit")
        return audit_json(POLICY)

    lazy = Plotter(STORY, MESSAGES, POLICY, parameters_plain(), audit)
    for name in PLOTS:
        if name != "audit_at_a_glance":
            getattr(lazy, name)()
    assert asked == []
    assert not lazy.audit_at_a_glance().is_empty
    assert lazy.audit_at_a_glance().png() == plotter().audit_at_a_glance().png()
    assert asked == ["audit"]
