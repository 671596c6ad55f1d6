"""The shape of the code, held by reading it: who imports whom, and what is used where.

Each check is a function from a parsed file to complaints; each is also tried on a planted fault below.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Dependency order of the design, never against it. A part may import itself and what is named here.
BASE = {"errors", "clock", "draws", "messages"}
HISTORY = BASE | {"marked_yaml", "history"}
READERS = HISTORY | {"tables"}
POLICY = HISTORY | {"policy"}
SYSTEMS = POLICY | {"population", "fakes"}
EVERYTHING_BELOW_RUNS = SYSTEMS | READERS | {
    "world", "scenario", "audit", "metrics", "plots", "report", "summary", "explain", "folder", "progress", "intervals",
}  # fmt: skip
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "intervals": set(),
    "clock": set(),
    "draws": set(),
    "messages": set(),
    "marked_yaml": {"errors"},
    "history": BASE,
    "policy": HISTORY,
    "population": POLICY,
    "fakes": POLICY | {"population"},
    "world": SYSTEMS,
    "scenario": SYSTEMS | READERS | {"world", "audit", "metrics"},
    "audit": {"errors"},
    "tables": HISTORY,
    "metrics": READERS,
    "plots": READERS | {"metrics"},
    "report": READERS | {"metrics", "plots", "intervals"},
    "summary": READERS | {"metrics"},
    "explain": POLICY | READERS,
    "folder": {"errors"},
    "progress": {"clock"},
    "saving": EVERYTHING_BELOW_RUNS,
    "runs": EVERYTHING_BELOW_RUNS | {"saving"},
    "replay": EVERYTHING_BELOW_RUNS | {"runs"},
    "experiments": EVERYTHING_BELOW_RUNS | {"runs"},
    "fitting": EVERYTHING_BELOW_RUNS | {"runs"},
    "diff": EVERYTHING_BELOW_RUNS | {"runs", "replay"},
    "faults": EVERYTHING_BELOW_RUNS | {"runs"},
    "cli": EVERYTHING_BELOW_RUNS | {"runs", "replay", "experiments", "fitting", "diff", "faults"},
    "start": {"cli"},
}
PACKAGE = "__init__"  # sim/__init__.py offers what `sim.runs` holds, lazily

# How long runs take is the only use of a clock that is not simulated.
MAY_READ_THE_CLOCK = {
    "sim/runs.py": {"time.perf_counter"},
    "sim/experiments/units.py": {"time.perf_counter"},
    "sim/cli/sweep_command.py": {"time.perf_counter"},
    "sim/cli/frontier_command.py": {"time.perf_counter"},
    "sim/faults/table.py": {"time.monotonic", "time.sleep"},
    "sim/scenario/systems/over_http.py": {"time.monotonic", "time.sleep"},
    "sim/scenario/systems/process.py": {"time.monotonic"},
}
WALL_CLOCK = {
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.localtime", "time.gmtime", "time.ctime", "time.sleep", "datetime.now", "datetime.utcnow", "datetime.today",
    "date.today", "Timestamp.now", "Timestamp.today", "Timestamp.utcnow",
}  # fmt: skip
CHANCE = {"random", "secrets", "uuid", "numpy.random"}
MOST_LINES = 400
LONGEST_FUNCTION = 60

Check = Callable[[str, ast.Module, str], Iterator[str]]


def part_of(path: str) -> str:
    """`sim/world/officers.py` belongs to "world", `fakes/pluto.py` to "fakes", `sim/clock.py` to "clock"."""
    pieces = path.removesuffix(".py").split("/")
    return pieces[0] if pieces[0] == "fakes" else pieces[1]


def run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below ``if TYPE_CHECKING:``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and dotted(node.test).split(".")[-1] == "TYPE_CHECKING":
            continue
        yield node
        yield from run_time_nodes(node)


def imported_modules(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import, those inside functions and relative ones included.

    What is imported for annotations alone makes nobody depend on anybody, so it does not count, but in the audit:
    that one is to know nothing of the others.
    """
    package = path.split("/")[:-1]
    for node in ast.walk(tree) if part_of(path) == "audit" else run_time_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def imported_part(module: str) -> str | None:
    """The part of ours that an import reaches; None for libraries and for names of the package `sim` itself."""
    pieces = module.split(".")
    if pieces[0] == "fakes":
        return "fakes"
    return pieces[1] if pieces[0] == "sim" and len(pieces) > 1 and not pieces[1].startswith("__") else None


