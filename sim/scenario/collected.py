"""What the pytest plugin collects: the scenarios of a file, and loads that say what they expect, as items of pytest.

Nothing heavy is imported before the first of them is collected.
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sim.scenario import covering
from sim.scenario.shares import LOAD_ITEM, of_this_worker

if TYPE_CHECKING:
    from sim.scenario.expand import Item
    from sim.scenario.load import Load
    from sim.scenario.session import Options, Result, Session

_YAML = (".yaml", ".yml")
_BEGINS = re.compile(r"(?:\s*(?:#[^\n]*)?\n)*emsim:[ \t]*1[ \t]*(?:#[^\n]*)?(?:\n|$)")
_KIND = re.compile(r"^kind:[ \t]*(scenario|load)[ \t]*(?:#.*)?$", re.MULTILINE)
_EXPECT = re.compile(r"^expect:", re.MULTILINE)


class Failed(Exception):
    """Something that was expected did not come; the text is the whole report."""


class Settings(NamedTuple):
    """The options of a session, checked. `sets` are policy values and parameters, of which scenarios take the values;
    `seed` is None when none was given."""

    options: "Options"
    sets: Mapping[str, object]
    seed: int | None


class _Played:
    """The scenarios of a session, and where each stands among them."""

    def __init__(self, session: "Session", places: dict[str, int]) -> None:
        self.session = session
        self.places = places


_SETTINGS: "pytest.StashKey[Settings]" = pytest.StashKey()
_PLAYED: "pytest.StashKey[_Played]" = pytest.StashKey()


def kind_of(path: Path) -> str:
    """``scenario`` or ``load`` for a file that is collected, empty for any other."""
    if path.suffix not in _YAML:
        return ""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
    kind = _KIND.search(text) if _BEGINS.match(text) else None
    if kind is None or (kind[1] == "load" and not _EXPECT.search(text)):
        return ""
    return kind[1]


def any_of_ours(config: pytest.Config) -> bool:
    """Whether there is a file to collect below what pytest was asked to collect."""
    skipped = [*config.getini("norecursedirs"), "__pycache__"]
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        if path.is_file() and kind_of(path):
            return True
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not any(fnmatch(name, pattern) for pattern in skipped))
            if any(kind_of(Path(folder, name)) for name in sorted(files)):
                return True
    return False


def settings(config: pytest.Config) -> Settings:
    """The session's options, read when one of them is given or the first file of ours is found."""
    found = config.stash.get(_SETTINGS, None)
    if found is None:
        from sim.errors import InputError
        from sim.policy.policy import load_policy
        from sim.population.parameters import load_parameters
        from sim.scenario.load import split_sets
        from sim.scenario.session import Options
        from sim.scenario.systems.plug import check_system
        from sim.scenario.systems.settings import OURS

        option = config.option
        sets: dict[str, object] = {}
        try:
            for pair in option.emsim_set:
                name, equals, value = pair.partition("=")
                if not equals:
                    raise InputError(f"must look like NAME=VALUE (value {pair!r})", field="--emsim-set")
                sets[name] = value
            policy, parameters = split_sets(sets)
            load_policy(policy)
            load_parameters(parameters)
            check_system(option.emsim_system, getattr(option, "numprocesses", None) or 1)
        except InputError as error:
            raise pytest.UsageError(str(error)) from None
        seed: int | None = option.emsim_seed
        system = "" if option.emsim_system == OURS else option.emsim_system
        options = Options(system, policy, 1 if seed is None else seed, covering.is_wanted(config))
        found = config.stash[_SETTINGS] = Settings(options, sets, seed)
    return found


