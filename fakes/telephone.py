"""The telephone: calls to a customer's available numbers, answered or not."""

from typing import NamedTuple

from sim.clock import HOUR
from sim.draws import Draws, Purpose


class TelephoneParameters(NamedTuple):
    """The shares of call attempts that are answered (`behaviour.*`)."""

    answered_share: float
    precall_effect: float


class Telephone:
    """Answers are drawn by the cause of the call (work item and attempt), not by who calls or when.

    A pre call alert that was sent within the last hours adds `precall_effect` (percentage points as a share) to the
    chance of an answer, as the alert's published trials measure it.
    """

    ALERT_LASTS = 2 * HOUR

    def __init__(self, draws: Draws, parameters: TelephoneParameters) -> None:
        self._draws = draws
        self._parameters = parameters

    def answered(self, ref: int, attempt: int, since_alert: int | None) -> bool:
        """Whether attempt number `attempt` of the work item `ref` is answered; `since_alert` is the time in ms since an
        alert for this call was sent, None without one."""
        chance = self._parameters.answered_share
        if since_alert is not None and 0 <= since_alert <= self.ALERT_LASTS:
            chance += self._parameters.precall_effect
        return self._draws.uniform(Purpose.CALL_ANSWER, ref, attempt) < chance
