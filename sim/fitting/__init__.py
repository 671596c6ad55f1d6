"""Parameters from a log of one's own: what it allows to be estimated, with intervals, and a check by simulating.

>>> import sim
>>> found = sim.fit("export.csv", customers="people.csv")
>>> found.frame(), found.comparison(), found.write("fitted.yaml")
"""

from sim.fitting.fits import Fit, fit

__all__ = ["Fit", "fit"]
