"""Entering the command line, and what becomes of errors.

Exit codes (design, "Exit codes"): 0 no failure, 1 a rule failed (or was unknown, with --strict), 2 the input is bad,
3 our own fault, 130 Ctrl-C.
"""

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

# Importing them puts the commands on the application; --help lists them in this order.
# isort: off
from sim.cli import commands_running, commands_testing, commands_replaying, commands_explaining  # noqa: F401
from sim.cli import commands_planning  # noqa: F401

# isort: on
from sim.cli.base import app
from sim.errors import InputError, Stopped

BAD_INPUT, OUR_FAULT, INTERRUPTED, TERMINATED = 2, 3, 130, 143


def main() -> int:
    """Run the command of `sys.argv` and return the exit code. Errors become one line on stderr."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(standalone_mode=False, prog_name="emsim")
    except InputError as error:
        return _say(f"emsim: {error}", BAD_INPUT)
    except typer.TyperException as error:
        return _say(f"emsim: {' '.join(error.format_message().split())} (see emsim --help)", BAD_INPUT)
    except Stopped as stopped:
        return _say(f"emsim: {stopped}", INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception:
        import traceback

        return _say(f"{traceback.format_exc()}emsim: this is a fault of emsim itself; please report it", OUR_FAULT)
    if code == INTERRUPTED:
        return _say("emsim: stopped; nothing was written", INTERRUPTED)
    return int(code or 0)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)
