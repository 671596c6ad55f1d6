"""The system under test plugged in for a session: started where it must be, and ended with the session."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sim.errors import InputError, shown
from sim.scenario.conversation import BrokenProtocol, NotKnown, SetClock, SystemGone, leave_clock
from sim.scenario.systems.settings import OPTION, Command, Factory, PythonObject, RunningServer, system_named
from sim.scenario.systems.wall_clock import wall_clock

_WIDTH = 500


class Plugged(NamedTuple):
    """`make` gives a system for each scenario; `set_clock` is called before each call; `output` gives what its process
    wrote since it was last asked for; `gone` says why it could not even be started."""

    make: Factory
    set_clock: SetClock = leave_clock
    output: Callable[[], str] = str
    gone: str = ""


@contextmanager
def plug_in(name: str) -> Iterator[Plugged]:
    """The system of this name (`settings`) while it is needed. Raises InputError."""
    found = system_named(name)
    if isinstance(found, PythonObject):
        if not found.bound:
            yield Plugged(found.make)
            return
        with wall_clock() as set_clock:
            yield Plugged(found.make, set_clock)
    elif isinstance(found, RunningServer):
        with _server(found) as plugged:
            yield plugged
    else:
        with _process(found) as plugged:
            yield plugged


@contextmanager
def _server(found: RunningServer) -> Iterator[Plugged]:
    from sim.scenario.systems.over_http import Server

    server = Server(found.address, found.patience)
    try:
        yield Plugged(server.new_run)
    finally:
        server.close()


@contextmanager
def _process(found: Command) -> Iterator[Plugged]:
    from sim.scenario.systems.over_http import Server
    from sim.scenario.systems.process import Process

    process = Process(found)
    server, gone = Server(process.address, found.patience, process.ended), ""
    try:
        try:
            process.wait_for(server, found.patience.start_seconds)
        except SystemGone as error:
            written = process.output()
            gone = f"{error}; it wrote {shown(written, _WIDTH)}" if written else str(error)
        yield Plugged(server.new_run, output=process.output, gone=gone)
    finally:
        server.close()
        process.stop()


def check_system(name: str, workers: int) -> None:
    """Raise InputError for a system that cannot be tested by this many workers at a time: it cannot be loaded or
    reached, or stands in one place and does not keep runs apart."""
    found = system_named(name)
    if isinstance(found, Command) and found.port and workers > 1:
        raise _wrong(f"one port is not enough for {workers} workers: leave it out, and write {{port}}", name)
    if not isinstance(found, RunningServer):
        return
    from sim.scenario.systems.over_http import Server

    server = Server(found.address, found.patience)
    try:
        supports = server.supports()
    except (BrokenProtocol, NotKnown, SystemGone) as error:
        raise _wrong(str(error), name) from None
    finally:
        server.close()
    if workers > 1 and not supports.many_runs:
        raise _wrong(f"it does not keep runs apart (many_runs), so {workers} workers cannot share it: use -n 0", name)


def _wrong(problem: str, name: str) -> InputError:
    return InputError(f"{problem} (value {shown(name)})", field=OPTION)
