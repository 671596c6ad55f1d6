"""A server that a session starts, waits for, and ends."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from sim.scenario.conversation import BrokenProtocol, NotKnown, SystemGone
from sim.scenario.systems.keeper import GRACE_SECONDS
from sim.scenario.systems.over_http import Server
from sim.scenario.systems.settings import Address, Command

_HOST = "127.0.0.1"
_KEEPER = Path(__file__).with_name("keeper.py")
_EVERY_SECONDS = 0.05
_ENDING_SECONDS = 0.5
"""How long after a broken connection the end of the process may be noticed."""
_MOST_LINES = 40
_MOST_BYTES = 20_000


class Process:
    """A running command. What it writes is kept; `output` gives what is new since it was last asked for."""

    def __init__(self, command: Command) -> None:
        """Start it."""
        self._taken = bool(command.port) and _listens(command.port)
        self.address = Address(_HOST, command.port or _free_port())
        port = str(self.address.port)
        words = [word.replace("{port}", port) for word in command.words]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `stop`)
        self._read = 0
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_KEEPER), *words], cwd=command.folder, stdin=subprocess.PIPE,
            stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "EMSIM_PORT": port, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip

    def wait_for(self, server: Server, seconds: float) -> None:
        """Wait until the server says what it supports. Raises BrokenProtocol, NotKnown or SystemGone."""
        if self._taken:
            raise SystemGone(f"the system cannot be told from another one: port {self.address.port} is in use already")
        deadline = time.monotonic() + seconds
        while not server.is_up():
            ended = self.ended(_EVERY_SECONDS)
            if ended:
                raise SystemGone(f"the system does not answer: {ended} before it answered")
            if time.monotonic() > deadline:
                break
        try:
            server.supports()
        except (SystemGone, NotKnown) as error:
            raise SystemGone(f"the system was not up {seconds:g} s after its start: {error}") from None
        except BrokenProtocol as error:
            raise SystemGone(str(error)) from None

    def ended(self, within_seconds: float = _ENDING_SECONDS) -> str:
        """How the process ended; empty while it runs."""
        try:
            code = self._keeper.wait(within_seconds)
        except subprocess.TimeoutExpired:
            return ""
        return f"its process ended with exit code {code}"

    def output(self) -> str:
        """The last lines that it wrote since this was last asked for."""
        size = os.fstat(self._log.fileno()).st_size
        start = max(self._read, size - _MOST_BYTES)
        # The position is shared with the process that writes: it is left alone.
        text = os.pread(self._log.fileno(), size - start, start).decode("utf-8", "replace")
        self._read = size
        return "\n".join(text.splitlines()[-_MOST_LINES:])

    def stop(self) -> None:
        """End it, and all that it started."""
        assert self._keeper.stdin is not None
        with suppress(OSError):
            self._keeper.stdin.close()
        try:
            self._keeper.wait(GRACE_SECONDS * 2)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()
        self._log.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((_HOST, port)) == 0
