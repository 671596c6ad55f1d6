"""``emsim diff``: where two runs part first, and what came out differently."""

from contextlib import nullcontext
from pathlib import Path

from sim.cli import output
from sim.progress import Live, Silent, wanted


def print_difference(first: Path, second: Path, limit: int, as_json: bool) -> int:
    """Print what differs between two run folders. Returns 0 when nothing does, else 1. Raises InputError."""
    from sim.diff import diff
    from sim.runs import load_run

    with Live() if wanted() else nullcontext(Silent()) as tell:
        tell.stage(f"reading {first}")
        ours = load_run(first)
        tell.stage(f"reading {second}")
        theirs = load_run(second)
        found = diff(ours, theirs, limit, tell)
    if as_json:
        output.emit_json({"first": str(first), "second": str(second), **found.to_json()})
    else:
        from sim.diff.telling import parts

        output.emit_rich(f"First: {first}, second: {second}\n", *parts(found))
    return 0 if found.same else 1
