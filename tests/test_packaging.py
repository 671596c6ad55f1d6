"""What is installed: the wheel works alone in an empty folder, and the pinned versions cover what is used."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("emsim-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-index", "--target", str(folder), str(wheel)], check=True)
    return folder


def outside(installed: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Calls the installed ``emsim``; the checkout is not on the path."""
    code = (
        "import sys, runpy\n"
        f"root = {str(ROOT)!r}\n"
        "sys.path[:] = [path for path in sys.path if path and path != root]\n"
        "runpy.run_module('emsim', run_name='__main__')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip


def test_the_wheel_ships_code_data_and_loads_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "emsim.py", "sim/__init__.py", "sim/policy/policy.yaml", "sim/population/parameters.yaml",
        "sim/population/figures.yaml", "sim/report/report.html", "sim/shipped/loads/four_weeks.yaml",
        "sim/shipped/experiments/daily_limit.yaml", "sim/shipped/systems/small.py", "sim/shipped/systems/small_http.py",
        "sim/shipped/systems/small_http.yaml", "sim/shipped/systems/README.md",
        "fakes/__init__.py",
    ):  # fmt: skip
        assert needed in names, needed
    every_load = {path.name for path in (ROOT / "scenarios/loads").glob("*.yaml")}
    assert every_load == {Path(name).name for name in names if name.startswith("sim/shipped/loads/")}
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"emsim.py", "sim", "fakes"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_alone_runs_a_shipped_load_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = outside(installed, tmp_path, "run", "four_weeks", "--customers", "50", "--days", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["out"] == "runs/four_weeks-seed1"
    assert (tmp_path / "runs/four_weeks-seed1/report.html").stat().st_size > 100_000


def test_the_wheel_alone_starts_its_example_of_a_server(installed: Path, tmp_path: Path) -> None:
    done = outside(installed, tmp_path, "probe", "small_http", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verbs"]["send"]["verdict"] == "answers"


def test_the_wheel_alone_runs_its_own_code(installed: Path, tmp_path: Path) -> None:
    """The wheel is tried, not the checkout: a word written into the installed copy is what comes out."""
    start = installed / "sim" / "__init__.py"
    before = start.read_text(encoding="utf-8")
    try:
        start.write_text(before + '\n__version__ = "tried"\n', encoding="utf-8")
        assert outside(installed, tmp_path, "--version").stdout == "emsim tried\n"
    finally:
        start.write_text(before, encoding="utf-8")


def test_the_console_script_starts_in_the_module_that_cannot_be_hidden(installed: Path) -> None:
    assert PROJECT["project"]["scripts"] == {"emsim": "emsim:main"}
    assert (installed / "emsim.py").read_bytes() == (ROOT / "sim/start.py").read_bytes()
    assert (installed / "bin" / "emsim").is_file()


def test_version_in_one_place_only() -> None:
    import sim

    assert PROJECT["project"]["version"] == sim.__version__


def test_every_dependency_is_pinned_direct_and_transitive() -> None:
    pinned = {plain(name) for name in PINS}
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    for name, brought in extras.items():
        assert set(brought) <= set(extras["dev"]), f"the tests need what the extra {name} brings"
    waiting = [Requirement(text) for text in project["dependencies"] + extras["dev"]]
    seen, done = set(), set()
    while waiting:
        needed = waiting.pop()
        name = plain(needed.name)
        if (name, *sorted(needed.extras)) in done:
            continue
        done.add((name, *sorted(needed.extras)))
        seen.add(name)
        assert name in pinned, f"{name} is not in constraints.txt"
        for one in [Requirement(text) for text in requires(name) or []]:
            # The oldest Python that is supported needs the most.
            known = [{"extra": extra, "python_version": "3.11"} for extra in ("", *needed.extras)]
            if one.marker is None or any(one.marker.evaluate(each) for each in known):
                waiting.append(one)
    assert pinned == seen, "constraints.txt holds what nobody needs"


def test_constraints_name_no_place_to_fetch_from() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(PINS) > 40
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.]+", line) for line in lines)
    assert lines == sorted(lines, key=str.lower)


def test_only_the_agreed_folders_stand_at_the_top() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    tops = {line.split("/")[0] for line in done.stdout.splitlines()}
    if done.returncode != 0 or not tops:
        pytest.skip("not a git checkout")
    agreed = {"sim", "scenarios", "fakes", "notebooks", "tests", "pyproject.toml", "README.md", "CHANGELOG.md"}
    agreed |= {"Makefile", "LICENSE", "constraints.txt"}
    assert {top for top in tops if not top.startswith(".")} <= agreed
