"""The command line: thin, and quick to answer because each command imports what it needs when it is called."""

from sim.cli.app import main

__all__ = ["main"]
