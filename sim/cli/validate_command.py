"""``emsim validate``: files of every kind are checked without running them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sim.cli import output
from sim.errors import InputError, shown
from sim.marked_yaml import read_yaml

BAD_FILE = 2
_YAML = (".yaml", ".yml")


class Checked(NamedTuple):
    """One file: its kind, how many scenarios it holds (every other kind: 0), and what is wrong with it."""

    file: str
    kind: str
    scenarios: int
    error: InputError | None


def validate(paths: list[Path], as_json: bool) -> int:
    """Check these files, and those of ours in these folders, and say what is wrong with each. Returns 2 when one of
    them cannot be used. Raises InputError for a folder without any."""
    found = [_checked(file) for path in paths for file in _files(path)]
    if as_json:
        output.emit_json({"files": [_row(one) for one in found]})
    else:
        for one in found:
            output.emit(f"{one.error or _told(one)}\n")
        bad = sum(one.error is not None for one in found)
        if len(found) > 1:
            scenarios = sum(one.scenarios for one in found)
            verdict = f"{bad} cannot be used" if bad else "all can be used"
            output.emit(f"{len(found)} files ({scenarios} scenarios): {verdict}\n")
    return BAD_FILE if any(one.error for one in found) else 0


def _files(path: Path) -> Iterator[Path]:
    """The file itself; of a folder, and those in it, all YAML files whose first key is ``emsim``."""
    if not path.is_dir():
        yield path
        return
    ours = [file for file in sorted(path.rglob("*")) if file.suffix in _YAML and file.is_file() and _is_ours(file)]
    if not ours:
        raise InputError("there is no file in it that begins with emsim: 1", path)
    yield from ours


def _is_ours(file: Path) -> bool:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    told = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return next(told, "").startswith("emsim:")


def _checked(file: Path) -> Checked:
    kind, scenarios = "", 0
    try:
        marked = read_yaml(file)
        data = marked.data if isinstance(marked.data, dict) else {}
        if data.get("emsim") != 1 or isinstance(data.get("emsim"), bool):
            raise marked.error(f"must be 1 (value {shown(data.get('emsim'))})", ("emsim",))
        if data.get("kind") not in _KINDS:
            known = ", ".join(_KINDS)
            raise marked.error(f"must be one of {known} (value {shown(data.get('kind'))})", ("kind",))
        kind = data["kind"]
        scenarios = _KINDS[kind](file, data)
    except InputError as error:
        return Checked(str(file), kind, 0, error)
    return Checked(str(file), kind, scenarios, None)


def _scenario(file: Path, data: dict[str, Any]) -> int:
    from sim.scenario.expand import read_scenarios

    return len(read_scenarios(file))


def _load(file: Path, data: dict[str, Any]) -> int:
    from sim.scenario.load import load_file

    load_file(file)
    return 0


def _experiment(file: Path, data: dict[str, Any]) -> int:
    from sim.experiments.experiment import read_experiment

    read_experiment(file, searched="frontier" in data)
    return 0


def _system(file: Path, data: dict[str, Any]) -> int:
    from sim.scenario.systems.settings import system_file

    system_file(file)
    return 0


_KINDS: dict[str, Callable[[Path, dict[str, Any]], int]] = {
    "scenario": _scenario, "load": _load, "experiment": _experiment, "system": _system,
}  # fmt: skip
"""What checks a file of each kind; it returns the number of scenarios."""


def _told(one: Checked) -> str:
    what = f"{one.scenarios} scenario{'s' * (one.scenarios != 1)}" if one.kind == "scenario" else one.kind
    return f"{one.file}: {what}"


def _row(one: Checked) -> dict[str, object]:
    error = one.error
    told = error and {"line": error.line, "field": error.field, "problem": error.problem, "text": str(error)}
    return {"file": one.file, "kind": one.kind or None, "scenarios": one.scenarios, "error": told}
