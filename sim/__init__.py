"""emsim: simulate, test and audit a government agency's text messaging under strict rules.

The heavy parts (pandas, matplotlib, duckdb) are imported only when they are used.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sim.experiments.api import compare, frontier, load_sweep, sweep
    from sim.fitting import fit
    from sim.runs import Run, load_run, run

__all__ = ["Run", "__version__", "compare", "fit", "frontier", "load_run", "load_sweep", "run", "sweep"]

_PLACES = {
    "Run": "sim.runs",
    "load_run": "sim.runs",
    "run": "sim.runs",
    "compare": "sim.experiments.api",
    "fit": "sim.fitting",
    "frontier": "sim.experiments.api",
    "load_sweep": "sim.experiments.api",
    "sweep": "sim.experiments.api",
}
"""Where the names that the package offers stand."""


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        import importlib

        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
