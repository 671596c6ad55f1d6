"""The world: synthetic customers, officers and systems in simulated time. The only importer of SimPy."""

from sim.world.simulate import simulate

__all__ = ["simulate"]
