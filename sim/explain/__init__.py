"""Why a message went, waited, was refused or lost, from the history of a run alone.

Facts are rebuilt as they were at the instant of each decision, our rules judge them by the policy that was saved with
the run, and what they say is held against what the run recorded. `Explainer.explain` does it for one message.
"""

from sim.explain.explainer import Explainer
from sim.explain.explanation import Check, Decided, Earliest, Explanation, Line, Moment

__all__ = ["Check", "Decided", "Earliest", "Explainer", "Explanation", "Line", "Moment"]