class _Item(pytest.Item):
    """What scenarios and loads have in common."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report instead of a traceback."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line (from 0) and name."""
        return self.path, 0, f"{self.path.stem}: {self.name}"

    def mark(self, *names: str) -> None:
        """Add markers, made known so that ``--strict-markers`` takes them."""
        for name in names:
            what = "loads" if name == LOAD_ITEM else "scenarios and loads that exercise this rule of the policy"
            line = f"{name}: {what}"
            if line not in self.config.getini("markers"):
                self.config.addinivalue_line("markers", line)
            self.add_marker(getattr(pytest.mark, name))

    def replay(self, *command: str) -> str:
        """The command, and the session's options that belong to it."""
        option, prefix = self.config.option, "--emsim-" if command[0] == "pytest" else "--"
        words = [*command]
        words += [f"{prefix}system", option.emsim_system] if option.emsim_system else []
        for pair in option.emsim_set:
            words += [f"{prefix}set", pair]
        words += [f"{prefix}seed", str(option.emsim_seed)] if option.emsim_seed is not None else []
        return shlex.join(words)


class ScenarioFiles(pytest.File):
    """One file with its scenarios."""

    def collect(self) -> "Iterator[ScenarioItem]":
        """The items; an error in the file is this file's error."""
        from sim.errors import InputError
        from sim.scenario.expand import read_scenarios

        given = settings(self.config)
        try:
            items = read_scenarios(self.path, given.options.sets)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for item in items:
            found = ScenarioItem.from_parent(self, name=item.name)
            found.scenario = item
            found.mark(*item.scenario.rules)
            yield found


class ScenarioItem(_Item):
    """One scenario."""

    scenario: "Item"

    def runtest(self) -> None:
        """Fail with the whole report; skip when the system lacks a verb and nothing else is wrong."""
        from sim.scenario.telling import relative, report

        result = _result(self)
        covering.exercised(self.config, self.nodeid, result.exercised)
        if result.failures:
            raise Failed(report(result, self.replay("pytest", f"{relative(self.path)}::{self.name}")))
        if result.unknown:
            # Shown with the scenario's file, not with the line of this one.
            raise pytest.skip.Exception("unknown: " + "; ".join(result.unknown), _use_item_location=True)


class LoadFiles(pytest.File):
    """One load with its expectations."""

    def collect(self) -> "Iterator[LoadItem]":
        """The only item; an error in the file is this file's error."""
        from sim.errors import InputError
        from sim.scenario.load import load_file

        given = settings(self.config)
        try:
            load = load_file(self.path).with_overrides(seed=given.seed, sets=given.sets)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        found = LoadItem.from_parent(self, name=LOAD_ITEM)
        found.load = load
        assert load.expect is not None
        found.mark(LOAD_ITEM, *load.expect.rules)
        yield found


class LoadItem(_Item):
    """One load: simulated, audited and measured."""

    load: "Load"

    def runtest(self) -> None:
        """Fail with what was not met; skip where another system is under test, for loads run on ours."""
        from sim.scenario.generated import exercised_by, play_load, report
        from sim.scenario.telling import relative

        system = settings(self.config).options.system
        if system:
            pytest.skip(f"unknown: a load is simulated with our own systems, and {system} is under test")
        result = play_load(self.load)
        if covering.is_wanted(self.config):
            covering.exercised(self.config, self.nodeid, exercised_by(result))
        if result.missed:
            file = relative(self.path)
            commands = (("pytest", f"{file}::{self.name}"), ("emsim", "run", file))
            raise Failed(report(result, [self.replay(*words) for words in commands]))


def _result(item: ScenarioItem) -> "Result":
    """The item's result. The first one asked for enters all scenarios of the session, so that audits judge many."""
    from sim.errors import InputError
    from sim.scenario.session import Session

    played = item.config.stash.get(_PLAYED, None)
    if played is None:
        ours = [one for one in item.session.items if isinstance(one, ScenarioItem)]
        share = dict(zip(item.session.items, of_this_worker(item.config, [one.nodeid for one in item.session.items]),
                         strict=True))  # fmt: skip
        options = settings(item.config).options
        try:
            session = Session([one.scenario for one in ours], options, [share[one] for one in ours])
        except InputError as error:
            raise pytest.UsageError(str(error)) from None
        played = _Played(session, {one.nodeid: place for place, one in enumerate(ours)})
        item.config.stash[_PLAYED] = played
    return played.session.result(played.places[item.nodeid])
