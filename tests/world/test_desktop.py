"""At the desktop: what is tested at the press of Send is what is on record at that instant."""

from fakes.cuba import Cuba
from fakes.machinery import OURS
from fakes.pluto import Pluto
from sim.messages import Decision, Request
from tests.world.loads import load, run


class LooksAtTheHistory(Cuba):
    """Remembers how much had happened when it was last asked about concerns."""

    asked_at = -1

    def fdv_undiscussed(self, customer: int) -> int:
        type(self).asked_at = len(self._history)
        return super().fdv_undiscussed(customer)


class Compares(Pluto):
    """Notes how much had been recorded between the question about concerns and the press."""

    between: list[int]

    def handle(self, request: Request, now: int) -> Decision:
        type(self).between.append(len(self.register._history) - LooksAtTheHistory.asked_at)
        return super().handle(request, now)


def test_concerns_are_asked_for_at_the_press_and_not_when_the_dialog_opens() -> None:
    Compares.between = []
    run(load(days=2, customers=200), machinery=OURS._replace(cuba=LooksAtTheHistory, pluto=Compares))
    assert len(Compares.between) > 30
    assert max(Compares.between) <= 1  # the press itself
