"""The command line for the tests of faults, and what our own systems do, once for all of them."""

from tests.cli.conftest import emsim, no_pictures

__all__ = ["emsim", "no_pictures"]
