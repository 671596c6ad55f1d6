"""The notebooks: calls and no logic, committed as they were executed, and executed afresh at a small size."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
NAMES = [
    "01_first_run", "02_compliance", "03_capacity", "04_debt_hierarchy", "05_readings", "06_your_own_log",
]  # fmt: skip
SMALL = {
    "01_first_run": "CUSTOMERS, DAYS = 800, 8",
    "02_compliance": "CUSTOMERS, DAYS = 900, 8",
    "03_capacity": "CUSTOMERS, DAYS, REPLICATIONS, WORKERS = 400, 3, 2, 1",
    "04_debt_hierarchy": "CUSTOMERS, DAYS = 1500, 21",
    "05_readings": "CUSTOMERS, DAYS = 500, 8",
    "06_your_own_log": 'LOG = "data/export.csv"',
}
LOGIC = (
    ast.For, ast.While, ast.If, ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.Try, ast.ListComp, ast.DictComp,
    ast.SetComp, ast.GeneratorExp, ast.IfExp,
)  # fmt: skip
ELSEWHERE = re.compile(r"/(?:home|root|work|tmp|usr|Users)/|[A-Z]:\\\\")


def read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def logic_in(source: str) -> list[str]:
    return [type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, LOGIC)]


def test_all_notebooks_are_here() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_asks_calls_and_shows(name: str) -> None:
    first, *others = read(name).cells
    assert first.cell_type == "markdown"
    assert "?**" in first.source, "the first cell says which question it answers"
    assert re.search(r"second|minute", first.source), "the first cell says how long it takes"
    cells = [cell for cell in others if cell.cell_type == "code"]
    for cell in cells:
        assert logic_in(cell.source) == []
        assert cell.execution_count is not None, "committed as it was executed"
        assert not [output for output in cell.outputs if output.output_type == "error"]
    assert sum(bool(cell.outputs) for cell in cells) >= len(cells) / 2
    assert not ELSEWHERE.search((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def test_logic_would_be_found() -> None:
    assert logic_in("for x in y: print(x)") == ["For"]
    assert logic_in("f = lambda x: x") == ["Lambda"]
    assert logic_in("run.plot.sends_by_hour()") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_afresh(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = read(name)
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    assert set(re.findall(r"[A-Z]{3,}", parameters.source)) >= set(re.findall(r"[A-Z]{3,}", SMALL[name]))
    parameters.source = SMALL[name]
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}})
    client.execute()  # raises for the first cell that fails
    assert any(output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
