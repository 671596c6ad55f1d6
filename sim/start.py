"""Start the command line after making sure that `sim` and `fakes` are ours.

The wheel also ships this file as the top-level module `emsim` (see pyproject.toml): the console script enters there,
because when another package named `sim` comes first on the path, nothing inside our `sim` can be reached to say so.
It must not import anything from `sim` at the top.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

_ONLY_OURS = "history.py"


def shadowed() -> str | None:
    """One line that says which package hides ours and where it lies; None when both are ours.

    Our `sim` is known by a file that only ours has; our `fakes` lies beside it.
    """
    home = _folder("sim")
    if home is None:
        return "emsim: its package 'sim' is missing; install emsim again"
    if not (home / _ONLY_OURS).is_file():
        return _hidden("sim", home)
    fakes = _folder("fakes")
    if fakes is None:
        return "emsim: its package 'fakes' is missing; install emsim again"
    if fakes.parent != home.parent:
        return _hidden("fakes", fakes)
    return None


def _hidden(name: str, place: Path) -> str:
    return (
        f"emsim: another package named {name!r} at {place} hides emsim's own; "
        "uninstall it, or give emsim an environment of its own"
    )


def _folder(name: str) -> Path | None:
    """Where the package (or the single module) `name` would be imported from."""
    spec = find_spec(name)
    if spec is None:
        return None
    locations = list(spec.submodule_search_locations or ())
    if locations:
        return Path(locations[0]).resolve()
    return Path(spec.origin).resolve() if spec.origin else None


def main() -> int:
    """Run the command line. Returns the exit code: 3 when our packages are hidden, else the command's."""
    problem = shadowed()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 3
    from sim.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
