"""What sessions within a session load first, they also forget: a test that runs some imports this, so that they find
everything loaded. (It takes a second each time, and libraries loaded twice in one process do not fit together. To bind
the clock is to look into every module that is loaded, also into those parts of numpy that nobody has used.)"""

import hypothesis  # its plugin loads it at the end of every session
import numpy.fft

import sim.population.officers
import sim.population.parameters
import sim.scenario.collected
import sim.scenario.coverage
import sim.scenario.expand
import sim.scenario.generated
import sim.scenario.load
import sim.scenario.session
import sim.scenario.systems.over_http
import sim.scenario.systems.plug
import sim.scenario.telling

PYTESTER = "pytester"
"""The plugin that runs them."""

__all__ = ["PYTESTER", "hypothesis", "numpy", "sim"]
