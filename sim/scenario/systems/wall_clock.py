"""The wall clock bound to the simulated one, for systems that ask for the time themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sim.scenario.conversation import SetClock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def wall_clock() -> Iterator[SetClock]:
    """While it lasts, `datetime.now()`, `date.today()`, `time.time()` and their like give the instant that was set.

    Local time is UTC; event loops of asyncio go on waiting in real time. To set the time costs some microseconds; to
    begin, a walk over all loaded modules (0.03 to 0.3 s), so one is kept for a whole session.
    """
    from freezegun import freeze_time

    with freeze_time(_EPOCH, real_asyncio=True) as frozen:
        yield lambda now: frozen.move_to(_EPOCH + timedelta(milliseconds=now))
