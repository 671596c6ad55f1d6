"""Where scenarios are played: the system under test is plugged in, and plays one scenario after the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sim.history import History
from sim.scenario.conversation import BrokenProtocol, Conversation, NotKnown, SystemGone
from sim.scenario.expand import Item
from sim.scenario.played import Played
from sim.scenario.player import play
from sim.scenario.systems.plug import Plugged, plug_in


class Stage:
    """A session's system under test. Once it is `gone` (the text says why), what is left is not played."""

    def __init__(self, plugged: Plugged | None, seed: int, sets: Mapping[str, object], gone: str = "") -> None:
        self._plugged, self._seed, self._sets, self.gone = plugged, seed, dict(sets), gone

    def play(self, item: Item) -> Played:
        """Play one scenario against a system that starts afresh."""
        plugged = self._plugged
        if self.gone or plugged is None:
            return Played(item, History(), self._seed, broken=self.gone, gone=True)
        plugged.output()
        plugged.set_clock(item.start)
        try:
            conversation = Conversation(plugged.make(), plugged.set_clock)
            played = play(item, conversation, self._seed, self._sets)
        except (BrokenProtocol, SystemGone) as error:
            gone = isinstance(error, SystemGone)
            played = Played(item, History(), self._seed, broken=str(error), gone=gone)
        except NotKnown as error:
            played = Played(item, History(), self._seed, lost=str(error))
        if played.broken or played.lost:
            played.output = plugged.output()
        if played.gone:
            self.gone = played.broken
        return played


@contextmanager
def staged(system: str, seed: int, sets: Mapping[str, object], gone: str = "") -> Iterator[Stage]:
    """A stage with the system of this name, which is ended afterwards; with none when it is known to be `gone`.

    Raises InputError for a name that cannot be one; a system that does not answer is told by the scenarios.
    """
    if gone:
        yield Stage(None, seed, sets, gone)
        return
    with plug_in(system) as plugged:
        yield Stage(plugged, seed, sets, plugged.gone)
