"""Sliders over what a sweep has found already: a widget for notebooks; nothing is run when one is moved."""

from typing import TYPE_CHECKING, Any

from sim.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.results import Sweep

_COLUMNS = ("mean", "low", "high", "difference", "paired_low", "paired_high", "n")


class Sliders:
    """A slider for each factor of a sweep, and the metrics of the variant that they name.

    `chosen` holds the values that the sliders stand at, by factor; `found` is the table that is shown for them.
    """

    def __init__(self, done: "Sweep") -> None:
        self._frame = done.frame()
        factors = done.summary["experiment"]["factors"]
        self._values = {name: list(dict.fromkeys(self._frame[name])) for name in factors}
        self.chosen: dict[str, Any] = {name: factors[name] for name in self._values}

    @property
    def found(self) -> "pd.DataFrame":
        """A row a metric: mean with its interval, the difference to the load as it is with the paired interval, and the
        number of runs; empty for a mixture that was not run."""
        rows = self._frame
        for name, value in self.chosen.items():
            rows = rows[rows[name] == value]
        table = rows.set_index("metric")[list(_COLUMNS)]
        return table.rename(columns={"paired_low": "difference_low", "paired_high": "difference_high"})

    def choose(self, **values: Any) -> "pd.DataFrame":
        """Set factors by their names (dots written as ``__``) and give `found`. Raises InputError."""
        for word, value in values.items():
            name = word.replace("__", ".")
            if name not in self._values:
                raise InputError(f"no such factor (allowed: {', '.join(self._values)})", field=name)
            if value not in self._values[name]:
                allowed = ", ".join(map(str, self._values[name]))
                raise InputError(f"was not run (value {shown(value)}; allowed: {allowed})", field=name)
            self.chosen[name] = value
        return self.found

    def _repr_mimebundle_(self, **given: Any) -> Any:
        return self.widget()._repr_mimebundle_(**given)

    def widget(self) -> Any:
        """The sliders and their table as an ipywidgets box. Raises InputError without ipywidgets."""
        try:
            from ipywidgets import HTML, SelectionSlider, VBox
        except ImportError:
            raise InputError("sliders need ipywidgets: pip install 'emsim[notebooks]'") from None
        table = HTML(value=self._html())

        def moved(change: dict[str, Any], name: str) -> None:
            self.chosen[name] = change["new"]
            table.value = self._html()

        sliders = []
        for name, values in self._values.items():
            slider = SelectionSlider(
                options=[(str(value), value) for value in _in_order(values)],
                value=self.chosen[name],
                description=name,
                style={"description_width": "initial"},
                layout={"width": "60%"},
            )
            slider.observe(lambda change, name=name: moved(change, name), names="value")
            sliders.append(slider)
        return VBox([*sliders, table])

    def _html(self) -> str:
        found = self.found
        if found.empty:
            return "<p>This mixture was not run.</p>"
        return str(found.to_html(float_format="{:.3f}".format, na_rep="–"))


def _in_order(values: list[Any]) -> list[Any]:
    """Numbers by size, words as they come."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return sorted(values) if numbers else values
