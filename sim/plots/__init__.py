"""Pictures of a run, drawn from its history, its messages table, its policy and its audit.

`PLOTS` names them all; ``Plotter(…).sends_by_hour()`` draws one. Each is a matplotlib Figure with ``png()``.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.plots.cases import claims_and_routing, misdirected_reports
from sim.plots.debt import nudges_a_day, payment_after_nudge, suppressed_by_winner, suppressed_waits
from sim.plots.people import bounce_backs, call_delay, customer_days, officer_load
from sim.plots.rules import audit_at_a_glance
from sim.plots.style import Audit, Picture, PlotData
from sim.plots.window import gateway_queue, held_and_released, sends_by_hour

if TYPE_CHECKING:
    import pandas as pd

    from sim.history import History

__all__ = ["PLOTS", "Picture", "PlotData", "Plotter"]

PLOTS: dict[str, Callable[[PlotData], Picture]] = {
    "audit_at_a_glance": audit_at_a_glance,
    "sends_by_hour": sends_by_hour,
    "held_and_released": held_and_released,
    "gateway_queue": gateway_queue,
    "customer_days": customer_days,
    "call_delay": call_delay,
    "bounce_backs": bounce_backs,
    "officer_load": officer_load,
    "nudges_a_day": nudges_a_day,
    "suppressed_by_winner": suppressed_by_winner,
    "suppressed_waits": suppressed_waits,
    "payment_after_nudge": payment_after_nudge,
    "claims_and_routing": claims_and_routing,
    "misdirected_reports": misdirected_reports,
}
"""Every picture by its name, in the order of the report."""


class Plotter:
    """Draws the pictures of one run: ``plotter.sends_by_hour()`` for each name of `PLOTS`.

    `audit_json` is the audit's JSON or a function that gives it, which is called for the picture of the audit alone.
    """

    def __init__(
        self,
        history: "History",
        messages: "pd.DataFrame",
        policy_plain: Mapping[str, Any],
        parameters_plain: Mapping[str, Any] | None = None,
        audit_json: Audit = None,
    ) -> None:
        self._data = PlotData(history, messages, policy_plain, parameters_plain, audit_json)

    def __getattr__(self, name: str) -> Callable[[], Picture]:
        if name not in PLOTS:
            raise AttributeError(f"no picture {name!r} (one of {', '.join(PLOTS)})")
        return lambda: PLOTS[name](self._data)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *PLOTS]

    def pngs(self) -> dict[str, bytes]:
        """Every picture of something that happened as PNG, by name, in the order of `PLOTS`."""
        pictures = {name: draw(self._data) for name, draw in PLOTS.items()}
        return {name: picture.png() for name, picture in pictures.items() if not picture.is_empty}
