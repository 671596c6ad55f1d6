"""The two runs of a comparison, each with what was decided in it, and their messages under common numbers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.diff.causes import Pairs
from sim.explain import words
from sim.explain.centrelink import INSTALMENT_NUDGE
from sim.explain.explainer import Explainer
from sim.history import History
from sim.messages import Outcome, System
from sim.replay.fates import Fate, Night, Told, of_history
from sim.tables import messages_table
from sim.tables.columns import zones_at

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs import Run


def is_nightly(fate: Fate) -> bool:
    """Whether a nightly run sent it: then what one run alone sent may stand on another night of the other."""
    return fate.system == System.DMIS or fate.template == INSTALMENT_NUDGE


class Side:
    """One run, up to the instant `end`: its history, what was decided, and its explainer."""

    def __init__(self, run: "Run", end: int) -> None:
        self._run = run
        self._is_whole = run.observed[1] <= end
        self.history: History = run.history if self._is_whole else run.history.before(end)
        self.told: Told = of_history(self.history)
        self.explainer: Explainer = run.explainer
        self._titles = {code: template.title for code, template in self.explainer.law.templates.items()}

    def messages(self) -> "pd.DataFrame":
        """The messages table of the compared interval."""
        return self._run.messages_table if self._is_whole else messages_table(self.history, self._run.policy)

    def zone(self, customer: int, time: int) -> int:
        """The code of the zone on record of a customer; 0 where there is none."""
        found = zones_at(self.explainer.chronicle.rows, np.array([customer]), np.array([time]))
        return max(0, int(found[0]))

    def title(self, template: int) -> str:
        """A template's title."""
        return self._titles.get(template, f"template {template}")

    def fate_words(self, fate: Fate, zone: int) -> str:
        """What became of a message: ``asked, then held until …, withdrawn (no_mobile)``."""
        if fate.answer == Outcome.REFUSED:
            return f"{'asked, then ' if fate.asked else ''}refused ({words.reasons_words(fate.reasons)})"
        if fate.answer == Outcome.CANCELLED:
            return "asked, and cancelled" if fate.asked else "cancelled"
        if fate.answer == Outcome.NEEDS_CONFIRMATION:
            return "asked, and not answered"
        does = f"held until {words.local(fate.last_due, zone)}" if fate.held else "sent at once"
        if fate.final == Outcome.WITHDRAWN:
            does += f", withdrawn ({words.reasons_words(fate.reasons)})"
        return f"asked, then {does}" if fate.asked else does

    def night_words(self, night: Night | None) -> str:
        """What became of a debt message that was not sent on a night."""
        if night is None:
            return "not eligible"
        to = f" to {self.title(night.winner)}" if night.winner else ""
        return f"suppressed ({words.reasons_words(night.reasons)}{to})"


def kept(told: Told, alone: list[int]) -> Told:
    """Without the messages of `alone` that no nightly run sent."""
    away = {message: None for message in alone if not is_nightly(told.fates[message])}
    return Told({message: fate for message, fate in told.fates.items() if message not in away}, told.nights)


def numbered(told: Told, pairs: Pairs) -> tuple[Told, Mapping[int, int]]:
    """What the second run decided, with messages numbered as in the first and those it alone has below 0; and the
    message that each number stands for in the second run."""
    first_of = pairs.first_of
    fates, meant = {}, {}
    for message, fate in told.fates.items():
        number = first_of.get(message, -message)
        fates[number] = fate._replace(message=number)
        meant[number] = message
    return Told(fates, told.nights), meant
