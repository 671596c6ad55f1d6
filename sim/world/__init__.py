"""The world: synthetic customers, officers and systems in simulated time. The only importer of SimPy."""

from sim.world.simulation import simulate

__all__ = ["simulate"]