def against_the_order(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    part = part_of(path)
    if part == PACKAGE:
        return
    if part not in MAY_IMPORT:
        yield f"{path}: the part {part!r} has no place in the dependency order"
        return
    for line, module in imported_modules(path, tree):
        reached = imported_part(module)
        if reached is not None and reached != part and reached not in MAY_IMPORT[part]:
            yield f"{path}:{line}: {part} may not import {module}"


def simpy_outside_the_world(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    for line, module in imported_modules(path, tree):
        if module.split(".")[0] == "simpy" and part_of(path) != "world":
            yield f"{path}:{line}: only sim/world may import simpy"


def plain_timeouts(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    """Delays go through the keyed event, so that ties have an order: `timeout` is not even named in sim/world."""
    if part_of(path) != "world":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"timeout", "Timeout"}:
            yield f"{path}:{node.lineno}: {node.attr} is not used in sim/world"


def dotted(node: ast.expr) -> str:
    """`pd.Timestamp.now` as text; empty for anything that is not a dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def wall_clock(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    allowed = MAY_READ_THE_CLOCK.get(path, set())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ".".join(dotted(node).split(".")[-2:])
            if name in WALL_CLOCK and name not in allowed:
                yield f"{path}:{node.lineno}: {name} reads the wall clock"
    for line, module in imported_modules(path, tree):
        if module in WALL_CLOCK and module not in allowed:
            yield f"{path}:{line}: {module} reads the wall clock"


def chance(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    """Random numbers come from `sim.draws` alone."""
    for line, module in imported_modules(path, tree):
        if module in CHANCE or any(module.startswith(f"{name}.") for name in CHANCE):
            yield f"{path}:{line}: {module} is a source of chance besides sim.draws"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"np.random", "numpy.random"}:
            yield f"{path}:{node.lineno}: numpy.random is a source of chance besides sim.draws"


def too_long(path: str, tree: ast.Module, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines >= MOST_LINES:
        yield f"{path}: {lines} lines (under {MOST_LINES})"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length >= LONGEST_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines (under {LONGEST_FUNCTION})"


def python_files(*folders: str) -> list[str]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@pytest.mark.parametrize(
    ("check", "folders"),
    [
        (against_the_order, ("sim", "fakes")),
        (simpy_outside_the_world, ("sim", "fakes")),
        (plain_timeouts, ("sim",)),
        (wall_clock, ("sim", "fakes")),
        (chance, ("sim", "fakes")),
        (too_long, ("sim", "fakes", "tests", "notebooks")),
    ],
)
def test_the_code_keeps_its_shape(check: Check, folders: tuple[str, ...]) -> None:
    paths = python_files(*folders)
    assert len(paths) > 10, "the code was not found"
    complaints = []
    for path in paths:
        source = (ROOT / path).read_text(encoding="utf-8")
        complaints += list(check(path, ast.parse(source, path), source))
    assert not complaints, "\n" + "\n".join(complaints)


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 59
JUST_SHORT_ENOUGH = "def f():\n" + "    x = 1\n" * 58


@pytest.mark.parametrize(
    ("check", "path", "source", "complaints"),
    [
        (against_the_order, "sim/policy/limits.py", "from sim.world import simulate", 1),
        (against_the_order, "sim/policy/limits.py", "import sim.world.officers", 1),
        (against_the_order, "sim/policy/limits.py", "def f():\n    from sim import world", 1),
        (against_the_order, "sim/policy/limits.py", "from ..world import simulate", 1),
        (against_the_order, "sim/policy/limits.py", "from .window import inside_window", 0),
        (against_the_order, "sim/policy/limits.py", "from sim.messages import Reason\nimport numpy", 0),
        (against_the_order, "sim/audit/cs_once.py", "from sim.policy.values import RuleValues", 1),
        (against_the_order, "sim/audit/cs_once.py", "from sim.clock import clock", 1),
        (against_the_order, "sim/audit/cs_once.py", "import sim.messages", 1),
        (against_the_order, "sim/audit/cs_once.py", "import fakes.pluto", 1),
        (against_the_order, "sim/audit/cs_once.py", "from sim.errors import InputError\nfrom sim import audit", 0),
        (against_the_order, "sim/metrics.py", "from sim.world import simulate", 1),
        (against_the_order, "sim/report/page.py", "from fakes import pluto", 1),
        (against_the_order, "sim/plots.py", "from sim.policy import policy", 1),
        (against_the_order, "fakes/pluto.py", "from sim.world import simulate", 1),
        (against_the_order, "fakes/pluto.py", "from fakes.cuba import Cuba", 0),
        (against_the_order, "sim/world/a.py", "if TYPE_CHECKING:\n    from sim.scenario.load import Load", 0),
        (against_the_order, "sim/world/a.py", "if True:\n    from sim.scenario.load import Load", 1),
        (against_the_order, "sim/audit/a.py", "if TYPE_CHECKING:\n    from sim.history import History", 1),
        (against_the_order, "sim/surprise.py", "", 1),
        (simpy_outside_the_world, "fakes/pluto.py", "import simpy", 1),
        (simpy_outside_the_world, "sim/runs.py", "from simpy.events import Event", 1),
        (simpy_outside_the_world, "sim/world/__init__.py", "import simpy", 0),
        (plain_timeouts, "sim/world/officers.py", "def f(env):\n    yield env.timeout(5)", 1),
        (plain_timeouts, "sim/world/officers.py", "wait = env.timeout", 1),
        (plain_timeouts, "sim/folder.py", "lock.timeout", 0),
        (wall_clock, "sim/clock.py", "import time\ntime.time()", 1),
        (wall_clock, "sim/clock.py", "from time import monotonic", 1),
        (wall_clock, "sim/clock.py", "from datetime import datetime\ndatetime.now()", 1),
        (wall_clock, "sim/clock.py", "import datetime\ndatetime.date.today()", 1),
        (wall_clock, "sim/tables/events.py", "pd.Timestamp.now('UTC')", 1),
        (wall_clock, "sim/clock.py", "datetime.fromisoformat(text)", 0),
        (wall_clock, "sim/runs.py", "import time\ntime.perf_counter()", 0),
        (wall_clock, "sim/runs.py", "import time\ntime.time()", 1),
        (chance, "sim/world/officers.py", "import random", 1),
        (chance, "sim/world/officers.py", "from random import choice", 1),
        (chance, "sim/world/officers.py", "import numpy as np\nnp.random.default_rng(1)", 1),
        (chance, "sim/world/officers.py", "from sim.draws import draw", 0),
        (too_long, "sim/clock.py", "\n" * 400, 1),
        (too_long, "sim/clock.py", "\n" * 399, 0),
        (too_long, "sim/clock.py", LONG_FUNCTION, 1),
        (too_long, "sim/clock.py", JUST_SHORT_ENOUGH, 0),
    ],
)
def test_each_check_finds_what_was_planted(check: Check, path: str, source: str, complaints: int) -> None:
    assert len(list(check(path, ast.parse(source), source))) == complaints


def test_the_dependency_order_has_no_circle() -> None:
    done: list[str] = []
    waiting = dict(MAY_IMPORT)
    while waiting:
        free = [part for part, below in waiting.items() if not (below - {part}) & waiting.keys()]
        assert free, f"a circle among {sorted(waiting)}"
        done += free
        for part in free:
            del waiting[part]
    assert done.index("history") < done.index("policy") < done.index("fakes") < done.index("world")
    assert done.index("world") < done.index("scenario") < done.index("cli")
