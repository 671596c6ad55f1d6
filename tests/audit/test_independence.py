"""The audit restates the policy: it imports nothing of what it judges."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim.audit

FOLDER = Path(sim.audit.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
ALLOWED = ("sim.audit", "sim.errors")


def foreign_imports(source: str) -> list[str]:
    """What a file of the audit imports of ours besides itself and the errors."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            ours = name.split(".")[0] in ("sim", "fakes", "")
            if ours and not any(name == allowed or name.startswith(allowed + ".") for allowed in ALLOWED):
                found.append(name)
    return found


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_nothing_of_what_is_judged_is_imported(path):
    assert foreign_imports(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import sim.policy", ["sim.policy"]),
        ("from sim.clock import clock", ["sim.clock.clock"]),
        ("def f():\n    from fakes.pluto import Pluto", ["fakes.pluto.Pluto"]),
        ("from sim import world", ["sim.world"]),
        ("from ..tables import messages_table", ["..tables.messages_table"]),
        ("from sim.errors import InputError\nfrom sim.audit.log import Log\nimport duckdb", []),
    ],
)
def test_the_check_finds_what_is_planted(source, found):
    assert foreign_imports(source) == found


def test_judging_loads_nothing_of_what_is_judged():
    code = (
        "import sys, sim.audit; sim.audit.rule_modules();"
        "print([name for name in sys.modules if name.startswith(('sim.', 'fakes')) "
        "and not name.startswith(('sim.audit', 'sim.errors'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
