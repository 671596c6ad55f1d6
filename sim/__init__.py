"""emsim: simulate, test and audit a government agency's text messaging under strict rules.

The heavy parts (pandas, matplotlib, duckdb) are imported only when they are used.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sim.runs import Run, load_run, run

__all__ = ["Run", "__version__", "load_run", "run"]


def __getattr__(name: str) -> Any:
    if name in {"run", "Run", "load_run"}:
        import importlib

        return getattr(importlib.import_module("sim.runs"), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
