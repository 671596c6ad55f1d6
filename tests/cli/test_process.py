"""``emsim`` as a process of its own: pipes, terminals, and packages that hide ours."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim

JSON_KEYS = ["fingerprint", "seed", "policy_hash", "version", "out", "messages", "events", "seconds", "verdict"]


def test_a_reader_who_has_gone_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim.start", "rules", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 0


def test_a_reader_whose_encoding_has_no_dash(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "sim.start", "rules"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    told = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True, env=environment).stdout)
    assert any(not json.dumps(rule, ensure_ascii=False).isascii() for rule in told["rules"]), "nothing was lost"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals here")
def test_a_terminal_sees_a_bar_with_date_and_messages(tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    command = [sys.executable, "-m", "sim.start", "run", "--customers", "2000", "--days", "7", "--json"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=terminal, stdin=terminal, env=environment, text=True
    )
    os.close(terminal)
    seen = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            part = os.read(controller, 65_536)
        except OSError:
            break
        if not part:
            break
        seen += part
    assert running.stdout is not None
    assert json.loads(running.stdout.read())["seed"] == 1
    assert running.wait(60) == 0
    os.close(controller)
    for words in (b"Simulating", b"2026-09-2", b" messages", b"Auditing", b"Drawing"):
        assert words in seen, words


def test_json_is_all_there_is_on_stdout_of_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim.start", "run", "--customers", "60", "--days", "2", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert list(json.loads(done.stdout)) == JSON_KEYS


@pytest.mark.parametrize("name", ["sim", "fakes"])
def test_a_package_that_hides_ours_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "other" / name).mkdir(parents=True)
    (tmp_path / "other" / name / "__init__.py").write_text("", encoding="utf-8")
    start = Path(sim.__file__).with_name("start.py")
    # As installed: the start module is on its own, as `emsim`, and the others come from the path.
    (tmp_path / "emsim.py").write_bytes(start.read_bytes())
    home = str(Path(sim.__file__).parents[1])
    path = os.pathsep.join([str(tmp_path), str(tmp_path / "other"), home])
    done = subprocess.run(
        [sys.executable, "-m", "emsim", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    place = (tmp_path / "other" / name).resolve()
    assert done.stderr == (
        f"emsim: another package named {name!r} at {place} hides emsim's own; "
        "uninstall it, or give emsim an environment of its own\n"
    )
