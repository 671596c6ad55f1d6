"""Coverage of the policy: what of each rule a suite has exercised, taken from what was played and judged.

``measure(log, audit, named)``  what each run of a judged log exercised of the rules that it names.
``Covered``                     all of a session, as a table, as JSON, and as a share of what there is to exercise.
"""

from sim.scenario.coverage.measure import measure
from sim.scenario.coverage.parts import Part
from sim.scenario.coverage.table import Covered

__all__ = ["Covered", "Part", "measure"]
