"""The pytest plugin: thin hooks. What they collect is in `sim.scenario.collected`.

It is loaded by every pytest run of an environment in which emsim is installed, so nothing heavy is imported before
the first file of ours is found. It collects YAML files that begin with ``emsim: 1`` (comments may stand before): those
of ``kind: scenario``, and those of ``kind: load`` that say what they expect. It leaves all others alone.
"""

from pathlib import Path
from typing import Any

import pytest

from sim.scenario import collected, covering, shares

_SYSTEM_HELP = (
    "The messaging system under test: package.module:factory, http://127.0.0.1:PORT, 'run: COMMAND', a file of "
    "kind: system, or the name of a shipped example (default: ours)."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a session."""
    group = parser.getgroup("emsim", "emsim scenarios and loads")
    group.addoption("--emsim-system", metavar="SYSTEM", default="", help=_SYSTEM_HELP)
    group.addoption(
        "--emsim-set", metavar="NAME=VALUE", action="append", default=[], help="Change a policy value or parameter."
    )
    group.addoption("--emsim-seed", metavar="N", type=int, default=None, help="The seed of all draws.")
    covering.add_options(group)


def pytest_load_initial_conftests(args: list[str]) -> None:
    """Before the options are read for good: a path after --emsim-coverage is a path."""
    covering.separate(args)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that cannot be used before anything is collected."""
    covering.check_options(config)
    option = config.option
    if option.emsim_system or option.emsim_set or option.emsim_seed is not None:
        collected.settings(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of ours; None for whatever is not."""
    kind = collected.kind_of(file_path)
    if kind == "scenario":
        return collected.ScenarioFiles.from_parent(parent, path=file_path)
    return collected.LoadFiles.from_parent(parent, path=file_path) if kind == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With workers, scenarios are shared out so that each worker judges many at once (unless --dist says how)."""
    if config.getvalue("dist") != "load" or not collected.any_of_ours(config):
        return None
    return shares.scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker exercised counts for the session."""
    covering.take_from(node)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The coverage is written, or given to the controller."""
    covering.finish(session)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The coverage is shown."""
    covering.show(terminalreporter, config)
