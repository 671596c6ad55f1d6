"""``emsim explain``: why a message went, waited, was refused or lost."""

from pathlib import Path

from sim.cli import output


def print_explanation(place: Path, message: str, as_json: bool) -> int:
    """Print the explanation of a message of the run folder at `place`. Raises InputError."""
    from sim.runs import load_run

    told = load_run(place).explain(message)
    if as_json:
        output.emit_json({"run": str(place), **told.to_json()})
        return 0
    from sim.explain.telling import parts

    output.emit_rich(*parts(told))
    return 0
