"""Runs a command until it ends, or until whoever started this closes our standard input, also by dying.

It is started as a script of its own, so that a system under test never outlives the session that started it, however
that one ends. It imports nothing of ours.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

GRACE_SECONDS = 5.0
"""How long the command has to end by itself."""
_EVERY_SECONDS = 0.1
_NOT_STARTED = 127


def main(command: list[str]) -> int:
    """Run the command; returns its exit code (128 and the signal's number when a signal ended it)."""
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        print(f"{command[0]} cannot be started ({error.strerror or error})", flush=True)
        return _NOT_STARTED
    try:
        while child.poll() is None:
            ready, _, _ = select.select([sys.stdin], [], [], _EVERY_SECONDS)
            if ready and not os.read(sys.stdin.fileno(), 1024):
                _signal(child, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    child.wait(GRACE_SECONDS)
                break
    finally:
        _signal(child, signal.SIGKILL)  # and what it has started in its turn
    code = child.wait()
    return code if code >= 0 else 128 - code


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
