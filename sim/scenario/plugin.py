"""The pytest plugin: thin hooks around `sim.scenario.session`.

It is loaded by every pytest run of an environment in which emsim is installed, so nothing heavy is imported before
the first scenario file is found. It collects YAML files that begin with ``emsim: 1`` (comments may stand before) and
are of ``kind: scenario``, and leaves all others alone.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sim.scenario.expand import Item
    from sim.scenario.session import Options, Result, Session

_BEGINS = re.compile(r"(?:\s*(?:#[^\n]*)?\n)*emsim:[ \t]*1[ \t]*(?:#[^\n]*)?(?:\n|$)")
_KIND = re.compile(r"^kind:[ \t]*scenario[ \t]*(?:#.*)?$", re.MULTILINE)


_SYSTEM_HELP = (
    "The messaging system under test: package.module:factory, http://127.0.0.1:PORT, 'run: COMMAND', a file of "
    "kind: system, or the name of a shipped example (default: ours)."
)


class ScenarioFailed(Exception):
    """An expectation was not met; the text is the whole report."""


class _State:
    """What a session keeps: its options, and its scenarios with their places once they were played."""

    def __init__(self, options: "Options") -> None:
        self.options = options
        self.session: Session | None = None
        self.places: dict[str, int] = {}


_STATE: "pytest.StashKey[_State]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a session."""
    group = parser.getgroup("emsim", "emsim scenarios")
    group.addoption("--emsim-system", metavar="SYSTEM", default="", help=_SYSTEM_HELP)
    group.addoption("--emsim-set", metavar="NAME=VALUE", action="append", default=[], help="Change a policy value.")
    group.addoption("--emsim-seed", metavar="N", type=int, default=1, help="The seed of all draws.")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that cannot be used before anything is collected."""
    option = config.option
    if option.emsim_system or option.emsim_set:
        _state(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFiles | None":
    """Collect a scenario file; None for whatever is not ours."""
    if file_path.suffix not in (".yaml", ".yml") or not is_scenario(file_path):
        return None
    return ScenarioFiles.from_parent(parent, path=file_path)


def is_scenario(path: Path) -> bool:
    """Whether a file begins with ``emsim: 1`` and is of ``kind: scenario``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return _BEGINS.match(text) is not None and _KIND.search(text) is not None


class ScenarioFiles(pytest.File):
    """One file with its scenarios."""

    def collect(self) -> "Iterator[ScenarioItem]":
        """The items; an error in the file is this file's error."""
        from sim.errors import InputError
        from sim.scenario.expand import read_scenarios

        state = _state(self.config)
        try:
            items = read_scenarios(self.path, state.options.sets)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for item in items:
            found = ScenarioItem.from_parent(self, name=item.name)
            found.scenario = item
            for rule in item.scenario.rules:
                found.add_marker(_marker(self.config, rule))
            yield found


class ScenarioItem(pytest.Item):
    """One scenario."""

    scenario: "Item"

    def runtest(self) -> None:
        """Fail with the whole report; skip when the system lacks a verb and nothing else is wrong."""
        from sim.scenario.session import report

        result = _result(self)
        if result.failures:
            raise ScenarioFailed(report(result, self._replay()))
        if result.unknown:
            pytest.skip("unknown: " + "; ".join(result.unknown))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report instead of a traceback."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line (from 0) and name."""
        return self.path, 0, f"{self.path.stem}: {self.name}"

    def _replay(self) -> str:
        option = self.config.option
        words = ["pytest", self.nodeid]
        words += ["--emsim-system", option.emsim_system] if option.emsim_system else []
        for pair in option.emsim_set:
            words += ["--emsim-set", pair]
        words += ["--emsim-seed", str(option.emsim_seed)] if option.emsim_seed != 1 else []
        return shlex.join(words)


def _result(item: ScenarioItem) -> "Result":
    """The item's result. The first one asked for plays all scenarios of the session, so that audits judge many."""
    from sim.errors import InputError
    from sim.scenario.session import Session

    state = _state(item.config)
    if state.session is None:
        ours = [one for one in item.session.items if isinstance(one, ScenarioItem)]
        try:
            state.session = Session([one.scenario for one in ours], state.options)
        except InputError as error:
            raise pytest.UsageError(str(error)) from None
        state.places = {one.nodeid: place for place, one in enumerate(ours)}
    return state.session.result(state.places[item.nodeid])


def _state(config: pytest.Config) -> _State:
    """The session's options, read when one of them is given or the first scenario file is found."""
    found = config.stash.get(_STATE, None)
    if found is None:
        from sim.errors import InputError
        from sim.policy.policy import load_policy
        from sim.scenario.session import Options
        from sim.scenario.systems.plug import check_system

        option = config.option
        sets: dict[str, object] = {}
        try:
            for pair in option.emsim_set:
                name, equals, value = pair.partition("=")
                if not equals:
                    raise InputError(f"must look like NAME=VALUE (value {pair!r})", field="--emsim-set")
                sets[name] = value
            load_policy(sets)
            check_system(option.emsim_system, getattr(option, "numprocesses", None) or 1)
        except InputError as error:
            raise pytest.UsageError(str(error)) from None
        found = config.stash[_STATE] = _State(Options(option.emsim_system, sets, option.emsim_seed))
    return found


def _marker(config: pytest.Config, rule: str) -> pytest.MarkDecorator:
    """The marker of a rule, made known so that ``--strict-markers`` takes it."""
    line = f"{rule}: scenarios that exercise this rule of the policy"
    if line not in config.getini("markers"):
        config.addinivalue_line("markers", line)
    marker: pytest.MarkDecorator = getattr(pytest.mark, rule)
    return marker
