"""``emsim validate``: scenario files, loads and experiments are checked without running them."""

from pathlib import Path
from typing import Any

from sim.cli import output
from sim.errors import InputError, shown
from sim.marked_yaml import read_yaml

BAD_FILE = 2
_KINDS = ("scenario", "load", "experiment")


def validate(files: list[Path], as_json: bool) -> int:
    """Check every file and say what is wrong with each. Returns 2 when one of them cannot be used."""
    found = [(file, *_checked(file)) for file in files]
    bad = any(problem for _, _, problem in found)
    if as_json:
        rows: list[dict[str, Any]] = [
            {"file": str(file), "scenarios": count, "error": problem or None} for file, count, problem in found
        ]
        output.emit_json({"files": rows})
    else:
        for file, count, problem in found:
            output.emit(f"{problem or f'{file}: {count} scenario(s)'}\n")
    return BAD_FILE if bad else 0


def _checked(file: Path) -> tuple[int, str]:
    """How many scenarios a file holds (a load or an experiment is one), and what is wrong with it."""
    from sim.scenario.expand import read_scenarios
    from sim.scenario.load import load_file

    try:
        marked = read_yaml(file)
        data = marked.data if isinstance(marked.data, dict) else {}
        kind = data.get("kind")
        if data.get("emsim") != 1:
            raise marked.error(f"must be 1 (value {shown(data.get('emsim'))})", ("emsim",))
        if kind == "load":
            load_file(file)
            return 1, ""
        if kind == "experiment":
            from sim.experiments.experiment import read_experiment

            read_experiment(file, searched="frontier" in data)
            return 1, ""
        if kind != "scenario":
            raise marked.error(f"must be one of {', '.join(_KINDS)} (value {shown(kind)})", ("kind",))
        return len(read_scenarios(file)), ""
    except InputError as error:
        return 0, str(error)
